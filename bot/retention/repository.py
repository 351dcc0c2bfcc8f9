"""All SQL that erases what the bot kept of conversations."""

from datetime import datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens.models import Citizen
from bot.handoff.models import HandoffNote, SearchWords
from bot.line.inbox import EVENT_STATES
from bot.line.models import LineEvent
from bot.preferences.models import CitizenPreferences
from bot.sender.models import Outbound
from bot.sender.outbox import OUTBOUND_STATES
from kit.lifecycle import check_step

# Both are also the conditions of the tables' partial indexes.
_KEPT_EVENT = text("raw <> '{}'::jsonb")
_KEPT_OUTBOUND = text("messages_json <> '[]'")
_ERASED = "the citizen's data was erased"


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


async def erase_old_notes(session: AsyncSession, before: datetime, limit: int) -> int:
    """Erase the words of up to `limit` notes about conversations written before then."""
    old = (
        select(HandoffNote.id)
        .where(HandoffNote.words != b"", HandoffNote.at < before)
        .order_by(HandoffNote.id)
        .limit(limit)
    )
    erase = update(HandoffNote).where(HandoffNote.id.in_(old)).values(words=b"")
    return len((await session.scalars(erase.returning(HandoffNote.id))).all())


async def erase_old_words(session: AsyncSession, before: datetime, limit: int) -> int:
    """Erase up to `limit` messages written before then from what can be searched."""
    old = select(SearchWords.id).where(SearchWords.at < before).order_by(SearchWords.at)
    erase = delete(SearchWords).where(SearchWords.id.in_(old.limit(limit)))
    return len((await session.scalars(erase.returning(SearchWords.id))).all())


async def lost_citizens(session: AsyncSession, before: datetime) -> list[str]:
    """Return the citizens who left before then and of whom something may still be kept."""
    query = select(Citizen.id).where(Citizen.unfollowed_at < before, Citizen.forgotten_at.is_(None))
    return list(await session.scalars(query))


async def is_lost(session: AsyncSession, citizen_id: str, before: datetime) -> bool:
    """Tell whether a citizen is still gone and not erased yet."""
    query = select(Citizen.id).where(
        Citizen.id == citizen_id, Citizen.unfollowed_at < before, Citizen.forgotten_at.is_(None)
    )
    return await session.scalar(query) is not None


async def lock_citizen(session: AsyncSession, citizen_id: str) -> str | None:
    """Hold a citizen's row; return their LINE user id, None for nobody of that id."""
    query = select(Citizen.line_user_id).where(Citizen.id == citizen_id)
    user_id: str | None = await session.scalar(query.with_for_update())
    return user_id


async def erase_citizen(session: AsyncSession, citizen_id: str, now: datetime) -> None:
    """Erase who a citizen is, what they wrote, what they were answered, and what waits.

    The rows stay, so that LINE's redeliveries are still known; nothing leads from them to a person.
    """
    await _close(session, citizen_id, now)
    await session.execute(
        update(LineEvent).where(LineEvent.citizen_id == citizen_id).values(raw={}, reply_token=None)
    )
    await session.execute(
        update(Outbound)
        .where(Outbound.citizen_id == citizen_id)
        .values(messages_json="[]", reply_token=None)
    )
    await session.execute(
        delete(CitizenPreferences).where(CitizenPreferences.citizen_id == citizen_id)
    )
    await session.execute(
        update(Citizen)
        .where(Citizen.id == citizen_id)
        .values(
            line_user_id=f"erased:{citizen_id}",
            is_friend=False,
            followed_at=None,
            unfollowed_at=None,
            forgotten_at=func.coalesce(Citizen.forgotten_at, now),
        )
    )


async def _close(session: AsyncSession, citizen_id: str, now: datetime) -> None:
    """End the turns and messages of a citizen that are under way."""
    check_step(EVENT_STATES, "received", "failed")
    await session.execute(
        update(LineEvent)
        .where(LineEvent.citizen_id == citizen_id, LineEvent.state == "received")
        .values(state="failed", reason=_ERASED)
    )
    unsent = [state for state, after in OUTBOUND_STATES.items() if "dropped" in after]
    await session.execute(
        update(Outbound)
        .where(Outbound.citizen_id == citizen_id, Outbound.state.in_(unsent))
        .values(state="dropped", failure=_ERASED, finished_at=now)
    )
