"""Rows of a table as somebody asked for them: filtered by words, sorted by a column, in pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from kit.text import fold

Row = TypeVar("Row")

PER_PAGE = 50


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column; `by` gives what its rows are sorted by, None where nobody can sort."""

    name: str
    title: str
    by: Callable[[Row], Any] | None = None


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of the rows that were found."""

    path: str
    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    found: int
    q: str
    sort: str
    """A column's name, with `-` before it for the other direction; empty for as they come."""
    page: int
    pages: int
    kept: Mapping[str, str]

    @property
    def first(self) -> int:
        """Return the number of the first row that is shown."""
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """Return the number of the last row that is shown."""
        return self.first + len(self.rows) - 1

    def direction(self, column: Column[Row]) -> str:
        """Return how a column is sorted, as ARIA says it; empty for not at all."""
        return {column.name: "ascending", f"-{column.name}": "descending"}.get(self.sort, "")

    def sorted_by(self, column: Column[Row]) -> str:
        """Return the address of the rows sorted by a column, the other way round if they are."""
        turned = "-" if self.sort == column.name else ""
        return self._address(sort=f"{turned}{column.name}", page="")

    def at(self, page: int) -> str:
        """Return the address of another page."""
        return self._address(page=str(page))

    def _address(self, **changes: str) -> str:
        asked = {"q": self.q, "sort": self.sort, **self.kept, **changes}
        said = {name: value for name, value in asked.items() if value}
        return f"{self.path}?{urlencode(said)}" if said else self.path


def listed(
    rows: Sequence[Row],
    columns: Sequence[Column[Row]],
    asked: Mapping[str, str],
    path: str,
    words: Callable[[Row], str],
    **kept: str,
) -> Listing[Row]:
    """Return the page of rows that a query asks for.

    `asked` may hold `q`, `sort` and `page`; whatever they cannot mean is as if it were not there.
    `words` gives what of a row is searched; `kept` is what else stands in the page's address.
    """
    q, sort = asked.get("q", "")[:100].strip(), asked.get("sort", "")
    wanted = fold(q).split()
    left = [row for row in rows if all(word in fold(words(row)) for word in wanted)]
    by = next(
        (c.by for c in columns if c.by is not None and c.name == sort.removeprefix("-")), None
    )
    if by is None:
        sort = ""
    else:
        left.sort(key=by, reverse=sort.startswith("-"))
    pages = max(1, -(-len(left) // PER_PAGE))
    number = asked.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    page = min(max(page, 1), pages)
    shown = left[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Listing(path, columns, shown, len(left), q, sort, page, pages, kept)
