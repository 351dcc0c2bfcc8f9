"""All SQL of the bot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import Incoming
from bot.models import Citizen, LineEvent, Outbound
from kit.ids import new_citizen_id, new_retry_key
from kit.lifecycle import Lifecycle, check_step


async def ensure_citizen(session: AsyncSession, line_user_id: str, now: datetime) -> str:
    """Return the citizen id of a LINE user, made on first sight."""
    found = await session.scalar(select(Citizen.id).where(Citizen.line_user_id == line_user_id))
    if found is not None:
        return found
    new = insert(Citizen).values(
        id=new_citizen_id(), line_user_id=line_user_id, is_friend=True, created_at=now
    )
    await session.execute(new.on_conflict_do_nothing(index_elements=[Citizen.line_user_id]))
    return (
        await session.scalars(select(Citizen.id).where(Citizen.line_user_id == line_user_id))
    ).one()


async def insert_event(
    session: AsyncSession, event: Incoming, citizen_id: str | None, state: str, now: datetime
) -> int | None:
    """Store an event and return its number; None when it was stored before."""
    values = {
        "webhook_event_id": event.webhook_event_id,
        "kind": event.kind,
        "citizen_id": citizen_id,
        "state": state,
        "reason": event.reason,
        "occurred_at": event.occurred_at,
        "received_at": now,
        "reply_token": event.reply_token,
        "masked": event.masked,
        "raw": event.raw,
    }
    statement = (
        insert(LineEvent)
        .values(values)
        .on_conflict_do_nothing(index_elements=[LineEvent.webhook_event_id])
        .returning(LineEvent.id)
    )
    return await session.scalar(statement)


async def load_event(
    session: AsyncSession, event_id: int, *, lock: bool = False
) -> LineEvent | None:
    """Return an event; with `lock` nobody else can finish it meanwhile."""
    query = select(LineEvent).where(LineEvent.id == event_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def set_friend(session: AsyncSession, citizen_id: str, is_friend: bool) -> None:
    """Note that the citizen follows or has blocked the account."""
    await session.execute(
        update(Citizen).where(Citizen.id == citizen_id).values(is_friend=is_friend)
    )


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
    """One call to LINE to be written into the outbox."""

    key: str
    citizen_id: str
    messages_json: str
    reply_token: str | None = None
    reply_token_received_at: datetime | None = None
    expires_at: datetime | None = None


async def insert_outbound(session: AsyncSession, new: NewOutbound, now: datetime) -> int | None:
    """Write an outbox row with its retry key; None when a row of that key exists."""
    statement = (
        insert(Outbound)
        .values(
            key=new.key,
            citizen_id=new.citizen_id,
            state="pending",
            messages_json=new.messages_json,
            reply_token=new.reply_token,
            reply_token_received_at=new.reply_token_received_at,
            retry_key=new_retry_key(),
            reply_attempts=0,
            push_attempts=0,
            expires_at=new.expires_at,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Outbound.key])
        .returning(Outbound.id)
    )
    return await session.scalar(statement)


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


def step(lifecycle: Lifecycle, row: LineEvent | Outbound, after: str) -> None:
    """Move a row along its lifecycle; raises IllegalTransitionError for any other step."""
    row.state = check_step(lifecycle, row.state, after)


async def count_by_state(
    session: AsyncSession, table: type[LineEvent | Outbound]
) -> dict[str, int]:
    """Return how many rows stand in each state."""
    query = select(table.state, func.count()).group_by(table.state)
    rows = (await session.execute(query)).tuples().all()
    return dict(rows)


async def recent_trouble(session: AsyncSession, limit: int = 50) -> Sequence[Any]:
    """Return the newest events that were not served: (id, kind, state, reason, received_at)."""
    query = (
        select(
            LineEvent.id,
            LineEvent.kind,
            LineEvent.state,
            LineEvent.reason,
            LineEvent.received_at,
        )
        .where(LineEvent.state.in_(("failed", "unreadable")))
        .order_by(LineEvent.id.desc())
        .limit(limit)
    )
    return (await session.execute(query)).all()


async def recent_failures(session: AsyncSession, limit: int = 50) -> Sequence[Any]:
    """Return the newest calls that LINE refused: (id, method, failure, created_at)."""
    query = (
        select(Outbound.id, Outbound.method, Outbound.failure, Outbound.created_at)
        .where(Outbound.state.in_(("failed", "dropped")))
        .order_by(Outbound.id.desc())
        .limit(limit)
    )
    return (await session.execute(query)).all()
