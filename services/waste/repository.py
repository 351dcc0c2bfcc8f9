"""All SQL of the waste skill."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import and_, case, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from services.waste.models import WasteDataset, WasteReminderLog, WasteSubscription
from services.waste.reminders import DueReminder, DueWindow
from services.waste.rules import CityData

_document: TypeAdapter[CityData] = TypeAdapter(CityData)


async def replace_dataset(session: AsyncSession, city: CityData, now: datetime) -> None:
    """Put `city` in the place of the calendar in use."""
    await session.execute(delete(WasteDataset))
    content = _document.dump_python(city, mode="json")
    session.add(WasteDataset(imported_at=now, content=content))


async def newest_dataset(
    session: AsyncSession, known: int | None
) -> tuple[int | None, CityData | None]:
    """Return (number of the calendar in use, the calendar itself unless it is the `known` one)."""
    content = case((WasteDataset.id != (known or 0), WasteDataset.content))
    query = select(WasteDataset.id, content).order_by(WasteDataset.id.desc()).limit(1)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None, None
    return row[0], None if row[1] is None else _document.validate_python(row[1])


async def find_subscription(session: AsyncSession, citizen_id: str) -> WasteSubscription | None:
    """Return what is kept about a resident."""
    return await session.get(WasteSubscription, citizen_id, populate_existing=True)


async def save_subscription(
    session: AsyncSession, citizen_id: str, key: str, now: datetime, **changes: Any
) -> None:
    """Apply `changes` (area, reminder_time, reminder_set_at) once for each `key`."""
    fresh = {"citizen_id": citizen_id, "created_at": now, "updated_at": now, "change_key": key}
    statement = insert(WasteSubscription).values(**fresh, **changes)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[WasteSubscription.citizen_id],
            set_={"updated_at": now, "change_key": key, **changes},
            where=WasteSubscription.change_key != key,
        )
    )


async def stop_reminder(session: AsyncSession, citizen_id: str, key: str, now: datetime) -> None:
    """End a resident's reminder; the district stays, whether the calendar knows it or not."""
    table = WasteSubscription
    await session.execute(
        update(table)
        .where(table.citizen_id == citizen_id, table.change_key != key)
        .values(reminder_time=None, reminder_set_at=None, change_key=key, updated_at=now)
    )


async def forget_citizen(session: AsyncSession, citizen_id: str) -> None:
    """Delete everything about a resident."""
    for table in (WasteSubscription, WasteReminderLog):
        await session.execute(delete(table).where(table.citizen_id == citizen_id))


async def due_reminders(
    session: AsyncSession, windows: Sequence[DueWindow], zone: str, limit: int
) -> list[DueReminder]:
    """Return reminders that are due and not yet handed over, at most `limit`, longest due first.

    A reminder that was set after its own hour had passed waits for the next collection.
    """
    found: list[DueReminder] = []
    for window in windows:
        left = limit - len(found)
        if left > 0 and window.areas:
            found.extend(await _due_in(session, window, zone, left))
    return found


async def _due_in(
    session: AsyncSession, window: DueWindow, zone: str, limit: int
) -> list[DueReminder]:
    table = WasteSubscription
    rows = await session.execute(
        select(table.citizen_id, table.area, table.reminder_time)
        .where(_is_due(window, zone))
        .order_by(table.reminder_time, table.citizen_id)
        .limit(limit)
    )
    day, on = window.day, window.reminded_on
    return [DueReminder(citizen, area, day, on, at) for citizen, area, at in rows if at]


def _is_due(window: DueWindow, zone: str) -> ColumnElement[bool]:
    table = WasteSubscription
    due_at = func.timezone(zone, literal(window.reminded_on) + table.reminder_time)
    told = exists().where(
        WasteReminderLog.citizen_id == table.citizen_id,
        WasteReminderLog.collection_date == window.day,
    )
    return and_(
        table.reminder_time.between(window.first, window.last),
        table.area.in_(window.areas),
        or_(table.reminder_set_at.is_(None), table.reminder_set_at <= due_at),
        ~told,
    )


async def is_still_due(session: AsyncSession, reminder: DueReminder) -> bool:
    """Tell whether the resident still wants exactly this reminder and has not had it."""
    table = WasteSubscription
    told = exists().where(
        WasteReminderLog.citizen_id == reminder.citizen_id,
        WasteReminderLog.collection_date == reminder.day,
    )
    wanted = select(
        exists().where(
            table.citizen_id == reminder.citizen_id,
            table.area == reminder.area,
            table.reminder_time == reminder.reminder_time,
            ~told,
        )
    )
    return bool(await session.scalar(wanted))


async def log_reminder(
    session: AsyncSession, reminder: DueReminder, outcome: str, now: datetime
) -> None:
    """Note that the bot has taken the reminder over; a second note changes nothing."""
    row = {
        "citizen_id": reminder.citizen_id,
        "collection_date": reminder.day,
        "outcome": outcome,
        "handed_over_at": now,
    }
    await session.execute(insert(WasteReminderLog).values(row).on_conflict_do_nothing())


async def forget_log_before(session: AsyncSession, day: date) -> None:
    """Delete notes about collections before `day`."""
    await session.execute(delete(WasteReminderLog).where(WasteReminderLog.collection_date < day))
