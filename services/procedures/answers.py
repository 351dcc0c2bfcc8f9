"""Facts as they stand in files, in JSON and in the program, and whether they can be true."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from kit.errors import InvalidInputError
from services.procedures.conditions import Value
from services.procedures.events import Event, Fact, Kind

UNKNOWN = "unknown"
"""In JSON and files: the resident does not know, and both sides are kept."""

MOST_PEOPLE = 20


class ImpossibleAnswerError(InvalidInputError):
    """This cannot be right. Please look at it once more."""

    code = "impossible_answer"


def from_plain(fact: Fact, plain: Any, today: date) -> Value:
    """Return the value of what JSON or a file says. Raises ImpossibleAnswerError saying why."""
    return _READERS[fact.kind](fact, plain, today)


def to_plain(value: Value) -> bool | str | int | list[str] | list[int]:
    """Return a value as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def household(event: Event, plain: Mapping[str, Any], today: date) -> dict[str, Value]:
    """Return all facts of a file or of JSON; what is unknown is left out."""
    return {
        name: from_plain(_fact(event, name), value, today)
        for name, value in plain.items()
        if value != UNKNOWN
    }


def unknowns(plain: Mapping[str, Any]) -> frozenset[str]:
    """Return the facts that the resident does not know."""
    return frozenset(name for name, value in plain.items() if value == UNKNOWN)


def _fact(event: Event, name: str) -> Fact:
    if name not in event.by_name:
        raise ImpossibleAnswerError(f"“{event.key}” asks nothing of the name “{name}”")
    return event.by_name[name]


def _yes_no(fact: Fact, plain: Any, _today: date) -> bool:
    if not isinstance(plain, bool):
        raise ImpossibleAnswerError(f"“{fact.name}” is yes or no")
    return plain


def _choice(fact: Fact, plain: Any, _today: date) -> str:
    if plain not in {option.value for option in fact.options}:
        raise ImpossibleAnswerError(f"“{fact.name}” has no option “{plain}”")
    return str(plain)


def _several(fact: Fact, plain: Any, today: date) -> frozenset[str]:
    if not isinstance(plain, list | tuple | frozenset):
        raise ImpossibleAnswerError(f"“{fact.name}” is a list of options")
    return frozenset(_choice(fact, one, today) for one in plain)


def _number(fact: Fact, plain: Any, _today: date) -> int:
    if not isinstance(plain, int) or isinstance(plain, bool):
        raise ImpossibleAnswerError(f"“{fact.name}” is a whole number")
    if not fact.least <= plain <= fact.most:
        raise ImpossibleAnswerError(f"“{fact.name}” lies between {fact.least} and {fact.most}")
    return plain


def _date(fact: Fact, plain: Any, today: date) -> date:
    try:
        day = plain if isinstance(plain, date) else date.fromisoformat(plain)
    except (TypeError, ValueError) as error:
        raise ImpossibleAnswerError(f"“{fact.name}” is a day such as 2026-11-30") from error
    first, last = today + timedelta(fact.earliest), today + timedelta(fact.latest)
    if not first <= day <= last:
        raise ImpossibleAnswerError(f"“{fact.name}” lies between {first} and {last}")
    return day


def _people(fact: Fact, plain: Any, today: date) -> tuple[int, ...]:
    if not isinstance(plain, list | tuple) or len(plain) > MOST_PEOPLE:
        raise ImpossibleAnswerError(f"“{fact.name}” is a list of at most {MOST_PEOPLE} ages")
    return tuple(sorted(_number(fact, age, today) for age in plain))


_READERS: Mapping[Kind, Callable[[Fact, Any, date], Value]] = {
    Kind.yes_no: _yes_no,
    Kind.choice: _choice,
    Kind.several: _several,
    Kind.number: _number,
    Kind.date: _date,
    Kind.people: _people,
}
