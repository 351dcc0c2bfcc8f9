"""What one entry looks like in a file or a form, and what is wrong with one that is unusable."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from kit.dates import parse_date
from services.faq.rules import ENTRY_ID, Entry

# Tab and line feed are the only ones that PostgreSQL, LINE and readers all take.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LISTS = ("variants", "keywords")
_SEPARATORS = re.compile(r"[\n|｜]")
_TRUTH = {"true": True, "1": True, "はい": True, "false": False, "0": False, "いいえ": False}

# Headings of a city's own tables; the names of the fields are understood as well.
HEADINGS = {
    "番号": "id",
    "分類": "category",
    "質問": "question",
    "言いかえ": "variants",
    "回答": "answer",
    "担当": "desk",
    "根拠": "source",
    "根拠のURL": "source_url",
    "見直し期限": "review_by",
    "更新日": "updated",
    "デモ用": "demonstration",
    "キーワード": "keywords",
}


def _text(longest: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


_Short = Annotated[str, _text(100)]


class Line(BaseModel):
    """One line of a file. Field names are the format; anything else is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(pattern=ENTRY_ID, max_length=50)]
    category: _Short
    question: _Short
    variants: list[_Short] = Field(max_length=20)
    answer: Annotated[str, _text(600)]
    desk: _Short
    source: Annotated[str, _text(300)]
    source_url: Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)] | None
    review_by: date
    demonstration: bool
    keywords: list[_Short] = Field(max_length=30)
    updated: date | None = None

    def entry(self) -> Entry:
        """Return the entry of this line."""
        values = self.model_dump()
        return Entry(**values | {name: tuple(values[name]) for name in _LISTS})


class UnusableError(ValueError):
    """A line is no entry. `faults` are (field, reason)."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        """Carry every fault of the line."""
        self.faults = faults
        super().__init__(f"{len(faults)} faults")


def read_json(line: str) -> Entry:
    """Return the entry of one JSON object. Raises UnusableError."""
    try:
        entry = Line.model_validate_json(line).entry()
    except ValidationError as error:
        raise UnusableError(list(_faults(error))) from None
    if field := _with_control_characters(entry):
        raise UnusableError([(field, "holds control characters")])
    return entry


def read_cells(cells: dict[str, str]) -> Entry:
    """Return the entry of one row of a table or one form: texts by field name.

    Lists stand in one cell, one item a line or between `|`. Raises UnusableError.
    """
    row: dict[str, Any] = {name: text.strip() for name, text in cells.items()}
    for name in _LISTS:
        row[name] = [item.strip() for item in _SEPARATORS.split(row.get(name, "")) if item.strip()]
    for name in ("source_url", "updated"):
        row[name] = row.get(name) or None
    for name in ("review_by", "updated"):
        day = parse_date(row.get(name) or "")
        row[name] = day.isoformat() if day else row.get(name)
    demonstration = row.get("demonstration") or "false"
    row["demonstration"] = _TRUTH.get(demonstration.lower(), demonstration)
    return read_json(json.dumps(row))


def _faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    for fault in error.errors(include_url=False, include_context=False):
        yield ".".join(map(str, fault["loc"])), fault["msg"]


def _with_control_characters(entry: Entry) -> str:
    """Name the first field with characters that PostgreSQL or LINE refuse; empty if none."""
    for name, value in vars(entry).items():
        texts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(text, str) and _CONTROL.search(text) for text in texts):
            return name
    return ""
