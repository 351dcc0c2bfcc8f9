"""Reading a city's 5374 files into one validated calendar. All or nothing.

The family: area_days.csv (required), center.csv, target.csv, description.csv, remarks.csv,
area_master.csv; and two of ours: manifest.toml (the desk, the demonstration mark, the manner of
year-end pauses) and synonyms.csv (word, kind, meaning: everyday names).
"""

import html
import re
import tomllib
from collections import Counter
from dataclasses import fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from kit.clock import Clock
from kit.dates import parse_date
from kit.db import Database
from kit.settings import get_settings
from kit.tables import CONTROL_CHARACTERS, ImportReport, Row, is_unusable, read_table
from services.waste.columns import (
    AREA_DAYS,
    WARD,
    Columns,
    calendar_columns,
    has_content,
    read_optional,
)
from services.waste.repository import replace_dataset
from services.waste.rules import Area, CellError, CityData, Office, Stop, Target, ends, parse_cell
from services.waste.search import key, kinds_in

TARGETS, WORDS = "target.csv", "synonyms.csv"
_BREAK = re.compile(r"<br\s*/?>|</?(?:p|li|div)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")
# Two names of kinds of waste that are this alike are one name and a typing error.
_TYPING_ERROR = 0.75


async def import_city(database: Database, city_dir: Path, clock: Clock) -> ImportReport:
    """Replace the calendar by `city_dir`/waste, unless the report names any problem."""
    now = clock()
    report, city = read_city(city_dir / "waste", now.astimezone(get_settings().timezone).date())
    if report.ok:
        async with database.transaction() as session:
            await replace_dataset(session, city, now)
    return report


def read_city(folder: Path, today: date | None = None) -> tuple[ImportReport, CityData]:
    """Read the files of `folder`; the calendar is only good where the report is.

    `today`: also warn of calendars that end before it.
    """
    report = ImportReport(str(folder))
    office = _read_office(folder, report)
    header, rows = read_table(folder / AREA_DAYS, report)
    if not rows and report.ok:
        report.reject(AREA_DAYS, 1, "", "the file holds no district")
    columns = calendar_columns(header, rows, report) if rows else None
    if columns is None:
        return report, CityData((), ())
    stops = _read_stops(folder, report)
    remarks = _read_remarks(folder, report)
    areas = _read_areas(rows, columns, _read_wards(folder, report), report)
    _check_references(rows, columns, stops, remarks, report)
    how = _read_how(folder, report)
    targets = _read_targets(folder, columns.categories, how, report)
    words = _read_words(folder, areas, columns.categories, targets, report)
    city = CityData(columns.categories, areas, stops, targets, how, remarks, *words, office)
    if today is not None and report.ok:
        _warn_of_ends(city, columns, today, report)
    return report, city


def _warn_of_ends(city: CityData, columns: Columns, today: date, report: ImportReport) -> None:
    """Single days run out, and so do pauses; residents are then told that nothing is known."""
    ended = [(area.label, end) for area in city.areas for end in ends(city, area, today)]
    for category in dict.fromkeys(end.category for _, end in ended):
        places = [(label, end.last) for label, end in ended if end.category == category]
        last = max(day for _, day in places)
        reason = f"no day from {today} on in {len(places)} districts ({places[0][0]} …)"
        report.warn(AREA_DAYS, 0, category, f"{reason}; the last is {last}")
    if city.stops and all(stop.last < today for stop in city.stops):
        report.warn("center.csv", 0, "休止終了日", f"no pause ends on {today} or later")


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
        elif isinstance(value, str) and is_unusable(value):
            report.reject(path.name, 0, name, CONTROL_CHARACTERS)
    return Office(**values) if report.ok else Office()


def _read_wards(folder: Path, report: ImportReport) -> dict[str, str]:
    file = "area_master.csv"
    rows = _named_columns(folder, file, (WARD, "区名"), report)
    return {row.get(WARD): row.get("区名") for row in rows}


def _named_columns(
    folder: Path, file: str, wanted: tuple[str, ...], report: ImportReport
) -> list[Row]:
    """Read a file that may be absent, and whose columns must bear their names."""
    if not has_content(folder / file):
        return []
    header, rows = read_table(folder / file, report)
    missing = [name for name in wanted if header and name not in header]
    for name in missing:
        report.reject(file, 1, name, "the column is missing")
    return [] if missing else rows


def _read_areas(
    rows: list[Row], columns: Columns, wards: dict[str, str], report: ImportReport
) -> tuple[Area, ...]:
    shared = {name for name, n in Counter(row.get(columns.name) for row in rows).items() if n > 1}
    areas: dict[str, Area] = {}
    for row in rows:
        name = row.get(columns.name)
        ward = wards.get(row.get(WARD), "")
        if row.get(WARD) and not ward:
            report.reject(AREA_DAYS, row.line, WARD, f"no ward 「{row.get(WARD)}」")
        label = f"{ward} {name}" if ward and name in shared else name
        if not name or label in areas:
            reason = f"「{label}」 stands here twice" if name else "the name is missing"
            report.reject(AREA_DAYS, row.line, columns.name, reason)
            continue
        cells = tuple(row.get(category) for category in columns.categories)
        areas[label] = Area(label, name, row.get(columns.center), cells)
    return tuple(areas.values())


def _check_references(
    rows: list[Row],
    columns: Columns,
    stops: tuple[Stop, ...],
    remarks: dict[str, str],
    report: ImportReport,
) -> None:
    """Every cell must be readable, and name remarks and a centre that exist."""
    centers = {stop.center for stop in stops}
    for row in rows:
        center = row.get(columns.center)
        if center and centers and center not in centers:
            report.reject(AREA_DAYS, row.line, columns.center, f"no 「{center}」 in center.csv")
        for category in columns.categories:
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
    for row in read_optional(folder, "center.csv", report):
        days = [_read_day(row, column, report) for column in (first, last)]
        start, end = days
        if start is None or end is None:
            continue
        if end < start:
            report.reject("center.csv", row.line, last, "the pause ends before it begins")
        stops.append(Stop(row.get("名称"), start, end))
    return tuple(stops)


def _read_day(row: Row, column: str, report: ImportReport) -> date | None:
    day = parse_date(row.get(column))
    if day is None:
        report.reject("center.csv", row.line, column, f"「{row.get(column)}」 is not a day Y/M/D")
    return day


def _read_remarks(folder: Path, report: ImportReport) -> dict[str, str]:
    rows = read_optional(folder, "remarks.csv", report)
    return {row.get("ID"): row.get("注意事項") for row in rows}


def _read_how(folder: Path, report: ImportReport) -> dict[str, str]:
    rows = read_optional(folder, "description.csv", report)
    return {row.get("label"): plain_text(row.get("description")) for row in rows}


def plain_text(markup: str) -> str:
    """Return HTML as plain lines: breaks kept, tags dropped, entities resolved."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _read_targets(
    folder: Path, categories: tuple[str, ...], how: dict[str, str], report: ImportReport
) -> tuple[Target, ...]:
    """Read the list of things. What is doubtful in it is told and left out: a slip among a
    thousand things must not cost residents their collection days.
    """
    kinds = (*categories, *how)
    own = ImportReport(TARGETS)
    rows = read_optional(folder, TARGETS, own, kinds)
    _take_over(own, report)
    spoilt = {problem.line for problem in own.problems}
    found = [_target(row, kinds, report) for row in rows if row.line not in spoilt]
    return tuple(target for target in found if target is not None)


def _take_over(own: ImportReport, report: ImportReport) -> None:
    """Add the report of a file of which single rows may be left out."""
    report.rows += own.rows
    report.warnings += own.warnings
    for problem in own.problems:
        (report.warnings if problem.line > 1 else report.problems).append(problem)


def _target(row: Row, kinds: tuple[str, ...], report: ImportReport) -> Target | None:
    label, name = row.get("label", "type"), row.get("name")
    if not label or not name:
        column = "name" if label else "label"
        report.warn(TARGETS, row.line, column, "the cell is empty: the row is left out")
        return None
    kind = _kind(label, kinds)
    if kind is None:
        alike = get_close_matches(label, kinds, 1, _TYPING_ERROR)[0]
        reason = f"「{label}」: is 「{alike}」 meant? The row is left out"
        report.warn(TARGETS, row.line, "label", reason)
        return None
    return Target(name, kind, row.get("notice"), row.get("furigana"))


def _kind(label: str, kinds: tuple[str, ...]) -> str | None:
    """Return the kind of waste that is meant, None where it looks like a mistyped one.

    A short form (燃やせる) is the kind that alone begins so. What is no column at all
    (市では収集しません), or several kinds at once (古紙・燃えるごみ), stands for itself.
    """
    several = kinds_in(label, kinds)
    if several:
        return several[0] if key(several[0]) == key(label) else label
    said = key(label)
    begun = [name for name in kinds if len(said) > 1 and key(name).startswith(said)]
    if len(set(begun)) == 1:
        return begun[0]
    return None if get_close_matches(label, kinds, 1, _TYPING_ERROR) else label


_Words = dict[str, tuple[str, ...]]


def _read_words(
    folder: Path,
    areas: tuple[Area, ...],
    categories: tuple[str, ...],
    targets: tuple[Target, ...],
    report: ImportReport,
) -> tuple[_Words, _Words, _Words]:
    """Read everyday names: (of districts, of kinds of waste, of things).

    A row that names nothing known is told and left out, as in the list of things.
    """
    names = {
        "area": {area.label for area in areas},
        "category": set(categories),
        "item": {target.name for target in targets},
    }
    words: dict[str, _Words] = {kind: {} for kind in names}
    own = ImportReport(WORDS)
    for row in _named_columns(folder, WORDS, ("word", "kind", "meaning"), own):
        word, kind, meaning = row.get("word"), row.get("kind"), row.get("meaning")
        if not word or meaning not in names.get(kind, ()):
            reason = f"no {kind} 「{meaning}」 for 「{word}」: the row is left out"
            own.warn(WORDS, row.line, "meaning", reason)
        elif meaning not in words[kind].get(word, ()):
            words[kind][word] = (*words[kind].get(word, ()), meaning)
    _take_over(own, report)
    return words["area"], words["category"], words["item"]
