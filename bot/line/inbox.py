"""The inbox: verified webhooks become rows and jobs in one transaction."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from procrastinate.tasks import Task
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from bot import repository
from bot.line.events import Disposition, Incoming, clean_json, read_event
from kit.clock import Clock
from kit.db import Database
from kit.jobs import enqueue
from kit.lifecycle import Lifecycle
from kit.logging import get_logger

log = get_logger(__name__)

# received → answered | failed are the steps of a served event; the rest never move.
EVENT_STATES: Lifecycle = {
    "received": frozenset({"answered", "failed"}),
    "answered": frozenset(),
    "failed": frozenset(),
    "recorded": frozenset(),
    "unreadable": frozenset(),
}
_STATE_OF = {
    Disposition.serve: "received",
    Disposition.record: "recorded",
    Disposition.unreadable: "unreadable",
}
# Of a body that is not JSON, or too large to be one of LINE's, this much is kept for staff.
KEPT_CHARACTERS = 20_000

_events = Counter("line_events_total", "Webhook events by kind and what was done", ["kind", "done"])


class Inbox:
    """Stores what LINE delivers, each event once, and starts its turn."""

    def __init__(self, database: Database, clock: Clock, take_turn: Task[Any, Any, Any]) -> None:
        """`take_turn` is the job that serves one event."""
        self._database = database
        self._clock = clock
        self._take_turn = take_turn

    async def accept(self, body: bytes) -> int:
        """Store the events of one verified body; return how many are to be served.

        Raises UnavailableError when nothing could be stored: LINE will deliver again.
        """
        incoming = self._read(body)
        if not incoming:
            return 0
        async with self._database.transaction() as session:
            served = 0
            for event in incoming:
                served += await self._store(session, event)
        return served

    async def keep_oversized(self, size: int, digest: str, head: bytes) -> None:
        """Keep a trace of a correctly signed body that is larger than LINE ever sends."""
        text = head[:KEPT_CHARACTERS].decode("utf-8", "replace")
        event = self._unreadable({"body_head": text, "bytes": size, "sha256": digest}, "too large")
        async with self._database.transaction() as session:
            await self._store(session, event)

    def _read(self, body: bytes) -> Sequence[Incoming]:
        now = self._clock()
        try:
            payload = json.loads(body)
            events = payload.get("events") if isinstance(payload, dict) else None
            if isinstance(events, list):
                return [read_event(event, now) for event in events]
            reason = "no list of events"
        except (ValueError, RecursionError):
            reason = "not JSON"
        head = body[:KEPT_CHARACTERS].decode("utf-8", "replace")
        digest = hashlib.sha256(body).hexdigest()
        return [self._unreadable({"body_head": head, "sha256": digest}, reason)]

    def _unreadable(self, raw: dict[str, Any], reason: str) -> Incoming:
        now = self._clock()
        _, clean = clean_json(raw)
        event = read_event({"raw": clean}, now)
        return Incoming(
            webhook_event_id=event.webhook_event_id,
            kind="unknown",
            disposition=Disposition.unreadable,
            reason=reason,
            line_user_id=None,
            occurred_at=now,
            reply_token=None,
            is_redelivery=False,
            masked=False,
            raw=clean,
        )

    async def _store(self, session: AsyncSession, event: Incoming) -> bool:
        now = self._clock()
        state = _STATE_OF[event.disposition]
        citizen_id = None
        if event.line_user_id is not None:
            citizen_id = await repository.ensure_citizen(session, event.line_user_id, now)
        event_id = await repository.insert_event(session, event, citizen_id, state, now)
        _events.labels(_label(event.kind), state if event_id is not None else "repeated").inc()
        if event_id is None or citizen_id is None:
            return False
        await enqueue(session, self._take_turn, lock=citizen_id, priority=10, event_id=event_id)
        return True


def _label(kind: str) -> str:
    """Keep metric labels few: unknown kinds share one."""
    known = {"message", "postback", "follow", "unfollow", "unsend", "accountLink", "beacon", "join"}
    return kind if kind in known else "other"
