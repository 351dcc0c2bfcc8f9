"""The list of what a household has to do, in its order, with dates. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from services.procedures.conditions import Value
from services.procedures.deadlines import due_date
from services.procedures.deciding import outcome
from services.procedures.events import Event, Guidebook, Household, Procedure

SOON = timedelta(days=30)
"""What should be done soon without a term stands among what ends within this."""
_NEVER = date.max
_Urgency = TypeVar("_Urgency", date, tuple[date, bool, int])


@dataclass(frozen=True)
class Row:
    """One procedure of somebody's list."""

    procedure: Procedure
    due: date | None
    """None without a term, or where the day that it counts from is not known."""
    certain: bool
    """False where it hangs on something that the resident does not know."""
    needed_by: date | None = None
    """Its last day, or an earlier one of what waits for it; None where no day is known."""


def applicable(event: Event, known: Household, today: date) -> dict[str, Value]:
    """Return what is known without the facts that no longer apply after a correction."""
    kept: dict[str, Value] = {}
    for fact in event.facts:
        if fact.name in known and outcome(event, fact.when, kept, today) is not False:
            kept[fact.name] = known[fact.name]
    return kept


def make_list(event: Event, book: Guidebook, known: Household, today: date) -> tuple[Row, ...]:
    """Return what applies or may apply, the most urgent first and nothing before what it needs."""
    kept = applicable(event, known, today)
    rows = [
        Row(procedure, _due(procedure, kept), given is True)
        for procedure in event.procedures
        if (given := outcome(event, procedure.when, kept, today)) is not False
    ]
    return tuple(_in_order(_with_needs(rows), book, today))


def most_pressing(likely: Sequence[Row], left: Sequence[Row]) -> list[Row]:
    """Return what to tell first while questions are open: the `likely`, the usual of `left`.

    What most households have is told before it is known for this one, by its term: it comes
    before what has none.
    """
    keys = {row.procedure.key for row in likely}
    usual = [row for row in left if row.procedure.usual and row.procedure.key not in keys]
    can_wait = [row for row in likely if usual and _can_wait(row)]
    pressing = [row for row in likely if row not in can_wait]
    return [*pressing, *usual, *can_wait]


def _can_wait(row: Row) -> bool:
    return row.needed_by is None and row.procedure.deadline is None and not row.procedure.soon


def _with_needs(rows: list[Row]) -> list[Row]:
    days = {row.procedure.key: row.due or _NEVER for row in rows}
    # What may not apply at all hurries nothing.
    _hurry_all([row for row in rows if row.certain], days)
    needed = [days[row.procedure.key] for row in rows]
    return [
        replace(row, needed_by=None if day == _NEVER else day)
        for row, day in zip(rows, needed, strict=True)
    ]


def _due(procedure: Procedure, known: Household) -> date | None:
    if procedure.deadline is None:
        return None
    start = known.get(procedure.deadline.start)
    return due_date(procedure.deadline, start) if isinstance(start, date) else None


def _in_order(rows: list[Row], book: Guidebook, today: date) -> Iterable[Row]:
    """Yield the rows by urgency; a row comes after those of `after` that are listed too."""
    left = {row.procedure.key: row for row in rows}
    urgency = {key: _urgency(row, book, today) for key, row in left.items()}
    _hurry_all(rows, urgency)
    while left:
        free = [row for row in left.values() if not left.keys() & set(row.procedure.after)]
        chosen = min(free, key=lambda row: urgency[row.procedure.key])
        yield left.pop(chosen.procedure.key)


def _urgency(row: Row, book: Guidebook, today: date) -> tuple[date, bool, int]:
    """Return what rows are sorted by: the day, then what should be done soon, then the walk."""
    procedure = row.procedure
    day = row.due
    if day is None and procedure.deadline:
        day = due_date(procedure.deadline, today)
    elif day is None:
        day = today + SOON if procedure.soon else _NEVER
    return (day, not procedure.soon, book.desks[procedure.desk].order)


def _hurry_all(rows: list[Row], urgency: dict[str, _Urgency]) -> None:
    """Make what must come first as urgent as what waits for it."""
    by_key = {row.procedure.key: row for row in rows}
    for row in reversed(rows):
        _hurry(row, by_key, urgency)


def _hurry(row: Row, rows: dict[str, Row], urgency: dict[str, _Urgency]) -> None:
    """Do so for one, all the way back."""
    for key in row.procedure.after:
        if key in rows and urgency[key] > urgency[row.procedure.key]:
            urgency[key] = urgency[row.procedure.key]
            _hurry(rows[key], rows, urgency)
