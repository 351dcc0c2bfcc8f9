"""What the desk does: reviewing, confirming row by row, freezing, approving by two, releasing."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import check_four_eyes
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from kit.jobs import NewJob, enqueue
from kit.lifecycle import check_step
from kit.masking import mask_numbers
from services.nursery import desk_repository as rows
from services.nursery import repository
from services.nursery.allocating import result_rows
from services.nursery.applications import Files, request_place, submitted_of
from services.nursery.by_hand import read_by_hand
from services.nursery.carrying import CARRIED
from services.nursery.contract import Draft
from services.nursery.jobs import ALLOCATE, TELL_APPLICANT
from services.nursery.models import (
    NurseryAllocation,
    NurseryApplication,
    NurseryChild,
    NurseryDocument,
    NurseryPoint,
    NurseryRound,
    NurseryStep,
)
from services.nursery.parity import Parity, compare
from services.nursery.rules import ALLOCATION, ROUND, Places
from services.nursery.trying import Effect, Trial, effect

LISTED = 100
LONGEST_REQUEST = 300
MOST_SEATS = 1000


@dataclass(frozen=True)
class Standing:
    """A round with how far it has come."""

    round: NurseryRound
    handed_in: int
    undecided: int
    allocations: Sequence[NurseryAllocation]
    can_carry: bool
    """Whether a round before has been released, whose unplaced this one may take over."""

    def effect(self, run: NurseryAllocation) -> Effect | None:
        """What a trial does, against the newest run of the market itself; None where unknown."""
        own = next((one for one in self.allocations if one.result and one.trial is None), None)
        if own is None or own.result is None or run.result is None:
            return None
        return effect(own.document, own.result["assignment"], run.result["assignment"])


@dataclass(frozen=True)
class Sheet:
    """An application without a name: what the desk decides on."""

    application: NurseryApplication
    round: NurseryRound
    children: Sequence[NurseryChild]
    papers: Sequence[NurseryDocument]
    points: Sequence[NurseryPoint]
    steps: Sequence[NurseryStep]
    doubles: int
    places: Places

    @property
    def total(self) -> int:
        """The points confirmed so far that count everywhere."""
        return sum(r.points for r in self.points if r.state == "confirmed" and r.nursery is None)


class Desk:
    """One instance a process. `staff_id` says who does it."""

    def __init__(self, files: Files) -> None:
        """`files` has tables and keys."""
        self._files = files

    async def waiting(self) -> int:
        """Return how many applications have rows that nobody has decided."""
        async with self._files.database.transaction() as session:
            return await rows.waiting(session)

    async def standings(self) -> list[Standing]:
        """Return the rounds."""
        async with self._files.database.transaction() as session:
            every = await repository.rounds(session)
            released = any(one.state == "released" for one in every)
            return [
                Standing(
                    one,
                    *await rows.totals(session, one.id),
                    await rows.allocations(session, one.id),
                    released
                    and one.state == "collecting"
                    and not await rows.has_step(session, one.id, CARRIED),
                )
                for one in every
            ]

    async def queue(self, round_id: str) -> Sequence[tuple[NurseryApplication, int, int]]:
        """Return what needs the desk: application, open rows, papers not received."""
        async with self._files.database.transaction() as session:
            found = await rows.to_review(session, round_id, LISTED)
            return [(row[0], row[1], row[2]) for row in found]

    async def sheet(self, application_id: str) -> Sheet:
        """Return an application without its names. Raises NotFoundError."""
        async with self._files.database.transaction() as session:
            found, of = await self._found(session, application_id)
            return Sheet(
                found,
                of,
                await repository.children(session, found.id),
                await repository.documents(session, found.id),
                await repository.points_of(session, found.id),
                await rows.steps(session, found.id),
                await rows.doubles(session, found),
                await self._files.places(session),
            )

    async def opened(self, application_id: str) -> Draft:
        """Return what was handed in; the look has been noted. Raises NotFoundError."""
        async with self._files.database.transaction() as session:
            found, _ = await self._found(session, application_id)
            keys = await self._files.vault.keys(session, found.citizen_id)
            draft = submitted_of(found, keys)
        if draft is None:
            raise NotFoundError
        return draft

    async def decide_point(
        self, application_id: str, number: int, staff_id: str, *, confirmed: bool
    ) -> None:
        """Confirm a row, or strike it out. Raises NotFoundError, ConflictError when frozen."""
        state = "confirmed" if confirmed else "refused"

        async def change(session: AsyncSession, _: NurseryApplication) -> str:
            found = await rows.point(session, application_id, number)
            if found is None:
                raise NotFoundError
            found.state = state
            return f"point.{state}:{found.row}"

        await self._change(application_id, staff_id, change)

    async def set_paper(
        self, application_id: str, number: int, staff_id: str, *, received: bool
    ) -> None:
        """Note that a paper is there, or that it is missing."""
        state = "received" if received else "missing"

        async def change(session: AsyncSession, application: NurseryApplication) -> str:
            found = await rows.document(session, application_id, number)
            if found is None:
                raise NotFoundError
            found.state = state
            every = await repository.documents(session, application_id)
            if all(paper.state == "received" for paper in every):
                application.request = None
            return f"paper.{state}:{found.kind}"

        await self._change(application_id, staff_id, change)

    async def request(self, application_id: str, words: str, staff_id: str) -> None:
        """Ask the applicant for something: words on their page, a notice in LINE."""
        if not words.strip() or len(words) > LONGEST_REQUEST or mask_numbers(words)[1]:
            raise InvalidInputError

        async def change(session: AsyncSession, found: NurseryApplication) -> str:
            keys = await self._files.vault.keys(session, found.citizen_id)
            found.request = keys.seal(request_place(found.id), words.strip())
            found.requested_at = self._files.clock()
            key = f"request:{found.requested_at.timestamp():.0f}"
            await enqueue(session, _tell(found.id, key))
            return "requested"

        await self._change(application_id, staff_id, change)

    async def _change(
        self,
        application_id: str,
        staff_id: str,
        change: Callable[[AsyncSession, NurseryApplication], Awaitable[str]],
    ) -> None:
        """Change an application of a round that is not frozen, and note who did it."""
        async with self._files.database.transaction() as session:
            found, of = await self._found(session, application_id)
            if of.state != "collecting":
                raise ConflictError
            what = await change(session, found)
            self._note(session, of.id, staff_id, what, found.id)

    async def set_seats(self, facility_id: str, first_age: int, seats: int, staff_id: str) -> None:
        """Change the free seats of a class. Raises ConflictError during an allocation."""
        if not 0 <= seats <= MOST_SEATS:
            raise InvalidInputError
        async with self._files.database.transaction() as session:
            found = await rows.class_of(session, facility_id, first_age)
            every = await repository.rounds(session)
            if found is None or not every:
                raise NotFoundError
            if any(of.state in ("frozen", "approved") for of in every):
                raise ConflictError
            what = f"seats:{facility_id}:{first_age}:{found.seats}>{seats}"
            found.seats, found.updated_on = seats, self._files.today()
            self._note(session, every[0].id, staff_id, what)

    async def freeze(self, round_id: str, staff_id: str) -> None:
        """End reviewing after the deadline, and draw the lottery for equals.

        Raises ConflictError before the deadline, and while rows are undecided.
        """
        async with self._files.database.transaction() as session:
            of = await self._round(session, round_id)
            of.state = check_step(ROUND, of.state, "frozen")
            _, undecided = await rows.totals(session, round_id)
            if undecided or self._files.clock() < of.closes_at:
                raise ConflictError
            taking_part = [row.id for row in await rows.handed_in(session, round_id)]
            drawn = secrets.SystemRandom().sample(range(1, len(taking_part) + 1), len(taking_part))
            await rows.set_lottery(session, dict(zip(taking_part, drawn, strict=True)))
            self._note(session, round_id, staff_id, "frozen")

    async def allocate(self, round_id: str, staff_id: str, trial: Trial | None = None) -> None:
        """Have the seats of a frozen round allocated by a job; or a copy with a trial's change."""
        if trial is not None and "nursery" in trial:
            await self._check_place(trial["nursery"])
        async with self._files.database.transaction() as session:
            of = await self._round(session, round_id)
            if of.state != "frozen":
                raise ConflictError
            new = NurseryAllocation(
                round_id=round_id,
                state="running",
                document={},
                trial=trial,
                problem="",
                prepared_by=staff_id,
                created_at=self._files.clock(),
            )
            session.add(new)
            await session.flush()
            await enqueue(session, NewJob(ALLOCATE, {"number": new.id}, lock="nursery.allocate"))
            self._note(session, round_id, staff_id, "trying" if trial else "allocating")

    async def _check_place(self, facility_id: str) -> None:
        async with self._files.database.transaction() as session:
            if facility_id not in (await self._files.places(session)).names:
                raise NotFoundError

    async def parity(self, number: int, by_hand: str) -> tuple[Parity, dict[str, str]]:
        """Compare a run with a result by hand (`by_hand.read_by_hand`), and name its children.

        Raises NotFoundError, and InvalidInputError that names the line.
        """
        async with self._files.database.transaction() as session:
            run = await rows.allocation(session, number)
            if run is None or run.result is None:
                raise NotFoundError
            names = await rows.receipts(session, run.round_id)
            places = (await self._files.places(session)).names
        own = {child["id"] for child in run.document["children"]}
        known = {name: child for name, child in names.items() if child in own}
        assignment = read_by_hand(by_hand, known, places)
        found = compare(run.document, run.result["assignment"], assignment)
        return found, {child: " ".join(map(str, name)) for name, child in known.items()}

    async def approve(self, number: int, staff_id: str) -> None:
        """Approve a verified result. Raises SamePersonError for whoever had it made."""
        async with self._files.database.transaction() as session:
            found = await rows.allocation(session, number, lock=True)
            if found is None:
                raise NotFoundError
            if found.trial is not None:
                raise ConflictError
            check_four_eyes(found.prepared_by, staff_id)
            found.state = check_step(ALLOCATION, found.state, "approved")
            assignment = (found.result or {})["assignment"]
            await rows.put_results(session, result_rows(found.document, assignment))
            of = await self._round(session, found.round_id)
            of.state = check_step(ROUND, of.state, "approved")
            of.allocation_id, found.approved_by = found.id, staff_id
            self._note(session, of.id, staff_id, "approved")

    async def release(self, round_id: str, staff_id: str) -> None:
        """Show everybody their result from this moment on, and tell them so in LINE."""
        async with self._files.database.transaction() as session:
            of = await self._round(session, round_id)
            of.state = check_step(ROUND, of.state, "released")
            of.released_at = self._files.clock()
            taking_part = await rows.handed_in(session, round_id)
            jobs = [_tell(row.id, "result") for row in taking_part]
            if jobs:
                await enqueue(session, *jobs)
            self._note(session, round_id, staff_id, "released")

    async def _found(
        self, session: AsyncSession, application_id: str
    ) -> tuple[NurseryApplication, NurseryRound]:
        found = await rows.application(session, application_id)
        if found is None or found.state != "submitted":
            raise NotFoundError
        of = await repository.round_of(session, found.round_id)
        if of is None:
            raise NotFoundError
        return found, of

    async def _round(self, session: AsyncSession, round_id: str) -> NurseryRound:
        of = await rows.locked_round(session, round_id)
        if of is None:
            raise NotFoundError
        return of

    def _note(
        self,
        session: AsyncSession,
        round_id: str,
        staff_id: str,
        what: str,
        application_id: str | None = None,
    ) -> None:
        session.add(
            NurseryStep(
                round_id=round_id,
                application_id=application_id,
                staff_id=staff_id,
                what=what,
                at=self._files.clock(),
            )
        )


def _tell(application_id: str, what: str) -> NewJob:
    return NewJob(TELL_APPLICANT, {"application_id": application_id, "what": what})
