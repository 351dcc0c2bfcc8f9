"""Kinds of matters that can be reported: data, read from files. Pure."""

import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from kit.errors import InvalidInputError

LARGEST_RADIUS_M = 1000.0
"""FixMyStreet's hard limit: farther away nothing is "the same place"."""

SEVERITIES = {"impassable": "歩けない", "no-cars": "車が通れない", "caution": "注意"}
"""How bad it is: what is stored, and what citizens read."""

_BUILT_IN = Path(__file__).with_name("categories.toml")
_CAUSES = frozenset({"passage", "snow"})


@dataclass(frozen=True)
class Category:
    """One kind of matter. `categories.toml` explains the values."""

    code: str
    name: str
    words: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    group: str = ""
    description: str = ""
    desk: str = ""
    radius_m: float = 100.0
    age_hours: float = 48.0
    expires_hours: float = 168.0
    ask_before_hours: float = 24.0
    reset_by: frozenset[str] = frozenset()
    sanding: bool = False

    def __post_init__(self) -> None:
        """Raise InvalidInputError where a value makes no sense."""
        if not self.code or not self.name:
            raise InvalidInputError("a category needs a code and a name")
        if not 0 < self.radius_m <= LARGEST_RADIUS_M:
            raise InvalidInputError(f"{self.code}: radius_m is above 0 and at most 1000")
        if min(self.age_hours, self.expires_hours, self.ask_before_hours) <= 0:
            raise InvalidInputError(f"{self.code}: hours are above 0")
        if not self.reset_by <= _CAUSES:
            raise InvalidInputError(f"{self.code}: reset_by knows passage and snow")

    @property
    def age(self) -> timedelta:
        """So old a report may be, and still be offered as the same place."""
        return timedelta(hours=self.age_hours)


class Categories:
    """Every kind that one city takes, in the order of its files."""

    def __init__(self, categories: Iterable[Category]) -> None:
        """Index by code and by every name."""
        self.all: tuple[Category, ...] = tuple(categories)
        self.by_code = {category.code: category for category in self.all}
        self._by_name = {
            _folded(word): category
            for category in self.all
            for word in (*category.words, category.code, category.name)
        }

    def named(self, name: str) -> Category | None:
        """Return the category of that name, code or other word; None where there is none."""
        return self._by_name.get(_folded(name))


_NUMBERS = frozenset({"radius_m", "age_hours", "expires_hours", "ask_before_hours"})


def merged(tables: Sequence[Sequence[dict[str, Any]]]) -> Categories:
    """Return the categories of several files; a later one adds codes or changes their values.

    Raises InvalidInputError naming the category and what is wrong with it.
    """
    entries: dict[str, dict[str, Any]] = {}
    for entry in (entry for table in tables for entry in table):
        entries.setdefault(str(entry.get("code", "")), {}).update(entry)
    return Categories(_category(code, entry) for code, entry in entries.items())


def _category(code: str, entry: dict[str, Any]) -> Category:
    unknown = set(entry) - {field.name for field in fields(Category)}
    if unknown:
        raise InvalidInputError(f"{code}: there is no {min(unknown)} in a category")
    for name in _NUMBERS & set(entry):
        if isinstance(entry[name], bool) or not isinstance(entry[name], int | float):
            raise InvalidInputError(f"{code}: {name} is a number")
    values = dict(entry)
    values["words"] = tuple(entry.get("words", ()))
    values["signs"] = tuple(entry.get("signs", ()))
    values["reset_by"] = frozenset(entry.get("reset_by", ()))
    return Category(**{"name": "", **values})


@lru_cache
def read_categories(city_dir: Path) -> Categories:
    """Return the built-in categories with what the city's folder adds.

    Raises InvalidInputError naming the file that cannot be used.
    """
    files = [_BUILT_IN, city_dir / "snow" / "categories.toml"]
    tables = [_table(file) for file in files if file.is_file()]
    return merged(tables)


def _table(file: Path) -> list[dict[str, Any]]:
    try:
        entries = tomllib.loads(file.read_text("utf-8")).get("categories", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file.name}: {error}") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidInputError(f"{file.name}: write each category as [[categories]]")
    return entries


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
