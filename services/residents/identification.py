"""Who a citizen is in the register: exactly one resident, or a person of the staff decides."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError
from kit.logging import get_logger
from kit.masking import mask_numbers
from kit.vault import Place
from services.residents import normal_forms as forms
from services.residents import repository
from services.residents.contract import Identification, IdentifyAnswer
from services.residents.models import Case, Resident
from services.residents.register import Register
from services.residents.rules import CaseReason
from services.residents.scopes import MANIFEST

log = get_logger(__name__)

KEEP_DECISIONS = MANIFEST.kept_for("residents_case")
_BY_CARD = "card"


@dataclass(frozen=True)
class _Items:
    """The four items, all of them."""

    name: str
    address: str
    birthdate: date
    sex: str


class Identifications:
    """Finds citizens in the register, and keeps for staff what they have to decide (`cases`)."""

    def __init__(self, register: Register) -> None:
        """All of it happens in the register."""
        self._register = register

    async def identify(self, who: Identification) -> IdentifyAnswer:
        """Match a citizen. Raises InvalidInputError when a My Number stands in the items."""
        if any(mask_numbers(text or "")[1] for text in (who.name, who.address)):
            raise InvalidInputError("A My Number may not be sent here.")
        async with self._register.database.transaction() as session:
            await repository.one_at_a_time(session)
            answer = await self._identify(session, who)
        log.info("citizen_identified", citizen_id=who.citizen_id, outcome=answer.outcome)
        return answer

    async def _identify(self, session: AsyncSession, who: Identification) -> IdentifyAnswer:
        found = await self._candidates(session, who)
        link = await repository.link_of(session, who.citizen_id)
        if len(found) == 1 and link is not None and link.resident_id == found[0].id:
            await repository.suspend_link(session, who.citizen_id, None)
            return IdentifyAnswer(outcome="matched")
        reason = await self._doubt(session, who, found)
        if reason is not None:
            return await self._ask_staff(session, who, reason)
        now = self._register.clock()
        await self._withdraw(session, who.citizen_id)
        await repository.put_link(session, who.citizen_id, found[0].id, _BY_CARD, now)
        return IdentifyAnswer(outcome="matched")

    async def _candidates(self, session: AsyncSession, who: Identification) -> list[Resident]:
        items = _all_four(who)
        if items is None:
            return []
        indexes, today = await self._register.indexes(), self._register.today()
        if not forms.is_incomplete(items.name, items.address):
            exact = indexes.items(items.name, items.address, items.birthdate, items.sex)
            found = await repository.find(session, Resident.items_index, exact, today)
            if found:
                return found
        birth = indexes.birth(items.birthdate, items.sex)
        same_birth = await repository.find(session, Resident.birth_index, birth, today)
        return [row for row in same_birth if await self._resembles(session, row, items)]

    async def _resembles(self, session: AsyncSession, row: Resident, items: _Items) -> bool:
        """Whether a resident differs from the card only in characters that one cannot write."""
        person = repository.open_person(await self._register.vault.keys(session, row.id), row)
        name, address = forms.name_form(items.name), forms.address_form(items.address)
        return forms.resembles(name, forms.name_form(person.name)) and forms.resembles(
            address, forms.address_form(person.address)
        )

    async def _doubt(
        self, session: AsyncSession, who: Identification, found: list[Resident]
    ) -> CaseReason | None:
        if _all_four(who) is None:
            return CaseReason.incomplete
        if len(found) != 1:
            return CaseReason.ambiguous if found else CaseReason.absent
        if await repository.link_of(session, who.citizen_id) is not None:
            return CaseReason.other_resident
        if await repository.link_to(session, found[0].id) is not None:
            return CaseReason.other_citizen
        return None

    async def _ask_staff(
        self, session: AsyncSession, who: Identification, reason: CaseReason
    ) -> IdentifyAnswer:
        # Whom they stood for until now is not whom this card is of, as far as anybody knows.
        await repository.suspend_link(session, who.citizen_id, self._register.clock())
        items = who.model_dump_json(exclude={"citizen_id"})
        index = (await self._register.indexes()).content(items)
        known = await repository.last_case(session, who.citizen_id, ("open", "declined"))
        if known is not None and known.items_index == index:
            return IdentifyAnswer(outcome="pending" if known.state == "open" else "refused")
        await self._withdraw(session, who.citizen_id)
        case = Case(
            citizen_id=who.citizen_id,
            reason=reason.value,
            state="open",
            items_index=index,
            opened_at=self._register.clock(),
        )
        session.add(case)
        await session.flush()
        keys = await self._register.vault.keys_for_writing(session, who.citizen_id)
        case.items = keys.seal(case_place(case), items)
        return IdentifyAnswer(outcome="pending")

    async def _withdraw(self, session: AsyncSession, citizen_id: str) -> None:
        """End an open case that newer items have overtaken."""
        case = await repository.last_case(session, citizen_id, ("open",))
        if case is not None:
            now = self._register.clock()
            await repository.close_case(session, case, "withdrawn", None, now)

    async def forget(self, citizen_id: str) -> None:
        """End what ties a citizen to the register; the register itself stays as it is."""
        async with self._register.database.transaction() as session:
            await repository.one_at_a_time(session)
            await repository.forget_citizen(session, citizen_id)


def _all_four(who: Identification) -> _Items | None:
    if not (who.name and who.address and who.birthdate and who.sex):
        return None
    return _Items(who.name, who.address, who.birthdate, who.sex)


def case_place(case: Case) -> Place:
    """Return where the items of a case stand."""
    return Place(Case.__tablename__, str(case.id), "items")
