"""Where citizens farm or hunt, so that they hear of beasts near it: each place under their key."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.vault import ErasedError, PersonKeys, Place, Vault
from services.sensors.contract import Fields, NewField
from services.sensors.models import SensorField
from services.sensors.rules import distance_m

_TABLE, _COLUMN = "sensors_field", "place"
MOST_FIELDS = 5
# Whoever names the same field again means the same one.
_SAME_M = 50.0


class FieldBook:
    """Keeps the places of fields."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, kept: timedelta) -> None:
        """`vault` seals the places; a field is `kept` so long after it was entered."""
        self._database = database
        self._clock = clock
        self._vault = vault
        self._kept = kept

    async def add(self, new: NewField) -> Fields:
        """Enter a field; the oldest one goes where there are too many."""
        here = (new.latitude, new.longitude)
        async with self._database.transaction() as session:
            keys = await self._vault.keys_for_writing(session, new.citizen_id)
            known = [(row, _open(keys, row)) for row in await _rows(session, new.citizen_id)]
            if not any(distance_m(here, place) <= _SAME_M for _, place in known):
                for row, _ in known[: max(0, len(known) + 1 - MOST_FIELDS)]:
                    await session.delete(row)
                row = SensorField(citizen_id=new.citizen_id, place=None, made_at=self._clock())
                session.add(row)
                await session.flush()
                row.place = keys.seal(Place(_TABLE, str(row.id), _COLUMN), json.dumps(here))
        return await self.of(new.citizen_id)

    async def of(self, citizen_id: str) -> Fields:
        """Return how many fields a citizen has entered."""
        async with self._database.transaction() as session:
            return Fields(fields=len(await _rows(session, citizen_id)))

    async def near(self, place: tuple[float, float], metres: float) -> dict[str, float]:
        """Return who has a field within so many metres, and how far their nearest one is."""
        found: dict[str, float] = {}
        async with self._database.transaction() as session:
            query = select(SensorField).order_by(SensorField.citizen_id, SensorField.id)
            owner, keys = "", None
            for row in (await session.scalars(query)).all():
                if row.citizen_id != owner:
                    owner, keys = row.citizen_id, await self._keys(session, row.citizen_id)
                if keys is None:
                    continue
                away = distance_m(place, _open(keys, row))
                if away <= metres:
                    found[row.citizen_id] = min(away, found.get(row.citizen_id, away))
        return found

    async def _keys(self, session: AsyncSession, citizen_id: str) -> PersonKeys | None:
        try:
            return await self._vault.keys(session, citizen_id)
        except ErasedError:
            return None

    async def export(self, citizen_id: str) -> dict[str, Any]:
        """Return everything that is kept of a citizen."""
        async with self._database.transaction() as session:
            rows = await _rows(session, citizen_id)
            keys = await self._keys(session, citizen_id) if rows else None
            if keys is None:
                return {}
            return {"fields": [_plain(_open(keys, row), row) for row in rows]}

    async def erase(self, citizen_id: str) -> None:
        """Erase all of it."""
        async with self._database.transaction() as session:
            await session.execute(delete(SensorField).where(SensorField.citizen_id == citizen_id))

    async def forget_old(self) -> None:
        """Erase fields whose time is over."""
        async with self._database.transaction() as session:
            before = self._clock() - self._kept
            await session.execute(delete(SensorField).where(SensorField.made_at < before))


async def _rows(session: AsyncSession, citizen_id: str) -> list[SensorField]:
    query = select(SensorField).where(SensorField.citizen_id == citizen_id).order_by(SensorField.id)
    return list(await session.scalars(query))


def _open(keys: PersonKeys, row: SensorField) -> tuple[float, float]:
    assert row.place is not None  # noqa: S101  sealed in the transaction that made it
    latitude, longitude = json.loads(keys.open(Place(_TABLE, str(row.id), _COLUMN), row.place))
    return latitude, longitude


def _plain(place: tuple[float, float], row: SensorField) -> dict[str, Any]:
    return {"latitude": place[0], "longitude": place[1], "made_at": row.made_at.isoformat()}
