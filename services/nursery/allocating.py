"""The allocation as a job: build the market, solve, have it verified, keep what passed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import ConciergeError
from kit.logging import get_logger
from services.nursery import desk_repository as rows
from services.nursery import repository
from services.nursery.allocation import allocate
from services.nursery.applications import Files
from services.nursery.building import Applicant, Household, Place, build
from services.nursery.explaining import explain
from services.nursery.models import NurseryChild, NurseryPoint
from services.nursery.reading import complete, read_instance
from services.nursery.trying import LOTTERY, Trial, changed
from services.nursery.verifier import verify

log = get_logger(__name__)


class Allocating:
    """What a worker does for an allocation."""

    def __init__(self, files: Files) -> None:
        """`files` has the tables."""
        self._files = files

    async def run(self, number: int) -> None:
        """Allocate once; a repeat of a run that has ended changes nothing."""
        async with self._files.database.transaction() as session:
            found = await rows.allocation(session, number)
            if found is None or found.state != "running":
                return
            document = await market_of(session, found.round_id, found.trial)
        # The search computes for seconds: other jobs go on meanwhile.
        document, result, problem = await asyncio.to_thread(solved, document)
        async with self._files.database.transaction() as session:
            again = await rows.allocation(session, number, lock=True)
            if again is None or again.state != "running":
                return
            again.document, again.finished_at = document, self._files.clock()
            again.state = "failed" if result is None else "verified"
            again.result, again.problem = result, problem

    async def give_up(self, number: int) -> None:
        """Say that a run has failed, so that the desk can begin another."""
        async with self._files.database.transaction() as session:
            found = await rows.allocation(session, number, lock=True)
            if found is not None and found.state == "running":
                found.state, found.problem = "failed", "計算が終わりませんでした。"
                found.finished_at = self._files.clock()


def solved(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None, str]:
    """Return the market with its choices, and a result that the verifier has passed, or why not."""
    try:
        market = read_instance(document)
    except ConciergeError as error:
        return document, None, error.message
    document = complete(document, market)
    result = allocate(market) | {"remarks": len(market.remarks)}
    verdict = verify(document, result)
    if verdict.problems or len(verdict.claims) != len(result["claims"]):
        log.error("nursery_result_refused", problems=len(verdict.problems))
        return document, None, "検証を通りませんでした。結果は使えません。"
    return document, result, ""


def result_rows(
    document: Mapping[str, Any], assignment: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """Return what is kept of each child, with the reasons."""
    reasons = explain(document, assignment)
    return [
        {
            "child_id": child,
            "facility_id": place,
            "better": [reason._asdict() for reason in reasons[child]],
        }
        for child, place in assignment.items()
    ]


async def market_of(
    session: AsyncSession, round_id: str, trial: Trial | None = None
) -> dict[str, Any]:
    """Return the market of a frozen round, with the points that the desk confirmed.

    With a trial, a copy on which that is changed.
    """
    by_lottery = trial == LOTTERY
    children = await rows.all_children(session, round_id)
    points = await rows.all_points(session, round_id)
    households = [
        Household(
            id=row.id,
            children=tuple(_applicant(child) for child in children.get(row.id, ())),
            base=sum(p.points for p in points.get(row.id, ()) if p.nursery is None),
            extra=_extra(points.get(row.id, ())),
            order=(*(() if by_lottery else row.tie), float(row.lottery or 0)),
            rule=row.rule,
        )
        for row in await rows.handed_in(session, round_id)
        if children.get(row.id)
    ]
    return changed(build(await _places(session), households), trial or {})


def _applicant(child: NurseryChild) -> Applicant:
    return Applicant(child.id, child.age, child.units, child.current, tuple(child.wishes))


def _extra(points: Sequence[NurseryPoint]) -> dict[str, int]:
    extra: dict[str, int] = {}
    for point in points:
        if point.nursery is not None:
            extra[point.nursery] = extra.get(point.nursery, 0) + point.points
    return extra


async def _places(session: AsyncSession) -> list[Place]:
    classes: dict[str, list[tuple[int, int, int]]] = {}
    for row in await repository.classes(session):
        own = classes.setdefault(row.facility_id, [])
        own.append((row.first_age, row.last_age, row.seats))
    return [
        Place(row.id, row.latitude, row.longitude, tuple(classes.get(row.id, ())))
        for row in await repository.facilities(session)
    ]
