"""All SQL of the faq skill's entries and their history. `feedback_rows.py` has the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.faq.models import FaqEntry, FaqImport, FaqSynonym, FaqVersion
from services.faq.rules import Change, Entry, revision_of

_COLUMNS = [FaqEntry.__table__.c[field.name] for field in fields(Entry)]
# Any number that no other advisory lock of the program uses.
_LOCK = 7202804


@dataclass(frozen=True)
class Version:
    """One step in the life of an entry, as its history shows it."""

    number: int
    action: str
    at_desk: bool
    who: str
    at: datetime
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str = ""


async def lock(session: AsyncSession) -> None:
    """Let one transaction at a time change the entries: a change begins with what there is."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def apply(
    session: AsyncSession,
    steps: Sequence[Change],
    *,
    who: str,
    at_desk: bool,
    now: datetime,
    reason: str = "",
) -> None:
    """Carry the changes out and note each in the history; every process will index anew."""
    going = [step.entry_id for step in steps]
    await session.execute(delete(FaqEntry).where(FaqEntry.id.in_(going)))
    coming = [dict(vars(step.after)) for step in steps if step.after is not None]
    if coming:
        await session.execute(insert(FaqEntry), coming)
    rows = [
        {
            "entry_id": step.entry_id,
            "action": step.action,
            "at_desk": at_desk,
            "who": who,
            "at": now,
            "before": _as_json(step.before),
            "after": _as_json(step.after),
            "reason": reason,
        }
        for step in steps
    ]
    if rows:
        await session.execute(insert(FaqVersion), rows)
    await _note_revision(session, now)


async def replace_synonyms(session: AsyncSession, synonyms: Mapping[str, str]) -> None:
    """Put these synonyms in the stead of all others. `apply` has to follow."""
    await session.execute(delete(FaqSynonym))
    if synonyms:
        rows = [{"spelling": spelling, "word": word} for spelling, word in synonyms.items()]
        await session.execute(insert(FaqSynonym), rows)


async def _note_revision(session: AsyncSession, now: datetime) -> None:
    entries = await all_entries(session)
    row = {
        "revision": revision_of(entries, await all_synonyms(session)),
        "imported_at": now,
        "entries": len(entries),
    }
    statement = upsert(FaqImport).values(id=1, **row)
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


async def revision(session: AsyncSession) -> str | None:
    """Return the revision of the content in use, None before the first import."""
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


async def edited_ids(session: AsyncSession) -> frozenset[str]:
    """Return the ids whose last change was made at the desk, the retired ones included."""
    newest = (
        select(FaqVersion.entry_id, FaqVersion.at_desk)
        .ext(distinct_on(FaqVersion.entry_id))
        .order_by(FaqVersion.entry_id, FaqVersion.id.desc())
        .subquery()
    )
    return frozenset(await session.scalars(select(newest.c.entry_id).where(newest.c.at_desk)))


async def history(session: AsyncSession, entry_id: str) -> list[Version]:
    """Return the life of one entry, newest first; empty for an id that never was."""
    rows = await session.scalars(
        select(FaqVersion).where(FaqVersion.entry_id == entry_id).order_by(FaqVersion.id.desc())
    )
    return [
        Version(
            *(row.id, row.action, row.at_desk, row.who, row.at, row.before, row.after, row.reason)
        )
        for row in rows
    ]


async def newest_version(session: AsyncSession, entry_id: str) -> int:
    """Return the number of an entry's last change, 0 when it has none."""
    query = select(func.max(FaqVersion.id)).where(FaqVersion.entry_id == entry_id)
    return (await session.scalar(query)) or 0


def _as_json(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    values = asdict(entry)
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**row | {"variants": tuple(row["variants"]), "keywords": tuple(row["keywords"])})
