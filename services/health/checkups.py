"""The city's health checks by age, and which of them a child has still to come to.

Maternal and Child Health Act art. 12: the checks at one and a half and at three years are every
city's; the others, and within its ages when a city invites, are its own (`check_ages.csv`).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kit.tables import ImportReport, Row, read_table
from services.health.dates import reach

CHECK_AGES = "check_ages.csv"
SOON = timedelta(days=30)
_NAME, _OTHERS = "健診", "別の名前"
_FIRST, _USUAL, _LAST = _MONTHS = ("月齢から", "標準の月齢まで", "月齢まで")
_OLDEST = 216


@dataclass(frozen=True, slots=True)
class CheckAge:
    """A health check: from which age, until when as a rule, until when at all, in months."""

    name: str
    forms: frozenset[str]
    """How records name it, in the form in which names are compared."""
    first: int
    usual: int
    last: int


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something a child is to come for: a dose of a vaccine, or a health check (`dose` 0)."""

    what: str
    dose: int
    state: str
    due_from: date
    due_to: date
    latest: date | None


def read_check_ages(folder: Path, report: ImportReport) -> tuple[CheckAge, ...]:
    """Read the city's file, where it has one; what cannot be used goes to `report`."""
    if not (folder / CHECK_AGES).exists():
        return ()
    header, rows = read_table(folder / CHECK_AGES, report)
    missing = [name for name in (_NAME, *_MONTHS) if name not in header]
    for name in missing:
        report.reject(CHECK_AGES, 1, name, "the column is missing")
    found = [] if missing else [_age(row, report) for row in rows]
    return tuple(age for age in found if age is not None)


def due_checks(
    ages: Iterable[CheckAge], birth: date, had: Iterable[str], on: date
) -> Iterator[DueItem]:
    """Return the checks that are due, overdue or soon; `had` are the names of those that were."""
    known = {_form(name) for name in had}
    for age in ages:
        first, usual, last = (reach(birth, n) for n in (age.first, age.usual, age.last))
        if first - SOON <= on <= last and not known & age.forms:
            state = "due_soon" if on < first else "due" if on <= usual else "overdue"
            yield DueItem(age.name, 0, state, first, usual, last)


def _age(row: Row, report: ImportReport) -> CheckAge | None:
    name = row.get(_NAME)
    months = [_number(row.get(column)) for column in _MONTHS]
    first, usual, last = months
    if not name:
        report.reject(CHECK_AGES, row.line, _NAME, "is empty")
    elif first is None or usual is None or last is None or not first <= usual <= last:
        report.reject(
            CHECK_AGES, row.line, "、".join(_MONTHS), "are no ages in months, one after another"
        )
    else:
        names = [name, *row.get(_OTHERS).split("、")]
        forms = frozenset(_form(one) for one in names if one.strip())
        return CheckAge(name, forms, first, usual, last)
    return None


def _number(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text)
    is_number = plain.isascii() and plain.isdigit() and len(plain) < 4
    return int(plain) if is_number and int(plain) <= _OLDEST else None


def _form(name: str) -> str:
    """Return one form of 1歳6ヶ月児健診 and １歳６か月児健康診査."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    text = re.sub(r"[ヶケヵカ](?=月)", "か", text)
    return re.sub(r"健康診[査断]", "健診", text).replace("児健診", "健診")
