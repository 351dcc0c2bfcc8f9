"""Announcing: who is told is decided once, and written down together with how."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast import audience
from bot.broadcast import repository as broadcast_rows
from bot.broadcast.delivery import chunk_job
from bot.broadcast.models import StoredAnnouncement
from bot.messages.render import render, to_json
from bot.messages.speakers import Speaker
from kit.clock import Clock
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.jobs import enqueue
from kit.logging import get_logger
from messages.announcements import (
    Announcement,
    AnnouncementResult,
    AnnouncementStatus,
    Segment,
)
from messages.languages import Language
from messages.notifications import Messages, Outcome

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
        messages_json = _in_one_call(new.messages, self._speaker)
        by_language = {
            language: _in_one_call(messages, self._speaker)
            for language, messages in new.in_languages.items()
        }
        now = self._clock()
        async with self._database.transaction() as session:
            stored = await broadcast_rows.insert_announcement(
                session, new, messages_json, {k.value: v for k, v in by_language.items()}, now
            )
            if stored is None:
                outcome = Outcome.already_queued
            elif new.expires_at <= now:
                raise InvalidInputError("The announcement has expired already.")
            else:
                outcome = Outcome.queued
                await broadcast_rows.replace(session, new.replaces, new.key, now)
                texts = dict.fromkeys(Language, messages_json) | by_language
                await self._write_chunks(session, stored, new, texts)
            status = await broadcast_rows.status(session, await _find(session, new.key))
        log.info("announced", key=new.key, outcome=outcome, audience=status.audience)
        return AnnouncementResult(outcome=outcome, status=status)

    async def preview(self, segment: Segment, *, urgent: bool) -> int:
        """Return how many an announcement for a segment would be for now."""
        async with self._database.transaction() as session:
            people = audience.of_segment(segment, urgent=urgent)
            return await audience.count(session, people)

    async def status(self, key: str) -> AnnouncementStatus:
        """Return where an announcement stands. Raises NotFoundError."""
        async with self._database.transaction() as session:
            return await broadcast_rows.status(session, await _find(session, key))

    async def stop(self, key: str, who: str = "") -> AnnouncementStatus:
        """Drop whatever was not sent yet; `who` stopped it. Raises NotFoundError."""
        async with self._database.transaction() as session:
            row = await _find(session, key)
            reason = f"{STOPPED_BY_STAFF}: {who}" if who else STOPPED_BY_STAFF
            await broadcast_rows.stop(session, row.id, reason, self._clock())
            await session.refresh(row)
            status = await broadcast_rows.status(session, row)
        log.warning("announcement_stopped", key=key, dropped=status.recipients["dropped"])
        return status

    async def _write_chunks(
        self, session: AsyncSession, stored: int, new: Announcement, texts: Mapping[Language, str]
    ) -> None:
        if new.follows:
            people = audience.of_told(new.follows, urgent=new.urgent, only=frozenset(new.only))
        else:
            people = audience.of_segment(new.segment, urgent=new.urgent)
        written = await audience.write_chunks(session, stored, people, texts)
        await broadcast_rows.set_audience(session, stored, sum(told for _, told in written))
        if written:
            await enqueue(session, *(chunk_job(part, urgent=new.urgent) for part, _ in written))


def _in_one_call(messages: Messages, speaker: Speaker) -> str:
    calls = render(messages, speaker)
    if len(calls) != 1:
        raise InvalidInputError("The text has to fit into five LINE messages. Shorten it.")
    return to_json(calls[0])


async def _find(session: AsyncSession, key: str) -> StoredAnnouncement:
    row = await broadcast_rows.find_announcement(session, key)
    if row is None:
        raise NotFoundError("No announcement of that key.")
    return row
