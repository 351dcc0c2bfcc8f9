"""AZ-01: random requests against a table written by hand; what it allows passes.

Ten thousand of them in `make bench`; here as many as meet every cell of the table several times.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import date

from auth.grants import Staff
from auth.levels import Level
from services.residents import repository
from services.residents.indexes import Indexes
from tests.services.residents.world import (
    OTHER_DESK,
    OWN_DESK,
    World,
    authority,
    person,
)

WHOLE, SHORT = 10_000, 1_500
AT_ONCE = 20
FAMILIES = 12
EVERYTHING = {"read", "write", "export", "delete"}

# Who may do what, whatever the code says.
ALLOWED: dict[str, set[str]] = {
    "self": EVERYTHING,
    "own child": EVERYTHING,
    "proxy": EVERYTHING,
    "other's child": set(),
    "ex-guardian": set(),
    "guardian of an adult": set(),
    "expired proxy": set(),
    "unknown citizen": set(),
    "staff of own desk": {"read"},
    "staff of another desk": set(),
    "other city": set(),
}
LEVELS_THAT_SUFFICE = {
    "read": {"L3", "L3-fresh"},
    "write": {"L3-fresh"},
    "export": {"L3-fresh"},
    "delete": {"L3-fresh"},
}
SCOPES = {
    "read": "residents:contact:read",
    "write": "residents:contact:write",
    "export": "residents:export",
    "delete": "residents:contact:delete",
}
CALLS = {
    "read": ("GET", "contact"),
    "write": ("PUT", "contact"),
    "export": ("GET", "export"),
    "delete": ("DELETE", "contact"),
}


@dataclass(frozen=True)
class Family:
    """One set of people; the ids of citizens and residents."""

    parent: str
    ex: str
    agent: str
    old_agent: str
    parent_id: str
    child_id: str
    adult_id: str
    grandmother_id: str


@dataclass(frozen=True)
class Try:
    """One request and what the table says of it."""

    role: str
    entry: str
    citizen: str
    resident: str
    level: Level
    scope: str
    value: str

    @property
    def allowed(self) -> bool:
        proven = "staff" in self.role or self.level.value in LEVELS_THAT_SUFFICE[self.entry]
        return self.entry in ALLOWED[self.role] and proven and self.scope == SCOPES[self.entry]

    @property
    def staff(self) -> Staff | None:
        return {"staff of own desk": OWN_DESK, "staff of another desk": OTHER_DESK}.get(self.role)


async def families(world: World) -> list[Family]:
    people, entries = [], []
    for n in range(FAMILIES):
        people += [
            person(f"P{n}", f"親 {n}", 生年月日="1985-05-05"),
            person(f"X{n}", f"元 {n}", 生年月日="1984-04-04"),
            person(f"A{n}", f"代 {n}", 生年月日="1983-03-03"),
            person(f"O{n}", f"旧 {n}", 生年月日="1982-02-02"),
            person(f"C{n}", f"子 {n}", 生年月日="2019-06-03"),
            person(f"B{n}", f"成人 {n}", 生年月日="2008-11-29"),
            person(f"G{n}", f"祖母 {n}", 生年月日="1941-01-25"),
        ]
        entries += [
            authority(f"P{n}", f"C{n}"),
            authority(f"P{n}", f"B{n}"),
            authority(f"X{n}", f"C{n}", 終了日="2026-11-28"),
            authority(f"A{n}", f"G{n}", "任意代理", 終了日="2026-11-29"),
            authority(f"O{n}", f"G{n}", "任意代理", 終了日="2026-11-28"),
        ]
    (await world.load(people, entries)).raise_if_bad()
    indexes = await world.register.indexes()
    return [await _family(world, n, indexes) for n in range(FAMILIES)]


async def _family(world: World, n: int, indexes: Indexes) -> Family:
    births = {"P": (1985, 5, 5), "X": (1984, 4, 4), "A": (1983, 3, 3), "O": (1982, 2, 2)}
    names = {"P": "親", "X": "元", "A": "代", "O": "旧"}
    for letter, birth in births.items():
        outcome = await world.identify(
            f"ctz_{letter}{n}",
            name=f"{names[letter]} {n}",
            address="会津若松市中央1-99-1",
            birthdate=date(*birth),
            sex="female",
        )
        assert outcome == "matched"
    numbers = {letter: indexes.number(f"{letter}{n}") for letter in "PCBG"}
    async with world.database.transaction() as session:
        rows = await repository.by_numbers(session, list(numbers.values()))
    ids = {letter: rows[number].id for letter, number in numbers.items()}
    citizens = (f"ctz_{letter}{n}" for letter in "PXAO")
    return Family(*citizens, ids["P"], ids["C"], ids["B"], ids["G"])


def one_try(chance: random.Random, population: list[Family], number: int) -> Try:
    one, other = chance.sample(population, 2)
    role = chance.choice(list(ALLOWED))
    citizen, resident = {
        "self": (one.parent, one.parent_id),
        "own child": (one.parent, one.child_id),
        "proxy": (one.agent, one.grandmother_id),
        "other's child": (one.parent, other.child_id),
        "ex-guardian": (one.ex, one.child_id),
        "guardian of an adult": (one.parent, one.adult_id),
        "expired proxy": (one.old_agent, one.grandmother_id),
        "unknown citizen": ("ctz_nobody", one.child_id),
        "staff of own desk": (one.parent, chance.choice((one.parent_id, one.child_id))),
        "staff of another desk": (one.parent, chance.choice((one.parent_id, one.child_id))),
        "other city": (one.parent, chance.choice((one.parent_id, one.child_id))),
    }[role]
    entry = chance.choice(sorted(EVERYTHING))
    level = chance.choices(list(Level), (1, 1, 1, 3, 9))[0]
    scope = SCOPES[entry] if chance.random() < 0.9 else chance.choice(list(SCOPES.values()))
    return Try(role, entry, citizen, resident, level, scope, f"090-{number:08d}"[:13])


async def test_az_01_only_what_the_table_allows_passes(world: World, whole: bool) -> None:
    requests = WHOLE if whole else SHORT
    population = await families(world)
    chance = random.Random(20261129)  # noqa: S311  a repeatable draw
    tries = [one_try(chance, population, number) for number in range(requests)]
    written, refusals = {None}, dict[int, set[bytes]]()

    async def carry_out(attempt: Try) -> None:
        grant = await world.grant(
            attempt.citizen,
            attempt.scope,
            level=Level.L0 if attempt.staff else attempt.level,
            staff=attempt.staff,
            elsewhere=attempt.role == "other city",
        )
        method, what = CALLS[attempt.entry]
        body = {"phone": attempt.value} if attempt.entry == "write" else None
        if attempt.allowed and body is not None:
            written.add(attempt.value)
        path = f"people/{attempt.resident}/{what}"
        answer = await world.call(method, path, grant, body)
        assert answer.is_success == attempt.allowed, (attempt, answer.status_code)
        if not answer.is_success:
            refusals.setdefault(answer.status_code, set()).add(answer.content)
        elif attempt.entry == "read":
            assert answer.json()["phone"] in written
        elif attempt.entry == "export":
            assert answer.json()["contact"]["phone"] in written
            assert answer.json()["resident_id"] == attempt.resident

    for start in range(0, requests, AT_ONCE):
        await asyncio.gather(*map(carry_out, tries[start : start + AT_ONCE]))
    combinations = {(attempt.role, attempt.entry) for attempt in tries if attempt.allowed}
    assert combinations == {(role, entry) for role, deeds in ALLOWED.items() for entry in deeds}
    assert {status: len(bodies) for status, bodies in refusals.items()} == {401: 1, 403: 1, 404: 1}
