"""Reading a city's table of points (`city/*/nursery/points.toml`)."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from kit.errors import InvalidInputError
from services.nursery.points import Condition, PointsTable, Question, Row, TieRule, Value

COMBINATIONS = ("sum", "lowest")


class PointsTableError(InvalidInputError):
    """The table of points cannot be used. Correct the named row and load it again."""

    code = "invalid_points_table"


def load_points_table(path: Path) -> PointsTable:
    """Read a file; raises `PointsTableError` that names the place."""
    try:
        return read_points_table(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PointsTableError(f"{path.name} cannot be read: {error}") from error


def read_points_table(document: Mapping[str, Any]) -> PointsTable:
    """Check a parsed table; raises `PointsTableError` at the first fault."""
    year, scale = document.get("fiscal_year"), document.get("scale", 1)
    if type(year) is not int:
        _refuse("fiscal_year must be a year")
    if type(scale) is not int or scale < 1:
        _refuse("scale must be a whole number of 1 or more")
    combine = document.get("combine")
    if combine not in COMBINATIONS:
        _refuse(f"combine must be one of {', '.join(COMBINATIONS)}")
    basic = _rows(document, "basic")
    adjustments = _rows(document, "adjustments")
    if not basic:
        _refuse("basic needs at least one row")
    return PointsTable(
        _text(document, "title", "the table"),
        year,
        _text(document, "source", "the table"),
        bool(document.get("demonstration", False)),
        combine,
        scale,
        basic,
        adjustments,
        tuple(_tie(row) for row in _tables(document, "ties")),
        tuple(_question(row) for row in _tables(document, "questions")),
    )


def _tables(document: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    rows = document.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        _refuse(f"{key} must be a list of tables")
    ids = [row.get("id", row.get("fact")) for row in rows]
    for each in ids:
        if ids.count(each) > 1 and key != "questions":
            _refuse(f"{key}: the id {each!r} is used twice")
    return rows


def _rows(document: Mapping[str, Any], key: str) -> tuple[Row, ...]:
    return tuple(_row(row, key) for row in _tables(document, key))


def _row(row: Mapping[str, Any], key: str) -> Row:
    where = f"{key} {row.get('id')!r}"
    points = row.get("points")
    if type(points) is not int:
        _refuse(f"{where}: points must be a whole number")
    when = _conditions(row.get("when"), where)
    if not when:
        _refuse(f"{where}: when must say for whom the row counts")
    example = row.get("example", {})
    if not isinstance(example, dict):
        _refuse(f"{where}: example must be a table of facts")
    group, at = row.get("group"), row.get("at")
    return Row(
        _text(row, "id", where), _text(row, "label", where), points, when, group, at, example
    )


def _conditions(row: Any, where: str) -> tuple[Condition, ...]:
    if not isinstance(row, dict):
        _refuse(f"{where}: when must be a table of facts")
    return tuple(_condition(fact, value, where) for fact, value in row.items())


def _condition(fact: str, value: Any, where: str) -> Condition:
    if isinstance(value, dict):
        if not value or set(value) - {"min", "max"}:
            _refuse(f"{where}: {fact} may have min and max, nothing else")
        least, most = value.get("min"), value.get("max")
        for number in (least, most):
            if number is not None and type(number) not in (int, float):
                _refuse(f"{where}: min and max of {fact} must be numbers")
        return Condition(fact, (), least, most)
    values: tuple[Value, ...] = tuple(value) if isinstance(value, list) else (value,)
    if not values or not all(type(each) in (str, int, float, bool) for each in values):
        _refuse(f"{where}: {fact} must be a value, a list of values, or min and max")
    return Condition(fact, values)


def _tie(row: Mapping[str, Any]) -> TieRule:
    where = f"ties {row.get('id')!r}"
    fact, first = row.get("fact"), row.get("first", "lowest")
    if (fact is None) == ("when" not in row):
        _refuse(f"{where}: needs either when or fact")
    if first not in ("lowest", "highest"):
        _refuse(f"{where}: first must be lowest or highest")
    when = _conditions(row["when"], where) if fact is None else ()
    return TieRule(
        _text(row, "id", where), _text(row, "label", where), when, fact, first == "lowest"
    )


def _question(row: Mapping[str, Any]) -> Question:
    where = f"questions {row.get('fact')!r}"
    about = row.get("about")
    if about not in ("parent", "household"):
        _refuse(f"{where}: about must be parent or household")
    options = row.get("options", [])
    if not isinstance(options, list) or not all(
        isinstance(each, list) and len(each) == 2 for each in options
    ):
        _refuse(f"{where}: options must be pairs of value and label")
    pairs = tuple((each[0], str(each[1])) for each in options)
    return Question(_text(row, "fact", where), about, _text(row, "text", where), pairs)


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        _refuse(f"{where}: {key} must be a text")
    return value


def _refuse(problem: str) -> NoReturn:
    raise PointsTableError(f"{problem}.")
