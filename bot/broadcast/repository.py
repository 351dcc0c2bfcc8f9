"""All SQL of preferences and announcements."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast.models import AnnouncementChunk, StoredAnnouncement
from bot.broadcast.rules import CHUNK_STATES, multicast_body
from bot.preferences.contract import QuietHours
from kit.ids import new_retry_key
from kit.lifecycle import check_step
from messages.announcements import Announcement, AnnouncementStatus

_READ_AT_ONCE = 1000


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
