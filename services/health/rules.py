"""The routine schedule as data: which dose, at what age, after which gap, since when.

The rows are in `data/vaccination_rules.csv`, the versions and products beside it; each row names
its basis. Nothing here decides anything: `courses.py` chooses the row, `judging.py` applies it.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path

from services.health.dates import (
    after_days,
    after_months,
    fiscal_year_end,
    fiscal_year_start,
    reach,
    school_entry,
)

DATA = Path(__file__).parent / "data"
RSV = "RSV maternal"
MUMPS = "Mumps"
# The lines that a forecast prints, in the order of the schedule.
CHILD_VACCINES = (
    "HepB",
    "Rota1v",
    "Rota5v",
    "DPT-IPV-Hib",
    "PCV",
    "BCG",
    "MR period 1",
    "MR period 2",
    "Varicella",
    "JE period 1",
    "JE period 2",
    "DT period 2",
    "HPV9",
)
# Both periods are one vaccine: the gap between different live vaccines is not about them.
LIVE_KINDS = {
    "BCG": "BCG",
    "MR period 1": "MR",
    "MR period 2": "MR",
    "Varicella": "Varicella",
    MUMPS: MUMPS,
}
LIVE_GAP_DAYS = 27
# A course is finished with the product family that it was begun with.
FAMILIES = {
    "Rota1v": ("rota", "1-valent"),
    "Rota5v": ("rota", "5-valent"),
    "DPT-IPV-Hib": ("five in one", "combined"),
    "DPT-IPV": ("five in one", "separate"),
    "Hib": ("five in one", "separate"),
}

Bound = Callable[[date], date]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. A bound gives a day from the date of birth (or the due date of a pregnancy), a gap
    gives a day from that of an earlier dose: the previous one, or the first of the course."""

    vaccine: str
    series: str
    dose: int
    label: str
    age_from: Bound
    age_to: Bound
    due_from: Bound | None
    due_to: Bound | None
    gap: Bound | None
    gap_base: str
    due_gap_from: Bound | None
    due_gap_to: Bound | None
    due_gap_base: str
    sex: str
    born_from: date | None
    valid_from: date | None
    basis: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product with a history: when it could be given, until when a course could begin with it,
    and which products' courses it may continue."""

    given_from: date | None
    given_to: date | None
    begun_to: date | None
    continues: frozenset[str]


@dataclass(frozen=True, slots=True)
class Version:
    name: str
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """All rows. `rows` is keyed by vaccine and series, in the order of doses."""

    rows: dict[tuple[str, str], tuple[Rule, ...]]
    products: dict[tuple[str, str], Product]
    versions: tuple[Version, ...]

    def version(self, day: date) -> Version:
        """The version in force on that day; the oldest one here for days before it."""
        held = [version for version in self.versions if version.valid_from <= day]
        return held[-1] if held else self.versions[0]


def _days_on(days: int, start: date) -> date:
    return start + timedelta(days=days)


def _fiscal(years: int, edge: str, birth: date) -> date:
    day = reach(birth, years * 12)
    return fiscal_year_start(day) if edge == "start" else fiscal_year_end(day)


def _preschool(edge: str, birth: date) -> date:
    entry = school_entry(birth)
    return date(entry.year - 1, 4, 1) if edge == "start" else _days_on(-1, entry)


def _months(months: int, birth: date) -> date:
    return reach(birth, months)


def parse_bound(text: str) -> Bound | None:
    """The words that `data/README.md` explains; None for an empty cell."""
    word, _, edge = text.partition(" ")
    if not word:
        return None
    if word == "birth":
        return partial(_days_on, 0)
    if word == "preschool":
        return partial(_preschool, edge)
    if word.startswith("fy"):
        return partial(_fiscal, int(word[2:]), edge)
    number = int(word[:-1])
    return partial(_days_on, number) if word.endswith("d") else partial(_months, number)


def _gap_days(days: int, previous: date) -> date:
    return after_days(previous, days)


def _gap_months(months: int, previous: date) -> date:
    return after_months(previous, months)


def parse_gap(text: str) -> Bound | None:
    """`27d` or `6mo`; None for an empty cell."""
    if not text:
        return None
    if text.endswith("mo"):
        return partial(_gap_months, int(text[:-2]))
    return partial(_gap_days, int(text[:-1]))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _needed(bound: Bound | None) -> Bound:
    if bound is None:
        raise ValueError("a row of the schedule has no age")
    return bound


def _rule(row: dict[str, str]) -> Rule:
    return Rule(
        vaccine=row["vaccine"],
        series=row["series"],
        dose=int(row["dose"]),
        label=row["label"],
        age_from=_needed(parse_bound(row["age_from"])),
        age_to=_needed(parse_bound(row["age_to"])),
        due_from=parse_bound(row["due_from"]),
        due_to=parse_bound(row["due_to"]),
        gap=parse_gap(row["gap"]),
        gap_base=row["gap_base"],
        due_gap_from=parse_gap(row["due_gap_from"]),
        due_gap_to=parse_gap(row["due_gap_to"]),
        due_gap_base=row["due_gap_base"],
        sex=row["sex"],
        born_from=_day(row["born_from"]),
        valid_from=_day(row["valid_from"]),
        basis=row["basis"],
    )


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _products() -> dict[tuple[str, str], Product]:
    return {
        (row["vaccine"], row["product"]): Product(
            _day(row["given_from"]),
            _day(row["given_to"]),
            _day(row["begun_to"]),
            frozenset(row["continues"].split("|")),
        )
        for row in _read("vaccination_products.csv")
    }


@lru_cache(maxsize=1)
def printed_rows() -> tuple[dict[str, str], ...]:
    """The rows as `data/README.md` explains them, for telling them to people."""
    return tuple(_read("vaccination_rules.csv"))


@lru_cache(maxsize=1)
def schedule() -> Schedule:
    """The schedule, read once a process."""
    rows: dict[tuple[str, str], list[Rule]] = {}
    for row in _read("vaccination_rules.csv"):
        rows.setdefault((row["vaccine"], row["series"]), []).append(_rule(row))
    versions = [
        Version(row["version"], date.fromisoformat(row["valid_from"]), row["source"])
        for row in _read("vaccination_versions.csv")
    ]
    return Schedule(
        {key: tuple(found) for key, found in rows.items()},
        _products(),
        tuple(sorted(versions, key=lambda version: version.valid_from)),
    )
