"""What citizens do with applications of their own: save, hand in once, change, take back."""

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.errors import ConflictError, GoneError, InvalidInputError, NotFoundError
from kit.lifecycle import check_step
from kit.settings import Settings
from kit.vault import PersonKeys, Place, Vault
from services.nursery import contract, repository
from services.nursery.columns import FOLDER, Paper, read_papers
from services.nursery.contract import Draft, DraftPart
from services.nursery.handed_in import child_rows, paper_rows, point_rows
from services.nursery.models import NurseryApplication, NurseryRound
from services.nursery.points import PointsTable
from services.nursery.points_table import load_points_table
from services.nursery.rules import (
    APPLICATION,
    Places,
    points_of,
    problems_of,
)
from services.residents.contract import ResidentsClient

PLACES_KEPT = timedelta(minutes=1)
"""So long may a nursery that a new file brought be unknown to forms."""
LONGEST_WAY = timedelta(minutes=2)
"""No request is under way for longer; an older instant is not believed."""


class TooLateError(GoneError):
    """The deadline is over. What was handed in before it counts; the desk knows what to do."""

    code = "too_late"


class IncompleteError(InvalidInputError):
    """Something is missing. The application's own page says what."""

    code = "incomplete"


class Files:
    """The nursery applications of one city: tables, keys, and what its files say."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Nothing is read before the first use."""
        self.database = database
        self.clock = clock
        self.settings = settings
        self.vault = Vault(settings.master_keys, clock)
        self._places: tuple[datetime, Places] | None = None

    @cached_property
    def table(self) -> PointsTable:
        """The city's table of points."""
        return load_points_table(self.settings.city_dir / FOLDER / "points.toml")

    @cached_property
    def papers(self) -> tuple[Paper, ...]:
        """The papers that applicants hand in."""
        return read_papers(self.settings.city_dir / FOLDER)

    def today(self) -> date:
        """Return the day in the city."""
        return self.clock().astimezone(self.settings.timezone).date()

    def round_info(self, row: NurseryRound) -> contract.RoundInfo:
        """Return a round as applicants see it."""
        zone = self.settings.timezone
        is_open = row.state == "collecting" and row.opens_at <= self.clock() < row.closes_at
        return contract.RoundInfo(
            id=row.id,
            title=row.title,
            starts_on=row.starts_on,
            closes_at=row.closes_at.astimezone(zone),
            is_open=is_open,
            released_at=None if row.released_at is None else row.released_at.astimezone(zone),
        )

    async def places(self, session: AsyncSession) -> Places:
        """Return the nurseries with the ages that each takes; read anew once a minute."""
        now = self.clock()
        if self._places is None or not now < self._places[0] + PLACES_KEPT:
            self._places = (now, await self._read_places(session))
        return self._places[1]

    async def _read_places(self, session: AsyncSession) -> Places:
        ages: dict[str, frozenset[int]] = {}
        for row in await repository.classes(session):
            taken = frozenset(range(row.first_age, row.last_age + 1))
            ages[row.facility_id] = ages.get(row.facility_id, frozenset()) | taken
        names = {row.id: row.name for row in await repository.facilities(session)}
        return Places(ages, names)


def draft_of(row: NurseryApplication, keys: PersonKeys) -> Draft:
    """Return what a draft says; nothing yet in a new one."""
    if row.draft is None:
        return Draft()
    return Draft.model_validate_json(keys.open(draft_place(row.id), row.draft))


def submitted_of(row: NurseryApplication, keys: PersonKeys) -> Draft | None:
    """Return what was handed in last."""
    if row.submitted is None:
        return None
    return Draft.model_validate_json(keys.open(submitted_place(row.id), row.submitted))


def request_of(row: NurseryApplication, keys: PersonKeys) -> str:
    """Return what the desk asks the applicant for."""
    return "" if row.request is None else keys.open(request_place(row.id), row.request)


def draft_place(application_id: str) -> Place:
    """Return where a draft stands."""
    return _place(application_id, "draft")


def submitted_place(application_id: str) -> Place:
    """Return where stands what was handed in."""
    return _place(application_id, "submitted")


def request_place(application_id: str) -> Place:
    """Return where a request stands."""
    return _place(application_id, "request")


def _place(application_id: str, column: str) -> Place:
    return Place(NurseryApplication.__tablename__, application_id, column)


class Applications:
    """The gate has checked the grant; here it is only asked for whom its citizen may act."""

    def __init__(self, files: Files, residents: ResidentsClient) -> None:
        """`residents` knows who may act for whom."""
        self._files, self._residents = files, residents

    async def mine(self, citizen_id: str) -> contract.Mine:
        """Return a citizen's applications, opened."""
        async with self._files.database.transaction() as session:
            found = await self._mine(session, citizen_id)
        return contract.Mine(applications=tuple(found))

    async def at_hand(
        self, citizen_id: str
    ) -> tuple[tuple[contract.Application, ...], list[contract.RoundInfo]]:
        """Return a citizen's applications, and every round, the newest first."""
        async with self._files.database.transaction() as session:
            found = await self._mine(session, citizen_id)
            rounds = await repository.rounds(session)
        return tuple(found), [self._files.round_info(row) for row in rounds]

    async def _mine(self, session: AsyncSession, citizen_id: str) -> list[contract.Application]:
        rows = await repository.applications_of(session, citizen_id)
        if not rows:
            return []
        keys = await self._files.vault.keys(session, citizen_id)
        places = await self._files.places(session)
        return [await self._shown(session, *row, keys, places) for row in rows]

    async def released(
        self, round_id: str, start: int, most: int
    ) -> list[tuple[str, contract.Application]]:
        """Return part of the applications of a released round, with the citizens whose they are.

        For the desk, which has noted the looks; empty before the release.
        """
        files = self._files
        async with files.database.transaction() as session:
            of = await repository.round_of(session, round_id)
            if of is None or of.released_at is None:
                return []
            rows = await repository.handed_in(session, round_id, start, most)
            keys = await files.vault.keys_of_all(session, {row.citizen_id for row in rows})
            places = await files.places(session)
            return [
                (
                    row.citizen_id,
                    await self._shown(session, row, of, keys[row.citizen_id], places),
                )
                for row in rows
                if row.citizen_id in keys
            ]

    async def _shown(
        self,
        session: AsyncSession,
        row: NurseryApplication,
        of: NurseryRound,
        keys: PersonKeys,
        places: Places,
    ) -> contract.Application:
        draft, submitted = draft_of(row, keys), submitted_of(row, keys)
        info = self._files.round_info(of)
        results = None
        if info.is_released and row.state == "submitted" and submitted is not None:
            results = await self._results(session, row.id, submitted, places)
        return contract.Application.model_validate(
            {
                "id": row.id,
                "round": info,
                "state": row.state,
                "version": row.version,
                "draft": draft,
                "submitted": submitted,
                "is_changed": row.state != "draft" and row.version != row.submitted_version,
                "receipt": row.receipt,
                "submitted_at": row.submitted_at,
                "request": request_of(row, keys),
                "problems": problems_of(
                    draft, of.starts_on, places, self._files.papers, self._files.today()
                ),
                "results": results,
            }
        )

    async def _results(
        self, session: AsyncSession, application_id: str, submitted: Draft, places: Places
    ) -> list[contract.ChildResult]:
        names = {child.person_id: child.name for child in submitted.children}
        found = []
        for child, result in await repository.results_of(session, application_id):
            better = [contract.Better(**_named(row, places)) for row in result.better]
            place = result.facility_id
            found.append(
                contract.ChildResult(
                    name=names.get(child.person_id, ""),
                    place=None if place is None else places.names.get(place, place),
                    better=tuple(better),
                )
            )
        return found

    async def save(self, citizen_id: str, part: DraftPart) -> None:
        """Save parts of the draft. Raises NotFoundError, TooLateError."""
        for child in part.children or ():
            if not await self._residents.may_act(citizen_id, child.person_id, self._files.today()):
                raise NotFoundError
        change = part.model_dump(exclude={"round_id"}, exclude_none=True)

        def changed(before: Draft) -> Draft:
            return Draft.model_validate(before.model_dump() | change)

        async with self._files.database.transaction() as session:
            row, keys = await self.begun(session, part.round_id, citizen_id)
            self.write(row, keys, changed)

    def write(
        self, row: NurseryApplication, keys: PersonKeys, changed: Callable[[Draft], Draft]
    ) -> None:
        """Change the draft of an application that `begun` returned."""
        before = draft_of(row, keys)
        after = changed(before)
        if after == before and row.draft is not None:
            return
        row.draft = keys.seal(draft_place(row.id), after.model_dump_json())
        row.version += 1
        row.updated_at = self._files.clock()

    async def begun(
        self, session: AsyncSession, round_id: str, citizen_id: str
    ) -> tuple[NurseryApplication, PersonKeys]:
        """Return an application of an open round, made where there is none, and its keys.

        Raises NotFoundError, TooLateError.
        """
        found = await repository.held(session, round_id, citizen_id)
        if found is None:
            await self._open_round(session, round_id, self._files.clock())
            row = await self._begun(session, round_id, citizen_id)
        else:
            row, of = found
            _check_open(of, self._files.clock())
        vault = self._files.vault
        asked = vault.keys_for_writing if row.draft is None else vault.keys
        return row, await asked(session, citizen_id)

    async def _begun(
        self, session: AsyncSession, round_id: str, citizen_id: str
    ) -> NurseryApplication:
        row = await repository.application_of(session, round_id, citizen_id)
        if row is None:
            new_id = f"nap_{secrets.token_hex(16)}"
            await repository.begin(session, new_id, round_id, citizen_id, self._files.clock())
            row = await repository.application_of(session, round_id, citizen_id)
        if row is None:
            raise ConflictError
        return row

    async def _open_round(self, session: AsyncSession, round_id: str, at: datetime) -> NurseryRound:
        """Return a round that takes applications at an instant. Raises TooLateError."""
        found = await repository.round_of(session, round_id)
        if found is None:
            raise NotFoundError
        _check_open(found, at)
        return found

    async def submit(self, citizen_id: str, handing: contract.Handing) -> None:
        """Hand a draft in; the same version once.

        What counts is when the request came in, however long the answer took.
        """
        files, now = self._files, self._files.clock()
        arrived = min(max(handing.arrived_at, now - LONGEST_WAY), now)
        async with files.database.transaction() as session:
            row = await repository.application_of(session, handing.round_id, citizen_id)
            if row is None:
                raise NotFoundError
            if row.state == "submitted" and row.submitted_version == handing.version:
                return
            of = await self._open_round(session, handing.round_id, arrived)
            if row.version != handing.version:
                raise ConflictError
            keys = await files.vault.keys(session, citizen_id)
            draft = draft_of(row, keys)
            places = await files.places(session)
            if problems_of(draft, of.starts_on, places, files.papers, files.today()):
                raise IncompleteError
            row.state = check_step(APPLICATION, row.state, "submitted")
            row.submitted = keys.seal(submitted_place(row.id), draft.model_dump_json())
            row.submitted_version, row.submitted_at = row.version, arrived
            row.receipt = row.receipt or new_receipt(of.id)
            await self._write_parts(session, row, draft, of.starts_on)

    async def _write_parts(
        self, session: AsyncSession, row: NurseryApplication, draft: Draft, starts_on: date
    ) -> None:
        points = points_of(draft, self._files.table)
        row.tie = [min(value, 1e12) for value in points.tie]
        row.rule = draft.rule.model_dump() if draft.rule and len(draft.children) > 1 else None
        await repository.replace_parts(
            session,
            row.id,
            child_rows(draft, starts_on),
            paper_rows(draft, self._files.papers),
            point_rows(points),
        )

    async def withdraw(self, citizen_id: str, round_id: str) -> None:
        """Take an application back. A repeat changes nothing. Raises TooLateError."""
        async with self._files.database.transaction() as session:
            row = await repository.application_of(session, round_id, citizen_id)
            if row is None or row.state == "draft":
                raise NotFoundError
            if row.state == "withdrawn":
                return
            await self._open_round(session, round_id, self._files.clock())
            row.state = check_step(APPLICATION, row.state, "withdrawn")
            row.updated_at = self._files.clock()


def _check_open(of: NurseryRound, at: datetime) -> None:
    """Raise NotFoundError before a round opens, TooLateError once it takes nothing any more."""
    if at < of.opens_at:
        raise NotFoundError
    if of.state != "collecting" or at >= of.closes_at:
        raise TooLateError


def new_receipt(round_id: str) -> str:
    """Draw a receipt that nobody can guess."""
    return f"{round_id.replace('-', '')}-{secrets.token_hex(4).upper()}"


def _named(row: dict[str, object], places: Places) -> dict[str, object]:
    name = str(row["nursery"])
    return {k: v for k, v in row.items() if k != "nursery"} | {"name": places.names.get(name, name)}
