"""Entries in tables: CSV as any program writes it, or the sheets of an XLSX workbook."""

from collections.abc import Iterator
from pathlib import Path

from kit.tables import ImportReport, Row, read_table
from services.faq.lines import HEADINGS, Line, UnusableError, read_cells
from services.faq.rules import Entry
from services.faq.workbooks import Table, read_workbook

_OPTIONAL = frozenset({"variants", "keywords", "source_url", "demonstration", "updated"})


def read_sheet(path: Path, report: ImportReport) -> list[tuple[str, int, Entry]]:
    """Return (file, row, entry) of a `.csv` or `.xlsx` file; what is unusable goes to `report`."""
    if path.suffix.lower() == ".xlsx":
        tables = read_workbook(path, {*HEADINGS, *HEADINGS.values()}, report)
    elif path.suffix.lower() == ".csv":
        header, rows = read_table(path, report)
        tables = [Table(path.name, header, 1, rows)] if header else []
    else:
        report.reject(path.name, 0, "", "only .jsonl, .csv and .xlsx can be read")
        return []
    fields = [_fields(table, report) for table in tables]
    if not report.ok:
        return []
    return [
        placed
        for table, known in zip(tables, fields, strict=True)
        for placed in _entries(table.place, known, table.rows, report)
    ]


def _fields(table: Table, report: ImportReport) -> dict[str, str]:
    """Return heading to field name; unknown, doubled and missing columns are refused."""
    file, line = table.place, table.heading_row
    fields: dict[str, str] = {}
    for heading in table.header:
        name = HEADINGS.get(heading, heading)
        if name not in Line.model_fields:
            report.reject(file, line, heading, "no such column is known")
        elif name in fields.values():
            report.reject(file, line, heading, "the column stands here twice")
        fields[heading] = name
    titles = {name: heading for heading, name in HEADINGS.items()}
    for name in Line.model_fields:
        if name not in _OPTIONAL and name not in fields.values():
            report.reject(file, line, titles[name], "the column is missing")
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
