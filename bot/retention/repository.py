"""All SQL that erases what the bot kept of conversations."""

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Citizen, LineEvent, Outbound

# Both are also the conditions of the tables' partial indexes.
_KEPT_EVENT = text("raw <> '{}'::jsonb")
_KEPT_OUTBOUND = text("messages_json <> '[]'")


async def erase_old_events(session: AsyncSession, before: datetime, limit: int) -> int:
    """Erase the content of up to `limit` closed events received before then; return how many."""
    old = (
        select(LineEvent.id)
        .where(_KEPT_EVENT, LineEvent.received_at < before, LineEvent.state != "received")
        .order_by(LineEvent.received_at)
        .limit(limit)
    )
    erase = update(LineEvent).where(LineEvent.id.in_(old)).values(raw={}, reply_token=None)
    erased = await session.scalars(erase.returning(LineEvent.id))
    return len(erased.all())


async def erase_old_outbound(session: AsyncSession, before: datetime, limit: int) -> int:
    """Erase the words of up to `limit` sent or dropped messages that ended before then."""
    old = (
        select(Outbound.id)
        .where(_KEPT_OUTBOUND, Outbound.finished_at < before)
        .order_by(Outbound.finished_at)
        .limit(limit)
    )
    erase = update(Outbound).where(Outbound.id.in_(old)).values(messages_json="[]")
    erased = await session.scalars(erase.values(reply_token=None).returning(Outbound.id))
    return len(erased.all())


async def lost_citizens(session: AsyncSession, before: datetime) -> list[str]:
    """Return the citizens who left before then and of whom something may still be kept."""
    query = select(Citizen.id).where(Citizen.unfollowed_at < before, Citizen.forgotten_at.is_(None))
    return list(await session.scalars(query))


async def lock_lost_citizen(session: AsyncSession, citizen_id: str, before: datetime) -> bool:
    """Hold a citizen's row; False when they came back or everything is erased already."""
    query = select(Citizen.id).where(
        Citizen.id == citizen_id, Citizen.unfollowed_at < before, Citizen.forgotten_at.is_(None)
    )
    return await session.scalar(query.with_for_update()) is not None


async def erase_citizen(session: AsyncSession, citizen_id: str, now: datetime) -> None:
    """Erase what a citizen wrote and what they were answered, and note that it was done."""
    await session.execute(
        update(LineEvent)
        .where(LineEvent.citizen_id == citizen_id, LineEvent.state != "received", _KEPT_EVENT)
        .values(raw={}, reply_token=None)
    )
    await session.execute(
        update(Outbound)
        .where(
            Outbound.citizen_id == citizen_id,
            Outbound.finished_at.is_not(None),
            _KEPT_OUTBOUND,
        )
        .values(messages_json="[]", reply_token=None)
    )
    await session.execute(update(Citizen).where(Citizen.id == citizen_id).values(forgotten_at=now))
