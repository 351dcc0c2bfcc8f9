"""What is wrong with an event beyond its form: names, order, what nobody reaches, its examples."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from kit.text import grapheme_length
from services.procedures.answers import ImpossibleAnswerError, household
from services.procedures.conditions import (
    Condition,
    Contains,
    Counts,
    DaysSince,
    Equals,
    IsYes,
    Measures,
    Test,
    names_in,
    tests_in,
)
from services.procedures.events import Event, Example, Fact, Guidebook, Kind, Procedure
from services.procedures.listing import make_list

_KINDS: Mapping[type[Test], Kind] = {
    IsYes: Kind.yes_no,
    Equals: Kind.choice,
    Contains: Kind.several,
    Measures: Kind.number,
    DaysSince: Kind.date,
    Counts: Kind.people,
}

# Quick replies: 13 buttons of 20 characters; three are ours (none of them, not known, later).
MOST_OPTIONS, LONGEST_LABEL = 10, 20

Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Finding:
    """One thing, where it stands, and whether the event can be used all the same."""

    place: Place
    reason: str
    stops: bool = True


def check_event(event: Event, book: Guidebook) -> Iterator[Finding]:
    """Yield what is wrong with an event; its examples are run when all else is right."""
    found = list(
        chain(
            *(_names(event), _form(event), _facts(event)),
            *(_procedures(event, book), _cycles(event)),
        )
    )
    yield from found
    if not any(problem.stops for problem in found):
        yield from _examples(event, book)


def _names(event: Event) -> Iterator[Finding]:
    for part, names in (
        ("facts", [fact.name for fact in event.facts]),
        ("procedures", [one.key for one in event.procedures]),
    ):
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Finding((part, index), f"“{name}” stands twice")


def _facts(event: Event) -> Iterator[Finding]:
    before: dict[str, Fact] = {}
    needed = _needed(event)
    for index, fact in enumerate(event.facts):
        place: Place = ("facts", index)
        yield from _condition(fact.when, before, (*place, "when"))
        if fact.name not in needed:
            yield Finding(place, f"“{fact.name}” is asked for, and nothing hangs on it")
        if len(fact.options) > MOST_OPTIONS:
            yield Finding(
                (*place, "options"), f"more than {MOST_OPTIONS} do not fit LINE's buttons"
            )
        for option in fact.options:
            if grapheme_length(option.label) > LONGEST_LABEL:
                yield Finding(place, f"“{option.label}” is longer than {LONGEST_LABEL} characters")
        before[fact.name] = fact


def _form(event: Event) -> Iterator[Finding]:
    day = event.form.day if event.form else ""
    if day and (day not in event.by_name or event.by_name[day].kind is not Kind.date):
        yield Finding(("form",), f"“{day}” is no date that is asked for")


def _needed(event: Event) -> set[str]:
    """Return the facts on which something hangs."""
    starts = {one.deadline.start for one in event.procedures if one.deadline}
    conditions = [one.when for one in event.procedures] + [fact.when for fact in event.facts]
    return starts.union(*(names_in(condition) for condition in conditions))


def _procedures(event: Event, book: Guidebook) -> Iterator[Finding]:
    facts = event.by_name
    shown = {key for example in event.examples for key in example.list}
    for index, one in enumerate(event.procedures):
        place: Place = ("procedures", index)
        yield from _condition(one.when, facts, (*place, "when"))
        yield from _references(one, event, book, place)
        if one.key not in shown:
            yield Finding(place, f"no example lists “{one.key}”")


def _references(one: Procedure, event: Event, book: Guidebook, place: Place) -> Iterator[Finding]:
    if one.desk not in book.desks:
        yield Finding((*place, "desk"), f"there is no desk “{one.desk}” in desks.toml")
    for item in one.bring:
        if item not in book.items:
            yield Finding((*place, "bring"), f"there is no “{item}” in items.toml")
    for key in one.after:
        if key not in event.by_key:
            yield Finding((*place, "after"), f"there is no procedure “{key}”")
    start = one.deadline.start if one.deadline else None
    if start and (start not in event.by_name or event.by_name[start].kind is not Kind.date):
        yield Finding((*place, "deadline"), f"“{start}” is no date that is asked for")


def _condition(condition: Condition, facts: Mapping[str, Fact], place: Place) -> Iterator[Finding]:
    for test in tests_in(condition):
        fact = facts.get(test.name)
        if fact is None:
            yield Finding(place, f"“{test.name}” is not asked for before")
        elif fact.kind is not _KINDS[type(test)]:
            yield Finding(place, f"“{test.name}” is of the kind {fact.kind}, and used otherwise")
        elif isinstance(test, Equals | Contains) and test.option not in _values(fact):
            yield Finding(place, f"“{test.name}” has no option “{test.option}”")


def _values(fact: Fact) -> set[str]:
    return {option.value for option in fact.options}


def _cycles(event: Event) -> Iterator[Finding]:
    """Yield the procedures that wait for themselves."""
    for index, one in enumerate(event.procedures):
        if one.key in _all_before(one.after, event, set()):
            yield Finding(("procedures", index, "after"), f"“{one.key}” waits for itself")


def _all_before(keys: Iterable[str], event: Event, seen: set[str]) -> set[str]:
    for key in keys:
        if key not in seen and key in event.by_key:
            seen.add(key)
            _all_before(event.by_key[key].after, event, seen)
    return seen


def _examples(event: Event, book: Guidebook) -> Iterator[Finding]:
    for index, example in enumerate(event.examples):
        place: Place = ("examples", index)
        try:
            yield from _example(event, book, example, place)
        except ImpossibleAnswerError as error:
            yield Finding((*place, "facts"), error.message)


def _example(event: Event, book: Guidebook, example: Example, place: Place) -> Iterator[Finding]:
    known = household(event, example.facts, example.today)
    rows = make_list(event, book, known, example.today)
    found = tuple(row.procedure.key for row in rows)
    if found != example.list:
        wrong = _difference(found, example.list)
        yield Finding((*place, "list"), f"“{example.name}”: {wrong}")
    due = {row.procedure.key: row.due for row in rows}
    for key, day in example.due.items():
        if due.get(key) != day:
            yield Finding((*place, "due"), f"“{example.name}”: “{key}” is due on {due.get(key)}")


def _difference(found: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    more, less = sorted(set(found) - set(wanted)), sorted(set(wanted) - set(found))
    if more or less:
        return f"the list also has {more} and lacks {less}"
    return f"the order of the list is {list(found)}"
