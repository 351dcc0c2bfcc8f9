"""All SQL of the inbox."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.citizens.models import Citizen
from bot.handoff.models import SearchWords
from bot.line.events import Incoming
from bot.line.models import LineEvent
from bot.preferences.models import CitizenPreferences

# One parameter for all rows: binding every column of every row was half the cost of a webhook.
_NEW_EVENTS = text(
    """
    INSERT INTO bot_line_event (channel, webhook_event_id, kind, citizen_id, state, reason,
                                occurred_at, received_at, reply_token, masked, raw)
    SELECT channel, webhook_event_id, kind, citizen_id, state, reason,
           occurred_at, :now, reply_token, masked, raw
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(
        channel text, webhook_event_id text, kind text, citizen_id text, state text, reason text,
        occurred_at timestamptz, reply_token text, masked boolean, raw jsonb)
    ON CONFLICT (channel, webhook_event_id) DO NOTHING
    RETURNING id, channel, webhook_event_id
    """
)


# Redelivery may bring the message after the event that takes it back.
_unsend = aliased(LineEvent)


_IS_UNSENT = (
    select(_unsend.id)
    .where(
        _unsend.kind == "unsend",
        _unsend.citizen_id == LineEvent.citizen_id,
        _unsend.raw["unsend"]["messageId"].astext == LineEvent.raw["message"]["id"].astext,
    )
    .exists()
)


_EVENT = (
    select(
        *LineEvent.__table__.columns,
        Citizen.line_user_id,
        Citizen.followed_at,
        CitizenPreferences.language.label("chosen_language"),
        Citizen.created_at.label("known_since"),
        _IS_UNSENT.label("is_unsent"),
    )
    .outerjoin(Citizen, Citizen.id == LineEvent.citizen_id)
    .outerjoin(CitizenPreferences, CitizenPreferences.citizen_id == LineEvent.citizen_id)
    .where(LineEvent.id == bindparam("event_id"))
)


_END_EVENT = (
    update(LineEvent)
    .where(LineEvent.id == bindparam("event_id"), LineEvent.state == bindparam("before"))
    .values(state=bindparam("after"))
)


@dataclass(frozen=True)
class NewEvent:
    """A read event with the citizen it belongs to and its first state."""

    incoming: Incoming
    citizen_id: str | None
    state: str


async def insert_events(
    session: AsyncSession, events: Sequence[NewEvent], now: datetime
) -> list[tuple[int, NewEvent]]:
    """Store events; return those that were not stored before with their numbers, oldest first."""
    # Of an event that comes twice in one write, the first one counts.
    by_key: dict[tuple[str, str], NewEvent] = {}
    for new in events:
        by_key.setdefault((new.incoming.channel, new.incoming.webhook_event_id), new)
    rows = [
        {
            "channel": new.incoming.channel,
            "webhook_event_id": new.incoming.webhook_event_id,
            "kind": new.incoming.kind,
            "citizen_id": new.citizen_id,
            "state": new.state,
            "reason": new.incoming.reason,
            "occurred_at": new.incoming.occurred_at.isoformat(),
            "reply_token": new.incoming.reply_token,
            "masked": new.incoming.masked,
            "raw": new.incoming.raw,
        }
        for new in by_key.values()
    ]
    values = {"now": now, "rows": json.dumps(rows, ensure_ascii=False)}
    stored = sorted((await session.execute(_NEW_EVENTS, values)).all())
    return [(row.id, by_key[row.channel, row.webhook_event_id]) for row in stored]


@dataclass(frozen=True)
class StoredEvent:
    """An event of the inbox, and whom it came from."""

    id: int
    channel: str
    kind: str
    state: str
    citizen_id: str | None
    line_user_id: str | None
    occurred_at: datetime
    received_at: datetime
    reply_token: str | None
    masked: bool
    raw: dict[str, Any]
    is_unsent: bool
    """Whether its sender took the message back before it was served."""
    followed_at: datetime | None
    chosen_language: str | None
    """None where the citizen has never chosen anything."""
    known_since: datetime | None
    """When its sender was first seen; None where it has none."""


async def load_event(session: AsyncSession, event_id: int) -> StoredEvent | None:
    """Return an event, None when there is none of that number."""
    row = (await session.execute(_EVENT, {"event_id": event_id})).mappings().one_or_none()
    if row is None:
        return None
    return StoredEvent(**{name: row[name] for name in StoredEvent.__dataclass_fields__})


async def end_event(session: AsyncSession, event_id: int, before: str, after: str) -> bool:
    """Move an event from one state to the next; False when somebody else did so before."""
    values = {"event_id": event_id, "before": before, "after": after}
    result = await session.execute(_END_EVENT, values)
    return bool(result.rowcount)  # type: ignore[attr-defined]


async def is_set_answered(session: AsyncSession, event: StoredEvent, set_id: str) -> bool:
    """Tell whether an image of the same set (several images sent at once) has had its answer."""
    query = select(LineEvent.id).where(
        LineEvent.citizen_id == event.citizen_id,
        LineEvent.id != event.id,
        LineEvent.state.in_(("answered", "failed")),
        LineEvent.raw["message"]["imageSet"]["id"].astext == set_id,
    )
    return await session.scalar(query.limit(1)) is not None


async def erase_message(session: AsyncSession, citizen_id: str, message_id: str) -> None:
    """Forget the content of a message that its sender took back, where it is searched as well."""
    erased = await session.scalars(
        update(LineEvent)
        .where(
            LineEvent.citizen_id == citizen_id,
            LineEvent.raw["message"]["id"].astext == message_id,
        )
        .values(raw=LineEvent.raw.op("-")("message"), reason="unsent by the citizen")
        .returning(LineEvent.id)
    )
    await session.execute(delete(SearchWords).where(SearchWords.event_id.in_(erased.all())))
