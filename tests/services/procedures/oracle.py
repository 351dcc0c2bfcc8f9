"""What a list has to be, found another way: conditions as Python, households by brute force."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import jpholiday
from dateutil.relativedelta import relativedelta

from services.procedures.events import Event, Guidebook, Procedure

_LAST = date.max


def is_true(condition: str, known: Mapping[str, Any], today: date) -> bool:
    """Evaluate the words of a condition as Python, where absent facts compare false."""

    def people(name: str, ages: str) -> list[int]:
        test = ages.strip().lstrip(",").strip() or "True"
        # The words come from the city's own files.
        return [age for age in known.get(name) or () if eval(test, {"age": age})]  # noqa: S307

    words = re.sub(
        r"(some|count)\((\w+)(,[^)]*)?\)",
        lambda found: (
            f" {len(people(found[2], found[3] or ''))}" + (" > 0 " if found[1] == "some" else " ")
        ),
        condition,
    )
    words = re.sub(
        r"days_since\((\w+)\)",
        lambda found: (
            f" {(today - known[found[1]]).days} " if known.get(found[1]) else " float('nan') "
        ),
        words,
    )
    names = {
        name: _Absent() if value is None else value
        for name, value in {**dict.fromkeys(re.findall(r"[a-z_]+", words)), **known}.items()
    }
    fixed = {"true": True, "false": False, "float": float}
    return bool(eval(words, {"__builtins__": {}}, {**names, **fixed}))  # noqa: S307


class _Absent:
    """A fact whose question does not apply: false, nobody, nothing."""

    def __bool__(self) -> bool:
        return False

    def __contains__(self, _: object) -> bool:
        return False

    def __lt__(self, _: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__


def expected(
    event: Event, raw: Mapping[str, Any], book: Guidebook, known: Mapping[str, Any], today: date
) -> list[tuple[str, date | None]]:
    """Return (key, last day) of what applies, in order; `raw` is the event's file."""
    conditions = {one["key"]: one["when"] for one in raw["procedures"]}
    listed = [one for one in event.procedures if is_true(conditions[one.key], known, today)]
    due = {one.key: last_day(one, known) for one in listed}
    wanted = {one.key: _wanted(one, due[one.key], book, today) for one in listed}
    # What waits makes what it waits for as urgent as itself, as often as anything changes.
    for _ in listed:
        for one in listed:
            for key in set(one.after) & wanted.keys():
                wanted[key] = min(wanted[key], wanted[one.key])
    order: list[str] = []
    while len(order) < len(listed):
        free = [
            one.key
            for one in listed
            if one.key not in order and not (set(one.after) & wanted.keys()) - set(order)
        ]
        order.append(min(free, key=lambda key: wanted[key]))
    return [(key, due[key]) for key in order]


def _wanted(
    one: Procedure, day: date | None, book: Guidebook, today: date
) -> tuple[date, bool, int]:
    if day is None:
        assumed = last_day(one, {one.deadline.start: today}) if one.deadline else None
        day = assumed or (today + timedelta(days=30) if one.soon else _LAST)
    return (day, not one.soon, book.desks[one.desk].order)


def last_day(one: Procedure, known: Mapping[str, Any]) -> date | None:
    """Return the last day of a term, counted with `dateutil`."""
    term = one.deadline
    start = known.get(term.start) if term else None
    if term is None or start is None:
        return None
    step = relativedelta(months=term.months, years=term.years)
    if term.before:
        return _open(term.fixed, start - step - timedelta(days=term.days), -1)
    first = start if term.first_day_counts else start + timedelta(days=1)
    if term.days:
        return _open(term.fixed, first + timedelta(days=term.days) - timedelta(days=1), 1)
    same: date = first + step
    return _open(term.fixed, same - timedelta(days=1) if same.day == first.day else same, 1)


def _open(fixed: bool, day: date, step: int) -> date:
    while not fixed and (
        day.weekday() > 4 or jpholiday.is_holiday(day) or f"{day:%m%d}" in _YEAR_END
    ):
        day += timedelta(days=step)
    return day


_YEAR_END = {"1229", "1230", "1231", "0101", "0102", "0103"}
