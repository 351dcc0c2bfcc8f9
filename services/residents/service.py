"""Use cases of residents and those who may act for them: people, contact, export."""

from collections.abc import Sequence
from datetime import date

from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError
from kit.settings import Settings
from kit.vault import PersonKeys, Place
from services.residents import repository, rules
from services.residents.contract import ActsFor, Confirmed, ContactDetails, Export, MayAct, Relation
from services.residents.identification import KEEP_DECISIONS, Identifications
from services.residents.models import Contact
from services.residents.register import Register
from services.residents.repository import Reached

SOURCE = "住民基本台帳の写しと、本人が登録した連絡先"


class ResidentsService:
    """What citizens do with records of their own and of those for whom they may act.

    The guard has checked the grant already; here it is only asked for whom its citizen may act.
    """

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Nothing is read before the first use."""
        self._register = Register(database, clock, settings)
        self._database = database
        self.identifications = Identifications(self._register)

    async def may_act(self, citizen_id: str, resident_id: str, on: date) -> bool:
        """Tell whether a citizen may act for a resident on a day."""
        return (await self.authority(citizen_id, resident_id, on)).allowed

    async def authority(self, citizen_id: str, resident_id: str, on: date) -> MayAct:
        """Tell the same, and whether the citizen is that resident."""
        async with self._database.transaction() as session:
            try:
                await self._register.reach(session, citizen_id, resident_id, on)
            except NotFoundError:
                return MayAct(allowed=False)
            link = await repository.link_of(session, citizen_id)
        is_self = link is not None and link.resident_id == resident_id
        return MayAct(allowed=True, is_self=is_self)

    async def ids_of(self, numbers: Sequence[str]) -> dict[str, str]:
        """Return the ids of the residents with these numbers of the register."""
        indexes = await self._register.indexes()
        by_index = {indexes.number(number): number for number in numbers}
        async with self._database.transaction() as session:
            rows = await repository.by_numbers(session, list(by_index))
        return {by_index[index]: row.id for index, row in rows.items()}

    async def confirm(self, number: str, birthdate: date) -> Confirmed | None:
        """Return whom both mean, with who may act for them today; None where they do not fit."""
        indexes, today = await self._register.indexes(), self._register.today()
        index = indexes.number(number)
        async with self._database.transaction() as session:
            row = (await repository.by_numbers(session, [index])).get(index)
            if row is None or (row.ended_on is not None and row.ended_on <= today):
                return None
            keys = await self._register.vault.keys(session, row.id)
            person = repository.open_person(keys, row)
            if person.birthdate != birthdate:
                return None
            acting = await repository.acting_for(session, row.id, today)
        who = dict.fromkeys(
            citizen
            for citizen, entry in acting
            if entry is None or rules.holds(entry, birthdate, today)
        )
        own = next((citizen for citizen, entry in acting if entry is None), None)
        return Confirmed(resident_id=row.id, sex=person.sex, acted_for_by=tuple(who), self_is=own)

    async def people(self, citizen_id: str) -> tuple[ActsFor, ...]:
        """Return those for whom a citizen may act today: themself, then the others by age."""
        today, people = self._register.today(), dict[str, ActsFor]()
        async with self._database.transaction() as session:
            for way in await repository.reach(session, citizen_id, None, today):
                keys = await self._register.vault.keys(session, way.resident.id)
                person = _acts_for(way, keys, today)
                known = people.get(way.resident.id)
                if person is not None and (known is None or _longer(person, known)):
                    people[way.resident.id] = person
        order = sorted(people.values(), key=lambda p: (p.relation != Relation.self, p.birthdate))
        return tuple(order)

    async def contact(self, citizen_id: str, resident_id: str) -> ContactDetails:
        """Return a resident's contact. Raises NotFoundError for everybody out of reach."""
        async with self._database.transaction() as session:
            resident, keys = await self._register.reach(
                session, citizen_id, resident_id, self._register.today()
            )
            return _open_contact(keys, await repository.contact(session, resident.id))

    async def save_contact(
        self, citizen_id: str, resident_id: str, details: ContactDetails
    ) -> ContactDetails:
        """Replace a resident's contact. Raises NotFoundError for everybody out of reach."""
        async with self._database.transaction() as session:
            resident, keys = await self._register.reach(
                session, citizen_id, resident_id, self._register.today()
            )
            phone, mail = (
                None if value is None else keys.seal(_place(resident.id, column), value)
                for column, value in (("phone", details.phone), ("mail", details.mail))
            )
            now = self._register.clock()
            await repository.put_contact(session, resident.id, phone, mail, now)
        return details

    async def delete_contact(self, citizen_id: str, resident_id: str) -> None:
        """Delete a resident's contact. Raises NotFoundError for everybody out of reach."""
        async with self._database.transaction() as session:
            resident, _ = await self._register.reach(
                session, citizen_id, resident_id, self._register.today()
            )
            await repository.delete_contact(session, resident.id)

    async def export(self, citizen_id: str, resident_id: str) -> Export:
        """Return everything kept of a resident. Raises NotFoundError for everybody out of reach."""
        async with self._database.transaction() as session:
            resident, keys = await self._register.reach(
                session, citizen_id, resident_id, self._register.today()
            )
            person = repository.open_person(keys, resident)
            contact = _open_contact(keys, await repository.contact(session, resident.id))
        return Export(
            resident_id=resident.id,
            name=person.name,
            kana=person.kana,
            birthdate=person.birthdate,
            sex=person.sex,
            address=person.address,
            contact=contact,
            source=SOURCE,
        )

    async def forget_old_decisions(self) -> None:
        """Delete staff's decisions after their time."""
        async with self._database.transaction() as session:
            await repository.forget_cases_before(session, self._register.clock() - KEEP_DECISIONS)


def _acts_for(way: Reached, keys: PersonKeys, today: date) -> ActsFor | None:
    person = repository.open_person(keys, way.resident)
    last_day = None
    if way.authority is not None:
        if not rules.holds(way.authority, person.birthdate, today):
            return None
        last_day = rules.last_day(way.authority, person.birthdate)
    return ActsFor(
        resident_id=way.resident.id,
        name=person.name,
        birthdate=person.birthdate,
        sex=person.sex,
        relation=Relation.self if way.authority is None else Relation(way.authority.kind.value),
        last_day=last_day,
        same_household=way.same_household,
    )


def _longer(one: ActsFor, other: ActsFor) -> bool:
    return (one.last_day or date.max) > (other.last_day or date.max)


def _open_contact(keys: PersonKeys, row: Contact | None) -> ContactDetails:
    if row is None:
        return ContactDetails()
    phone, mail = (
        None if sealed is None else keys.open(_place(row.resident_id, column), sealed)
        for column, sealed in (("phone", row.phone), ("mail", row.mail))
    )
    return ContactDetails(phone=phone, mail=mail)


def _place(resident_id: str, column: str) -> Place:
    return Place(Contact.__tablename__, resident_id, column)
