"""All SQL of preferences and announcements."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from bot.broadcast.models import AnnouncementChunk, StoredAnnouncement, Tester
from bot.broadcast.rules import CHUNK_STATES, multicast_body, recipients_and_messages
from bot.citizens.models import Citizen
from bot.preferences.contract import QuietHours
from kit.ids import new_retry_key
from kit.lifecycle import check_step
from messages.announcements import Announcement, AnnouncementStatus

REPLACED = "a newer message took its place"


async def insert_announcement(
    session: AsyncSession,
    new: Announcement,
    messages_json: str,
    by_language: Mapping[str, str],
    now: datetime,
) -> int | None:
    """Write an announcement; None when one of that key exists."""
    values = {
        "key": new.key,
        "segment": new.segment.model_dump(mode="json"),
        "messages_json": messages_json,
        "by_language": dict(by_language),
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
    """One multicast to be written. `quiet` None: it may go out at any hour.

    `citizens`, `origin`, `after_chunk`, `needs_after` as in `AnnouncementChunk`.
    """

    channel: str
    body: str
    recipients: int
    quiet: QuietHours | None
    citizens: tuple[str, ...] = ()
    origin: int | None = None
    after_chunk: int | None = None
    needs_after: bool = False


async def insert_chunks(
    session: AsyncSession, announcement_id: int, new: Sequence[NewChunk]
) -> list[int]:
    """Write chunks, each with its retry key; return their numbers."""
    rows = [
        {
            "announcement_id": announcement_id,
            "channel": chunk.channel,
            "state": "pending",
            "recipients": chunk.recipients,
            "body": chunk.body,
            "retry_key": new_retry_key(),
            "quiet_start": chunk.quiet.start if chunk.quiet else None,
            "quiet_end": chunk.quiet.end if chunk.quiet else None,
            "attempts": 0,
            "citizens": list(chunk.citizens),
            "origin": chunk.origin,
            "after_chunk": chunk.after_chunk,
            "needs_after": chunk.needs_after,
        }
        for chunk in new
    ]
    if not rows:
        return []
    query = insert(AnnouncementChunk).returning(AnnouncementChunk.id, sort_by_parameter_order=True)
    return list(await session.scalars(query, rows))


async def replace(session: AsyncSession, keys: Sequence[str], by: str, now: datetime) -> None:
    """Drop what was never tried of these announcements; what was is brought to its end."""
    ids = select(StoredAnnouncement.id).where(StoredAnnouncement.key.in_(keys))
    await session.execute(
        update(StoredAnnouncement)
        .where(StoredAnnouncement.key.in_(keys), StoredAnnouncement.replaced_by.is_(None))
        .values(replaced_by=by)
    )
    check_step(CHUNK_STATES, "pending", "dropped")
    await session.execute(
        update(AnnouncementChunk)
        .where(AnnouncementChunk.announcement_id.in_(ids), AnnouncementChunk.state == "pending")
        .values(state="dropped", finished_at=now, failure=REPLACED, body=None)
    )


async def chunk_and_parts(session: AsyncSession, chunk_id: int) -> set[str]:
    """Return the states of a chunk or, where it was divided, of its parts."""
    query = select(AnnouncementChunk.state).where(
        or_(AnnouncementChunk.id == chunk_id, AnnouncementChunk.origin == chunk_id),
        AnnouncementChunk.state != "divided",
    )
    return set(await session.scalars(query))


async def citizens_by_user(
    session: AsyncSession, channel: str, user_ids: Sequence[str]
) -> tuple[str, ...]:
    """Return our ids of LINE's users."""
    query = select(Citizen.id).where(
        Citizen.channel == channel, Citizen.line_user_id.in_(list(user_ids))
    )
    return tuple(await session.scalars(query))


async def forget_recipient(session: AsyncSession, citizen_id: str) -> None:
    """Take somebody out of the ledger of who was told."""
    await session.execute(
        update(AnnouncementChunk)
        .where(AnnouncementChunk.citizens.contains([citizen_id]))
        .values(citizens=func.array_remove(AnnouncementChunk.citizens, citizen_id))
    )


async def forget_recipients(session: AsyncSession, before: datetime) -> None:
    """Empty the ledger of what ended before then."""
    await session.execute(
        update(AnnouncementChunk)
        .where(
            AnnouncementChunk.finished_at < before, func.cardinality(AnnouncementChunk.citizens) > 0
        )
        .values(citizens=[])
    )


async def forget_tester(session: AsyncSession, citizen_id: str) -> None:
    """Forget that a citizen's talk is the test account of a member of staff."""
    await session.execute(delete(Tester).where(Tester.citizen_id == citizen_id))


async def load_chunk(
    session: AsyncSession, chunk_id: int, *, body: bool
) -> tuple[AnnouncementChunk, StoredAnnouncement] | None:
    """Return a chunk, locked, with its announcement; its `body` where that is needed.

    Two thousand of these are read a minute for a million people: neither the ledger nor the texts
    of every language come along.
    """
    left_out = [defer(AnnouncementChunk.citizens), defer(StoredAnnouncement.segment)]
    left_out += [defer(StoredAnnouncement.messages_json), defer(StoredAnnouncement.by_language)]
    query = (
        select(AnnouncementChunk, StoredAnnouncement)
        .join(StoredAnnouncement, StoredAnnouncement.id == AnnouncementChunk.announcement_id)
        .where(AnnouncementChunk.id == chunk_id)
        .options(*left_out, *(() if body else (defer(AnnouncementChunk.body),)))
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
        select(AnnouncementChunk)
        .where(
            AnnouncementChunk.state == "pending",
            func.strpos(AnnouncementChunk.body, json.dumps(user_id)) > 0,
        )
        .with_for_update(of=AnnouncementChunk)
    )
    for row in (await session.scalars(query)).all():
        user_ids, messages_json = recipients_and_messages(row.body or "")
        others = [x for x in user_ids if x != user_id]
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
