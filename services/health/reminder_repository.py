"""All SQL of reminders, and what is sealed in their rows."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.vault import PersonKeys, Place
from services.health.contract import Born
from services.health.models import HealthReminded, HealthReminder


def open_about(keys: PersonKeys, row: HealthReminder) -> Born:
    """Return what is sealed in a row."""
    return Born.model_validate_json(keys.open(_place(row.citizen_id, row.person_id), row.about))


def _place(citizen_id: str, person_id: str) -> Place:
    return Place(HealthReminder.__tablename__, f"{citizen_id} {person_id}", "about")


async def put(
    session: AsyncSession,
    keys: PersonKeys,
    citizen_id: str,
    person_id: str,
    born: Born,
    now: datetime,
) -> None:
    """Write that a citizen wants to be told; once is enough."""
    about = keys.seal(_place(citizen_id, person_id), born.model_dump_json())
    new = insert(HealthReminder).values(
        citizen_id=citizen_id, person_id=person_id, about=about, since=now
    )
    await session.execute(new.on_conflict_do_nothing())


async def wanted(session: AsyncSession, citizen_id: str, person_id: str) -> bool:
    """Tell whether a citizen wants to be told of a child."""
    return await session.get(HealthReminder, (citizen_id, person_id)) is not None


async def all_wanted(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """Return every citizen and child."""
    query = select(HealthReminder.citizen_id, HealthReminder.person_id)
    rows = await session.execute(query.order_by(HealthReminder.citizen_id))
    return [(row.citizen_id, row.person_id) for row in rows]


async def of(session: AsyncSession, citizen_id: str, person_id: str) -> HealthReminder | None:
    """Return one row."""
    return await session.get(HealthReminder, (citizen_id, person_id))


async def of_citizen(session: AsyncSession, citizen_id: str) -> Sequence[HealthReminder]:
    """Return a citizen's rows."""
    query = select(HealthReminder).where(HealthReminder.citizen_id == citizen_id)
    return (await session.scalars(query.order_by(HealthReminder.person_id))).all()


async def known(session: AsyncSession, citizen_id: str, person_id: str) -> set[str]:
    """Return what a citizen was told of a child."""
    query = select(HealthReminded.what_index).where(
        HealthReminded.citizen_id == citizen_id, HealthReminded.person_id == person_id
    )
    return set(await session.scalars(query))


async def note(
    session: AsyncSession, citizen_id: str, person_id: str, what: Collection[str], now: datetime
) -> None:
    """Note of what a citizen was told."""
    rows = [
        {"citizen_id": citizen_id, "person_id": person_id, "what_index": one, "at": now}
        for one in sorted(what)
    ]
    await session.execute(insert(HealthReminded).values(rows).on_conflict_do_nothing())


async def forget(session: AsyncSession, citizen_id: str, person_id: str | None = None) -> None:
    """Delete a citizen's wish for one child, or with None for all, and what they were told."""
    for table in (HealthReminded, HealthReminder):
        gone = delete(table).where(table.citizen_id == citizen_id)
        if person_id is not None:
            gone = gone.where(table.person_id == person_id)
        await session.execute(gone)
