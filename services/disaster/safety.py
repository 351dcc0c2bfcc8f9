"""Safety reports: who is safe and who needs help; places and numbers under each person's key."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.vault import ErasedError, PersonKeys, Place, Vault
from services.disaster.contract import SafetyPlace, SafetyReport, SafetyTaken
from services.disaster.models import DisasterSafety

_TABLE, _COLUMN = "disaster_safety", "details"
_PLACE_WITHIN = timedelta(hours=6)


@dataclass(frozen=True)
class SafetyRow:
    """One report as the desk sees it."""

    id: int
    citizen_id: str
    state: str
    for_other: bool
    people: int | None
    latitude: float | None
    longitude: float | None
    reported_at: datetime
    outcome: str
    """What staff noted last (`rules.CALL_STATES`)."""


class SafetyBook:
    """Keeps safety reports."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, kept: timedelta) -> None:
        """`vault` seals what is personal; a report is `kept` so long."""
        self._kept = kept
        self._database = database
        self._clock = clock
        self._vault = vault

    async def take(self, report: SafetyReport) -> SafetyTaken:
        """Put a report on the desk's list; the same key stays one report."""
        now = self._clock()
        async with self._database.transaction() as session:
            values = {
                "key": report.key,
                "citizen_id": report.citizen_id,
                "state": report.state.value,
                "for_other": report.for_other,
                "reported_at": now,
                "updated_at": now,
            }
            new = insert(DisasterSafety).values(values).on_conflict_do_nothing()
            row_id = await session.scalar(new.returning(DisasterSafety.id))
            if row_id is not None:
                row = await session.get_one(DisasterSafety, row_id)
                keys = await self._vault.keys_for_writing(session, report.citizen_id)
                row.details = _seal(keys, row, {"people": report.people})
        return SafetyTaken(taken=True)

    async def add_place(self, place: SafetyPlace) -> SafetyTaken:
        """Add where somebody is to their newest report of the last hours; else nothing is kept."""
        now = self._clock()
        async with self._database.transaction() as session:
            query = (
                select(DisasterSafety)
                .where(
                    DisasterSafety.citizen_id == place.citizen_id,
                    DisasterSafety.reported_at > now - _PLACE_WITHIN,
                )
                .order_by(DisasterSafety.id.desc())
                .limit(1)
                .with_for_update()
            )
            row = await session.scalar(query)
            if row is None:
                return SafetyTaken(taken=False)
            keys = await self._vault.keys_for_writing(session, place.citizen_id)
            known = _open(keys, row)
            row.details = _seal(
                keys, row, known | {"latitude": place.latitude, "longitude": place.longitude}
            )
            row.updated_at = now
        return SafetyTaken(taken=True)

    async def export(self, citizen_id: str) -> dict[str, Any]:
        """Return everything that is kept of a citizen."""
        async with self._database.transaction() as session:
            query = select(DisasterSafety).where(DisasterSafety.citizen_id == citizen_id)
            rows = [await self.row(session, row) for row in await session.scalars(query)]
        return {"safety": [_plain(row) for row in rows]} if rows else {}

    async def erase(self, citizen_id: str) -> None:
        """Erase all of it."""
        async with self._database.transaction() as session:
            await session.execute(
                delete(DisasterSafety).where(DisasterSafety.citizen_id == citizen_id)
            )

    async def forget_old(self) -> None:
        """Erase reports whose time is over."""
        async with self._database.transaction() as session:
            before = self._clock() - self._kept
            await session.execute(delete(DisasterSafety).where(DisasterSafety.reported_at < before))

    async def row(self, session: AsyncSession, row: DisasterSafety) -> SafetyRow:
        """Return a report, opened; of somebody who was erased only that there was one."""
        try:
            known = _open(await self._vault.keys(session, row.citizen_id), row)
        except ErasedError:
            known = {}
        return SafetyRow(
            id=row.id,
            citizen_id=row.citizen_id,
            state=row.state,
            for_other=row.for_other,
            people=known.get("people"),
            latitude=known.get("latitude"),
            longitude=known.get("longitude"),
            reported_at=row.reported_at,
            outcome=row.outcome,
        )


def _seal(keys: PersonKeys, row: DisasterSafety, known: dict[str, Any]) -> bytes:
    return keys.seal(Place(_TABLE, str(row.id), _COLUMN), json.dumps(known))


def _open(keys: PersonKeys, row: DisasterSafety) -> dict[str, Any]:
    if row.details is None:
        return {}
    known: dict[str, Any] = json.loads(keys.open(Place(_TABLE, str(row.id), _COLUMN), row.details))
    return known


def _plain(row: SafetyRow) -> dict[str, Any]:
    return {
        "state": row.state,
        "for_other": row.for_other,
        "people": row.people,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "reported_at": row.reported_at.isoformat(),
    }
