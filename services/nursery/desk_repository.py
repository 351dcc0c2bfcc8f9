"""The SQL of the desk and the allocation: what waits, what has been confirmed, what came out."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.nursery.models import (
    NurseryAllocation,
    NurseryApplication,
    NurseryChild,
    NurseryClass,
    NurseryDocument,
    NurseryPoint,
    NurseryResult,
    NurseryRound,
    NurseryStep,
)

_HANDED_IN = NurseryApplication.state == "submitted"
_OPEN_POINT = NurseryPoint.state == "proposed"


async def to_review(session: AsyncSession, round_id: str, limit: int) -> Sequence[Any]:
    """Return (application, open rows, papers not there) that need the desk, oldest first."""
    points = _count(NurseryPoint.id, NurseryPoint.application_id, _OPEN_POINT)
    papers = _count(
        NurseryDocument.id, NurseryDocument.application_id, NurseryDocument.state != "received"
    )
    query = (
        select(NurseryApplication, points, papers)
        .where(NurseryApplication.round_id == round_id, _HANDED_IN, (points > 0) | (papers > 0))
        .order_by(NurseryApplication.submitted_at, NurseryApplication.id)
        .limit(limit)
    )
    return (await session.execute(query)).all()


def _count(column: Any, application_id: Any, condition: Any) -> Any:
    return (
        select(func.count(column))
        .where(application_id == NurseryApplication.id, condition)
        .correlate(NurseryApplication)
        .scalar_subquery()
    )


async def totals(session: AsyncSession, round_id: str) -> tuple[int, int]:
    """Return how many applications are handed in, and how many have rows nobody has decided."""
    handed_in = select(func.count()).where(NurseryApplication.round_id == round_id, _HANDED_IN)
    undecided = (
        select(func.count(NurseryPoint.application_id.distinct()))
        .join(NurseryApplication, NurseryApplication.id == NurseryPoint.application_id)
        .where(NurseryApplication.round_id == round_id, _HANDED_IN, _OPEN_POINT)
    )
    return await session.scalar(handed_in) or 0, await session.scalar(undecided) or 0


async def waiting(session: AsyncSession) -> int:
    """Return how many applications have rows that nobody has decided."""
    query = (
        select(func.count(NurseryPoint.application_id.distinct()))
        .join(NurseryApplication, NurseryApplication.id == NurseryPoint.application_id)
        .where(_HANDED_IN, _OPEN_POINT)
    )
    return await session.scalar(query) or 0


async def application(session: AsyncSession, application_id: str) -> NurseryApplication | None:
    """Return one application, held for changing."""
    return await session.get(NurseryApplication, application_id, with_for_update=True)


async def doubles(session: AsyncSession, of: NurseryApplication) -> int:
    """Return how many other applications of the round are for a child of this one."""
    own = select(NurseryChild.person_id).where(NurseryChild.application_id == of.id)
    query = (
        select(func.count(NurseryApplication.id.distinct()))
        .join(NurseryChild, NurseryChild.application_id == NurseryApplication.id)
        .where(NurseryApplication.round_id == of.round_id, NurseryApplication.id != of.id)
        .where(_HANDED_IN, NurseryChild.person_id.in_(own))
    )
    return await session.scalar(query) or 0


async def point(session: AsyncSession, application_id: str, number: int) -> NurseryPoint | None:
    """Return one row of an application's points."""
    found = await session.get(NurseryPoint, number)
    return found if found is not None and found.application_id == application_id else None


async def document(
    session: AsyncSession, application_id: str, number: int
) -> NurseryDocument | None:
    """Return one paper of an application."""
    found = await session.get(NurseryDocument, number)
    return found if found is not None and found.application_id == application_id else None


async def steps(session: AsyncSession, application_id: str) -> Sequence[NurseryStep]:
    """Return what staff did with an application."""
    query = select(NurseryStep).where(NurseryStep.application_id == application_id)
    return (await session.scalars(query.order_by(NurseryStep.id))).all()


async def handed_in(session: AsyncSession, round_id: str) -> Sequence[NurseryApplication]:
    """Return the applications that take part, in the order of their ids."""
    query = select(NurseryApplication).where(NurseryApplication.round_id == round_id, _HANDED_IN)
    return (await session.scalars(query.order_by(NurseryApplication.id))).all()


async def all_children(
    session: AsyncSession, round_id: str
) -> Mapping[str, Sequence[NurseryChild]]:
    """Return the children of a round's applications by application, eldest first."""
    query = (
        select(NurseryChild)
        .join(NurseryApplication, NurseryApplication.id == NurseryChild.application_id)
        .where(NurseryApplication.round_id == round_id, _HANDED_IN)
        .order_by(NurseryChild.application_id, NurseryChild.position)
    )
    found: dict[str, list[NurseryChild]] = {}
    for row in await session.scalars(query):
        found.setdefault(row.application_id, []).append(row)
    return found


async def receipts(session: AsyncSession, round_id: str) -> dict[tuple[str, int], str]:
    """Return the children of a round by receipt and place among siblings (1 is the eldest)."""
    query = (
        select(NurseryApplication.receipt, NurseryChild.position, NurseryChild.id)
        .join(NurseryChild, NurseryChild.application_id == NurseryApplication.id)
        .where(NurseryApplication.round_id == round_id, _HANDED_IN)
    )
    return {(str(row[0]), row[1] + 1): row[2] for row in await session.execute(query)}


async def all_points(session: AsyncSession, round_id: str) -> Mapping[str, Sequence[NurseryPoint]]:
    """Return the confirmed rows of a round's applications by application."""
    query = (
        select(NurseryPoint)
        .join(NurseryApplication, NurseryApplication.id == NurseryPoint.application_id)
        .where(NurseryApplication.round_id == round_id, NurseryPoint.state == "confirmed")
    )
    found: dict[str, list[NurseryPoint]] = {}
    for row in await session.scalars(query.order_by(NurseryPoint.id)):
        found.setdefault(row.application_id, []).append(row)
    return found


async def allocations(session: AsyncSession, round_id: str) -> Sequence[NurseryAllocation]:
    """Return the runs of a round, the newest first."""
    query = select(NurseryAllocation).where(NurseryAllocation.round_id == round_id)
    return (await session.scalars(query.order_by(NurseryAllocation.id.desc()))).all()


async def allocation(
    session: AsyncSession, number: int, *, lock: bool = False
) -> NurseryAllocation | None:
    """Return one run."""
    return await session.get(NurseryAllocation, number, with_for_update=lock or None)


async def put_results(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what came of each child; of those who were erased meanwhile nothing is kept."""
    ids = [row["child_id"] for row in rows]
    query = select(NurseryChild.id).where(NurseryChild.id.in_(ids))
    there = set(await session.scalars(query))
    session.add_all([NurseryResult(**row) for row in rows if row["child_id"] in there])


async def set_lottery(session: AsyncSession, numbers: Mapping[str, int]) -> None:
    """Note the number that was drawn for each application."""
    rows = [{"id": application_id, "lottery": number} for application_id, number in numbers.items()]
    if rows:
        await session.execute(update(NurseryApplication), rows)


async def class_of(session: AsyncSession, facility_id: str, first_age: int) -> NurseryClass | None:
    """Return the class of a nursery that begins with an age, held for changing."""
    return await session.get(NurseryClass, (facility_id, first_age), with_for_update=True)


async def class_for(session: AsyncSession, facility_id: str, age: int) -> NurseryClass | None:
    """Return the class of a nursery that takes an age, held for changing."""
    query = select(NurseryClass).where(
        NurseryClass.facility_id == facility_id,
        NurseryClass.first_age <= age,
        NurseryClass.last_age >= age,
    )
    return (await session.scalars(query.with_for_update())).one_or_none()


async def has_step(session: AsyncSession, round_id: str, what: str) -> bool:
    """Tell whether staff did something in a round."""
    query = select(NurseryStep.id).where(NurseryStep.round_id == round_id, NurseryStep.what == what)
    return await session.scalar(query.limit(1)) is not None


async def locked_round(session: AsyncSession, round_id: str) -> NurseryRound | None:
    """Return a round, held for changing."""
    return await session.get(NurseryRound, round_id, with_for_update=True)
