"""Which open reports may be of the same place. Pure; made for tens of thousands of open reports.

The rules are those of `categories.toml`: same category, open, within the radius, not too old, and
no plough passage (within 25 m) and no 10 cm of new snow since.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from services.snow.categories import Category
from services.snow.geometry import (
    METRES_PER_DEGREE,
    Id,
    Place,
    distance_m,
    distance_to_line_m,
)
from services.snow.lifecycle import OPEN, Status

MOST_OFFERED = 5
PASSAGE_REACH_M = 25.0
"""A plough that passes so near has cleared the place."""
RESETTING_SNOW_CM = 10.0
"""Ploughs are sent out at about 10 cm of new snow (Sapporo's rule)."""

_CELL_DEGREES = 0.0015
"""About 170 m north, 130 m east: the widest usual radius looks at nine cells."""

Cell = tuple[int, int]


@dataclass
class Filed:
    """A report as far as the search needs it."""

    id: Id
    category: Category
    place: Place
    time: datetime
    status: Status = Status.RECEIVED
    reset: bool = False


@dataclass(frozen=True)
class Offer:
    """A report that may be of the same place."""

    id: Id
    distance_m: float
    status: Status


class OpenReports:
    """The reports of one city, kept in the cells of a grid."""

    def __init__(self) -> None:
        """Begin with none."""
        self._reports: dict[Id, Filed] = {}
        self._cells: dict[tuple[str, Cell], dict[Id, Filed]] = {}
        self._snow: datetime | None = None

    def __len__(self) -> int:
        """Count all reports ever filed here."""
        return len(self._reports)

    def __contains__(self, report_id: Id) -> bool:
        """Whether a report of that id is known."""
        return report_id in self._reports

    def file(self, report_id: Id, category: Category, place: Place, time: datetime) -> None:
        """Take a new report in. Raises ValueError for an id that is known."""
        if report_id in self._reports:
            raise ValueError(f"report {report_id} is filed already")
        report = Filed(report_id, category, place, time)
        self._reports[report_id] = report
        self._cells.setdefault((category.code, _cell(place)), {})[report_id] = report

    def set_status(self, report_id: Id, status: Status) -> None:
        """Note where a report stands. Raises KeyError for an unknown id."""
        report = self._reports[report_id]
        report.status = status
        cell = self._cells.setdefault((report.category.code, _cell(report.place)), {})
        if status in OPEN and not report.reset:
            cell[report_id] = report
        else:
            cell.pop(report_id, None)

    def passed(self, line: Sequence[Place], time: datetime) -> None:
        """Note that a plough went along `line`: what it passed is no longer as it was reported."""
        codes = {code for code, _ in self._cells}
        for cell in _cells_along(line):
            for code in codes:
                reports = self._cells.get((code, cell), {})
                for report in list(reports.values()):
                    if "passage" not in report.category.reset_by or report.time >= time:
                        continue
                    if distance_to_line_m(report.place, line) <= PASSAGE_REACH_M:
                        report.reset = True
                        del reports[report.id]

    def snowed(self, centimetres: float, time: datetime) -> None:
        """Note new snow in the whole city; less than 10 cm at once changes nothing."""
        if centimetres >= RESETTING_SNOW_CM:
            self._snow = time if self._snow is None else max(self._snow, time)

    def near(self, category: Category, place: Place, now: datetime) -> list[Offer]:
        """Return at most five reports to offer, nearest first, then newest."""
        oldest = now - category.age
        found = []
        for cell in _cells_around(place, category.radius_m):
            for report in self._cells.get((category.code, cell), {}).values():
                if not oldest <= report.time <= now or self._snowed_over(report):
                    continue
                distance = distance_m(place, report.place)
                if distance <= category.radius_m:
                    found.append((distance, -report.time.timestamp(), report))
        found.sort(key=lambda entry: entry[:2])
        return [Offer(report.id, far, report.status) for far, _, report in found[:MOST_OFFERED]]

    def _snowed_over(self, report: Filed) -> bool:
        if self._snow is None or "snow" not in report.category.reset_by:
            return False
        return self._snow > report.time


def _cell(place: Place) -> Cell:
    return math.floor(place.lat / _CELL_DEGREES), math.floor(place.lon / _CELL_DEGREES)


def _cells_around(place: Place, radius_m: float) -> Iterator[Cell]:
    return _cells_of_box([place], radius_m)


def _cells_along(line: Sequence[Place]) -> set[Cell]:
    """Return every cell that a point within reach of `line` can lie in."""
    if len(line) == 1:
        return set(_cells_around(line[0], PASSAGE_REACH_M))
    cells: set[Cell] = set()
    for start, end in pairwise(line):
        pieces = max(1, math.ceil(distance_m(start, end) / 500))
        points = [_share(start, end, piece / pieces) for piece in range(pieces + 1)]
        for pair in pairwise(points):
            cells.update(_cells_of_box(pair, PASSAGE_REACH_M))
    return cells


def _share(start: Place, end: Place, share: float) -> Place:
    lat = start.lat + (end.lat - start.lat) * share
    return Place(lat, start.lon + (end.lon - start.lon) * share)


def _cells_of_box(places: Sequence[Place], margin_m: float) -> Iterator[Cell]:
    margin = margin_m * 1.01 / METRES_PER_DEGREE
    lats, lons = [place.lat for place in places], [place.lon for place in places]
    wide = margin / max(0.01, math.cos(math.radians(max(map(abs, lats)))))
    low = _cell(Place(min(lats) - margin, min(lons) - wide))
    high = _cell(Place(max(lats) + margin, max(lons) + wide))
    for row in range(low[0], high[0] + 1):
        for column in range(low[1], high[1] + 1):
            yield row, column
