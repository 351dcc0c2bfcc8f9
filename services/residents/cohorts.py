"""The residents born in some days, for desks that make lists: who is due for something.

Days of birth are sealed; they are found by the blind index of each day.
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection
from datetime import date, timedelta

from kit.errors import InvalidInputError
from kit.settings import Settings
from services.residents import repository, rules
from services.residents.contract import MAX_BIRTH_DAYS, Born, Listed
from services.residents.register import Register

_SEXES = ("male", "female", "unknown")
_PREFECTURE = re.compile(r"^(?:北海道|東京都|大阪府|京都府|[^都道府県]{2,3}県)")
_TOWN = re.compile(r"(?:(?![0-9]|[〇一二三四五六七八九十]+(?:丁目|番)|大字).)+")


class Cohorts:
    """Whom the register has by their days of birth."""

    def __init__(self, register: Register, settings: Settings) -> None:
        """`settings` names the city, with which addresses begin."""
        self._register = register
        told = tomllib.loads((settings.city_dir / "city.toml").read_text(encoding="utf-8"))
        self._city = str(told["name"])

    async def born(self, first: date, last: date) -> tuple[Born, ...]:
        """Return the present residents born from `first` to `last`, without their names.

        Raises InvalidInputError for more than `MAX_BIRTH_DAYS`.
        """
        if not 0 <= (last - first).days < MAX_BIRTH_DAYS:
            raise InvalidInputError("Too many days at once.")
        indexes, today = await self._register.indexes(), self._register.today()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        wanted = [indexes.birth(day, sex) for day in days for sex in _SEXES]
        async with self._register.database.transaction() as session:
            rows = await repository.born(session, wanted, today)
            keys = await self._register.vault.keys_of_all(session, [row.id for row in rows])
        people = ((row.id, repository.open_person(keys[row.id], row)) for row in rows)
        return tuple(
            Born(
                resident_id=resident_id,
                birthdate=person.birthdate,
                sex=person.sex,
                town=town_of(person.address, self._city),
            )
            for resident_id, person in people
        )

    async def listed(self, ids: Collection[str]) -> tuple[Listed, ...]:
        """Return who present residents are, and who may act for them today."""
        today, found = self._register.today(), list[Listed]()
        async with self._register.database.transaction() as session:
            rows = await repository.present(session, ids, today)
            keys = await self._register.vault.keys_of_all(session, [row.id for row in rows])
            acting = await repository.acting_for_all(session, [row.id for row in rows], today)
        for row in rows:
            person = repository.open_person(keys[row.id], row)
            who = dict.fromkeys(
                citizen
                for citizen, entry in acting.get(row.id, ())
                if entry is None or rules.holds(entry, person.birthdate, today)
            )
            found.append(
                Listed(
                    resident_id=row.id,
                    name=person.name,
                    birthdate=person.birthdate,
                    address=person.address,
                    acted_for_by=tuple(who),
                )
            )
        return tuple(found)

    async def has_child_born(self, citizen_id: str, since: date) -> bool:
        """Tell whether a child for whom the citizen cares as a parent was born since a day."""
        today = self._register.today()
        async with self._register.database.transaction() as session:
            for way in await repository.reach(session, citizen_id, None, today):
                if way.authority is None or way.authority.kind is not rules.Kind.parent:
                    continue
                keys = await self._register.vault.keys(session, way.resident.id)
                if repository.open_birthdate(keys, way.resident) >= since:
                    return True
        return False


def town_of(address: str, city: str) -> str:
    """Return an address's town, such as 中央 of 会津若松市中央一丁目; empty outside the city."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", address))
    text = _PREFECTURE.sub("", text)
    if city not in text:
        return ""
    found = _TOWN.match(text.partition(city)[2])
    return found[0] if found else ""
