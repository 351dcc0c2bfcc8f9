"""Finding the columns of 5374 files, whose original program reads by position.

So cities head them as they like (地区 for 地名), and some write no headings at all.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from kit.tables import ImportReport, Row, read_lines, read_table, reject_unusable
from services.waste.rules import CellError, parse_cell

AREA_DAYS = "area_days.csv"
NAME, CENTER, WARD = "地名", "センター", "マスター"
# File → its columns in the order of the original; the first heading of each is the usual one.
POSITIONS = {
    "center.csv": ("名称", "休止開始日", "休止終了日"),
    "remarks.csv": ("ID", "注意事項"),
    "description.csv": ("label", "sublabel", "description"),
    "target.csv": ("label", "name", "notice", "furigana"),
}
_ALSO = {"type": "label"}
_LETTERS_ONLY = re.compile(r"[A-Za-z]*")
_DAY = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")


@dataclass(frozen=True)
class Columns:
    """The headings of `area_days.csv` by what stands under them."""

    name: str
    center: str
    categories: tuple[str, ...]


def calendar_columns(header: list[str], rows: list[Row], report: ImportReport) -> Columns | None:
    """Find the columns of the calendar, in whatever order; None where it has no headings.

    Without 地名 the first column is the name. Without センター the centre stands after the name,
    whatever a city has written above it.
    """
    if any(_holds_days(heading) for heading in header):
        report.reject(AREA_DAYS, 1, "", "the first line holds no headings but days")
        return None
    name = NAME if NAME in header else header[0]
    after = header[header.index(name) + 1 :]
    center = next((h for h in header if h.startswith(CENTER)), after[0] if after else "")
    categories = tuple(
        heading
        for heading in header
        if heading not in (name, center, WARD) and _is_calendar(heading, rows, heading in after)
    )
    if not categories:
        report.reject(AREA_DAYS, 1, "", "no column holds collection days")
        return None
    return Columns(name, center, categories)


def _is_calendar(heading: str, rows: list[Row], is_after_name: bool) -> bool:
    """Tell whether a column holds days. Some cities add nameless or letter columns; before the
    name stand numbers and the like."""
    cells = [cell for row in rows if (cell := row.get(heading))]
    if not is_after_name:
        return bool(cells) and all(map(_holds_days, cells))
    if heading.startswith("#") or _LETTERS_ONLY.fullmatch(heading):
        return False
    return not cells or not all(_LETTERS_ONLY.fullmatch(cell) for cell in cells)


def _holds_days(cell: str) -> bool:
    try:
        rule = parse_cell(cell)
    except CellError:
        return False
    return rule.repeats or bool(rule.dates)


def has_content(path: Path) -> bool:
    """Tell whether an optional file is there; 5374 allows it to be empty."""
    return path.is_file() and bool(path.read_bytes().strip(b"\xef\xbb\xbf \r\n"))


def read_optional(
    folder: Path, file: str, report: ImportReport, kinds: Collection[str] = ()
) -> list[Row]:
    """Read a file that may be absent. Headings that nobody knows make it read by position.

    `kinds` are names that stand in the first column of rows, never above them.
    """
    if not has_content(folder / file):
        return []
    wanted = POSITIONS[file]
    header, rows = read_table(folder / file, report)
    if {wanted[0], *wanted[1:2]} <= {_ALSO.get(name, name) for name in header} or not header:
        return rows
    report.rows -= len(rows)
    return _by_position(folder / file, wanted, report, kinds)


def _by_position(
    path: Path, wanted: tuple[str, ...], report: ImportReport, kinds: Collection[str]
) -> list[Row]:
    lines = read_lines(path, report)
    _, first = lines[0]
    names = {cells[0].strip() for _, cells in lines[1:]} | set(kinds)
    has_headings = first[0].strip() not in names and not any(map(_DAY.search, first))
    told = "these headings are not known" if has_headings else "there are no headings"
    report.warn(path.name, 1, "", f"{told}: read as {', '.join(wanted)}")
    rows = [
        Row(number, {name: cell.strip() for name, cell in zip(wanted, cells, strict=False)})
        for number, cells in lines[has_headings:]
    ]
    reject_unusable(path.name, [], [row for row in rows if row.line == 1], report)
    report.rows += len(rows)
    return rows
