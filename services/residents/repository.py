"""All SQL of the register, and what is sealed in its rows."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    bindparam,
    delete,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from kit.vault import PersonKeys, Place
from services.residents import rules
from services.residents.indexes import Person
from services.residents.models import Authority, Case, Contact, Link, Resident

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7202813)")


class Reached(NamedTuple):
    """A resident and how a citizen reaches them: by being them, or by an entry of the register."""

    resident: Resident
    is_self: bool
    same_household: bool
    authority: rules.Authority | None


async def one_at_a_time(session: AsyncSession) -> None:
    """Make whoever changes links, cases or the register wait for each other."""
    await session.execute(_ONE_AT_A_TIME)


async def reach(
    session: AsyncSession, citizen_id: str, resident_id: str | None, today: date
) -> list[Reached]:
    """Return whom a citizen reaches: one resident, or all with None. Days are not looked at yet.

    It is one query, whether the resident does not exist or is somebody else's.
    """
    query, asked = _REACH_ALL, {"citizen": citizen_id, "today": today}
    if resident_id is not None:
        query, asked = _REACH_ONE, asked | {"resident": resident_id}
    rows = (await session.execute(query, asked)).all()
    return [_reached(*row) for row in rows]


def _lives_here(resident: type[Resident], today: date | BindParameter[date]) -> ColumnElement[bool]:
    return or_(resident.ended_on.is_(None), resident.ended_on > today)


_ME, _THEM, _TODAY = aliased(Resident), aliased(Resident), bindparam("today", type_=Date)
# Built once: building it anew was most of the cost of a look at a record.
_REACH_ALL = (
    select(_THEM, _ME.id, _ME.household_index, Authority)
    .select_from(Link)
    .join(_ME, _ME.id == Link.resident_id)
    .join(Authority, Authority.holder_id == _ME.id, isouter=True)
    .join(_THEM, or_(_THEM.id == _ME.id, _THEM.id == Authority.subject_id))
    .where(Link.citizen_id == bindparam("citizen"), Link.suspended_at.is_(None))
    .where(_lives_here(_ME, _TODAY), _lives_here(_THEM, _TODAY))
    .order_by(_THEM.id)
)
_REACH_ONE = _REACH_ALL.where(_THEM.id == bindparam("resident"))


def _reached(resident: Resident, own: str, household: str, row: Authority | None) -> Reached:
    same = resident.household_index == household
    if resident.id == own or row is None:
        return Reached(resident, True, same, None)
    entry = rules.Authority(rules.Kind(row.kind), row.starts_on, row.last_day)
    return Reached(resident, False, same, entry)


async def acting_for(
    session: AsyncSession, resident_id: str, today: date
) -> list[tuple[str, rules.Authority | None]]:
    """Return the citizens who are a resident, or whom an entry names as acting for them.

    With the entry, None for the resident themself. Days are not looked at yet.
    """
    open_links = select(Link.citizen_id).where(Link.suspended_at.is_(None))
    own = open_links.where(Link.resident_id == resident_id)
    others = (
        select(Link.citizen_id, Authority)
        .join(Authority, Authority.holder_id == Link.resident_id)
        .join(Resident, Resident.id == Link.resident_id)
        .where(Authority.subject_id == resident_id, Link.suspended_at.is_(None))
        .where(_lives_here(Resident, today))
    )
    found: list[tuple[str, rules.Authority | None]] = [
        (c, None) for c in await session.scalars(own)
    ]
    for citizen, row in (await session.execute(others)).all():
        entry = rules.Authority(rules.Kind(row.kind), row.starts_on, row.last_day)
        found.append((citizen, entry))
    return found


async def acting_for_all(
    session: AsyncSession, ids: Collection[str], today: date
) -> dict[str, list[tuple[str, rules.Authority | None]]]:
    """Return `acting_for` of many residents, with two queries for all of them."""
    found: dict[str, list[tuple[str, rules.Authority | None]]] = {}
    open_links = select(Link).where(Link.suspended_at.is_(None), Link.resident_id.in_(ids))
    for link in await session.scalars(open_links):
        found.setdefault(link.resident_id, []).append((link.citizen_id, None))
    others = (
        select(Link.citizen_id, Authority)
        .join(Authority, Authority.holder_id == Link.resident_id)
        .join(Resident, Resident.id == Link.resident_id)
        .where(Authority.subject_id.in_(ids), Link.suspended_at.is_(None))
        .where(_lives_here(Resident, today))
    )
    for citizen, row in (await session.execute(others)).all():
        entry = rules.Authority(rules.Kind(row.kind), row.starts_on, row.last_day)
        found.setdefault(row.subject_id, []).append((citizen, entry))
    return found


async def born(session: AsyncSession, indexes: Collection[str], today: date) -> Sequence[Resident]:
    """Return the present residents whose birth date and sex have one of these indexes."""
    query = select(Resident).where(Resident.birth_index.in_(indexes))
    query = query.where(_lives_here(Resident, today)).order_by(Resident.id)
    return (await session.scalars(query)).all()


async def present(session: AsyncSession, ids: Collection[str], today: date) -> Sequence[Resident]:
    """Return the present residents among these."""
    query = select(Resident).where(Resident.id.in_(ids), _lives_here(Resident, today))
    return (await session.scalars(query.order_by(Resident.id))).all()


async def find(
    session: AsyncSession, column: InstrumentedAttribute[str], value: str, today: date
) -> list[Resident]:
    """Return the present residents with this value in an index column."""
    query = select(Resident).where(column == value, _lives_here(Resident, today))
    return list(await session.scalars(query.limit(200)))


def open_person(keys: PersonKeys, row: Resident) -> Person:
    """Return what is sealed in a row."""
    return Person(
        name=keys.open(_place(row.id, "name"), row.name),
        kana=keys.open(_place(row.id, "kana"), row.kana),
        birthdate=open_birthdate(keys, row),
        sex=keys.open(_place(row.id, "sex"), row.sex),
        address=keys.open(_place(row.id, "address"), row.address),
    )


def open_birthdate(keys: PersonKeys, row: Resident) -> date:
    """Return a resident's birth date."""
    return date.fromisoformat(keys.open(_place(row.id, "birthdate"), row.birthdate))


def seal_person(keys: PersonKeys, resident_id: str, person: Person) -> dict[str, bytes]:
    """Return the sealed columns of a row."""
    values = {
        "name": person.name,
        "kana": person.kana,
        "birthdate": person.birthdate.isoformat(),
        "sex": person.sex,
        "address": person.address,
    }
    return {
        column: keys.seal(_place(resident_id, column), value) for column, value in values.items()
    }


def _place(resident_id: str, column: str) -> Place:
    return Place(Resident.__tablename__, resident_id, column)


async def link_of(session: AsyncSession, citizen_id: str) -> Link | None:
    """Return whom a citizen stands for."""
    return await session.get(Link, citizen_id, populate_existing=True)


async def link_to(session: AsyncSession, resident_id: str) -> Link | None:
    """Return which citizen stands for a resident."""
    return (
        await session.scalars(select(Link).where(Link.resident_id == resident_id))
    ).one_or_none()


async def put_link(
    session: AsyncSession, citizen_id: str, resident_id: str, by: str, now: datetime
) -> None:
    """Let a citizen stand for a resident; what either stood for before ends."""
    was = or_(Link.citizen_id == citizen_id, Link.resident_id == resident_id)
    await session.execute(delete(Link).where(was))
    new = Link(citizen_id=citizen_id, resident_id=resident_id, matched_by=by, matched_at=now)
    session.add(new)
    await session.flush()


async def suspend_link(session: AsyncSession, citizen_id: str, since: datetime | None) -> None:
    """Let a citizen's match open nothing any more, or, with None, open records again."""
    change = update(Link).where(Link.citizen_id == citizen_id)
    if since is not None:
        change = change.where(Link.suspended_at.is_(None))
    await session.execute(change.values(suspended_at=since))


async def forget_citizen(session: AsyncSession, citizen_id: str) -> None:
    """Delete what ties a citizen to the register."""
    await session.execute(delete(Link).where(Link.citizen_id == citizen_id))
    await session.execute(delete(Case).where(Case.citizen_id == citizen_id))


async def last_case(session: AsyncSession, citizen_id: str, states: Sequence[str]) -> Case | None:
    """Return a citizen's newest case in one of these states."""
    query = select(Case).where(Case.citizen_id == citizen_id, Case.state.in_(states))
    return (await session.scalars(query.order_by(Case.id.desc()).limit(1))).one_or_none()


async def open_cases(session: AsyncSession, limit: int) -> list[Case]:
    """Return what waits for a decision, oldest first."""
    query = select(Case).where(Case.state == "open").order_by(Case.opened_at, Case.id)
    return list(await session.scalars(query.limit(limit)))


async def forget_cases_before(session: AsyncSession, moment: datetime) -> None:
    """Delete decisions older than that."""
    await session.execute(delete(Case).where(Case.decided_at < moment))


async def contact(session: AsyncSession, resident_id: str) -> Contact | None:
    """Return a resident's contact row."""
    return await session.get(Contact, resident_id, populate_existing=True)


async def put_contact(
    session: AsyncSession,
    resident_id: str,
    phone: bytes | None,
    mail: bytes | None,
    now: datetime,
) -> None:
    """Write a resident's contact row."""
    values = {"phone": phone, "mail": mail, "updated_at": now}
    new = insert(Contact).values(resident_id=resident_id, **values)
    await session.execute(
        new.on_conflict_do_update(index_elements=[Contact.resident_id], set_=values)
    )


async def delete_contact(session: AsyncSession, resident_id: str) -> None:
    """Delete a resident's contact row."""
    await session.execute(delete(Contact).where(Contact.resident_id == resident_id))


async def by_numbers(session: AsyncSession, indexes: Sequence[str]) -> dict[str, Resident]:
    """Return residents by the index of the register's own number."""
    rows = await session.scalars(select(Resident).where(Resident.number_index.in_(indexes)))
    return {row.number_index: row for row in rows}


async def put_resident(session: AsyncSession, resident_id: str, values: dict[str, Any]) -> None:
    """Write a resident's row."""
    new = insert(Resident).values(id=resident_id, **values)
    await session.execute(new.on_conflict_do_update(index_elements=[Resident.id], set_=values))


async def put_authority(
    session: AsyncSession, holder_id: str, subject_id: str, entry: rules.Authority
) -> None:
    """Write one entry; an entry of the same kind and first day is replaced."""
    new = insert(Authority).values(
        holder_id=holder_id,
        subject_id=subject_id,
        kind=entry.kind.value,
        starts_on=entry.starts_on,
        last_day=entry.last_day,
    )
    same = ["subject_id", "holder_id", "kind", "starts_on"]
    await session.execute(
        new.on_conflict_do_update(index_elements=same, set_={"last_day": entry.last_day})
    )


async def close_case(
    session: AsyncSession, case: Case, state: str, by: str | None, now: datetime
) -> None:
    """End a case; what the card said is erased. Raises IllegalTransitionError for an ended one."""
    rules.check_case_step(case.state, state)
    values = {"state": state, "items": None, "decided_at": now, "decided_by": by}
    await session.execute(update(Case).where(Case.id == case.id).values(**values))
