"""A later round takes over who was not placed, and the seats that are left."""

import secrets
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import ConflictError, NotFoundError
from services.nursery import desk_repository as rows
from services.nursery import repository
from services.nursery.applications import (
    Files,
    draft_place,
    new_receipt,
    submitted_of,
    submitted_place,
)
from services.nursery.contract import Draft
from services.nursery.models import (
    NurseryApplication,
    NurseryChild,
    NurseryDocument,
    NurseryPoint,
    NurseryResult,
    NurseryRound,
    NurseryStep,
)

CARRIED = "carried"
Outcome = Sequence[tuple[NurseryChild, NurseryResult]]


class Carrying:
    """What the desk does once, when a later round begins."""

    def __init__(self, files: Files) -> None:
        """`files` has tables and keys."""
        self._files = files

    async def carry_over(self, round_id: str, staff_id: str) -> int:
        """Take the unplaced of the round before over; returns how many applications.

        Who applies anew is left alone. Points and papers stay as the desk decided them. Raises
        ConflictError when it was done, or no round before has been released.
        """
        async with self._files.database.transaction() as session:
            of = await rows.locked_round(session, round_id)
            if of is None:
                raise NotFoundError
            before = await self._before(session, of)
            if of.state != "collecting" or await rows.has_step(session, round_id, CARRIED):
                raise ConflictError
            number = 0
            for application in await rows.handed_in(session, before.id):
                outcome = await repository.results_of(session, application.id)
                await self._seat(session, outcome)
                number += await self._carry(session, application, of, outcome)
            step = {"round_id": round_id, "staff_id": staff_id, "at": self._files.clock()}
            session.add(NurseryStep(**step, what=CARRIED))
            return number

    async def _before(self, session: AsyncSession, of: NurseryRound) -> NurseryRound:
        for other in await repository.rounds(session):
            if other.closes_at < of.closes_at and other.starts_on <= of.starts_on:
                if other.state != "released":
                    break
                return other
        raise ConflictError

    async def _seat(self, session: AsyncSession, outcome: Outcome) -> None:
        """Take the seats that were given from those that are free, and free those left."""
        for child, result in outcome:
            if result.facility_id != child.current:
                for facility, change in ((result.facility_id, -1), (child.current, 1)):
                    found = await rows.class_for(session, facility, child.age) if facility else None
                    if found is not None:
                        found.seats = max(0, found.seats + change * child.units)
                        found.updated_on = self._files.today()

    async def _carry(
        self, session: AsyncSession, old: NurseryApplication, of: NurseryRound, outcome: Outcome
    ) -> bool:
        left = [child for child, result in outcome if result.facility_id is None]
        if not left or await repository.application_of(session, of.id, old.citizen_id) is not None:
            return False
        new = await self._application(session, old, of, {child.person_id for child in left})
        session.add(new)
        await session.flush()
        for position, child in enumerate(left):
            session.add(_child(new.id, position, child))
        for paper in await repository.documents(session, old.id):
            same = {name: getattr(paper, name) for name in ("kind", "parent", "way", "state")}
            session.add(NurseryDocument(application_id=new.id, **same))
        names = ("row", "label", "points", "parent", "nursery", "state")
        for point in await repository.points_of(session, old.id):
            same = {name: getattr(point, name) for name in names}
            session.add(NurseryPoint(application_id=new.id, **same))
        return True

    async def _application(
        self, session: AsyncSession, old: NurseryApplication, of: NurseryRound, left: set[str]
    ) -> NurseryApplication:
        now = self._files.clock()
        new = NurseryApplication(
            id=f"nap_{secrets.token_hex(16)}",
            round_id=of.id,
            citizen_id=old.citizen_id,
            state="submitted",
            version=1,
            submitted_version=1,
            submitted_at=now,
            receipt=new_receipt(of.id),
            rule=old.rule if len(left) > 1 else None,
            tie=old.tie,
            updated_at=now,
        )
        if old.submitted is not None:
            keys = await self._files.vault.keys(session, old.citizen_id)
            draft = submitted_of(old, keys)
            text = _of_those(draft or Draft(), left).model_dump_json()
            new.draft = keys.seal(draft_place(new.id), text)
            new.submitted = keys.seal(submitted_place(new.id), text)
        return new


def _of_those(draft: Draft, left: set[str]) -> Draft:
    """A later round asks for the papers anew: the photos stay with the application they came in."""
    children = tuple(child for child in draft.children if child.person_id in left)
    papers = {key: "window" if way == "photo" else way for key, way in draft.papers.items()}
    return Draft.model_validate(
        draft.model_dump() | {"children": children, "papers": papers, "photos": {}}
    )


def _child(application_id: str, position: int, child: NurseryChild) -> NurseryChild:
    return NurseryChild(
        id=f"nch_{secrets.token_hex(16)}",
        application_id=application_id,
        person_id=child.person_id,
        position=position,
        age=child.age,
        units=child.units,
        current=child.current,
        wishes=list(child.wishes),
    )
