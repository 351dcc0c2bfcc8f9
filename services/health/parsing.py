"""Reading CHILD.json: what a record says, before anything is judged.

A file that cannot be true is refused as a whole with one class of `FileError`; a dose of which
only the month is known is kept, and stays a question.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.health.dates import parse_day, parse_month
from services.health.rules import RSV


class FileError(Exception):
    """The file as a whole is impossible; `kind` is the class that is printed."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose given or planned. For a month alone `day` is the last day of it, `first` the first."""

    vaccine: str
    day: date
    first: date
    product: str | None
    written: str

    @property
    def month_only(self) -> bool:
        return self.first != self.day


@dataclass(frozen=True, slots=True)
class Child:
    """`sex` is male, female or None when not given; `pregnancies` are due dates, of which None is
    a pregnancy without one."""

    birth: date
    sex: str | None = None
    given: tuple[Dose, ...] = ()
    planned: tuple[Dose, ...] = ()
    conditions: tuple[str, ...] = ()
    pregnancies: tuple[date | None, ...] = ()


def _entries(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise FileError("bad_file")
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dose(entry: object) -> Dose:
    if not isinstance(entry, dict):
        raise FileError("bad_file")
    written = _text(entry.get("date"))
    day = parse_day(written)
    month = (day, day) if day else parse_month(written)
    if month is None:
        raise FileError("bad_date")
    product = entry.get("product")
    known = None if product in (None, "") else str(product)
    return Dose(_text(entry.get("vaccine")), month[1], month[0], known, written)


def _conditions(value: object) -> list[Any]:
    """The list, or a single condition that stands without one."""
    entries = [value] if isinstance(value, str | dict) else _entries(value)
    return [entry for entry in entries if entry]


def _condition(entry: object) -> str:
    if isinstance(entry, dict):
        return _text(entry.get("code")) or "condition"
    return str(entry)


def _pregnancy(entry: dict[str, Any]) -> date | None:
    written = entry.get("due_date")
    day = parse_day(written)
    if day is None and written is not None:
        raise FileError("bad_date")
    return day


def parse_child(data: object) -> Child:
    """Raises `FileError` of class bad_file, bad_birth_date or bad_date."""
    if not isinstance(data, dict):
        raise FileError("bad_file")
    birth = parse_day(data.get("birth_date"))
    if birth is None:
        raise FileError("bad_birth_date")
    sex = data.get("sex")
    conditions = _conditions(data.get("conditions"))
    pregnant = [
        entry for entry in conditions if isinstance(entry, dict) and entry.get("code") == "pregnant"
    ]
    return Child(
        birth=birth,
        sex=sex if sex in ("male", "female") else None,
        given=tuple(map(_dose, _entries(data.get("given")))),
        planned=tuple(map(_dose, _entries(data.get("planned")))),
        conditions=tuple(map(_condition, conditions)),
        pregnancies=tuple(map(_pregnancy, pregnant)),
    )


def check_possible(child: Child, on: date) -> None:
    """Raises `FileError`: a birth after the day asked about, a dose before birth or after it.

    The vaccine for pregnant women may stand in the child's own record, before the birth."""
    if child.birth > on:
        raise FileError("bad_birth_date")
    for dose in (*child.given, *child.planned):
        if dose.day < child.birth and dose.vaccine != RSV:
            raise FileError("before_birth")
    if any(dose.first > on for dose in child.given):
        raise FileError("future_dose")
