"""Tables for people's spreadsheets: CSV that is read as UTF-8, and of which nothing is run."""

import csv
import io
from collections.abc import Iterable, Sequence

# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV that spreadsheets read as UTF-8 and run nothing of."""
    file = io.StringIO()
    csv.writer(file).writerows([[safe_cell(value) for value in row] for row in table])
    return "\ufeff" + file.getvalue()


def safe_cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, float):
        return f"{value:.0f}"
    words = "" if value is None else str(value)
    return f"'{words}" if words.startswith(_FORMULA) else words
