"""Reads a city's events strictly: file, line and reason of everything that is wrong."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kit.tables import ImportReport
from services.procedures.checking import check_event
from services.procedures.events import Desk, Event, Guidebook

DESKS, ITEMS = "desks.toml", "items.toml"
_AT_LINE = re.compile(r"\(at line (\d+),")


@lru_cache(maxsize=16)
def load_guidebook(folder: Path) -> Guidebook:
    """Return the events of a city (`folder` is the city's). Raises ImportRejectedError."""
    report = ImportReport("procedures")
    book = read_guidebook(folder / "procedures", report)
    report.raise_if_bad()
    return book


def read_guidebook(folder: Path, report: ImportReport) -> Guidebook:
    """Read every file of the folder; what is wrong goes to the report, and that event is left out.

    A folder that is not there has no events.
    """
    shared = _Shared(folder, report)
    book = Guidebook(events={}, desks=shared.desks(), items=shared.items())
    events: dict[str, Event] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name in (DESKS, ITEMS):
            continue
        event = read_event(file, book, report)
        if event is not None:
            events[event.key] = event
            report.rows += 1
    return book.model_copy(update={"events": events})


def read_event(file: Path, book: Guidebook, report: ImportReport) -> Event | None:
    """Read one event; None where it cannot be used."""
    text = _text(file, report)
    return None if text is None else parse_event(file.name, text, book, report)


def parse_event(name: str, text: str, book: Guidebook, report: ImportReport) -> Event | None:
    """Read the text of an event's file called `name`; None where it cannot be used."""
    content = _toml(name, text, report)
    if content is None:
        return None
    try:
        event = Event.model_validate({**content, "key": name.removesuffix(".toml")})
    except ValidationError as error:
        for problem in error.errors():
            place = problem["loc"]
            where = ".".join(map(str, place))
            report.reject(name, line_of(text, place), where, problem["msg"])
        return None
    findings = list(check_event(event, book))
    for finding in findings:
        say = report.reject if finding.stops else report.warn
        say(name, line_of(text, finding.place), ".".join(map(str, finding.place)), finding.reason)
    return None if any(finding.stops for finding in findings) else event


def line_of(text: str, place: Sequence[int | str]) -> int:
    """Return the line of `("procedures", 3, "when")` in a TOML text; 1 where it is not found."""
    lines = list(enumerate(text.splitlines(), 1))
    found = lines[0] if lines else (1, "")
    rest = iter(lines)
    for step, name in enumerate(place):
        if isinstance(name, int):
            continue
        following = place[step + 1] if step + 1 < len(place) else None
        table = f"[[{name}]]"
        if isinstance(following, int) and any(line.strip() == table for _, line in lines):
            found = _nth(rest, table, following) or found
        else:
            found = _first_with(rest, name) or found
    return found[0]


def _nth(lines: Iterator[tuple[int, str]], table: str, index: int) -> tuple[int, str] | None:
    for number, line in lines:
        if line.strip() == table:
            if index == 0:
                return number, line
            index -= 1
    return None


def _first_with(lines: Iterator[tuple[int, str]], name: str) -> tuple[int, str] | None:
    """Return the line that sets the name, before the next table begins."""
    for number, line in lines:
        if line.lstrip().startswith("[["):
            return None
        if line.lstrip().startswith(name):
            return number, line
    return None


class _Shared:
    """Desks and items, which the events have in common."""

    def __init__(self, folder: Path, report: ImportReport) -> None:
        self.folder, self.report = folder, report

    def desks(self) -> dict[str, Desk]:
        found: dict[str, Desk] = {}
        for key, values in self._table(DESKS, "desks").items():
            try:
                found[key] = Desk.model_validate(values)
            except ValidationError as error:
                for problem in error.errors():
                    where = ".".join(map(str, (key, *problem["loc"])))
                    self.report.reject(DESKS, 0, where, problem["msg"])
        return found

    def items(self) -> dict[str, str]:
        found = self._table(ITEMS, "items")
        by_words: dict[str, str] = {}
        for key, words in found.items():
            if not isinstance(words, str) or not words.strip():
                self.report.reject(ITEMS, 0, key, "what is brought is a name in quotation marks")
            elif words in by_words:
                self.report.reject(ITEMS, 0, key, f"is “{by_words[words]}” already")
            else:
                by_words[words] = key
        return {key: words for words, key in by_words.items()}

    def _table(self, file: str, name: str) -> Mapping[str, Any]:
        if not (self.folder / file).is_file():
            return {}
        text = _text(self.folder / file, self.report)
        content = None if text is None else _toml(file, text, self.report)
        found = (content or {}).get(name, {})
        return found if isinstance(found, dict) else {}


def _text(file: Path, report: ImportReport) -> str | None:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        report.reject(file.name, 0, "", str(error))
        return None


def _toml(name: str, text: str, report: ImportReport) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found else len(text.splitlines())
        report.reject(name, line, "", str(error))
        return None


def read_files(folder: Path, _today: date) -> ImportReport | None:
    """Read a city's events, where its folder has them."""
    if not (folder / "procedures").is_dir():
        return None
    report = ImportReport("procedures")
    read_guidebook(folder / "procedures", report)
    return report
