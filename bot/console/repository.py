"""What the console reads: counts and the fate of events and sends, never their words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.line.models import LineEvent
from bot.sender.models import Outbound

MOST_SENDS = 500


async def events_by_state(session: AsyncSession, since: datetime) -> dict[str, int]:
    """Return how many events that came since then stand in each state."""
    return await _by_state(session, LineEvent.state, LineEvent.received_at >= since)


async def sends_by_state(session: AsyncSession, since: datetime) -> dict[str, int]:
    """Return how many sends that were written since then stand in each state."""
    return await _by_state(session, Outbound.state, Outbound.created_at >= since)


async def _by_state(
    session: AsyncSession, state: InstrumentedAttribute[str], lately: ColumnElement[bool]
) -> dict[str, int]:
    query = select(state, func.count().label("number")).where(lately).group_by(state)
    return {row[0]: row.number for row in await session.execute(query)}


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


async def recent_sends(
    session: AsyncSession, states: frozenset[str] | None = None, limit: int = MOST_SENDS
) -> Sequence[Any]:
    """Return the newest calls of the outbox, without what they say; all states if None."""
    columns = (
        *(Outbound.id, Outbound.citizen_id, Outbound.event_id, Outbound.state, Outbound.method),
        *(Outbound.reply_attempts, Outbound.push_attempts, Outbound.created_at),
        *(Outbound.finished_at, Outbound.line_request_id, Outbound.failure),
    )
    query = select(*columns).order_by(Outbound.id.desc()).limit(limit)
    if states is not None:
        query = query.where(Outbound.state.in_(states))
    return (await session.execute(query)).all()
