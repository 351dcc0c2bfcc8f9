"""All SQL of the desk's due list: one reckoning after another, the newest that ended is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.health.dates import parse_month
from services.health.models import HealthDue, HealthDueRun


@dataclass(frozen=True)
class Wanted:
    """What of a list somebody wants to see; empty fields leave it open."""

    what: str = ""
    state: str = ""
    month: str = ""
    """YYYY-MM, in which the usual period ends."""
    town: str = ""


async def begin(session: AsyncSession, day: date, now: datetime) -> int:
    """Begin a reckoning."""
    new = insert(HealthDueRun).values(day=day, started_at=now, children=0)
    return int((await session.execute(new.returning(HealthDueRun.id))).scalar_one())


async def add(
    session: AsyncSession, run_id: int, rows: list[dict[str, Any]], children: int
) -> None:
    """Write what is due for some children, and count them."""
    if rows:
        await session.execute(insert(HealthDue), [{"run_id": run_id} | row for row in rows])
    counted = HealthDueRun.children + children
    await session.execute(
        update(HealthDueRun).where(HealthDueRun.id == run_id).values(children=counted)
    )


async def finish(session: AsyncSession, run_id: int, now: datetime) -> None:
    """End a reckoning; those before it go."""
    mine = HealthDueRun.id == run_id
    await session.execute(update(HealthDueRun).where(mine).values(finished_at=now))
    await session.execute(delete(HealthDueRun).where(HealthDueRun.id < run_id))


async def shown_run(session: AsyncSession) -> HealthDueRun | None:
    """Return the newest reckoning that ended."""
    query = select(HealthDueRun).where(HealthDueRun.finished_at.is_not(None))
    return (await session.scalars(query.order_by(HealthDueRun.id.desc()).limit(1))).one_or_none()


async def running(session: AsyncSession, since: datetime) -> HealthDueRun | None:
    """Return a reckoning under way that began since then."""
    query = select(HealthDueRun).where(
        HealthDueRun.finished_at.is_(None), HealthDueRun.started_at >= since
    )
    return (await session.scalars(query.order_by(HealthDueRun.id.desc()).limit(1))).one_or_none()


async def counts(
    session: AsyncSession, run_id: int, wanted: Wanted
) -> Sequence[tuple[str, str, int]]:
    """Return how many children are in each state of each vaccine and check."""
    number = func.count()
    query = _fitting(select(HealthDue.what, HealthDue.state, number), run_id, wanted)
    rows = await session.execute(query.group_by(HealthDue.what, HealthDue.state))
    return [(what, state, count) for what, state, count in rows]


async def choices(session: AsyncSession, run_id: int) -> tuple[list[str], list[str]]:
    """Return the months in which usual periods end, and the towns."""
    month = func.to_char(HealthDue.due_to, "YYYY-MM")
    own = HealthDue.run_id == run_id
    months = await session.scalars(select(month).where(own).distinct().order_by(month))
    towns = select(HealthDue.town).where(own).distinct().order_by(HealthDue.town)
    return list(months), [town for town in await session.scalars(towns) if town]


async def page(
    session: AsyncSession, run_id: int, wanted: Wanted, start: int, most: int
) -> Sequence[HealthDue]:
    """Return part of a list, by the end of the usual period."""
    query = _fitting(select(HealthDue), run_id, wanted)
    query = query.order_by(HealthDue.due_to, HealthDue.child_id, HealthDue.id)
    return (await session.scalars(query.offset(start).limit(most))).all()


def _fitting(query: Any, run_id: int, wanted: Wanted) -> Any:
    query = query.where(HealthDue.run_id == run_id)
    for column, value in (
        (HealthDue.what, wanted.what),
        (HealthDue.state, wanted.state),
        (HealthDue.town, wanted.town),
    ):
        if value:
            query = query.where(column == value)
    span = parse_month(wanted.month)
    return query if span is None else query.where(HealthDue.due_to.between(*span))
