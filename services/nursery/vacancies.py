"""What is free: by age, at the place or nursery that somebody's words name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.nursery import repository
from services.nursery.contract import Seats, Vacancies
from services.nursery.models import NurseryClass, NurseryFacility
from services.nursery.scopes import DESK


@dataclass(frozen=True)
class Listed:
    """A nursery with its classes of the ages asked for."""

    facility: NurseryFacility
    classes: list[NurseryClass]

    @property
    def seats(self) -> int:
        """Seats over all these classes."""
        return sum(row.seats for row in self.classes)

    @property
    def updated_on(self) -> date:
        """The last day on which one of them changed."""
        return max(row.updated_on for row in self.classes)


async def listed(session: AsyncSession, age: int | None, district: str = "") -> list[Listed]:
    """Return the nurseries that have a class of the age, most free seats first."""
    rows: dict[str, list[NurseryClass]] = {}
    for row in await repository.classes(session):
        if age is None or row.first_age <= age <= row.last_age:
            rows.setdefault(row.facility_id, []).append(row)
    found = [
        Listed(facility, rows[facility.id])
        for facility in await repository.facilities(session)
        if facility.id in rows and district in ("", facility.district)
    ]
    return sorted(found, key=lambda one: (-one.seats, one.facility.id))


async def answer(
    session: AsyncSession, age: int | None, words: str, *, demonstration: bool
) -> Vacancies:
    """Return what is free where the words say; everywhere when they name no place."""
    every = await repository.facilities(session)
    facility, district = _named(every, words)
    found = [
        _seats(one.facility, row)
        for one in await listed(session, age, "" if facility else district)
        for row in one.classes
        if facility in ("", one.facility.name)
    ]
    found.sort(key=lambda seats: -seats.seats)
    return Vacancies(
        age=age,
        district=district,
        facility=facility,
        found=tuple(found),
        desk=DESK,
        is_demonstration=demonstration,
    )


def _named(every: Sequence[NurseryFacility], words: str) -> tuple[str, str]:
    """Return the nursery and the district that words name; empty for what they do not."""
    facility = next((f.name for f in every if _short(f.name) in words), "")
    districts = sorted({f.district for f in every}, key=len, reverse=True)
    return facility, next((name for name in districts if name in words), "")


def _short(name: str) -> str:
    """Return the name as people say it, with its kind: a district alone is no nursery."""
    return name.removeprefix("デモ")


def _seats(facility: NurseryFacility, row: NurseryClass) -> Seats:
    return Seats(
        facility_id=facility.id,
        name=facility.name,
        kind=facility.kind,
        district=facility.district,
        first_age=row.first_age,
        last_age=row.last_age,
        seats=row.seats,
        last_points=row.last_points,
        updated_on=row.updated_on,
    )
