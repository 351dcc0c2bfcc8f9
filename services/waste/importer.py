"""Reading a city's 5374 files into one validated calendar. All or nothing.

The family: area_days.csv (required), center.csv, target.csv, description.csv, remarks.csv,
area_master.csv; and two of ours: manifest.toml (the desk, the demonstration mark, the manner of
year-end pauses) and synonyms.csv (word, kind, meaning: everyday names).
"""

import html
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

from kit.clock import Clock
from kit.db import Database
from kit.tables import ImportReport, Row, read_table
from services.waste.repository import replace_dataset
from services.waste.rules import Area, CellError, CityData, Office, Stop, Target, parse_cell
from services.waste.search import key

AREA_DAYS = "area_days.csv"
_WARD = "マスター"
_NAME = "地名"
_LETTERS_ONLY = re.compile(r"[A-Za-z]*")
_BREAK = re.compile(r"<br\s*/?>|</?(?:p|li|div)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")
# Two names of kinds of waste that are this alike are one name and a typing error.
_TYPING_ERROR = 0.75


async def import_city(database: Database, city_dir: Path, clock: Clock) -> ImportReport:
    """Replace the calendar by `city_dir`/waste, unless the report names any problem."""
    report, city = read_city(city_dir / "waste")
    if report.ok:
        async with database.transaction() as session:
            await replace_dataset(session, city, clock())
    return report


def read_city(folder: Path) -> tuple[ImportReport, CityData]:
    """Read the files of `folder`; the calendar is only good where the report is."""
    report = ImportReport(str(folder))
    office = _read_office(folder, report)
    header, rows = read_table(folder / AREA_DAYS, report)
    if not rows or not _has_columns(AREA_DAYS, header, (_NAME,), report):
        if report.ok:
            report.reject(AREA_DAYS, 1, "", "the file holds no district")
        return report, CityData((), ())
    categories = _categories(header, rows)
    stops = _read_stops(folder, report)
    remarks = _read_remarks(folder, report)
    areas = _read_areas(rows, header, categories, _read_wards(folder, report), report)
    _check_references(rows, _center_column(header), categories, stops, remarks, report)
    how = _read_how(folder, report)
    targets = _read_targets(folder, {*categories, *how}, report)
    words = _read_words(folder, areas, categories, targets, report)
    return report, CityData(categories, areas, stops, targets, how, remarks, *words, office)


def _read_office(folder: Path, report: ImportReport) -> Office:
    path = folder / "manifest.toml"
    if not path.exists():
        return Office()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        report.reject(path.name, 0, "", f"the file is not TOML: {error}")
        return Office()
    known = {item.name: type(item.default) for item in fields(Office)}
    for name, value in values.items():
        if not isinstance(value, known.get(name, object)) or name not in known:
            report.reject(path.name, 0, name, f"unknown setting or wrong kind of value: {value!r}")
    return Office(**values) if report.ok else Office()


def _has_columns(file: str, header: list[str], wanted: Iterable[str], report: ImportReport) -> bool:
    missing = [name for name in wanted if name not in header]
    for name in missing:
        report.reject(file, 1, name, "the column is missing")
    return not missing


def _optional(folder: Path, file: str, wanted: tuple[str, ...], report: ImportReport) -> list[Row]:
    """Read a file that may be absent or, as 5374 allows, empty."""
    path = folder / file
    if not path.exists() or not path.read_bytes().strip(b"\xef\xbb\xbf \r\n"):
        return []
    header, rows = read_table(path, report)
    return rows if header and _has_columns(file, header, wanted, report) else []


def _center_column(header: list[str]) -> str:
    """The centre stands right after the name, whatever a city has written above it."""
    position = header.index(_NAME) + 1
    return header[position] if position < len(header) else ""


def _categories(header: list[str], rows: list[Row]) -> tuple[str, ...]:
    """Return the columns that hold calendars; some cities add nameless or letter columns."""

    def holds_calendar(name: str) -> bool:
        if name.startswith("#") or _LETTERS_ONLY.fullmatch(name):
            return False
        cells = [row.get(name) for row in rows]
        return not any(cells) or not all(_LETTERS_ONLY.fullmatch(cell) for cell in cells)

    return tuple(name for name in header[header.index(_NAME) + 2 :] if holds_calendar(name))


def _read_wards(folder: Path, report: ImportReport) -> dict[str, str]:
    rows = _optional(folder, "area_master.csv", (_WARD, "区名"), report)
    return {row.get(_WARD): row.get("区名") for row in rows}


def _read_areas(
    rows: list[Row],
    header: list[str],
    categories: tuple[str, ...],
    wards: dict[str, str],
    report: ImportReport,
) -> tuple[Area, ...]:
    center_column = _center_column(header)
    shared = {name for name, n in Counter(row.get(_NAME) for row in rows).items() if n > 1}
    areas: dict[str, Area] = {}
    for row in rows:
        name = row.get(_NAME)
        ward = wards.get(row.get(_WARD), "")
        if row.get(_WARD) and not ward:
            report.reject(AREA_DAYS, row.line, _WARD, f"no ward 「{row.get(_WARD)}」")
        label = f"{ward} {name}" if ward and name in shared else name
        if not name or label in areas:
            reason = f"「{label}」 stands here twice" if name else "the name is missing"
            report.reject(AREA_DAYS, row.line, _NAME, reason)
            continue
        cells = tuple(row.get(category) for category in categories)
        areas[label] = Area(label, name, row.get(center_column), cells)
    return tuple(areas.values())


def _check_references(
    rows: list[Row],
    center_column: str,
    categories: tuple[str, ...],
    stops: tuple[Stop, ...],
    remarks: dict[str, str],
    report: ImportReport,
) -> None:
    """Every cell must be readable, and name remarks and a centre that exist."""
    centers = {stop.center for stop in stops}
    for row in rows:
        center = row.get(center_column)
        if center and centers and center not in centers:
            report.reject(AREA_DAYS, row.line, center_column, f"no 「{center}」 in center.csv")
        for category in categories:
            try:
                marks = parse_cell(row.get(category)).remarks
            except CellError as error:
                report.reject(AREA_DAYS, row.line, category, str(error))
                continue
            for mark in (mark for mark in marks if mark not in remarks):
                report.reject(AREA_DAYS, row.line, category, f"no remark {mark} in remarks.csv")


def _read_stops(folder: Path, report: ImportReport) -> tuple[Stop, ...]:
    first, last = "休止開始日", "休止終了日"
    stops = []
    for row in _optional(folder, "center.csv", ("名称", first, last), report):
        days = [_read_day(row, column, report) for column in (first, last)]
        start, end = days
        if start is None or end is None:
            continue
        if end < start:
            report.reject("center.csv", row.line, last, "the pause ends before it begins")
        stops.append(Stop(row.get("名称"), start, end))
    return tuple(stops)


def _read_day(row: Row, column: str, report: ImportReport) -> date | None:
    try:
        return datetime.strptime(row.get(column).replace("-", "/"), "%Y/%m/%d").date()
    except ValueError:
        report.reject("center.csv", row.line, column, f"「{row.get(column)}」 is not a day Y/M/D")
        return None


def _read_remarks(folder: Path, report: ImportReport) -> dict[str, str]:
    rows = _optional(folder, "remarks.csv", ("ID", "注意事項"), report)
    return {row.get("ID"): row.get("注意事項") for row in rows}


def _read_how(folder: Path, report: ImportReport) -> dict[str, str]:
    rows = _optional(folder, "description.csv", ("label",), report)
    return {row.get("label"): plain_text(row.get("description")) for row in rows}


def plain_text(markup: str) -> str:
    """Return HTML as plain lines: breaks kept, tags dropped, entities resolved."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _read_targets(folder: Path, known: set[str], report: ImportReport) -> tuple[Target, ...]:
    """Read the list of things. A kind that is no column (市では収集しません) stands for itself,
    but one that looks like a mistyped column is a problem.
    """
    file = "target.csv"
    by_key = {key(name): name for name in known}
    targets = []
    for row in _optional(folder, file, ("name",), report):
        label = row.get("label", "type")
        category = by_key.get(key(label), label)
        alike = get_close_matches(label, known, 1, _TYPING_ERROR)
        if not label or not row.get("name"):
            report.reject(file, row.line, "label" if not label else "name", "the cell is empty")
        elif category not in known and alike:
            report.reject(file, row.line, "label", f"「{label}」: is 「{alike[0]}」 meant?")
        else:
            cells = (row.get("notice"), row.get("furigana"))
            targets.append(Target(row.get("name"), category, *cells))
    return tuple(targets)


_Words = dict[str, tuple[str, ...]]


def _read_words(
    folder: Path,
    areas: tuple[Area, ...],
    categories: tuple[str, ...],
    targets: tuple[Target, ...],
    report: ImportReport,
) -> tuple[_Words, _Words, _Words]:
    """Read everyday names: (of districts, of kinds of waste, of things)."""
    file = "synonyms.csv"
    names = {
        "area": {area.label for area in areas},
        "category": set(categories),
        "item": {target.name for target in targets},
    }
    words: dict[str, _Words] = {kind: {} for kind in names}
    for row in _optional(folder, file, ("word", "kind", "meaning"), report):
        word, kind, meaning = row.get("word"), row.get("kind"), row.get("meaning")
        if not word or meaning not in names.get(kind, ()):
            report.reject(file, row.line, "meaning", f"no {kind} 「{meaning}」 for 「{word}」")
            continue
        words[kind][word] = (*words[kind].get(word, ()), meaning)
    return words["area"], words["category"], words["item"]
