"""How the sensors do, for the desk: the newest values, what is missing, what hangs. Few queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Text, cast, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.sensors.models import SensorValue
from services.sensors.rules import MISSED, Device, Value, is_stale, is_stuck

LOOKED_BACK = 20
"""So many values say what the trend is, and whether a gauge hangs."""
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Gap:
    """The longest time in the last day in which values did not come."""

    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Health:
    """How one sensor does: its newest values, oldest first, and what was wrong in the last day."""

    device: Device
    values: Sequence[Value]
    is_stale: bool
    is_stuck: bool
    gap: Gap | None = None
    doubted: int = 0
    """So many values of the last day cannot be believed."""

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody has to go there."""
        return self.is_stale or self.is_stuck or self.doubted > 0


async def newest(session: AsyncSession, device_ids: Sequence[str]) -> Mapping[str, list[Value]]:
    """Return the newest values that may be believed of each sensor, oldest first."""
    given = cast(list(device_ids), ARRAY(Text))
    ids = func.unnest(given).table_valued("id", name="sensor").render_derived()
    last = (
        select(SensorValue.value, SensorValue.observed_at)
        .where(SensorValue.device_id == ids.c.id, SensorValue.doubt == "")
        .order_by(SensorValue.observed_at.desc())
        .limit(LOOKED_BACK)
        .lateral()
    )
    query = select(ids.c.id, last.c.value, last.c.observed_at).select_from(ids.join(last, true()))
    found: dict[str, list[Value]] = defaultdict(list)
    for device_id, value, at in await session.execute(query):
        found[device_id].append(Value(value, at))
    return {device_id: sorted(v, key=lambda one: one.at) for device_id, v in found.items()}


async def health(
    session: AsyncSession, devices: Sequence[Device], now: datetime
) -> Sequence[Health]:
    """Return how sensors do, those first that somebody has to look after."""
    ids = [device.id for device in devices]
    values = await newest(session, ids)
    gaps, doubts = await _gaps(session, ids, now), await _doubts(session, ids, now)
    found = []
    for device in devices:
        own, gap = values.get(device.id, []), gaps.get(device.id)
        too_long = timedelta(minutes=device.interval_minutes * MISSED)
        found.append(
            Health(
                device,
                own,
                not own or is_stale(device, own[-1].at, now),
                is_stuck(device, own),
                gap if gap is not None and gap.end - gap.begin > too_long else None,
                doubts.get(device.id, 0),
            )
        )
    return sorted(found, key=lambda one: not one.needs_a_look)


async def _gaps(session: AsyncSession, ids: Sequence[str], now: datetime) -> Mapping[str, Gap]:
    at = SensorValue.observed_at
    steps = (
        select(
            SensorValue.device_id,
            func.lag(at).over(partition_by=SensorValue.device_id, order_by=at).label("begin"),
            at.label("end"),
        )
        .where(SensorValue.device_id.in_(ids), at > now - DAY)
        .subquery()
    )
    query = (
        select(steps.c.device_id, steps.c.begin, steps.c.end)
        .where(steps.c.begin.is_not(None))
        .ext(distinct_on(steps.c.device_id))
        .order_by(steps.c.device_id, (steps.c.end - steps.c.begin).desc())
    )
    return {device_id: Gap(begin, end) for device_id, begin, end in await session.execute(query)}


async def _doubts(session: AsyncSession, ids: Sequence[str], now: datetime) -> Mapping[str, int]:
    query = (
        select(SensorValue.device_id, func.count())
        .where(
            SensorValue.device_id.in_(ids),
            SensorValue.observed_at > now - DAY,
            SensorValue.doubt != "",
        )
        .group_by(SensorValue.device_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}
