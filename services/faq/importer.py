"""From a city's FAQ files to validated entries, and into the database in one transaction.

`city/<city>/faq/*.jsonl` hold one JSON object a line; `synonyms.csv` beside them holds other
spellings of words. In reports, `line` is the line of the file.
"""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from kit.clock import Clock
from kit.db import Database
from kit.tables import ImportReport, decode, read_table
from services.faq import repository
from services.faq.rules import ENTRY_ID, Entry, revision_of

SYNONYMS = "synonyms.csv"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _text(longest: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


_Short = Annotated[str, _text(100)]


class _Line(BaseModel):
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

    def entry(self) -> Entry:
        """Return the entry of this line."""
        values = self.model_dump()
        return Entry(
            **values
            | {"variants": tuple(values["variants"]), "keywords": tuple(values["keywords"])}
        )


def read_entries(folder: Path, report: ImportReport) -> list[Entry]:
    """Read every `*.jsonl` of a folder; what cannot be used goes to `report`."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        report.reject(folder.name, 0, "", "there is no .jsonl file")
    places: dict[str, str] = {}
    entries = []
    for path in files:
        for number, line in _lines(path, report):
            report.rows += 1
            entry = _read_line(path.name, number, line, report)
            if entry is None:
                continue
            if entry.id in places:
                report.reject(path.name, number, "id", f"{entry.id} stands in {places[entry.id]}")
            places.setdefault(entry.id, f"{path.name}:{number}")
            entries.append(entry)
    return entries


def _lines(path: Path, report: ImportReport) -> list[tuple[int, str]]:
    text = decode(path.read_bytes())
    if text is None:
        report.reject(path.name, 0, "", "the file is neither UTF-8 nor Shift_JIS")
        return []
    numbered = enumerate(text.split("\n"), start=1)
    return [(number, line) for number, line in numbered if line.strip()]


def _read_line(file: str, number: int, line: str, report: ImportReport) -> Entry | None:
    try:
        entry = _Line.model_validate_json(line).entry()
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            column = ".".join(map(str, fault["loc"]))
            report.reject(file, number, column, fault["msg"])
        return None
    if column := _with_control_characters(entry):
        report.reject(file, number, column, "holds control characters")
        return None
    return entry


def _with_control_characters(entry: Entry) -> str:
    """Name the first field with characters that PostgreSQL or LINE refuse; empty if none."""
    for name, value in vars(entry).items():
        texts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(text, str) and _CONTROL.search(text) for text in texts):
            return name
    return ""


def read_synonyms(folder: Path, report: ImportReport) -> dict[str, str]:
    """Read `synonyms.csv` (columns `spelling` and `word`); the file may be absent."""
    if not (folder / SYNONYMS).exists():
        return {}
    _, rows = read_table(folder / SYNONYMS, report)
    synonyms: dict[str, str] = {}
    for row in rows:
        spelling, word = row.get("spelling"), row.get("word")
        if not spelling or not word:
            report.reject(SYNONYMS, row.line, "spelling" if word else "word", "the cell is empty")
        elif synonyms.setdefault(spelling, word) != word:
            reason = f"{spelling} is already read as {synonyms[spelling]}"
            report.reject(SYNONYMS, row.line, "spelling", reason)
    return synonyms


async def import_city(database: Database, city_dir: Path, clock: Clock) -> ImportReport:
    """Replace the FAQ by the city's files, unless any line is unusable: then nothing changes."""
    report = ImportReport("faq")
    entries = read_entries(city_dir / "faq", report)
    synonyms = read_synonyms(city_dir / "faq", report)
    if report.ok:
        async with database.transaction() as session:
            revision = revision_of(entries, synonyms)
            await repository.replace(session, entries, synonyms, revision, clock())
    return report
