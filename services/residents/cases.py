"""What the register alone does not tell: staff compare, and say who a citizen is, or nobody."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFoundError
from kit.jobs import NewJob, enqueue
from kit.logging import get_logger
from messages.continuations import TELL_TALK, Continuation
from messages.neutral import Text
from services.residents import normal_forms as forms
from services.residents import repository
from services.residents import wording as words
from services.residents.contract import CaseDetails, OpenCase
from services.residents.identification import case_place
from services.residents.indexes import Person
from services.residents.models import Case, Link, Resident
from services.residents.register import Register

log = get_logger(__name__)

LISTED = 100


class CaseOverError(NotFoundError):
    """この件は、ほかの職員が先に判断したか、新しい確認に置きかわりました。"""

    code = "case_over"


class NumberRefusedError(NotFoundError):
    """その番号では決められません。登録にないか、生年月日か性別がカードと違います。"""

    code = "number_refused"


class Fit(StrEnum):
    """How an item of the card stands to the register's."""

    same = "same"
    similar = "similar"
    """They differ only in characters that one of them could not write."""
    different = "different"
    missing = "missing"
    """The card did not give it."""


@dataclass(frozen=True)
class Candidate:
    """A resident who may be meant. `fits` has the four items by name."""

    person: Person
    fits: Mapping[str, Fit]
    is_citizens_own: bool
    """The citizen stands for them already."""
    is_anothers: bool
    """Another citizen stands for them."""


@dataclass(frozen=True)
class Sheet:
    """What staff need to decide: what the card said, and who comes near."""

    case: OpenCase
    card: CaseDetails
    candidates: tuple[Candidate, ...]


class Cases:
    """The cases of one city. Whoever calls has noted the look before (`StaffClient.look`)."""

    def __init__(self, register: Register) -> None:
        """All parts are made once per process."""
        self._register = register

    async def waiting(self) -> tuple[OpenCase, ...]:
        """Return what waits for a decision, oldest first, a hundred at most."""
        async with self._register.database.statement() as session:
            rows = await repository.open_cases(session, LISTED)
        return tuple(_shown(row) for row in rows)

    async def one(self, case_id: int) -> OpenCase:
        """Return an open case without anything personal. Raises CaseOverError."""
        async with self._register.database.statement() as session:
            return _shown(await _open(session, case_id))

    async def of_citizen(self, citizen_id: str) -> OpenCase:
        """Return a citizen's open case. Raises NotFoundError when nothing is open."""
        async with self._register.database.statement() as session:
            case = await repository.last_case(session, citizen_id, ("open",))
        if case is None:
            raise NotFoundError
        return _shown(case)

    async def card(self, case_id: int) -> CaseDetails:
        """Return what a citizen's card said. Raises CaseOverError."""
        async with self._register.database.transaction() as session:
            return await self._card(session, await _open(session, case_id))

    async def sheet(self, case_id: int) -> Sheet:
        """Return a case with the residents who come near. Raises CaseOverError."""
        async with self._register.database.transaction() as session:
            case = await _open(session, case_id)
            card = await self._card(session, case)
            rows = await self._near(session, card)
            link = await repository.link_of(session, case.citizen_id)
            if link is not None and link.resident_id not in {row.id for row in rows}:
                rows += await self._present(session, link)
            found = [await self._candidate(session, case, card, row) for row in rows]
        return Sheet(_shown(case), card, tuple(found))

    async def of_number(self, case_id: int, number: str) -> Sheet:
        """Return a case beside the one resident of a number.

        Raises CaseOverError and NumberRefusedError.
        """
        async with self._register.database.transaction() as session:
            case = await _open(session, case_id)
            card = await self._card(session, case)
            row = await self._chosen(session, card, number)
            return Sheet(_shown(case), card, (await self._candidate(session, case, card, row),))

    async def decide(self, case_id: int, number: str | None, officer: str) -> None:
        """Let staff say which resident a citizen is, by the register's own number, or nobody.

        The talk is told. Raises CaseOverError and NumberRefusedError.
        """
        async with self._register.database.transaction() as session:
            await repository.one_at_a_time(session)
            case, now = await _open(session, case_id), self._register.clock()
            if number is None:
                state, said = "declined", words.DECLINED
            else:
                state, said = "matched", words.MATCHED
                card = await self._card(session, case)
                resident = await self._chosen(session, card, number)
                await self._tell_who_loses(session, case, resident)
                await repository.put_link(session, case.citizen_id, resident.id, officer, now)
            await repository.close_case(session, case, state, officer, now)
            await self._say(session, case.citizen_id, said, f"{case.id}.{state}")
        log.info("identification_decided", citizen_id=case.citizen_id, outcome=state)

    async def _card(self, session: AsyncSession, case: Case) -> CaseDetails:
        keys = await self._register.vault.keys(session, case.citizen_id)
        items = json.loads(keys.open(case_place(case), case.items or b""))
        return CaseDetails(reason=case.reason, opened_at=case.opened_at, **items)

    async def _near(self, session: AsyncSession, card: CaseDetails) -> list[Resident]:
        """Return who shares birth date and sex, and name or address: no more of others is shown."""
        if card.birthdate is None or card.sex is None:
            return []
        index = (await self._register.indexes()).birth(card.birthdate, card.sex)
        today = self._register.today()
        rows = await repository.find(session, Resident.birth_index, index, today)
        return [row for row in rows if _is_near(_fits(card, await self._person(session, row)))]

    async def _present(self, session: AsyncSession, link: Link) -> list[Resident]:
        today = self._register.today()
        return await repository.find(session, Resident.id, link.resident_id, today)

    async def _chosen(self, session: AsyncSession, card: CaseDetails, number: str) -> Resident:
        """Return the resident of a number, unless the card cannot be theirs."""
        plain = unicodedata.normalize("NFKC", number).strip()
        index, today = (await self._register.indexes()).number(plain), self._register.today()
        found = await repository.find(session, Resident.number_index, index, today)
        if not found:
            raise NumberRefusedError
        fits = _fits(card, await self._person(session, found[0]))
        if Fit.different in (fits["birthdate"], fits["sex"]):
            raise NumberRefusedError
        return found[0]

    async def _candidate(
        self, session: AsyncSession, case: Case, card: CaseDetails, row: Resident
    ) -> Candidate:
        person = await self._person(session, row)
        link = await repository.link_to(session, row.id)
        is_own = link is not None and link.citizen_id == case.citizen_id
        return Candidate(person, _fits(card, person), is_own, link is not None and not is_own)

    async def _person(self, session: AsyncSession, row: Resident) -> Person:
        return repository.open_person(await self._register.vault.keys(session, row.id), row)

    async def _tell_who_loses(self, session: AsyncSession, case: Case, resident: Resident) -> None:
        """A resident has one citizen: whoever stood for them until now hears that it is over."""
        link = await repository.link_to(session, resident.id)
        if link is not None and link.citizen_id != case.citizen_id:
            await self._say(session, link.citizen_id, words.MOVED, f"{case.id}.moved")

    async def _say(self, session: AsyncSession, citizen_id: str, said: Text, key: str) -> None:
        new = Continuation(key=f"residents.case.{key}", citizen_id=citizen_id, messages=(said,))
        job = {"continuation": new.model_dump(mode="json")}
        await enqueue(session, NewJob(TELL_TALK, job, lock=f"tell:{citizen_id}"))


async def _open(session: AsyncSession, case_id: int) -> Case:
    case = await session.get(Case, case_id, populate_existing=True)
    if case is None or case.state != "open":
        raise CaseOverError
    return case


def _shown(case: Case) -> OpenCase:
    return OpenCase(
        case_id=case.id, citizen_id=case.citizen_id, reason=case.reason, opened_at=case.opened_at
    )


def _fits(card: CaseDetails, person: Person) -> dict[str, Fit]:
    return {
        "name": _text_fit(card.name and forms.name_form(card.name), forms.name_form(person.name)),
        "address": _text_fit(
            card.address and forms.address_form(card.address), forms.address_form(person.address)
        ),
        "birthdate": _plain_fit(card.birthdate, person.birthdate),
        "sex": _plain_fit(card.sex, person.sex),
    }


def _text_fit(card: str | None, registered: str) -> Fit:
    if not card:
        return Fit.missing
    if card == registered:
        return Fit.similar if forms.is_incomplete(card) else Fit.same
    return Fit.similar if forms.resembles(card, registered) else Fit.different


def _plain_fit(card: object, registered: object) -> Fit:
    if card is None:
        return Fit.missing
    return Fit.same if card == registered else Fit.different


def _is_near(fits: Mapping[str, Fit]) -> bool:
    return not {fits["name"], fits["address"]}.isdisjoint({Fit.same, Fit.similar})
