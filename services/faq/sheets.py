"""Entries in a table: CSV as any program writes it, or the first sheet of an XLSX workbook."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from kit.tables import ImportReport, Row, read_table
from services.faq.lines import HEADINGS, Line, UnusableError, read_cells
from services.faq.rules import Entry

# A workbook is a ZIP: a small file may hold gigabytes of nothing.
MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
_OPTIONAL = frozenset({"variants", "keywords", "source_url", "demonstration", "updated"})


def read_sheet(path: Path, report: ImportReport) -> list[tuple[str, int, Entry]]:
    """Return (file, row, entry) of a `.csv` or `.xlsx` file; what is unusable goes to `report`."""
    if path.suffix.lower() == ".xlsx":
        header, rows = _read_workbook(path, report)
    elif path.suffix.lower() == ".csv":
        header, rows = read_table(path, report)
    else:
        report.reject(path.name, 0, "", "only .jsonl, .csv and .xlsx can be read")
        return []
    fields = _fields(path.name, header, report) if header else {}
    return list(_entries(path.name, fields, rows, report)) if report.ok else []


def _fields(file: str, header: list[str], report: ImportReport) -> dict[str, str]:
    """Return heading to field name; unknown, doubled and missing columns are refused."""
    fields: dict[str, str] = {}
    for heading in header:
        name = HEADINGS.get(heading, heading)
        if name not in Line.model_fields:
            report.reject(file, 1, heading, "no such column is known")
        elif name in fields.values():
            report.reject(file, 1, heading, "the column stands here twice")
        fields[heading] = name
    titles = {name: heading for heading, name in HEADINGS.items()}
    for name in Line.model_fields:
        if name not in _OPTIONAL and name not in fields.values():
            report.reject(file, 1, titles[name], "the column is missing")
    return fields


def _entries(
    file: str, fields: dict[str, str], rows: list[Row], report: ImportReport
) -> Iterator[tuple[str, int, Entry]]:
    headings = {name: heading for heading, name in fields.items()}
    for row in rows:
        try:
            entry = read_cells({fields[heading]: text for heading, text in row.cells.items()})
        except UnusableError as error:
            for column, reason in error.faults:
                name, _, place = column.partition(".")
                shown = headings.get(name, name) + (f".{place}" if place else "")
                report.reject(file, row.line, shown, reason)
        else:
            yield file, row.line, entry


def _read_workbook(path: Path, report: ImportReport) -> tuple[list[str], list[Row]]:
    # It takes a quarter of a second to import, which only this path should pay.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if path.stat().st_size > MAX_BYTES:
        report.reject(path.name, 0, "", "the file is too large")
        return [], []
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        lines = [_cells(row) for row in book.worksheets[0].iter_rows(max_row=MAX_ROWS + 1)]
        book.close()
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError):
        report.reject(path.name, 0, "", "this is no readable XLSX workbook")
        return [], []
    if len(lines) > MAX_ROWS:
        report.reject(path.name, 0, "", f"there are more than {MAX_ROWS} rows")
        return [], []
    if not lines or not any(lines[0]):
        report.reject(path.name, 1, "", "the first row holds no headings")
        return [], []
    width = max(place for place, text in enumerate(lines[0], start=1) if text)
    header = [text or f"#{place}" for place, text in enumerate(lines[0][:width], start=1)]
    rows = [
        Row(number, dict(zip(header, _wide(cells, len(header)), strict=False)))
        for number, cells in enumerate(lines[1:], start=2)
        if any(cells)
    ]
    report.rows += len(rows)
    return header, rows


def _cells(row: tuple[Any, ...]) -> list[str]:
    return [_as_text(cell.value) for cell in row]


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
