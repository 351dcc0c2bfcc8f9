"""All SQL of preferences."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast.models import AnnouncementChunk
from bot.citizens.models import Citizen
from bot.preferences.contract import Preferences, QuietHours
from bot.preferences.models import CitizenPreferences
from messages.languages import Language


async def citizen_exists(session: AsyncSession, citizen_id: str) -> bool:
    """Tell whether there is a citizen of that id whose data was not erased."""
    query = select(Citizen.id).where(Citizen.id == citizen_id, Citizen.forgotten_at.is_(None))
    return await session.scalar(query) is not None


async def load_preferences(session: AsyncSession, citizen_id: str) -> Preferences:
    """Return a citizen's choice, or what applies without one."""
    return as_preferences(await session.get(CitizenPreferences, citizen_id))


async def save_preferences(
    session: AsyncSession, citizen_id: str, chosen: Preferences, now: datetime
) -> None:
    """Keep a citizen's choice in place of the one before."""
    quiet = chosen.quiet
    values = {
        "areas": list(dict.fromkeys(chosen.areas)),
        "topics": list(dict.fromkeys(chosen.topics)),
        "hazards": list(dict.fromkeys(chosen.hazards)),
        "warn_from": chosen.warn_from,
        "language": chosen.language,
        "quiet_start": quiet.start if quiet else None,
        "quiet_end": quiet.end if quiet else None,
        "updated_at": now,
    }
    new = insert(CitizenPreferences).values(citizen_id=citizen_id, **values)
    await session.execute(
        new.on_conflict_do_update(index_elements=[CitizenPreferences.citizen_id], set_=values)
    )


def as_preferences(row: CitizenPreferences | None) -> Preferences:
    """Read a row; None is somebody who has not chosen anything yet."""
    if row is None:
        return Preferences()
    return Preferences(
        areas=tuple(row.areas),
        topics=tuple(row.topics),
        hazards=tuple(row.hazards),
        warn_from=row.warn_from,
        language=Language(row.language),
        quiet=quiet_hours(row),
    )


def quiet_hours(row: CitizenPreferences | AnnouncementChunk) -> QuietHours | None:
    """Return the quiet hours of a row, None where it has none."""
    if row.quiet_start is None or row.quiet_end is None:
        return None
    return QuietHours(start=row.quiet_start, end=row.quiet_end)
