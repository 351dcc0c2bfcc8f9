"""All SQL of the faq skill."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.faq.models import FaqEntry, FaqImport, FaqSynonym
from services.faq.rules import Entry

_COLUMNS = [FaqEntry.__table__.c[field.name] for field in fields(Entry)]


async def replace(
    session: AsyncSession,
    entries: Sequence[Entry],
    synonyms: Mapping[str, str],
    revision: str,
    now: datetime,
) -> None:
    """Put these entries and synonyms in the stead of all others."""
    for table in (FaqEntry, FaqSynonym, FaqImport):
        await session.execute(delete(table))
    if entries:
        await session.execute(insert(FaqEntry), [asdict(entry) for entry in entries])
    if synonyms:
        rows = [{"spelling": spelling, "word": word} for spelling, word in synonyms.items()]
        await session.execute(insert(FaqSynonym), rows)
    session.add(FaqImport(id=1, revision=revision, imported_at=now, entries=len(entries)))


async def revision(session: AsyncSession) -> str | None:
    """Return the revision of the import in use, None before the first."""
    found: str | None = await session.scalar(select(FaqImport.revision))
    return found


async def all_entries(session: AsyncSession) -> list[Entry]:
    """Return every entry, in a fixed order."""
    rows = await session.execute(select(*_COLUMNS).order_by(FaqEntry.id))
    return [_entry(dict(row)) for row in rows.mappings()]


async def all_synonyms(session: AsyncSession) -> dict[str, str]:
    """Return every other spelling with the word it stands for."""
    rows = await session.execute(select(FaqSynonym.spelling, FaqSynonym.word))
    return {row.spelling: row.word for row in rows}


async def entry(session: AsyncSession, entry_id: str) -> Entry | None:
    """Return one entry, None when there is none of that id."""
    rows = await session.execute(select(*_COLUMNS).where(FaqEntry.id == entry_id))
    row = rows.mappings().one_or_none()
    return None if row is None else _entry(dict(row))


async def due_before(session: AsyncSession, day: date) -> list[Entry]:
    """Return the entries to be reviewed before that day, longest overdue first."""
    query = (
        select(*_COLUMNS).where(FaqEntry.review_by < day).order_by(FaqEntry.review_by, FaqEntry.id)
    )
    rows = await session.execute(query)
    return [_entry(dict(row)) for row in rows.mappings()]


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**row | {"variants": tuple(row["variants"]), "keywords": tuple(row["keywords"])})
