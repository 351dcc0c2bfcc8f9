"""What the guides come to, counted by event. No row of it tells of one household."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.procedures.models import ProcedureGuide, ProcedureTick

LEFT_AFTER = timedelta(days=1)
"""Who has not been seen for so long has left, for the time being."""


@dataclass(frozen=True)
class EventFigures:
    """The guides of one event that began in a period."""

    event: str
    begun: int = 0
    finished: int = 0
    """Nothing was left to ask: they had their list."""
    left: int = 0
    """Have not been seen for a day, with a question open."""
    ticks: int = 0
    """Procedures that were marked as done."""
    helped: int = 0
    not_helped: int = 0


@dataclass(frozen=True)
class LeftAt:
    """How many left at one question of an event."""

    event: str
    question: str
    """The name of the fact."""
    number: int


async def of_events(
    session: AsyncSession, since: datetime, until: datetime, now: datetime
) -> dict[str, EventFigures]:
    """Return the figures of the guides begun in [since, until), by event."""
    ticked = (
        select(ProcedureTick.guide_id, func.count().label("number"))
        .group_by(ProcedureTick.guide_id)
        .subquery()
    )
    guide = ProcedureGuide
    found = await session.execute(
        select(
            guide.event,
            func.count(),
            func.count(guide.listed_at),
            func.count(case((_has_left(now), 1))),
            func.coalesce(func.sum(ticked.c.number), 0),
            func.count(case((guide.helpful.is_(True), 1))),
            func.count(case((guide.helpful.is_(False), 1))),
        )
        .outerjoin(ticked, ticked.c.guide_id == guide.id)
        .where(guide.begun_at >= since, guide.begun_at < until)
        .group_by(guide.event)
    )
    return {row[0]: EventFigures(row[0], *map(int, row[1:])) for row in found}


async def left_at(
    session: AsyncSession, since: datetime, until: datetime, now: datetime
) -> tuple[LeftAt, ...]:
    """Return the questions at which the guides begun in [since, until) were left, by number."""
    guide, counted = ProcedureGuide, func.count().label("number")
    found = await session.execute(
        select(guide.event, guide.open_question, counted)
        .where(guide.begun_at >= since, guide.begun_at < until, _has_left(now))
        .group_by(guide.event, guide.open_question)
        .order_by(guide.event, counted.desc(), guide.open_question)
    )
    return tuple(LeftAt(event, question or "", number) for event, question, number in found)


def _has_left(now: datetime) -> ColumnElement[bool]:
    return ProcedureGuide.open_question.is_not(None) & (ProcedureGuide.seen_at < now - LEFT_AFTER)
