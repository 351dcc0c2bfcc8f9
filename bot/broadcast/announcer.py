"""Announcing: who is told is decided once, and written down together with how."""

from collections import defaultdict

from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast import repository as broadcast_rows
from bot.broadcast.delivery import chunk_job
from bot.broadcast.models import StoredAnnouncement
from bot.broadcast.repository import NewChunk
from bot.broadcast.rules import chunks, multicast_body, wants
from bot.messages.render import render, to_json
from bot.messages.speakers import Speaker
from bot.preferences import repository as preference_rows
from bot.preferences.contract import QuietHours
from kit.clock import Clock
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.jobs import enqueue
from kit.logging import get_logger
from messages.announcements import Announcement, AnnouncementResult, AnnouncementStatus
from messages.notifications import Outcome

log = get_logger(__name__)

STOPPED_BY_STAFF = "stopped by staff"


class Announcer:
    """Writes announcements with their chunks and jobs, each key once; and stops them."""

    def __init__(self, database: Database, clock: Clock, speaker: Speaker) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._speaker = speaker

    async def announce(self, new: Announcement) -> AnnouncementResult:
        """Store an announcement and start its sending, in one transaction.

        Raises InvalidInputError when it has expired or does not fit into one call to LINE.
        """
        messages_json = _in_one_call(new, self._speaker)
        now = self._clock()
        async with self._database.transaction() as session:
            stored = await broadcast_rows.insert_announcement(session, new, messages_json, now)
            if stored is None:
                outcome = Outcome.already_queued
            elif new.expires_at <= now:
                raise InvalidInputError("The announcement has expired already.")
            else:
                outcome = Outcome.queued
                await self._write_chunks(session, stored, new, messages_json)
            status = await broadcast_rows.status(session, await _find(session, new.key))
        log.info("announced", key=new.key, outcome=outcome, audience=status.audience)
        return AnnouncementResult(outcome=outcome, status=status)

    async def status(self, key: str) -> AnnouncementStatus:
        """Return where an announcement stands. Raises NotFoundError."""
        async with self._database.transaction() as session:
            return await broadcast_rows.status(session, await _find(session, key))

    async def stop(self, key: str) -> AnnouncementStatus:
        """Drop whatever was not sent yet. Raises NotFoundError."""
        async with self._database.transaction() as session:
            row = await _find(session, key)
            await broadcast_rows.stop(session, row.id, STOPPED_BY_STAFF, self._clock())
            await session.refresh(row)
            status = await broadcast_rows.status(session, row)
        log.warning("announcement_stopped", key=key, dropped=status.recipients["dropped"])
        return status

    async def _write_chunks(
        self, session: AsyncSession, stored: int, new: Announcement, messages_json: str
    ) -> None:
        groups: dict[tuple[str, QuietHours | None], list[str]] = defaultdict(list)
        async for channel, user_id, preferences in preference_rows.friends(session):
            if wants(preferences, new.segment, urgent=new.urgent):
                groups[channel, None if new.urgent else preferences.quiet].append(user_id)
        await broadcast_rows.set_audience(session, stored, sum(map(len, groups.values())))
        jobs = []
        for (channel, quiet), user_ids in groups.items():
            for some in chunks(user_ids):
                chunk = NewChunk(channel, multicast_body(some, messages_json), len(some), quiet)
                chunk_id = await broadcast_rows.insert_chunk(session, stored, chunk)
                jobs.append(chunk_job(chunk_id, urgent=new.urgent))
        if jobs:
            await enqueue(session, *jobs)


def _in_one_call(new: Announcement, speaker: Speaker) -> str:
    calls = render(new.messages, speaker)
    if len(calls) != 1:
        raise InvalidInputError("The text has to fit into five LINE messages. Shorten it.")
    return to_json(calls[0])


async def _find(session: AsyncSession, key: str) -> StoredAnnouncement:
    row = await broadcast_rows.find_announcement(session, key)
    if row is None:
        raise NotFoundError("No announcement of that key.")
    return row
