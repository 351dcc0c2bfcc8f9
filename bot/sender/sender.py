"""Carrying out one outbox row: reply first, push as the fallback, once as far as LINE allows.

A reply has no retry key. But its token works once, so "Invalid reply token" after an attempt whose
answer was lost means that the lost attempt was accepted. That inference holds only while the token
would still be alive, so an uncertain reply is repeated at once; after that the message is pushed,
because silence is worse than a repeat. For the same reason messages whose look LINE refuses go out
once more as plain words.
"""

import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta

from prometheus_client import Counter

from bot.citizens.models import Citizen
from bot.sender import repository as outbound_rows
from bot.sender.line_api import Answer, Limit, LineApi
from bot.sender.models import Outbound
from bot.sender.outbox import MONTHLY_LIMIT, OPEN_STATES, OUTBOUND_STATES
from bot.sender.plain import plainer
from bot.sender.rate_limiter import RateLimiter
from bot.sender.repository import Attempt
from kit.clock import Clock
from kit.db import Database
from kit.errors import UnavailableError
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

# Pauses before an uncertain reply is repeated, and how long after its webhook that makes sense.
REPEAT_SECONDS = (0.2, 1.0)
REPEAT_LIFE = timedelta(seconds=58)

_sent = Counter("line_sends_total", "Finished sends", ["method", "outcome"])


class Sender:
    """Sends outbox rows. One citizen's rows are kept in order by the job's lock."""

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
        self._token_life = timedelta(seconds=settings.reply_token_seconds)
        self._api = api
        self._rate_limiter = rate_limiter

    async def send(self, outbound_id: int) -> None:
        """Send one row. Raises UnavailableError when it should be tried again later."""
        attempt = await self._begin(outbound_id)
        if attempt is not None:
            await self.carry_out(attempt)

    async def carry_out(self, attempt: Attempt) -> None:
        """Make an attempt that is written down, and the push that may have to follow it.

        Raises UnavailableError when the row should be tried again later.
        """
        following: Attempt | None = attempt
        while following is not None:
            if following.method == "push":
                # Replies need no pacing: LINE itself paces the webhooks that they answer.
                await self._rate_limiter.wait(following.method)
            following = await self._conclude(*await self._attempt(following))

    def first_method(self, reply_token: str | None, received_at: datetime | None) -> str:
        """Return how a first attempt goes out: as a reply while the token is to be trusted."""
        if reply_token is None or received_at is None:
            return "push"
        return "reply" if self._clock() - received_at < self._token_life else "push"

    async def _begin(self, outbound_id: int, *, after_reply: int | None = None) -> Attempt | None:
        """Write an attempt down before it happens; None when nothing is left to do.

        `after_reply` names the reply attempt whose token was dead: only a push may follow, and
        nothing at all if another run of this job has replied meanwhile.
        """
        async with self._database.transaction() as session:
            loaded = await outbound_rows.load_outbound(session, outbound_id)
            if loaded is None or loaded[0].state not in OPEN_STATES:
                return None
            row, citizen = loaded
            if after_reply is not None and row.reply_attempts != after_reply:
                return None
            if row.expires_at is not None and row.expires_at <= self._clock():
                row.state = check_step(OUTBOUND_STATES, row.state, "dropped")
                row.finished_at = self._clock()
                row.failure = "expired before it could be sent"
                return None
            row.state = check_step(OUTBOUND_STATES, row.state, "sending")
            # Once a push was tried, only pushes follow: their retry key keeps them apart.
            is_push = after_reply is not None or row.push_attempts > 0
            row.method = (
                "push"
                if is_push
                else self.first_method(row.reply_token, row.reply_token_received_at)
            )
            row.reply_attempts += row.method == "reply"
            row.push_attempts += row.method == "push"
            return _written(row, citizen)

    async def _attempt(self, attempt: Attempt) -> tuple[Attempt, Answer]:
        """Make the call; a reply whose answer was lost is repeated while its token may live."""
        answer = await self._call(attempt)
        for pause in REPEAT_SECONDS:
            if attempt.method != "reply" or not answer.is_uncertain:
                break
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  jitter
            if attempt.received_at is None or self._clock() - attempt.received_at > REPEAT_LIFE:
                break
            attempt = replace(attempt, reply_attempts=attempt.reply_attempts + 1)
            answer = await self._call(attempt)
        return attempt, answer

    async def _call(self, attempt: Attempt) -> Answer:
        channel, messages = attempt.channel, attempt.messages_json
        if attempt.method == "reply":
            return await self._api.reply(channel, attempt.reply_token, messages)
        return await self._api.push(channel, attempt.line_user_id, messages, attempt.retry_key)

    async def _conclude(self, attempt: Attempt, answer: Answer) -> Attempt | None:
        if answer.is_uncertain or answer.passes:
            log.warning(
                "send_waits",
                outbound_id=attempt.outbound_id,
                status=answer.status,
                reason=answer.message,
            )
            raise UnavailableError("LINE did not take the message yet.", status=answer.status)
        spent = attempt.method == "reply" and _is_spent_token(answer)
        if spent and attempt.reply_attempts == 1:
            return await self._begin(attempt.outbound_id, after_reply=attempt.reply_attempts)
        if answer.refuses_content and await self._make_plainer(attempt, answer):
            return await self._begin(attempt.outbound_id)
        accepted = spent or answer.status in (200, 409)
        outcome, failure = ("accepted", None) if accepted else ("failed", _describe(answer))
        check_step(OUTBOUND_STATES, "sending", outcome)
        async with self._database.statement() as session:
            await outbound_rows.end_outbound(
                session,
                attempt.outbound_id,
                outcome,
                self._clock(),
                request_id=answer.request_id,
                failure=failure,
            )
        _sent.labels(attempt.method, outcome).inc()
        if failure is not None:
            log.warning("send_failed", outbound_id=attempt.outbound_id, reason=failure)
        return None

    async def _make_plainer(self, attempt: Attempt, answer: Answer) -> bool:
        """Put plain words in the place of what LINE refused; False when there are none left."""
        words = plainer(attempt.messages_json)
        if words is None:
            return False
        log.error("send_made_plainer", outbound_id=attempt.outbound_id, reason=answer.message)
        async with self._database.transaction() as session:
            return await outbound_rows.reword_outbound(session, attempt.outbound_id, words)


def _written(row: Outbound, citizen: Citizen) -> Attempt:
    return Attempt(
        outbound_id=row.id,
        method=row.method or "",
        channel=citizen.channel,
        line_user_id=citizen.line_user_id,
        messages_json=row.messages_json,
        reply_token=row.reply_token or "",
        received_at=row.reply_token_received_at,
        retry_key=row.retry_key,
        reply_attempts=row.reply_attempts,
    )


def _is_spent_token(answer: Answer) -> bool:
    return answer.status == 400 and "reply token" in answer.message.lower()


def _describe(answer: Answer) -> str:
    if answer.limit is Limit.monthly:
        return MONTHLY_LIMIT
    return f"{answer.status} {answer.message}".strip()
