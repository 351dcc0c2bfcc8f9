"""Reading a city's files of nursery places: nurseries, seats by age, rounds, papers."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from kit.errors import ConciergeError
from kit.tables import ImportReport, Row, read_table
from services.nursery.points_table import load_points_table

FOLDER = "nursery"
_FACILITY = ("ID", "名称", "種別", "地区", "住所", "電話番号", "緯度", "経度")
_CLASS = ("園ID", "年齢から", "年齢まで", "受入可能数", "昨年度の最低点", "更新日")
_OLDEST = 5
_MOST_SEATS = 1000


@dataclass(frozen=True)
class Paper:
    """A paper that applicants hand in; `reasons` of a parent that ask for it."""

    id: str
    label: str
    reasons: tuple[str, ...]
    hint: str
    valid_days: int | None = None
    """How old it may be when it is handed in; None where its age does not matter."""


@dataclass
class CityFiles:
    """What the files hold, as rows of the tables."""

    facilities: list[dict[str, Any]] = field(default_factory=list)
    classes: list[dict[str, Any]] = field(default_factory=list)
    rounds: list[dict[str, Any]] = field(default_factory=list)
    is_demonstration: bool = False


def read_city(folder: Path, report: ImportReport, today: date) -> CityFiles:
    """Read every file of the folder; what cannot be used goes to `report`."""
    files = CityFiles()
    for row in _rows(folder / "facilities.csv", _FACILITY, report):
        files.facilities += _facility(row, report)
    known = {row["id"] for row in files.facilities}
    for row in _rows(folder / "classes.csv", _CLASS, report):
        files.classes += _class(row, known, report)
    _check_overlaps(files.classes, report)
    _read_rounds(folder / "rounds.toml", files, report, today)
    try:
        load_points_table(folder / "points.toml")
        read_papers(folder)
    except (ConciergeError, OSError, ValueError, KeyError) as error:
        report.reject("points.toml", 0, "", str(error))
    return files


def read_papers(folder: Path) -> tuple[Paper, ...]:
    """Read `documents.toml`; raises OSError, ValueError and KeyError."""
    told = tomllib.loads((folder / "documents.toml").read_text(encoding="utf-8"))
    return tuple(
        Paper(row["id"], row["label"], tuple(row["reasons"]), row["hint"], _valid_days(row))
        for row in told["documents"]
    )


def _valid_days(row: Mapping[str, Any]) -> int | None:
    days = row.get("valid_days")
    if days is not None and (type(days) is not int or days < 1):
        raise ValueError("valid_days has to be a number of days")
    return days


def _rows(path: Path, columns: tuple[str, ...], report: ImportReport) -> list[Row]:
    header, rows = read_table(path, report)
    missing = [name for name in columns if header and name not in header]
    for name in missing:
        report.reject(path.name, 1, name, "the column is missing")
    return [] if missing else rows


def _facility(row: Row, report: ImportReport) -> list[dict[str, Any]]:
    file, cells = "facilities.csv", row.cells
    empty = [name for name in ("ID", "名称", "種別", "地区") if not cells[name]]
    for name in empty:
        report.reject(file, row.line, name, "the cell is empty")
    try:
        latitude, longitude = float(cells["緯度"]), float(cells["経度"])
    except ValueError:
        report.reject(file, row.line, "緯度", "latitude and longitude are decimal degrees")
        return []
    if not (20 < latitude < 46 and 122 < longitude < 154):
        report.reject(file, row.line, "緯度", "the place is not in Japan")
        return []
    names = ("id", "name", "kind", "district", "address", "phone")
    texts = dict(zip(names, (cells[name] for name in _FACILITY[:6]), strict=True))
    return [] if empty else [texts | {"latitude": latitude, "longitude": longitude}]


def _class(row: Row, known: set[str], report: ImportReport) -> list[dict[str, Any]]:
    file, cells = "classes.csv", row.cells
    if cells["園ID"] not in known:
        report.reject(file, row.line, "園ID", "no nursery has this ID")
        return []
    try:
        first, last, seats = (int(cells[name]) for name in _CLASS[1:4])
        points = int(cells["昨年度の最低点"]) if cells["昨年度の最低点"] else None
        updated = date.fromisoformat(cells["更新日"])
    except ValueError:
        report.reject(file, row.line, "", "ages, seats and points are whole numbers, the day ISO")
        return []
    if not 0 <= first <= last <= _OLDEST:
        report.reject(file, row.line, "年齢から", "ages go from 0 to 5")
        return []
    if not 0 <= seats <= _MOST_SEATS:
        report.reject(file, row.line, "受入可能数", "seats are 0 to 1000")
        return []
    ages = {"first_age": first, "last_age": last, "seats": seats, "last_points": points}
    return [{"facility_id": cells["園ID"], "updated_on": updated, "line": row.line} | ages]


def _check_overlaps(classes: list[dict[str, Any]], report: ImportReport) -> None:
    """Refuse an age that two rows of one nursery have, and forget the lines."""
    taken: set[tuple[str, int]] = set()
    for row in classes:
        line = row.pop("line")
        ages = {(row["facility_id"], age) for age in range(row["first_age"], row["last_age"] + 1)}
        if ages & taken:
            report.reject("classes.csv", line, "年齢から", "this nursery has the age twice")
        taken |= ages


def _read_rounds(path: Path, files: CityFiles, report: ImportReport, today: date) -> None:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        files.is_demonstration = bool(told.get("demonstration", False))
        moved = _moved(told.get("laid_for"), today) if files.is_demonstration else timedelta()
        files.rounds = [_round(row, moved) for row in told["rounds"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        report.reject(path.name, 0, "", f"the rounds cannot be read: {error}")
        return
    report.rows += len(files.rounds)


def _moved(laid_for: Any, today: date) -> timedelta:
    """Return how far a demonstration's deadlines go with the day, so that one is always open."""
    if laid_for is None:
        return timedelta()
    if not isinstance(laid_for, date):
        raise ValueError("laid_for has to be a day")
    return today - laid_for


def _round(row: Mapping[str, Any], moved: timedelta) -> dict[str, Any]:
    opens, closes, starts = row["opens_at"], row["closes_at"], row["starts_on"]
    if not all(isinstance(at, datetime) and at.tzinfo for at in (opens, closes)):
        raise ValueError("opens_at and closes_at need a time zone")
    if not opens < closes:
        raise ValueError("opens_at has to be before closes_at")
    return {
        "id": str(row["id"]),
        "title": str(row["title"]),
        "starts_on": starts,
        "opens_at": opens + moved,
        "closes_at": closes + moved,
    }
