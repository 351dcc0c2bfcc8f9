"""All SQL of the places skill."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from messages.hazards import Hazard
from services.facilities.contract import Kind
from services.facilities.models import FacilitiesImport, FacilitiesPlace
from services.facilities.rules import Record

_COLUMNS = [FacilitiesPlace.__table__.c[field.name] for field in fields(Record)]


async def replace(session: AsyncSession, records: Sequence[Record], now: datetime) -> None:
    """Put these places in the stead of all others."""
    await session.execute(delete(FacilitiesPlace))
    await session.execute(delete(FacilitiesImport))
    if records:
        await session.execute(insert(FacilitiesPlace), [asdict(record) for record in records])
    session.add(FacilitiesImport(id=1, imported_at=now, places=len(records)))


async def imported_at(session: AsyncSession) -> datetime | None:
    """Return the instant of the import in use, None before the first."""
    instant: datetime | None = await session.scalar(select(FacilitiesImport.imported_at))
    return instant


async def all_records(session: AsyncSession) -> list[Record]:
    """Return every place, in a fixed order."""
    rows = await session.execute(
        select(*_COLUMNS).order_by(FacilitiesPlace.kind, FacilitiesPlace.source_id)
    )
    return [_record(dict(row)) for row in rows.mappings()]


def _record(row: dict[str, Any]) -> Record:
    return Record(
        **row
        | {
            "kind": Kind(row["kind"]),
            "hazards": tuple(Hazard(hazard) for hazard in row["hazards"]),
            "nicknames": tuple(row["nicknames"]),
            "categories": tuple(row["categories"]),
        }
    )
