"""The tables of an XLSX workbook: every sheet that holds one, for offices keep a sheet a desk."""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from kit.tables import ImportReport, Row, reject_unusable

# A workbook is a ZIP: a small file may hold gigabytes of nothing.
MAX_BYTES = 20_000_000
MAX_UNPACKED = 40_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_SHEETS = 50
# A title or a line of explanation may stand above the headings.
_HEADING_ROWS = 10
_FEWEST_HEADINGS = 2


# What openpyxl and what it stands on raise for a damaged or a forged file.
_UNREADABLE = (
    *(BadZipFile, ParseError, zlib.error, EOFError, OSError, RuntimeError),
    *(AttributeError, LookupError, TypeError, ValueError, ArithmeticError),
)


class _TooLargeError(Exception):
    """What is in a workbook goes beyond a limit."""


@dataclass(frozen=True)
class Table:
    """One table: where it stands (for reports), its headings and the row they are in, its rows."""

    place: str
    header: list[str]
    heading_row: int
    rows: list[Row]


@dataclass(frozen=True)
class _Sheet:
    title: str
    hidden: bool
    lines: list[list[str]]


def read_workbook(path: Path, headings: Collection[str], report: ImportReport) -> list[Table]:
    """Return the tables under known `headings`. Sheets that are not read are named in `report`."""
    if path.stat().st_size > MAX_BYTES:
        report.reject(path.name, 0, "", "the file is too large")
        return []
    sheets = _sheets(path, report)
    filled = [sheet for sheet in sheets if any(map(any, sheet.lines))]
    shown = [sheet for sheet in filled if not sheet.hidden]
    found = [(s, row) for s in shown if (row := _heading_row(s.lines, headings)) is not None]
    if not found and len(shown) == 1 and any(shown[0].lines[0]):
        found = [(shown[0], 0)]
    if not found and report.ok:
        names = "、".join(sheet.title for sheet in sheets)
        reason = f"the first row holds no headings, nor does any other (sheets: {names})"
        report.reject(path.name, 1, "", reason)
    read = [sheet for sheet, _ in found]
    for sheet in (sheet for sheet in filled if sheet not in read):
        why = "hidden" if sheet.hidden else "without the headings of a table"
        report.warn(path.name, 0, "", f"the sheet 「{sheet.title}」 is {why}: not read")
    return [_table(path.name, sheet, row, report, alone=len(found) == 1) for sheet, row in found]


def _sheets(path: Path, report: ImportReport) -> list[_Sheet]:
    # It takes a quarter of a second to import, which only this path should pay.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _check_unpacked(path)
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            return _read_sheets(book.worksheets)
        finally:
            book.close()
    except _TooLargeError as error:
        report.reject(path.name, 0, "", str(error))
    except (InvalidFileException, *_UNREADABLE) as error:
        reason = f"this is no readable XLSX workbook ({type(error).__name__})"
        report.reject(path.name, 0, "", reason)
    return []


def _check_unpacked(path: Path) -> None:
    """Raise _TooLargeError by what the ZIP says of its parts: no more than that is unpacked."""
    with ZipFile(path) as packed:
        size = sum(part.file_size for part in packed.infolist())
    if size > MAX_UNPACKED:
        raise _TooLargeError(f"the workbook unpacks to {size} bytes, more than {MAX_UNPACKED}")


def _read_sheets(worksheets: Sequence[Any]) -> list[_Sheet]:
    if len(worksheets) > MAX_SHEETS:
        raise _TooLargeError(f"there are more than {MAX_SHEETS} sheets")
    sheets, rows = [], 0
    for sheet in worksheets:
        lines: list[list[str]] = []
        for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1):
            cells, rows = _cells(row), rows + 1
            if rows > MAX_ROWS:
                raise _TooLargeError(f"there are more than {MAX_ROWS} rows")
            if len(cells) > MAX_COLUMNS:
                raise _TooLargeError(f"there are more than {MAX_COLUMNS} columns")
            lines.append(cells)
        sheets.append(_Sheet(sheet.title, sheet.sheet_state != "visible", lines))
    return sheets


def _heading_row(lines: list[list[str]], headings: Collection[str]) -> int | None:
    """Return the place of the row with the headings of a table, None where there is none."""
    for place, cells in enumerate(lines[:_HEADING_ROWS]):
        if len(set(cells) & set(headings)) >= _FEWEST_HEADINGS:
            return place
    return None


def _table(file: str, sheet: _Sheet, start: int, report: ImportReport, *, alone: bool) -> Table:
    place = file if alone else f"{file}「{sheet.title}」"
    first = sheet.lines[start]
    width = max(number for number, text in enumerate(first, start=1) if text)
    header = [text or f"#{number}" for number, text in enumerate(first[:width], start=1)]
    rows = [
        Row(number, dict(zip(header, _wide(cells, len(header)), strict=False)))
        for number, cells in enumerate(sheet.lines[start + 1 :], start=start + 2)
        if any(cells)
    ]
    for row, cells in ((row, sheet.lines[row.line - 1]) for row in rows):
        if any(cells[width:]):
            report.reject(place, row.line, "", f"{len(cells)} cells under {width} columns")
    reject_unusable(place, header, rows, report)
    report.rows += len(rows)
    return Table(place, header, start + 1, rows)


def _cells(row: tuple[Any, ...]) -> list[str]:
    """Return a row's cells up to the last that holds something."""
    cells = [_as_text(cell.value) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _wide(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _as_text(value: Any) -> str:
    """Return a cell as it is read on the screen, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Excel writes a line end inside a cell as CR LF, or as _x000D_.
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").strip()
