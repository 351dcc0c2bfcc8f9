"""The lines of the health centre's, clinics' and schools' files, read strictly.

Reasons repeat no value: it is personal.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from kit.dates import parse_date
from kit.masking import mask_numbers
from kit.tables import ImportReport, Row, read_table
from services.health.contract import (
    VACCINES,
    Allergy,
    Birth,
    Body,
    Check,
    Growth,
    Imaging,
    MaternalCheck,
    Medication,
    Pregnancy,
    PregnancyEnd,
    Source,
    Vaccination,
)

RECORD, PERSON, SOURCE = "記録番号", "宛名番号", "出どころ"
SOURCES = {
    "保健センター": Source.health_centre,
    "医療機関": Source.clinic,
    "薬局": Source.pharmacy,
    "学校": Source.school,
}
_CODES = {name: code for code, name in VACCINES.items()} | {code: code for code in VACCINES}
_MEASURES = {"体重kg": "weight", "身長cm": "height", "頭囲cm": "head_circumference"}
_ENDS = {"出産": "birth", "流産・死産など": "loss", "不明": "untold"}
_MONTH = re.compile(r"(\d{4})[-/年](\d{1,2})月?")


@dataclass(frozen=True)
class Line:
    """One entry of a file. `key` identifies it for ever; `person` is the register's number."""

    file: str
    line: int
    key: str
    person: str
    source: Source
    body: Body


class _Cells:
    """One row, with its problems going to the report."""

    def __init__(self, row: Row, file: str, report: ImportReport) -> None:
        self.row, self.file, self.report = row, file, report
        self.is_good = True

    def text(self, column: str) -> str:
        value = self.row.cells.get(column, "")
        if mask_numbers(value)[1]:
            self.reject(column, "holds what could be a My Number")
            return ""
        return value

    def needed(self, column: str) -> str:
        value = self.text(column)
        if not value:
            self.reject(column, "is empty")
        return value

    def day(self, column: str) -> date | None:
        value = self.text(column)
        day = parse_date(value)
        if value and day is None:
            self.reject(column, "is no day")
        return day

    def reject(self, column: str, reason: str) -> None:
        self.is_good = False
        self.report.reject(self.file, self.row.line, column, reason)


def _vaccination(cells: _Cells) -> dict[str, object]:
    vaccine = _CODES.get(cells.needed("ワクチン"))
    if vaccine is None:
        cells.reject("ワクチン", "is no vaccine of the schedule; see the README for the names")
    return {
        "vaccine": vaccine,
        "date": _day_or_month(cells, "接種日"),
        "product": cells.text("製品"),
        "lot": cells.text("ロット"),
        "place": cells.text("接種場所"),
    }


def _day_or_month(cells: _Cells, column: str) -> str:
    """A day, or a month where the office knows no more."""
    value = unicodedata.normalize("NFKC", cells.needed(column))
    month = _MONTH.fullmatch(value)
    if month and 1 <= int(month[2]) <= 12:
        return f"{month[1]}-{int(month[2]):02d}"
    day = parse_date(value)
    if value and day is None:
        cells.reject(column, "is neither a day nor a month")
    return "" if day is None else day.isoformat()


def _check(cells: _Cells) -> dict[str, object]:
    return {
        "name": cells.needed("健診"),
        "date": cells.day("実施日"),
        "place": cells.text("場所"),
        "result": cells.text("結果"),
        "advice": cells.text("助言"),
    }


def _medication(cells: _Cells) -> dict[str, object]:
    return {
        "name": cells.needed("薬の名前"),
        "directions": cells.text("用法"),
        "start": cells.day("開始日"),
        "end": cells.day("終了日"),
        "place": cells.text("薬局"),
    }


def _allergy(cells: _Cells) -> dict[str, object]:
    return {
        "substance": cells.needed("原因"),
        "reaction": cells.text("症状"),
        "since": cells.day("わかった日"),
    }


def _imaging(cells: _Cells) -> dict[str, object]:
    return {
        "date": cells.day("検査日"),
        "modality": cells.needed("種類"),
        "description": cells.text("内容"),
        "place": cells.text("医療機関"),
        # Digits and dots, among which a twelve-digit group is nobody's number.
        "study_uid": cells.row.cells.get("検査UID", ""),
    }


def _birth(cells: _Cells) -> dict[str, object]:
    return {"due_date": cells.day("出産予定日")}


def _pregnancy(cells: _Cells) -> dict[str, object]:
    return {"due_date": cells.day("出産予定日")}


def _maternal_check(cells: _Cells) -> dict[str, object]:
    return {
        "date": cells.day("実施日"),
        "place": cells.text("場所"),
        "weight": cells.text("体重kg") or None,
        "systolic": cells.text("最高血圧") or None,
        "diastolic": cells.text("最低血圧") or None,
        "result": cells.text("結果"),
        "advice": cells.text("助言"),
    }


def _pregnancy_end(cells: _Cells) -> dict[str, object]:
    how = _ENDS.get(cells.needed("経過"))
    if how is None:
        cells.reject("経過", f"is none of {'、'.join(_ENDS)}")
    return {"date": cells.day("終わった日"), "how": how}


_KINDS: dict[str, tuple[type[Body], Callable[[_Cells], dict[str, object]]]] = {
    "vaccinations.csv": (Vaccination, _vaccination),
    "checks.csv": (Check, _check),
    "medication.csv": (Medication, _medication),
    "allergies.csv": (Allergy, _allergy),
    "births.csv": (Birth, _birth),
    "studies.csv": (Imaging, _imaging),
    "pregnancies.csv": (Pregnancy, _pregnancy),
    "maternal_checks.csv": (MaternalCheck, _maternal_check),
    "pregnancy_ends.csv": (PregnancyEnd, _pregnancy_end),
}
GROWTH = "growth.csv"


def read_folder(folder: Path, today: date, report: ImportReport) -> list[Line]:
    """Read every file that the folder has; what cannot be used goes to `report`."""
    lines: list[Line] = []
    for name in (*_KINDS, GROWTH):
        if (folder / name).exists():
            lines += _read_file(folder / name, today, report)
    return lines


def _read_file(path: Path, today: date, report: ImportReport) -> list[Line]:
    header, rows = read_table(path, report)
    missing = [name for name in (RECORD, PERSON, SOURCE) if header and name not in header]
    for name in missing:
        report.reject(path.name, 1, name, "the column is missing")
    if missing:
        return []
    lines = [line for row in rows for line in _lines(_Cells(row, path.name, report), today)]
    seen: set[str] = set()
    for line in lines:
        if line.key in seen:
            report.reject(path.name, line.line, RECORD, "the number stands there twice")
        seen.add(line.key)
    return lines


def _lines(cells: _Cells, today: date) -> list[Line]:
    """The entries of one row: a row of growth holds up to three."""
    number, person = cells.needed(RECORD), cells.needed(PERSON)
    source = SOURCES.get(cells.needed(SOURCE))
    if source is None:
        cells.reject(SOURCE, f"is none of {'、'.join(SOURCES)}")
        return []
    bodies = _bodies(cells, today)
    if not cells.is_good:
        return []
    name = cells.file.removesuffix(".csv")
    return [
        Line(
            cells.file,
            cells.row.line,
            f"{source}\x1f{name}\x1f{number}\x1f{part}",
            person,
            source,
            body,
        )
        for part, body in bodies
    ]


def _bodies(cells: _Cells, today: date) -> list[tuple[str, Body]]:
    if cells.file == GROWTH:
        return _measurements(cells, today)
    kind, read = _KINDS[cells.file]
    body = _made(cells, kind, read(cells), today)
    return [] if body is None else [("", body)]


def _measurements(cells: _Cells, today: date) -> list[tuple[str, Body]]:
    day, found = cells.day("測定日"), list[tuple[str, Body]]()
    for column, measure in _MEASURES.items():
        value = cells.text(column)
        if value:
            fields: dict[str, object] = {"measure": measure, "date": day, "value": value}
            body = _made(cells, Growth, fields, today)
            if body is not None:
                found.append((measure, body))
    if not found and cells.is_good:
        cells.reject("、".join(_MEASURES), "one of them is needed")
    return found


def _made(cells: _Cells, kind: type[Body], fields: dict[str, object], today: date) -> Body | None:
    """The entry that the cells make, None where they make none; days have been."""
    if not cells.is_good:
        return None
    try:
        body = kind.model_validate(fields)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            cells.reject(str(fault["loc"][0]), "cannot be used")
        return None
    day = fields.get("date") or fields.get("start")
    if str(day or "") > today.isoformat():
        cells.reject("", "the day is still to come")
        return None
    return body
