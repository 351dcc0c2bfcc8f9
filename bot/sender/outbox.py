"""The outbox: rows written with the turn that causes them, sent after its commit."""

from datetime import datetime
from typing import Any

from procrastinate.tasks import Task
from sqlalchemy.ext.asyncio import AsyncSession

from bot import repository
from kit.jobs import enqueue
from kit.lifecycle import Lifecycle

# sending → sending is a repeated attempt; accepted, failed and dropped are the ends.
OUTBOUND_STATES: Lifecycle = {
    "pending": frozenset({"sending", "dropped"}),
    "sending": frozenset({"sending", "accepted", "failed", "dropped"}),
    "accepted": frozenset(),
    "failed": frozenset(),
    "dropped": frozenset(),
}
OPEN_STATES = frozenset({"pending", "sending"})

# Answers go before notifications, so that bulk sending never delays a conversation.
ANSWER_PRIORITY = 10
NOTIFICATION_PRIORITY = 0


async def queue_send(
    session: AsyncSession,
    send: Task[Any, Any, Any],
    new: repository.NewOutbound,
    now: datetime,
    *,
    priority: int = ANSWER_PRIORITY,
) -> bool:
    """Write one outbox row and its job; return False when the key was written before."""
    outbound_id = await repository.insert_outbound(session, new, now)
    if outbound_id is None:
        return False
    await enqueue(
        session, send, lock=f"send:{new.citizen_id}", priority=priority, outbound_id=outbound_id
    )
    return True
