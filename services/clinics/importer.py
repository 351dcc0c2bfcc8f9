"""The duty calendar as offices keep it: two CSV files and what is said of both. All or nothing.

`duty.csv`: one place on one day. `centres.csv`: places that are open on the same weekdays all the
time. `clinics.toml`: the demonstration mark and the credit.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kit.clock import Clock
from kit.dates import parse_date
from kit.db import Database
from kit.tables import ImportReport, Row, read_table
from services.clinics import repository
from services.clinics.rules import DAY_MINUTES, Duty, Kind

FOLDER = "clinics"
DUTY, CENTRES, SETTINGS = "duty.csv", "centres.csv", "clinics.toml"
KINDS = {
    "休日当番医": Kind.clinic,
    "夜間急病センター": Kind.night_centre,
    "休日歯科": Kind.dentist,
    "当番薬局": Kind.pharmacy,
}
WEEKDAYS = "月火水木金土日"
EVERY_DAY = "毎日"
_CLOCK = re.compile(r"(\d{1,2})[:時](\d{2})?分?")
SPLIT = re.compile(r"[・、,/／\s]+")
PHONE = re.compile(r"0\d{1,4}-?\d{1,4}-?\d{3,4}", re.ASCII)


class Said(BaseModel):
    """`clinics.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    demonstration: bool
    credit: str
    last_day: date
    """Until when centres that are open all the time are known to be."""


@dataclass(frozen=True)
class Calendar:
    """All of it."""

    duties: tuple[Duty, ...]
    first_day: date
    last_day: date
    said: Said


async def import_clinics(database: Database, city_dir: Path, clock: Clock) -> ImportReport:
    """Replace the calendar by `city_dir`/clinics, unless the report names any problem."""
    report = ImportReport(FOLDER)
    calendar = read_calendar(city_dir / FOLDER, report)
    if calendar is not None and report.ok:
        async with database.transaction() as session:
            await repository.replace(session, calendar, clock())
    return report


def read_calendar(folder: Path, report: ImportReport) -> Calendar | None:
    """Read the folder; what cannot be used goes to `report`. None where there is no calendar."""
    said = _said(folder / SETTINGS, report)
    duties = [duty for row in _rows(folder / DUTY, report) if (duty := _duty(row)) is not None]
    if said is None or not duties:
        if report.ok:
            report.reject(DUTY, 1, "", "the file holds no duty")
        return None
    first, last = min(d.day for d in duties), max(d.day for d in duties)
    centres = folder / CENTRES
    for row in _rows(centres, report) if centres.exists() else ():
        duties += _regular(row, first, max(last, said.last_day))
    return Calendar(tuple(duties), first, last, said)


def _said(path: Path, report: ImportReport) -> Said | None:
    try:
        return Said.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        report.reject(path.name, 0, "", f"cannot be read: {type(error).__name__}")
        return None


class _Cells:
    """One row, with its problems going to the report."""

    def __init__(self, row: Row, file: str, report: ImportReport) -> None:
        self.row, self.file, self.report = row, file, report
        self.is_good = True

    def text(self, column: str) -> str:
        return unicodedata.normalize("NFKC", self.row.cells.get(column, "")).strip()

    def needed(self, column: str) -> str:
        if not self.text(column):
            self.reject(column, "is empty")
        return self.text(column)

    def minutes(self, column: str) -> int | None:
        """Minutes after midnight; hours over 24 are of the next day (`29:00`)."""
        value = self.text(column)
        found = _CLOCK.fullmatch(value)
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found else None
        if value and (minutes is None or minutes > 2 * DAY_MINUTES):
            self.reject(column, f"cannot read “{value}” as a time")
        return minutes

    def reject(self, column: str, reason: str) -> None:
        self.is_good = False
        self.report.reject(self.file, self.row.line, column, reason)


def _rows(path: Path, report: ImportReport) -> Iterator[_Cells]:
    _, rows = read_table(path, report)
    for row in rows:
        yield _Cells(row, path.name, report)


def _duty(cells: _Cells) -> Duty | None:
    day = parse_date(cells.needed("日付"))
    if day is None:
        cells.reject("日付", "is no day")
    return _place(cells, day or date.min)


def _regular(cells: _Cells, first: date, last: date) -> list[Duty]:
    """The same place on each of its weekdays."""
    days = cells.needed("曜日")
    known = days == EVERY_DAY or (days and all(letter in WEEKDAYS for letter in days))
    if not known:
        cells.reject("曜日", f"write {EVERY_DAY}, or weekdays such as 月水金")
    duty = _place(cells, first)
    if duty is None:
        return []
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    wanted = WEEKDAYS if days == EVERY_DAY else days
    return [_moved(duty, day) for day in span if WEEKDAYS[day.weekday()] in wanted]


def _moved(duty: Duty, day: date) -> Duty:
    place = (duty.departments, duty.name, duty.address, duty.phone, duty.hours, duty.note)
    return Duty(day, duty.kind, *place)


def _place(cells: _Cells, day: date) -> Duty | None:
    kind = KINDS.get(cells.needed("区分"))
    if kind is None:
        cells.reject("区分", f"is none of {'、'.join(KINDS)}")
    departments = tuple(part for part in SPLIT.split(cells.needed("診療科")) if part)
    phone = cells.text("電話")
    if phone and not PHONE.fullmatch(phone):
        cells.reject("電話", "is no telephone number")
    hours = _hours(cells)
    name = cells.needed("名称")
    if not cells.is_good or kind is None:
        return None
    return Duty(day, kind, departments, name, cells.text("住所"), phone, hours, cells.text("備考"))


def _hours(cells: _Cells) -> tuple[tuple[int, int], ...]:
    """The stretches: 開始 to 終了, without a break from 休憩開始 to 休憩終了."""
    cells.needed("開始")
    cells.needed("終了")
    start, end = cells.minutes("開始"), cells.minutes("終了")
    rest, again = cells.minutes("休憩開始"), cells.minutes("休憩終了")
    if start is None or end is None:
        return ()
    if end <= start:
        end += DAY_MINUTES
    if rest is None and again is None:
        return ((start, end),)
    if rest is None or again is None or not start < rest < again < end:
        cells.reject("休憩開始", "the break does not lie within the hours")
        return ()
    return ((start, rest), (again, end))
