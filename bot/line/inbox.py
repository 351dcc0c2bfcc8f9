"""The inbox: verified webhooks become rows and jobs in one transaction."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from procrastinate.tasks import Task
from prometheus_client import Counter

from bot import repository
from bot.line.events import Disposition, Incoming, clean_json, read_event
from kit.batching import GroupWriter
from kit.clock import Clock
from kit.db import Database
from kit.jobs import NewJob, enqueue
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

_events = Counter(
    "line_events_total", "Delivered webhook events by kind and state", ["kind", "state"]
)


class Inbox:
    """Stores what LINE delivers, each event once, and starts its turn."""

    def __init__(self, database: Database, clock: Clock, take_turn: Task[Any, Any, Any]) -> None:
        """`take_turn` is the job that serves one event."""
        self._database = database
        self._clock = clock
        self._take_turn = take_turn
        self._writer = GroupWriter(self._store)

    async def accept(self, body: bytes) -> None:
        """Store the events of one verified body.

        Raises UnavailableError when nothing could be stored: LINE will deliver again.
        """
        incoming = self._read(body)
        if incoming:
            await self._writer.add(incoming)

    async def keep_oversized(self, size: int, digest: str, head: bytes) -> None:
        """Keep a trace of a correctly signed body that is larger than LINE ever sends."""
        text = head[:KEPT_CHARACTERS].decode("utf-8", "replace")
        event = self._unreadable({"body_head": text, "bytes": size, "sha256": digest}, "too large")
        await self._writer.add([event])

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

    async def _store(self, events: Sequence[Incoming]) -> None:
        """Write events and the jobs of those that were not known yet, in one transaction."""
        now = self._clock()
        users = {event.line_user_id for event in events if event.line_user_id is not None}
        async with self._database.transaction() as session:
            citizens = await repository.ensure_citizens(session, users, now)
            new = [
                repository.NewEvent(
                    event, citizens.get(event.line_user_id or ""), _STATE_OF[event.disposition]
                )
                for event in events
            ]
            stored = await repository.insert_events(session, new, now)
            jobs = [
                NewJob(self._take_turn, {"event_id": event_id}, lock=citizen_id, priority=10)
                for event_id, citizen_id in stored
                if citizen_id is not None
            ]
            if jobs:
                await enqueue(session, *jobs)
        for event in events:
            _events.labels(_label(event.kind), _STATE_OF[event.disposition]).inc()


def _label(kind: str) -> str:
    """Keep metric labels few: unknown kinds share one."""
    known = {"message", "postback", "follow", "unfollow", "unsend", "accountLink", "beacon", "join"}
    return kind if kind in known else "other"
