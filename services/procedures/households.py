"""Invented households, for measuring an event: how many questions it takes to its list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from services.procedures.conditions import Value, holds
from services.procedures.deciding import open_questions
from services.procedures.events import Event, Fact, Kind

_MOST_CHILDREN = 4


def households(event: Event, count: int, today: date, seed: int = 0) -> Iterator[dict[str, Value]]:
    """Yield so many households, each with every fact that applies to it."""
    random = Random(f"{event.key} {seed}")  # noqa: S311 (no secret: the same ones each time)
    for _ in range(count):
        yield household_of(event, today, random)


def household_of(event: Event, today: date, random: Random) -> dict[str, Value]:
    """Return one household at random."""
    known: dict[str, Value] = {}
    for fact in event.facts:
        if holds(fact.when, known, today):
            known[fact.name] = _value(fact, today, random)
    return known


def _value(fact: Fact, today: date, random: Random) -> Value:
    match fact.kind:
        case Kind.yes_no:
            return random.random() < 0.5
        case Kind.choice:
            return random.choice(fact.options).value
        case Kind.several:
            likely = random.choice((0.0, 0.2, 0.5))
            return frozenset(one.value for one in fact.options if random.random() < likely)
        case Kind.number:
            return random.randint(fact.least, fact.most)
        case Kind.date:
            earliest, latest = max(fact.earliest, -120), min(fact.latest, 120)
            return today + timedelta(days=random.randint(earliest, max(earliest, latest)))
        case Kind.people:
            ages = [
                random.randint(fact.least, fact.most)
                for _ in range(random.randint(0, _MOST_CHILDREN))
            ]
            return tuple(sorted(ages))


@dataclass(frozen=True)
class Asked:
    """A talk with one household: the questions in their order, and what was known at the end."""

    names: tuple[str, ...]
    known: dict[str, Value]


def ask_all(event: Event, household: dict[str, Value], today: date) -> Asked:
    """Ask until nothing can change the list any more."""
    known: dict[str, Value] = {}
    names: list[str] = []
    while questions := open_questions(event, known, frozenset(), today):
        name = questions[0].fact.name
        names.append(name)
        known[name] = household[name]
    return Asked(tuple(names), known)
