"""All SQL of what goes out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens.models import Citizen
from bot.line.models import LineEvent
from bot.sender.models import Outbound
from kit.ids import new_retry_key


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
    staff_name: str | None = None
    """Who wrote it, None for what the program says."""


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
        "staff_name": new.staff_name,
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


async def reword_outbound(session: AsyncSession, outbound_id: int, messages_json: str) -> bool:
    """Put other messages in the place of those that LINE refused, as if none had been tried.

    They need a retry key of their own, for LINE compares bodies. False when the row is closed.
    """
    values = {
        "messages_json": messages_json,
        "retry_key": new_retry_key(),
        "reply_attempts": 0,
    }
    reworded = (
        update(Outbound)
        .where(Outbound.id == outbound_id, Outbound.state == "sending")
        .values(values)
        .returning(Outbound.id)
    )
    return await session.scalar(reworded) is not None


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
