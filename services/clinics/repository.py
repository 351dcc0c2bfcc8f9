"""All SQL of the duty calendar."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.clinics.models import CalendarRow, DutyChange, DutyRow
from services.clinics.rules import Change, Duty, Kind

if TYPE_CHECKING:
    from services.clinics.importer import Calendar


async def replace(session: AsyncSession, calendar: "Calendar", now: datetime) -> None:
    """Put a calendar in the place of the one before."""
    await session.execute(delete(DutyRow))
    await session.execute(delete(CalendarRow))
    rows = [
        {
            "day": duty.day,
            "kind": duty.kind.value,
            "departments": list(duty.departments),
            "name": duty.name,
            "address": duty.address,
            "phone": duty.phone,
            "hours": [minute for stretch in duty.hours for minute in stretch],
            "note": duty.note,
        }
        for duty in calendar.duties
    ]
    await session.execute(insert(DutyRow), rows)
    values = {
        "id": 1,
        "first_day": calendar.first_day,
        "last_day": calendar.last_day,
        "demonstration": calendar.said.demonstration,
        "credit": calendar.said.credit,
        "imported_at": now,
    }
    await session.execute(insert(CalendarRow), [values])


async def calendar(session: AsyncSession) -> CalendarRow | None:
    """Return what is said of the calendar, None before the first import."""
    return await session.get(CalendarRow, 1)


async def between(session: AsyncSession, first: date, last: date) -> list[Duty]:
    """Return the duties of the days from `first` to `last`."""
    query = select(DutyRow).where(DutyRow.day.between(first, last)).order_by(DutyRow.id)
    return [_duty(row) for row in await session.scalars(query)]


async def changes(session: AsyncSession, first: date, last: date) -> Sequence[DutyChange]:
    """Return what the desk changed on the days from `first` to `last`."""
    query = select(DutyChange).where(DutyChange.day.between(first, last))
    return (await session.scalars(query.order_by(DutyChange.day, DutyChange.id))).all()


async def put_change(session: AsyncSession, values: dict[str, Any]) -> None:
    """Write a change; one of the same place and day is replaced."""
    new = upsert(DutyChange).values(values)
    same = ["day", "name", "is_closed"]
    await session.execute(new.on_conflict_do_update(index_elements=same, set_=values))


async def take_back(session: AsyncSession, number: int) -> None:
    """Delete a change."""
    await session.execute(delete(DutyChange).where(DutyChange.id == number))


async def forget_before(session: AsyncSession, day: date) -> None:
    """Delete the changes of days that are over."""
    await session.execute(delete(DutyChange).where(DutyChange.day < day))


def change_of(row: DutyChange) -> Change:
    """Return a row as the rules read it."""
    return Change(row.day, row.name, None if row.is_closed else _duty(row))


def _duty(row: DutyRow | DutyChange) -> Duty:
    hours = row.hours
    stretches = tuple(zip(hours[::2], hours[1::2], strict=True))
    return Duty(
        day=row.day,
        kind=Kind(row.kind),
        departments=tuple(row.departments),
        name=row.name,
        address=row.address,
        phone=row.phone,
        hours=stretches,
        note=row.note,
    )
