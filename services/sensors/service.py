"""Keeping what sensors measured, and telling the newest of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from kit.batching import GroupWriter
from kit.clock import Clock
from kit.db import Database
from kit.logging import get_logger
from services.sensors.contract import Power, RiverLevel, RiverLevels, ShelterPower
from services.sensors.events import Events
from services.sensors.models import SensorHour, SensorValue
from services.sensors.parsing import read_notification
from services.sensors.rules import Device, Value, doubt, is_stale, matters, trend
from services.sensors.watch import Health, health, newest

log = get_logger(__name__)

_RIVER = "river"
# A clock that is wrong must not hide what comes after it.
_AHEAD = timedelta(minutes=5)

Row = dict[str, Any]


class SensorService:
    """The values of the city's sensors. What comes from others is not kept."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        events: Events,
        kept: timedelta,
        kept_hours: timedelta,
    ) -> None:
        """A value is `kept` so long, what the hours brought `kept_hours`."""
        self._database = database
        self._clock = clock
        self._events = events
        self._devices = events.devices
        self._kept = kept
        self._kept_hours = kept_hours
        # Thousands of sensors report in the same minute: they share transactions.
        self._writer: GroupWriter[Row] = GroupWriter(self._write)

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
            value = device.number(one.value)
            if value is not None:
                rows.append(_row(device, value, one.at, now))
        if rows:
            await self._writer.add(rows)
        return len(rows)

    async def _write(self, rows: Sequence[Row]) -> None:
        async with self._database.transaction() as session:
            new = insert(SensorValue).values(list(rows)).on_conflict_do_nothing()
            kept = await session.execute(
                new.returning(
                    SensorValue.device_id,
                    SensorValue.value,
                    SensorValue.observed_at,
                    SensorValue.doubt,
                )
            )
            for device_id, value, at, doubted in kept.all():
                if not doubted:
                    await self._events.look(session, self._devices[device_id], value, at)

    async def rivers(self) -> RiverLevels:
        """Return the newest level of every station."""
        rivers = [device for device in self._devices.values() if device.kind == _RIVER]
        async with self._database.transaction() as session:
            values = await newest(session, [river.id for river in rivers])
        found = (self._level(river, values.get(river.id, [])) for river in rivers)
        return RiverLevels(levels=tuple(found))

    async def power(self) -> Power:
        """Return which shelters have power, as far as their sensors were heard of lately."""
        switches = [device for device in self._devices.values() if device.shelter]
        async with self._database.transaction() as session:
            values = await newest(session, [device.id for device in switches])
        now = self._clock()
        found = ((device, values.get(device.id, [])) for device in switches)
        return Power(
            shelters=tuple(
                ShelterPower(shelter=device.shelter, on=own[-1].value > 0, observed_at=own[-1].at)
                for device, own in found
                if own and not is_stale(device, own[-1].at, now)
            )
        )

    async def health(self) -> Sequence[Health]:
        """Return how every sensor does, those first that somebody has to look after."""
        async with self._database.transaction() as session:
            return await health(session, list(self._devices.values()), self._clock())

    async def sum_up(self) -> None:
        """Keep what the last hours brought; hours that are summed up anew are replaced."""
        now = self._clock()
        since = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
        hour = func.date_trunc("hour", SensorValue.observed_at)
        sums = (
            select(
                SensorValue.device_id,
                hour,
                func.min(SensorValue.value),
                func.avg(SensorValue.value),
                func.max(SensorValue.value),
                func.count(),
            )
            .where(SensorValue.observed_at >= since, SensorValue.doubt == "")
            .group_by(SensorValue.device_id, hour)
        )
        names = ["device_id", "hour", "least", "mean", "most", "values"]
        new = insert(SensorHour).from_select(names, sums)
        changed = {name: new.excluded[name] for name in names[2:]}
        async with self._database.transaction() as session:
            await session.execute(new.on_conflict_do_update(index_elements=names[:2], set_=changed))

    async def forget_old(self) -> None:
        """Erase values and hours whose time is over."""
        now = self._clock()
        async with self._database.transaction() as session:
            await session.execute(
                delete(SensorValue).where(SensorValue.observed_at < now - self._kept)
            )
            await session.execute(
                delete(SensorHour).where(SensorHour.hour < now - self._kept_hours)
            )

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


def _row(device: Device, value: float, at: datetime, now: datetime) -> Row:
    return {
        "device_id": device.id,
        "observed_at": at,
        "value": value,
        "received_at": now,
        "doubt": doubt(device, value),
    }
