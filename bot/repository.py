"""All SQL of the bot."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.line.events import Incoming
from bot.models import Citizen, LineEvent, Outbound
from bot.segments.models import CitizenPreferences
from kit.ids import new_citizen_id, new_retry_key
from kit.settings import DEFAULT_CHANNEL

_CITIZENS = select(Citizen.line_user_id, Citizen.id).where(
    Citizen.channel == bindparam("channel"),
    Citizen.line_user_id == any_(bindparam("users", type_=ARRAY(Text))),
)
_NEW_CITIZEN = insert(Citizen).on_conflict_do_nothing(
    index_elements=[Citizen.channel, Citizen.line_user_id]
)
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


async def ensure_citizens(
    session: AsyncSession, users: set[str], now: datetime, channel: str = DEFAULT_CHANNEL
) -> dict[str, str]:
    """Return citizen ids by LINE user id; citizens are made on first sight."""
    if not users:
        return {}
    known = await _citizens(session, users, channel)
    # Sorted, so that two processes that meet the same people do not wait for each other in a ring.
    strangers = sorted(users - known.keys())
    if not strangers:
        return known
    rows = [
        {
            "id": new_citizen_id(),
            "channel": channel,
            "line_user_id": user,
            "is_friend": True,
            "created_at": now,
        }
        for user in strangers
    ]
    await session.execute(_NEW_CITIZEN, rows)
    return await _citizens(session, users, channel)


async def _citizens(session: AsyncSession, users: set[str], channel: str) -> dict[str, str]:
    rows = await session.execute(_CITIZENS, {"users": list(users), "channel": channel})
    return {row.line_user_id: row.id for row in rows}


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


async def note_follow(session: AsyncSession, citizen_id: str, at: datetime) -> None:
    """Note that the citizen follows the account, unless an unfollow after `at` is known."""
    await session.execute(
        update(Citizen)
        .where(
            Citizen.id == citizen_id,
            or_(Citizen.unfollowed_at.is_(None), Citizen.unfollowed_at <= at),
        )
        .values(
            is_friend=True,
            followed_at=func.greatest(Citizen.followed_at, at),
            unfollowed_at=None,
        )
    )


async def note_unfollow(session: AsyncSession, citizen_id: str, at: datetime) -> None:
    """Note that the citizen blocked the account, unless a follow after `at` is known."""
    await session.execute(
        update(Citizen)
        .where(
            Citizen.id == citizen_id,
            or_(Citizen.followed_at.is_(None), Citizen.followed_at <= at),
        )
        .values(is_friend=False, unfollowed_at=at)
    )


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
    """Forget the content of a message that its sender took back."""
    await session.execute(
        update(LineEvent)
        .where(
            LineEvent.citizen_id == citizen_id,
            LineEvent.raw["message"]["id"].astext == message_id,
        )
        .values(raw=LineEvent.raw.op("-")("message"), reason="unsent by the citizen")
    )


async def load_citizen(session: AsyncSession, citizen_id: str) -> Citizen | None:
    """Return a citizen, None when there is none of that id."""
    return await session.get(Citizen, citizen_id)


@dataclass(frozen=True)
class NewOutbound:
    """One call to LINE to be written into the outbox.

    `method` is that of a first attempt which starts as soon as the transaction has committed;
    None leaves the row waiting for its job, or for a tap of the citizen's where it `is_held`.
    """

    key: str
    citizen_id: str
    messages_json: str
    event_id: int | None = None
    reply_token: str | None = None
    reply_token_received_at: datetime | None = None
    expires_at: datetime | None = None
    method: str | None = None
    is_held: bool = False


@dataclass(frozen=True)
class Attempt:
    """One try to carry out an outbox row, as it was written down before it starts."""

    outbound_id: int
    method: str
    channel: str
    line_user_id: str
    messages_json: str
    reply_token: str
    received_at: datetime | None
    """When the event of the reply token arrived."""
    retry_key: UUID
    reply_attempts: int


_NEW_OUTBOUND = (
    insert(Outbound).on_conflict_do_nothing(index_elements=[Outbound.key]).returning(Outbound.id)
)
_END_OUTBOUND = (
    update(Outbound)
    .where(Outbound.id == bindparam("outbound_id"), Outbound.state == bindparam("before"))
    .values(
        state=bindparam("after"),
        finished_at=bindparam("now"),
        line_request_id=bindparam("request_id"),
        failure=bindparam("why"),
    )
)


async def insert_outbound(
    session: AsyncSession, new: NewOutbound, line_user_id: str, now: datetime, channel: str
) -> Attempt | None:
    """Write an outbox row with its retry key; None when a row of that key exists.

    `line_user_id` and `channel` are the citizen's.
    """
    retry_key, reply_attempts = new_retry_key(), int(new.method == "reply")
    row = {
        "key": new.key,
        "citizen_id": new.citizen_id,
        "event_id": new.event_id,
        "state": _first_state(new),
        "messages_json": new.messages_json,
        "reply_token": new.reply_token,
        "reply_token_received_at": new.reply_token_received_at,
        "method": new.method,
        "expires_at": new.expires_at,
        "created_at": now,
        "retry_key": retry_key,
        "reply_attempts": reply_attempts,
        "push_attempts": int(new.method == "push"),
    }
    outbound_id = await session.scalar(_NEW_OUTBOUND, row)
    if outbound_id is None:
        return None
    return Attempt(
        outbound_id=outbound_id,
        method=new.method or "",
        channel=channel,
        line_user_id=line_user_id,
        messages_json=new.messages_json,
        reply_token=new.reply_token or "",
        received_at=new.reply_token_received_at,
        retry_key=retry_key,
        reply_attempts=reply_attempts,
    )


def _first_state(new: NewOutbound) -> str:
    if new.is_held:
        return "held"
    return "pending" if new.method is None else "sending"


async def end_outbound(
    session: AsyncSession,
    outbound_id: int,
    after: str,
    now: datetime,
    *,
    request_id: str | None = None,
    failure: str | None = None,
) -> None:
    """Close a row that was being sent; does nothing when somebody else closed it."""
    values = {
        "outbound_id": outbound_id,
        "before": "sending",
        "after": after,
        "now": now,
        "request_id": request_id,
        "why": failure,
    }
    await session.execute(_END_OUTBOUND, values)


async def open_outbound(session: AsyncSession, event_id: int, states: frozenset[str]) -> list[int]:
    """Return the rows of an event's answer that are not closed yet, in their order."""
    query = select(Outbound.id).where(Outbound.event_id == event_id, Outbound.state.in_(states))
    return list(await session.scalars(query.order_by(Outbound.id)))


async def lock_unserved(session: AsyncSession, event_id: int) -> bool:
    """Hold an event as it is until the transaction ends; False when its turn has ended."""
    query = select(LineEvent.id).where(LineEvent.id == event_id, LineEvent.state == "received")
    return await session.scalar(query.with_for_update()) is not None


async def outbound_state(session: AsyncSession, key: str) -> str | None:
    """Return the state of the row of that key, None when there is none."""
    return await session.scalar(select(Outbound.state).where(Outbound.key == key))


async def release_held(
    session: AsyncSession,
    event_id: int,
    citizen_id: str,
    reply_token: str | None,
    received_at: datetime,
) -> list[int]:
    """Let a citizen's held answer go out with a fresh reply token; return its rows in order."""
    mine = (Outbound.event_id == event_id, Outbound.citizen_id == citizen_id)
    held = select(Outbound).where(*mine, Outbound.state == "held").order_by(Outbound.id)
    rows = list(await session.scalars(held.with_for_update()))
    for row in rows:
        row.state = "pending"
    if rows:
        rows[0].reply_token = reply_token
        rows[0].reply_token_received_at = received_at
    return [row.id for row in rows]


async def load_outbound(session: AsyncSession, outbound_id: int) -> tuple[Outbound, Citizen] | None:
    """Return an outbox row, locked, with its citizen."""
    row = (
        await session.execute(
            select(Outbound, Citizen)
            .join(Citizen, Citizen.id == Outbound.citizen_id)
            .where(Outbound.id == outbound_id)
            .with_for_update(of=Outbound)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])
