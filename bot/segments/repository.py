"""All SQL of preferences and announcements."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract import Announcement, AnnouncementStatus, Language, Preferences, QuietHours
from bot.models import Citizen
from bot.segments.models import AnnouncementChunk, CitizenPreferences, StoredAnnouncement
from bot.segments.rules import CHUNK_STATES, multicast_body
from kit.ids import new_retry_key
from kit.lifecycle import check_step

_READ_AT_ONCE = 1000


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
        language=Language(row.language),
        quiet=quiet_hours(row),
    )


def quiet_hours(row: CitizenPreferences | AnnouncementChunk) -> QuietHours | None:
    """Return the quiet hours of a row, None where it has none."""
    if row.quiet_start is None or row.quiet_end is None:
        return None
    return QuietHours(start=row.quiet_start, end=row.quiet_end)


async def friends(session: AsyncSession) -> AsyncIterator[tuple[str, str, Preferences]]:
    """Yield (channel, LINE user id, preferences) of everybody who follows the account."""
    query = (
        select(Citizen.channel, Citizen.line_user_id, CitizenPreferences)
        .outerjoin(CitizenPreferences, CitizenPreferences.citizen_id == Citizen.id)
        .where(Citizen.is_friend)
        .order_by(Citizen.id)
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    async for channel, user_id, row in await session.stream(query):
        yield channel, user_id, as_preferences(row)


async def insert_announcement(
    session: AsyncSession, new: Announcement, messages_json: str, now: datetime
) -> int | None:
    """Write an announcement; None when one of that key exists."""
    values = {
        "key": new.key,
        "segment": new.segment.model_dump(mode="json"),
        "messages_json": messages_json,
        "urgent": new.urgent,
        "audience": 0,
        "expires_at": new.expires_at,
        "created_at": now,
    }
    query = insert(StoredAnnouncement).values(values).on_conflict_do_nothing()
    return await session.scalar(query.returning(StoredAnnouncement.id))


async def set_audience(session: AsyncSession, announcement_id: int, audience: int) -> None:
    """Note how many people an announcement is for."""
    await session.execute(
        update(StoredAnnouncement)
        .where(StoredAnnouncement.id == announcement_id)
        .values(audience=audience)
    )


@dataclass(frozen=True)
class NewChunk:
    """One multicast to be written. `quiet` None: it may go out at any hour."""

    channel: str
    body: str
    recipients: int
    quiet: QuietHours | None


async def insert_chunk(session: AsyncSession, announcement_id: int, new: NewChunk) -> int:
    """Write a chunk with its retry key; return its number."""
    row = AnnouncementChunk(
        announcement_id=announcement_id,
        channel=new.channel,
        state="pending",
        recipients=new.recipients,
        body=new.body,
        retry_key=new_retry_key(),
        quiet_start=new.quiet.start if new.quiet else None,
        quiet_end=new.quiet.end if new.quiet else None,
    )
    session.add(row)
    await session.flush()
    return row.id


async def load_chunk(
    session: AsyncSession, chunk_id: int
) -> tuple[AnnouncementChunk, StoredAnnouncement] | None:
    """Return a chunk, locked, with its announcement."""
    query = (
        select(AnnouncementChunk, StoredAnnouncement)
        .join(StoredAnnouncement, StoredAnnouncement.id == AnnouncementChunk.announcement_id)
        .where(AnnouncementChunk.id == chunk_id)
        .with_for_update(of=AnnouncementChunk)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


def close_chunk(
    row: AnnouncementChunk,
    state: str,
    now: datetime,
    failure: str | None = None,
    request_id: str | None = None,
) -> None:
    """End a chunk. Nothing will be sent again, so the names of its recipients go."""
    row.state = check_step(CHUNK_STATES, row.state, state)
    row.finished_at = now
    row.failure = failure
    row.line_request_id = request_id
    row.body = None


async def stop(session: AsyncSession, announcement_id: int, reason: str, now: datetime) -> None:
    """Stop an announcement: chunks that were never tried are dropped at once.

    A chunk under way finds the stop before its next attempt.
    """
    check_step(CHUNK_STATES, "pending", "dropped")
    await session.execute(
        update(StoredAnnouncement)
        .where(StoredAnnouncement.id == announcement_id, StoredAnnouncement.stopped_at.is_(None))
        .values(stopped_at=now, stop_reason=reason)
    )
    await session.execute(
        update(AnnouncementChunk)
        .where(
            AnnouncementChunk.announcement_id == announcement_id,
            AnnouncementChunk.state == "pending",
        )
        .values(state="dropped", finished_at=now, failure=reason, body=None)
    )


async def drop_recipient(session: AsyncSession, user_id: str, now: datetime) -> None:
    """Take somebody out of every multicast that was never tried.

    One under way stays as it is: LINE takes a retry key again for the very same body only, and the
    body goes with the end of the chunk, within a day.
    """
    query = (
        select(AnnouncementChunk, StoredAnnouncement.messages_json)
        .join(StoredAnnouncement, StoredAnnouncement.id == AnnouncementChunk.announcement_id)
        .where(
            AnnouncementChunk.state == "pending",
            func.strpos(AnnouncementChunk.body, json.dumps(user_id)) > 0,
        )
        .with_for_update(of=AnnouncementChunk)
    )
    for row, messages_json in (await session.execute(query)).all():
        others = [x for x in json.loads(row.body or "")["to"] if x != user_id]
        if others:
            row.recipients, row.body = len(others), multicast_body(others, messages_json)
        else:
            close_chunk(row, "dropped", now, "its only recipient is gone")


async def find_announcement(session: AsyncSession, key: str) -> StoredAnnouncement | None:
    """Return the announcement of that key."""
    return await session.scalar(select(StoredAnnouncement).where(StoredAnnouncement.key == key))


async def status(session: AsyncSession, row: StoredAnnouncement) -> AnnouncementStatus:
    """Count an announcement's recipients by state."""
    query = (
        select(AnnouncementChunk.state, func.sum(AnnouncementChunk.recipients))
        .where(AnnouncementChunk.announcement_id == row.id, AnnouncementChunk.state != "divided")
        .group_by(AnnouncementChunk.state)
    )
    counted: Sequence[tuple[str, int]] = [(s, n) for s, n in await session.execute(query)]
    return AnnouncementStatus(
        key=row.key,
        audience=row.audience,
        recipients={**dict.fromkeys(CHUNK_STATES.keys() - {"divided"}, 0), **dict(counted)},
        expires_at=row.expires_at,
        stopped=row.stop_reason,
    )
