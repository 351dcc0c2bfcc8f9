"""Sending one chunk by multicast: once as far as LINE allows, never in quiet hours, stoppable."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast import repository as broadcast_rows
from bot.broadcast.models import AnnouncementChunk, StoredAnnouncement
from bot.broadcast.repository import NewChunk
from bot.broadcast.rules import (
    CHUNK_STATES,
    OPEN_CHUNKS,
    halves,
    multicast_body,
    quiet_until,
    recipients_and_messages,
)
from bot.jobs import SEND_CHUNK
from bot.preferences import repository as preference_rows
from bot.sender.line_api import Answer, Limit, LineApi
from bot.sender.outbox import MONTHLY_LIMIT
from bot.sender.rate_limiter import RateLimiter
from kit.clock import Clock
from kit.db import Database
from kit.errors import UnavailableError
from kit.jobs import NewJob, enqueue
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

# LINE forgets a retry key after 24 hours; a later attempt would be a second delivery.
RETRY_KEY_LIFE = timedelta(hours=23)

EXPIRED = "expired before it could be sent"
NOT_TOLD = "the message before did not reach them"
UNCERTAIN = "LINE did not confirm in time; it may have been delivered"

_sent = Counter("line_multicasts_total", "Finished multicasts", ["outcome"])


class NotYetError(UnavailableError):
    """The message before this one is still on its way to these people."""


class QuietError(UnavailableError):
    """The recipients have quiet hours now. Wait until they end."""

    def __init__(self, until: datetime) -> None:
        """`until` is the instant at which sending may go on."""
        super().__init__()
        self.until = until


@dataclass(frozen=True)
class Attempt:
    """One multicast, as it was written down before it starts."""

    chunk_id: int
    channel: str
    body: str
    retry_key: UUID


def chunk_job(chunk_id: int, *, urgent: bool) -> NewJob:
    """Return the job that sends a chunk; danger to life goes before everything else."""
    return NewJob(SEND_CHUNK, {"chunk_id": chunk_id}, priority=10 if urgent else 0)


class BulkSender:
    """Sends chunks. Its pace is its own, so that answers to citizens never wait for it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        api: LineApi,
        rate_limiter: RateLimiter,
    ) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._zone = settings.timezone
        self._api = api
        self._rate_limiter = rate_limiter

    async def send(self, chunk_id: int) -> None:
        """Send one chunk if that is still wanted.

        Raises QuietError or UnavailableError when it should be tried again later.
        """
        # The pace first: between the look at the kill switch and the call nothing may wait.
        await self._rate_limiter.wait("multicast")
        attempt = await self._begin(chunk_id)
        if attempt is not None:
            answer = await self._api.multicast(attempt.channel, attempt.body, attempt.retry_key)
            await self._conclude(attempt, answer)

    async def _begin(self, chunk_id: int) -> Attempt | None:
        """Write an attempt down before it happens; None when nothing is left to do."""
        async with self._database.transaction() as session:
            loaded = await broadcast_rows.load_chunk(session, chunk_id, body=True)
            if loaded is None or loaded[0].state not in OPEN_CHUNKS:
                return None
            row, announcement = loaded
            if await self._told_nothing(session, row):
                broadcast_rows.close_chunk(row, "dropped", self._clock(), NOT_TOLD)
                return None
            quiet = quiet_until(preference_rows.quiet_hours(row), self._clock(), self._zone)
            end = self._end(row, announcement, quiet)
            if end is not None:
                broadcast_rows.close_chunk(row, *end)
                _sent.labels(row.state).inc()
                log.warning("chunk_not_sent", chunk_id=chunk_id, state=row.state, reason=end[2])
                return None
            if quiet is not None:
                raise QuietError(quiet)
            row.state = check_step(CHUNK_STATES, row.state, "sending")
            row.attempts += 1
            row.first_attempt_at = row.first_attempt_at or self._clock()
            return Attempt(row.id, row.channel, row.body or "", row.retry_key)

    async def _told_nothing(self, session: AsyncSession, row: AnnouncementChunk) -> bool:
        """Whether there is nothing to follow. Raises NotYetError while that is open."""
        if row.after_chunk is None or row.first_attempt_at is not None:
            return False
        states = await broadcast_rows.chunk_and_parts(session, row.after_chunk)
        if states & OPEN_CHUNKS:
            raise NotYetError("The message before is still on its way.")
        return row.needs_after and "accepted" not in states

    def _end(
        self, row: AnnouncementChunk, announcement: StoredAnnouncement, quiet: datetime | None
    ) -> tuple[str, datetime, str] | None:
        """Return (state, now, reason) when the chunk must not be tried any more."""
        now = self._clock()
        tried = f" ({UNCERTAIN})" if row.first_attempt_at else ""
        if announcement.stop_reason is not None:
            return "dropped", now, announcement.stop_reason + tried
        if announcement.replaced_by is not None and row.first_attempt_at is None:
            # What was tried once is brought to its end: only then what follows it is sure.
            return "dropped", now, broadcast_rows.REPLACED
        if announcement.expires_at <= (quiet or now):
            return "dropped", now, EXPIRED + tried
        if row.first_attempt_at and (quiet or now) - row.first_attempt_at >= RETRY_KEY_LIFE:
            return "failed", now, UNCERTAIN
        return None

    async def _conclude(self, attempt: Attempt, answer: Answer) -> None:
        if answer.is_uncertain or answer.passes:
            log.warning("multicast_waits", chunk_id=attempt.chunk_id, status=answer.status)
            raise UnavailableError("LINE did not take the multicast yet.", status=answer.status)
        accepted = answer.status in (200, 409)
        outcome = "accepted" if accepted else "failed"
        failure = None if accepted else f"{answer.status} {answer.message}".strip()
        async with self._database.transaction() as session:
            loaded = await broadcast_rows.load_chunk(session, attempt.chunk_id, body=False)
            if loaded is None or loaded[0].state != "sending":
                return
            row, announcement = loaded
            now = self._clock()
            if answer.limit is Limit.monthly:
                # It never passes by itself, and every further chunk would meet it as well.
                failure = MONTHLY_LIMIT
                await broadcast_rows.stop(session, announcement.id, MONTHLY_LIMIT, now)
            elif answer.refuses_recipient and row.recipients > 1:
                outcome = "divided"
                await self._divide(session, row, announcement, attempt.body)
            broadcast_rows.close_chunk(row, outcome, now, failure, answer.request_id)
        _sent.labels(outcome).inc()
        if failure is not None:
            log.error("multicast_failed", chunk_id=attempt.chunk_id, reason=failure)

    async def _divide(
        self,
        session: AsyncSession,
        row: AnnouncementChunk,
        announcement: StoredAnnouncement,
        whole: str,
    ) -> None:
        """Give each half of the recipients a call of its own.

        LINE refuses a whole call for one wrong recipient; the others must hear of the danger.
        """
        quiet = preference_rows.quiet_hours(row)
        everybody, messages_json = recipients_and_messages(whole)
        parts = []
        for user_ids in halves(everybody):
            body = multicast_body(user_ids, messages_json)
            citizens = await broadcast_rows.citizens_by_user(session, row.channel, user_ids)
            origin = row.origin or row.id
            parts.append(NewChunk(row.channel, body, len(user_ids), quiet, citizens, origin))
        ids = await broadcast_rows.insert_chunks(session, announcement.id, parts)
        await enqueue(session, *(chunk_job(part, urgent=announcement.urgent) for part in ids))
