"""Reading a city's CSV files as they really are, and saying exactly what is wrong with them."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kit.errors import ConciergeError

ENCODINGS = ("utf-8-sig", "cp932")
# Line ends and tabs may stand in a cell. PostgreSQL takes no NUL and no half of a character, and
# LINE shows none of the others.
_UNUSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
CONTROL_CHARACTERS = "holds control characters"
# What a spreadsheet shows, and saves, where a formula has lost what it points to.
_FORMULA_ERROR = re.compile(
    r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!)"
)


@dataclass(frozen=True)
class Problem:
    """One cell that cannot be used. Lines count from 1 and include the header."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        """Read as `file:line [column] reason`."""
        return f"{self.file}:{self.line} [{self.column}] {self.reason}"


@dataclass
class ImportReport:
    """What an import read and refused. Data is replaced only when nothing was refused."""

    source: str
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    """What is imported all the same, or left out, and should be looked at."""

    @property
    def ok(self) -> bool:
        """Whether the new data may replace the old."""
        return not self.problems

    def reject(self, file: str, line: int, column: str, reason: str) -> None:
        """Note one unusable cell."""
        self.problems.append(Problem(file, line, column, reason))

    def warn(self, file: str, line: int, column: str, reason: str) -> None:
        """Note one doubtful cell that stops nothing."""
        self.warnings.append(Problem(file, line, column, reason))

    def raise_if_bad(self) -> None:
        """Raise ImportRejectedError with this report unless everything was usable."""
        if self.problems:
            raise ImportRejectedError(self)


class ImportRejectedError(ConciergeError):
    """The file has unusable rows; the old data stays in use. Correct the rows and import again."""

    status = 400
    code = "import_rejected"

    def __init__(self, report: ImportReport) -> None:
        """Carry the report; the message lists the first problems."""
        self.report = report
        first = "\n".join(f"  {problem}" for problem in report.problems[:20])
        more = len(report.problems) - 20
        tail = f"\n  … and {more} more" if more > 0 else ""
        super().__init__(f"{type(self).__doc__}\n{first}{tail}")


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file and its cells by column name, stripped."""

    line: int
    cells: dict[str, str]

    def get(self, *names: str) -> str:
        """Return the first non-empty cell among `names`, or an empty string."""
        return next((self.cells[name] for name in names if self.cells.get(name)), "")


def decode(data: bytes) -> str | None:
    """Decode UTF-8 (with or without BOM) or Shift_JIS as Windows writes it; None if neither."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def is_unusable(text: str) -> bool:
    """Tell whether a text holds characters that can be neither stored nor shown."""
    return _UNUSABLE.search(text) is not None


def read_table(path: Path, report: ImportReport) -> tuple[list[str], list[Row]]:
    """Read a CSV file with a header line; return (column names, rows). Problems go to `report`.

    Blank lines are passed over. Columns without a name are called `#1`, `#2`, … by position.
    """
    lines = read_lines(path, report)
    if not lines:
        return [], []
    header = [name.strip() or f"#{i + 1}" for i, name in enumerate(lines[0][1])]
    rows = []
    for number, cells in lines[1:]:
        if len(cells) > len(header) and any(c.strip() for c in cells[len(header) :]):
            report.reject(path.name, number, "", f"{len(cells)} cells under {len(header)} columns")
            continue
        named = dict(zip(header, (c.strip() for c in cells), strict=False))
        rows.append(Row(number, {name: named.get(name, "") for name in header}))
    reject_unusable(path.name, header, rows, report)
    report.rows += len(rows)
    return header, rows


def reject_unusable(file: str, header: list[str], rows: list[Row], report: ImportReport) -> None:
    """Refuse headings and cells that can be neither stored nor shown, and failed formulas."""
    for name in filter(is_unusable, header):
        report.reject(file, 1, _UNUSABLE.sub("", name), CONTROL_CHARACTERS)
    for row in rows:
        for name, text in row.cells.items():
            if _FORMULA_ERROR.fullmatch(text):
                report.reject(file, row.line, name, f"holds an error of the spreadsheet: {text}")
            elif is_unusable(text):
                report.reject(file, row.line, _UNUSABLE.sub("", name), CONTROL_CHARACTERS)


def read_lines(path: Path, report: ImportReport) -> list[tuple[int, list[str]]]:
    """Return the lines of a CSV file that are not blank, with their numbers."""
    if not path.is_file():
        report.reject(path.name, 0, "", "the file is missing")
        return []
    text = decode(path.read_bytes())
    if text is None:
        report.reject(path.name, 0, "", "the file is neither UTF-8 nor Shift_JIS")
        return []
    try:
        lines = list(_numbered(text))
    except csv.Error as error:
        report.reject(path.name, 0, "", f"the quotation marks do not pair ({error})")
        return []
    if not lines:
        report.reject(path.name, 0, "", "the file is empty")
    return lines


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells
