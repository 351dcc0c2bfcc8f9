"""Which question still decides something, and which of them decides most. Pure.

A fact is looked at through representatives: values of which one stands for all that no condition
tells apart. A procedure is settled when every completion of what is known gives the same; a fact
matters to it when two completions that differ in it (and in what is asked because of it) do not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, combinations, product

from services.procedures.conditions import (
    Bound,
    Condition,
    Contains,
    Counts,
    DaysSince,
    Measures,
    Test,
    Value,
    holds,
    tests_in,
)
from services.procedures.events import Event, Fact, Household, Kind, Procedure

Completion = tuple[tuple[str, Value | None], ...]


@dataclass(frozen=True)
class Weighed:
    """A question and how much hangs on it: procedures it can settle or change, and dates."""

    fact: Fact
    settles: int
    dates: int


def outcome(event: Event, condition: Condition, known: Household, today: date) -> bool | None:
    """Return what a condition gives for every completion of what is known; None where they differ.

    What the resident does not know stays open as what was not asked.
    """
    names = event.needed_for(condition)
    if names <= known.keys():
        return holds(condition, known, today)
    found = {given for _, given in _given(event, condition, _part(known, names), today)}
    return found.pop() if len(found) == 1 else None


def open_questions(
    event: Event, known: Household, unknown: frozenset[str], today: date
) -> tuple[Weighed, ...]:
    """Return the questions whose answer can change the list, the one that decides most first."""
    settled = known.keys() | unknown
    changes: dict[str, int] = {}
    dates: dict[str, int] = {}
    for procedure in event.procedures:
        for name in _matters(event, procedure.when, known, today):
            changes[name] = changes.get(name, 0) + 1
        if starts_open(event, procedure, known, today):
            start = procedure.deadline.start if procedure.deadline else ""
            dates[start] = dates.get(start, 0) + 1
    found = [
        Weighed(fact, changes.get(fact.name, 0), dates.get(fact.name, 0))
        for fact in event.facts
        if fact.name not in settled
        and (fact.name in changes or fact.name in dates)
        and event.behind[fact.name] <= settled
        and outcome(event, fact.when, known, today) is not False
    ]
    return tuple(sorted(found, key=_first_asked))


def _first_asked(one: Weighed) -> tuple[bool, int]:
    """Return what questions are sorted by: the day first, as at a counter; equal ones as filed."""
    return (not (one.fact.kind is Kind.date and one.dates), -(one.settles + one.dates))


def starts_open(event: Event, procedure: Procedure, known: Household, today: date) -> bool:
    """Return whether the procedure may apply and its term counts from a day not known yet."""
    if procedure.deadline is None or procedure.deadline.start in known:
        return False
    return outcome(event, procedure.when, known, today) is not False


def _matters(event: Event, condition: Condition, known: Household, today: date) -> set[str]:
    """Return the unknown facts on which the condition still hangs."""
    names = event.needed_for(condition)
    if names <= known.keys():
        return set()
    given = _given(event, condition, _part(known, names), today)
    if len({truth for _, truth in given}) == 1:
        return set()
    return {
        name
        for name in names - known.keys()
        if _tells_apart(given, name, {other for other in names if name in event.behind[other]})
    }


def _tells_apart(
    given: tuple[tuple[Completion, bool], ...], name: str, because_of_it: set[str]
) -> bool:
    """Return whether completions that agree on all else give different truths for its values."""
    truths: dict[Completion, dict[Value | None, set[bool]]] = {}
    for completion, truth in given:
        rest = tuple(one for one in completion if one[0] != name and one[0] not in because_of_it)
        value = dict(completion)[name]
        truths.setdefault(rest, {}).setdefault(value, set()).add(truth)
    return any(
        len({frozenset(truth) for truth in by_value.values()}) > 1 for by_value in truths.values()
    )


def _part(known: Household, names: Iterable[str]) -> Completion:
    return tuple(sorted((name, known[name]) for name in names if name in known))


def _given(
    event: Event, condition: Condition, known: Completion, today: date
) -> tuple[tuple[Completion, bool], ...]:
    return _given_by(_Rules(event, condition), known, today)


class _Rules:
    """An event and one of its conditions, as the key of a cache: by identity of the event."""

    def __init__(self, event: Event, condition: Condition) -> None:
        self.event, self.condition = event, condition
        self.key = (id(event), condition)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rules) and self.key == other.key


@lru_cache(maxsize=4_000)
def _given_by(rules: _Rules, known: Completion, today: date) -> tuple[tuple[Completion, bool], ...]:
    """Return every completion of what is known with what the condition gives for it."""
    event, condition = rules.event, rules.condition
    names = event.needed_for(condition)
    facts = [fact for fact in event.facts if fact.name in names]
    tests = list(chain(tests_in(condition), *(tests_in(fact.when) for fact in facts)))
    return tuple(
        (tuple(sorted(one.items())), holds(condition, one, today))
        for one in _completions(facts, dict(known), tests, today)
    )


def _completions(
    facts: list[Fact], begun: dict[str, Value | None], tests: list[Test], today: date
) -> Iterator[dict[str, Value | None]]:
    """Yield the facts with every representative of what is not known; absent where not asked."""
    missing = next((fact for fact in facts if fact.name not in begun), None)
    if missing is None:
        yield begun
        return
    own = [test for test in tests if test.name == missing.name]
    values: Iterable[Value | None] = (None,)
    if holds(missing.when, begun, today):
        values = representatives(missing, own, today)
    for value in values:
        yield from _completions(facts, {**begun, missing.name: value}, tests, today)


def representatives(fact: Fact, tests: Iterable[Test], today: date) -> list[Value]:
    """Return values of a fact of which each stands for all that these tests cannot tell apart."""
    own = [test for test in tests if test.name == fact.name]
    match fact.kind:
        case Kind.yes_no:
            return [True, False]
        case Kind.choice:
            return [option.value for option in fact.options]
        case Kind.several:
            named = sorted({test.option for test in own if isinstance(test, Contains)})
            return [frozenset(some) for some in _subsets(named)]
        case Kind.number:
            numbers = [test.bound.number for test in own if isinstance(test, Measures)]
            return list(_around(numbers, fact.least, fact.most))
        case Kind.date:
            days = [test.bound.number for test in own if isinstance(test, DaysSince)]
            around = _around(days, -fact.latest, -fact.earliest)
            return [today - timedelta(days=day) for day in around]
        case Kind.people:
            return list(_groups(fact, [test for test in own if isinstance(test, Counts)]))


def _subsets(named: list[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(named, size) for size in range(len(named) + 1))


def _around(numbers: Iterable[int], least: int, most: int) -> list[int]:
    """Return one number of each stretch between the bounds, within least and most."""
    near = {least, *(number + step for number in numbers for step in (-1, 0, 1))}
    return sorted(number for number in near if least <= number <= most)


def _groups(fact: Fact, counts: list[Counts]) -> Iterator[tuple[int, ...]]:
    """Yield groups of people: each age as often as any test can count."""
    ages = _classes(fact, counts)
    often = max((_counts_to(test.bound) for test in counts), default=1)
    for numbers in product(range(often + 1), repeat=len(ages)):
        yield tuple(age for age, number in zip(ages, numbers, strict=True) for _ in range(number))


def _counts_to(bound: Bound) -> int:
    """Return the smallest number from which on the bound tells nothing apart any more."""
    return max(1, bound.number + (bound.order not in (">=", "<")))


def _classes(fact: Fact, counts: list[Counts]) -> list[int]:
    """Return one age of each stretch that the tests tell apart."""
    bounds = {bound for test in counts for bound in test.ages}
    around = _around((bound.number for bound in bounds), fact.least, fact.most)
    found: dict[frozenset[object], int] = {}
    for age in around:
        found.setdefault(frozenset(bound for bound in bounds if bound.holds(age)), age)
    return list(found.values())
