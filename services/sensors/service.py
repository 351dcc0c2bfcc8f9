"""Keeping what sensors measured, and telling the newest of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.logging import get_logger
from kit.settings import Settings
from services.sensors.contract import RiverLevel, RiverLevels
from services.sensors.models import SensorValue
from services.sensors.parsing import read_notification
from services.sensors.registry import load_devices
from services.sensors.rules import Device, Value, doubt, is_stale, matters, trend

log = get_logger(__name__)

_RIVER = "river"
_LOOKED_BACK = 20
# A clock that is wrong must not hide what comes after it.
_AHEAD = timedelta(minutes=5)


class SensorService:
    """The values of the city's sensors. What comes from others is not kept."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, kept: timedelta
    ) -> None:
        """A value is `kept` so long."""
        self._database = database
        self._clock = clock
        self._devices = {device.id: device for device in load_devices(settings.city_dir)}
        self._kept = kept

    async def take(self, body: Any) -> int:
        """Keep the values of a notification; returns how many are of our sensors.

        Raises UnreadableNotificationError.
        """
        now = self._clock()
        rows = []
        for one in read_notification(body, now):
            device = self._devices.get(one.entity_id)
            if device is None or device.attribute != one.attribute or one.at > now + _AHEAD:
                continue
            rows.append(
                {
                    "device_id": device.id,
                    "observed_at": one.at,
                    "value": one.value,
                    "received_at": now,
                    "doubt": doubt(device, one.value),
                }
            )
        if rows:
            async with self._database.transaction() as session:
                await session.execute(insert(SensorValue).values(rows).on_conflict_do_nothing())
        log.info("sensor_values", kept=len(rows))
        return len(rows)

    async def rivers(self) -> RiverLevels:
        """Return the newest level of every station."""
        rivers = [device for device in self._devices.values() if device.kind == _RIVER]
        async with self._database.transaction() as session:
            found = [self._level(river, await _newest(session, river)) for river in rivers]
        return RiverLevels(levels=tuple(found))

    async def forget_old(self) -> None:
        """Erase values whose time is over."""
        async with self._database.transaction() as session:
            before = self._clock() - self._kept
            await session.execute(delete(SensorValue).where(SensorValue.observed_at < before))

    def _level(self, device: Device, values: Sequence[Value]) -> RiverLevel:
        known: dict[str, Any] = {
            "name": device.name,
            "aliases": device.aliases,
            "unit": device.unit,
            "demonstration": device.demonstration,
        }
        if not values:
            return RiverLevel(**known)
        last = values[-1]
        line, reached = matters(device, last.value)
        return RiverLevel(
            **known,
            value=last.value,
            observed_at=last.at,
            trend=trend(values),
            line=line.name if line else "",
            line_value=line.value if line else None,
            reached=reached,
            stale=is_stale(device, last.at, self._clock()),
        )


async def _newest(session: AsyncSession, device: Device) -> list[Value]:
    """Return the newest values that may be believed, oldest first."""
    query = (
        select(SensorValue.value, SensorValue.observed_at)
        .where(SensorValue.device_id == device.id, SensorValue.doubt == "")
        .order_by(SensorValue.observed_at.desc())
        .limit(_LOOKED_BACK)
    )
    return [Value(value, at) for value, at in await session.execute(query)][::-1]
