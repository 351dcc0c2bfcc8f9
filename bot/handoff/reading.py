"""All SQL that reads handoffs for the desk: queues, one conversation, and what was done to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.models import Handoff, HandoffAction, HandoffNote, Stretch
from bot.line.models import LineEvent
from bot.media.models import Media
from bot.sender.models import Outbound

LISTED = 100
SHOWN = 200
"""Entries of a conversation on one page."""
WHOLE = 5000
"""Entries of one that is printed or kept."""

QUEUES = ("waiting", "mine", "watched", "called", "closed")


async def in_queue(
    session: AsyncSession, queue: str, desks: Sequence[str], staff_id: str
) -> Sequence[tuple[Handoff, dict[str, Any] | None]]:
    """Return the conversations of a queue with the event that says what each is about."""
    query = (
        select(Handoff, LineEvent.raw)
        .outerjoin(LineEvent, LineEvent.id == Handoff.about_event_id)
        .where(Handoff.desk.in_(desks), *_conditions(queue, staff_id))
        .order_by(*_order(queue))
        .limit(LISTED)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def counts(session: AsyncSession, desks: Sequence[str], staff_id: str) -> dict[str, int]:
    """Return how many stand in each queue but the closed one."""
    return {
        queue: await session.scalar(
            select(func.count())
            .select_from(Handoff)
            .where(Handoff.desk.in_(desks), *_conditions(queue, staff_id))
        )
        or 0
        for queue in QUEUES[:-1]
    }


async def waiting(session: AsyncSession, desks: Sequence[str]) -> int:
    """Return how many wait for somebody of these desks."""
    query = select(func.count()).select_from(Handoff)
    return await session.scalar(query.where(Handoff.desk.in_(desks), *_conditions("", ""))) or 0


async def waiting_since(session: AsyncSession, desks: Sequence[str]) -> datetime | None:
    """Return since when the one who has waited longest waits."""
    query = select(func.min(Handoff.queued_at)).where(Handoff.desk.in_(desks), *_conditions("", ""))
    found: datetime | None = await session.scalar(query)
    return found


def _conditions(queue: str, staff_id: str) -> Sequence[Any]:
    match queue:
        case "mine":
            return Handoff.state == "held", Handoff.holder_id == staff_id
        case "watched":
            return Handoff.state == "held", Handoff.holder_id != staff_id
        case "called":
            of_mine = select(HandoffNote.handoff_id).where(
                HandoffNote.mentioned_id == staff_id, HandoffNote.seen_at.is_(None)
            )
            return (Handoff.id.in_(of_mine),)
        case "closed":
            return (Handoff.state.in_(("wrap_up", "bot", "abandoned")),)
        case _:
            return (Handoff.state == "queued",)


def _order(queue: str) -> Sequence[Any]:
    if queue == "closed":
        return (Handoff.ended_at.desc(), Handoff.id.desc())
    return (Handoff.urgent.desc(), Handoff.queued_at, Handoff.id)


async def received(
    session: AsyncSession, citizen_id: str, before: datetime | None, most: int = SHOWN
) -> Sequence[LineEvent]:
    """Return the newest events of a citizen, newest first."""
    query = select(LineEvent).where(LineEvent.citizen_id == citizen_id)
    if before is not None:
        query = query.where(LineEvent.received_at < before)
    order = (LineEvent.received_at.desc(), LineEvent.id.desc())
    return (await session.scalars(query.order_by(*order).limit(most))).all()


async def sent(
    session: AsyncSession, citizen_id: str, before: datetime | None, most: int = SHOWN
) -> Sequence[Outbound]:
    """Return the newest calls to a citizen, newest first."""
    query = select(Outbound).where(Outbound.citizen_id == citizen_id)
    if before is not None:
        query = query.where(Outbound.created_at < before)
    order = (Outbound.created_at.desc(), Outbound.id.desc())
    return (await session.scalars(query.order_by(*order).limit(most))).all()


async def files(session: AsyncSession, events: Sequence[int]) -> dict[int, Media]:
    """Return the files of events, by event."""
    rows = await session.scalars(select(Media).where(Media.event_id.in_(events)))
    return {row.event_id: row for row in rows}


async def file_of(session: AsyncSession, citizen_id: str, media_id: int) -> Media | None:
    """Return a stored file of a citizen."""
    of_citizen = (Media.id == media_id, Media.citizen_id == citizen_id, Media.state == "stored")
    found: Media | None = await session.scalar(select(Media).where(*of_citizen))
    return found


async def notes(session: AsyncSession, handoff_id: int) -> Sequence[HandoffNote]:
    """Return the notes of a conversation, oldest first."""
    query = select(HandoffNote).where(HandoffNote.handoff_id == handoff_id)
    return (await session.scalars(query.order_by(HandoffNote.id))).all()


async def stretches(session: AsyncSession, handoff_id: int) -> Sequence[Stretch]:
    """Return who held a conversation, oldest first."""
    query = select(Stretch).where(Stretch.handoff_id == handoff_id).order_by(Stretch.id)
    return (await session.scalars(query)).all()


async def actions(session: AsyncSession, handoff_id: int) -> Sequence[HandoffAction]:
    """Return what staff did to a conversation, newest first."""
    query = select(HandoffAction).where(HandoffAction.handoff_id == handoff_id)
    return (await session.scalars(query.order_by(HandoffAction.id.desc()).limit(LISTED))).all()


async def unused_token(session: AsyncSession, citizen_id: str) -> tuple[str, datetime] | None:
    """Return the newest reply token that came while a person held the talk, unless it was used."""
    is_used = exists().where(
        Outbound.citizen_id == citizen_id, Outbound.reply_token == LineEvent.reply_token
    )
    query = (
        select(LineEvent.reply_token, LineEvent.received_at)
        .where(
            LineEvent.citizen_id == citizen_id,
            LineEvent.state == "handed",
            LineEvent.reply_token.is_not(None),
            ~is_used,
        )
        .order_by(LineEvent.id.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (str(row[0]), row[1])
