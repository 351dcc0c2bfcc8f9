"""The inbox: verified webhooks become rows and jobs in one transaction."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens import repository as citizen_rows
from bot.groups import repository as groups
from bot.jobs import FETCH_MEDIA, NOTE_GROUP, REPORT_LINK, TAKE_TURN
from bot.line import repository as event_rows
from bot.line.channels import Channels
from bot.line.events import (
    RECORDED_KINDS,
    SERVED_KINDS,
    Disposition,
    GroupChat,
    Incoming,
    clean_json,
    fingerprint,
    read_event,
)
from bot.line.json_text import read_json
from bot.media import repository as media
from kit.batching import GroupWriter
from kit.clock import Clock
from kit.db import Database
from kit.jobs import NewJob, enqueue
from kit.lifecycle import Lifecycle
from kit.logging import get_logger

log = get_logger(__name__)

# received → answered | handed | failed are the steps of a served event; the rest never move.
# `handed` came while a person held the conversation, who answers it (bot.handoff).
EVENT_STATES: Lifecycle = {
    "received": frozenset({"answered", "handed", "failed"}),
    "answered": frozenset(),
    "handed": frozenset(),
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
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")

_events = Counter(
    "line_events_total", "Delivered webhook events by kind and state", ["kind", "state"]
)


class Inbox:
    """Stores what LINE delivers, each event once, and starts what it causes."""

    def __init__(self, database: Database, clock: Clock, channels: Channels) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._channels = channels
        self._writer = GroupWriter(self._store)

    async def accept(self, body: bytes, signers: frozenset[str]) -> None:
        """Store the events of one body that the secrets of `signers` have signed.

        Raises UnauthorizedError when the body is addressed to another channel, and
        UnavailableError when nothing could be stored: LINE will deliver again.
        """
        incoming = self._read(body, signers)
        if incoming:
            await self._writer.add(incoming)

    async def keep_oversized(
        self, size: int, digest: str, head: bytes, signers: frozenset[str]
    ) -> None:
        """Keep a trace of a correctly signed body that is larger than LINE ever sends."""
        raw = {"body_head": _head(head), "bytes": size, "sha256": digest}
        await self._writer.add([self._trace(raw, "too large", min(signers))])

    def _read(self, body: bytes, signers: frozenset[str]) -> list[Incoming]:
        try:
            payload = read_json(body)
        except ValueError:
            return [self._unreadable(body, "not JSON", min(signers))]
        if not isinstance(payload, dict):
            return [self._unreadable(body, "no list of events", min(signers))]
        destination = payload.get("destination")
        channel = self._channels.receiver(
            signers, destination if isinstance(destination, str) else None
        )
        events = payload.get("events")
        if not isinstance(events, list):
            return [self._unreadable(body, "no list of events", channel)]
        now = self._clock()
        return [read_event(event, now, channel) for event in events]

    def _unreadable(self, body: bytes, reason: str, channel: str) -> Incoming:
        raw = {"body_head": _head(body), "sha256": hashlib.sha256(body).hexdigest()}
        return self._trace(raw, reason, channel)

    def _trace(self, raw: dict[str, Any], reason: str, channel: str) -> Incoming:
        now = self._clock()
        _, clean = clean_json(raw)
        return Incoming(
            webhook_event_id=fingerprint({"raw": clean}),
            kind="unknown",
            disposition=Disposition.unreadable,
            reason=reason,
            line_user_id=None,
            group=None,
            occurred_at=now,
            reply_token=None,
            is_redelivery=False,
            masked=False,
            raw=clean,
            channel=channel,
        )

    async def _store(self, events: Sequence[Incoming]) -> None:
        """Write events and the jobs of those that were not known yet, in one transaction."""
        now = self._clock()
        async with self._database.transaction() as session:
            citizens = await _ensure_citizens(session, events, now)
            new = [
                event_rows.NewEvent(
                    event,
                    citizens.get((event.channel, event.line_user_id)),
                    _STATE_OF[event.disposition],
                )
                for event in events
            ]
            stored = await event_rows.insert_events(session, new, now)
            jobs = [
                job
                for event_id, event in stored
                for job in await self._caused(session, event_id, event, now)
            ]
            if jobs:
                await enqueue(session, *jobs)
        for event in events:
            _events.labels(_label(event.kind), _STATE_OF[event.disposition]).inc()

    async def _caused(
        self, session: AsyncSession, event_id: int, new: event_rows.NewEvent, now: datetime
    ) -> list[NewJob]:
        """Write what a new event brings beside itself; return the jobs that it starts."""
        event = new.incoming
        if event.group is not None:
            return await self._greeted(session, event_id, event, event.group)
        if event.kind == "accountLink":
            # LINE does not say of a failure whose it was, so that the nonce is all there is.
            report = {"event_id": event_id}
            return [NewJob(REPORT_LINK, report, lock=f"link:{event_id}")]
        if new.citizen_id is None or event.disposition is not Disposition.serve:
            return []
        turn = {"event_id": event_id}
        jobs = [NewJob(TAKE_TURN, turn, lock=new.citizen_id, priority=10)]
        file = media.announced(event.raw)
        if file is not None:
            owner = media.Owner(event.channel, event_id, new.citizen_id)
            media_id = await media.insert_media(session, owner, file, now)
            if media_id is not None and file.state == "waiting":
                fetch = {"media_id": media_id}
                jobs.append(NewJob(FETCH_MEDIA, fetch, lock=f"media:{media_id}"))
        return jobs

    async def _greeted(
        self, session: AsyncSession, event_id: int, event: Incoming, group: GroupChat
    ) -> list[NewJob]:
        """Return the job of the one note when this is the first chance to say it."""
        if event.kind == "leave":
            await groups.delete_group(session, event.channel, group)
            return []
        if event.reply_token is None or event.raw.get("mode") == "standby":
            return []
        if not await groups.insert_group(session, event.channel, group):
            return []
        return [NewJob(NOTE_GROUP, {"event_id": event_id}, lock=f"group:{event_id}")]


async def _ensure_citizens(
    session: AsyncSession, events: Sequence[Incoming], now: datetime
) -> dict[tuple[str, str | None], str]:
    """Return the citizens' ids by channel and LINE user id."""
    found: dict[tuple[str, str | None], str] = {}
    for channel in sorted({event.channel for event in events}):
        users = {e.line_user_id for e in events if e.channel == channel and e.line_user_id}
        ids = await citizen_rows.ensure_citizens(session, users, now, channel)
        found |= {(channel, user): citizen_id for user, citizen_id in ids.items()}
    return found


def _head(body: bytes) -> str:
    """Return the beginning as text, escapes resolved: a number in them must be found and masked."""
    text = body[:KEPT_CHARACTERS].decode("utf-8", "replace")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _label(kind: str) -> str:
    """Keep metric labels few: unknown kinds share one."""
    return kind if kind in SERVED_KINDS or kind in RECORDED_KINDS else "other"
