"""Carrying out one outbox row: reply first, push as the fallback, once as far as LINE allows.

A reply has no retry key. But its token works once, so "Invalid reply token" after an attempt whose
answer was lost means that the lost attempt was accepted. That inference holds only while the token
would still be alive; afterwards the message is pushed, because silence is worse than a repeat.
"""

from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import Counter

from bot import repository
from bot.models import Citizen, Outbound
from bot.sender.line_api import Answer, LineApi
from bot.sender.outbox import OPEN_STATES, OUTBOUND_STATES
from bot.sender.pacing import Pacer
from kit.clock import Clock
from kit.db import Database
from kit.errors import UnavailableError
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

_sent = Counter("line_sends_total", "Finished sends", ["method", "outcome"])


@dataclass(frozen=True)
class Attempt:
    """One try, as written down before it starts."""

    outbound_id: int
    method: str
    row: Outbound
    citizen: Citizen


class Sender:
    """Sends outbox rows. One citizen's rows are kept in order by the job's lock."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, api: LineApi, pacer: Pacer
    ) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._token_life = timedelta(seconds=settings.reply_token_seconds)
        self._api = api
        self._pacer = pacer

    async def send(self, outbound_id: int) -> None:
        """Send one row. Raises UnavailableError when it should be tried again later."""
        attempt = await self._begin(outbound_id)
        while attempt is not None:
            await self._pacer.wait(attempt.method)
            answer = await self._call(attempt)
            attempt = await self._conclude(attempt, answer)

    async def _begin(self, outbound_id: int, *, push_only: bool = False) -> Attempt | None:
        """Write the attempt down before it happens; None when nothing is left to do."""
        async with self._database.transaction() as session:
            loaded = await repository.load_outbound(session, outbound_id)
            if loaded is None or loaded[0].state not in OPEN_STATES:
                return None
            row, citizen = loaded
            if row.expires_at is not None and row.expires_at <= self._clock():
                self._finish(row, "dropped", "expired before it could be sent")
                return None
            row.method = "push" if push_only or not self._can_reply(row) else "reply"
            if row.method == "reply":
                row.reply_attempts += 1
            else:
                row.push_attempts += 1
            repository.step(OUTBOUND_STATES, row, "sending")
            return Attempt(outbound_id, row.method, row, citizen)

    def _can_reply(self, row: Outbound) -> bool:
        """Whether the reply token is to be trusted. Once a push was tried, only pushes follow."""
        if row.reply_token is None or row.reply_token_received_at is None or row.push_attempts:
            return False
        return self._clock() - row.reply_token_received_at < self._token_life

    async def _call(self, attempt: Attempt) -> Answer:
        row = attempt.row
        if attempt.method == "reply":
            return await self._api.reply(row.reply_token or "", row.messages_json)
        return await self._api.push(attempt.citizen.line_user_id, row.messages_json, row.retry_key)

    async def _conclude(self, attempt: Attempt, answer: Answer) -> Attempt | None:
        if answer.is_uncertain or answer.is_rate_limited or answer.status == 401:
            raise UnavailableError("LINE did not take the message yet.", status=answer.status)
        if (
            attempt.method == "reply"
            and _is_spent_token(answer)
            and attempt.row.reply_attempts == 1
        ):
            return await self._begin(attempt.outbound_id, push_only=True)
        accepted = answer.status in (200, 409) or (
            attempt.method == "reply" and _is_spent_token(answer)
        )
        async with self._database.transaction() as session:
            loaded = await repository.load_outbound(session, attempt.outbound_id)
            if loaded is not None and loaded[0].state == "sending":
                loaded[0].line_request_id = answer.request_id
                outcome = "accepted" if accepted else "failed"
                self._finish(loaded[0], outcome, None if accepted else _describe(answer))
        return None

    def _finish(self, row: Outbound, state: str, failure: str | None) -> None:
        repository.step(OUTBOUND_STATES, row, state)
        row.finished_at = self._clock()
        row.failure = failure
        _sent.labels(row.method or "none", state).inc()
        if failure is not None:
            log.warning("send_ended", outbound_id=row.id, outcome=state, reason=failure)


def _is_spent_token(answer: Answer) -> bool:
    return answer.status == 400 and "reply token" in answer.message.lower()


def _describe(answer: Answer) -> str:
    return f"{answer.status} {answer.message}".strip()
