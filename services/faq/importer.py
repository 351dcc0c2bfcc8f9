"""From a city's FAQ files to validated entries, and into the database in one transaction.

`city/<city>/faq/*.jsonl` hold one JSON object a line; `synonyms.csv` beside them holds other
spellings of words. One file alone may also be CSV or XLSX, as offices keep their tables. In
reports, `line` is the line of the file or the row of the sheet.
"""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import CITY, Database
from kit.tables import ImportReport, decode, read_table
from services.faq import repository
from services.faq.lines import UnusableError, read_json
from services.faq.rules import Action, Entry, changes
from services.faq.sheets import read_sheet

SYNONYMS = "synonyms.csv"
BY_IMPORT = "import"


@dataclass
class FaqReport(ImportReport):
    """What an import did to the entries: their ids by what happened to them."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Differ from the files, and stay as staff left them."""


def read_entries(folder: Path, report: ImportReport) -> list[Entry]:
    """Read every `*.jsonl` of a folder; what cannot be used goes to `report`."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        report.reject(folder.name, 0, "", "there is no .jsonl file")
    return _unique([entry for path in files for entry in _read_lines(path, report)], report)


def read_file(path: Path, report: ImportReport) -> list[Entry]:
    """Read one file, `.jsonl`, `.csv` or `.xlsx`; what cannot be used goes to `report`."""
    reader = _read_lines if path.suffix.lower() == ".jsonl" else read_sheet
    entries = _unique(reader(path, report), report)
    if not entries and report.ok:
        report.reject(path.name, 0, "", "the file holds no entry")
    return entries


_Placed = tuple[str, int, Entry]


def _unique(placed: list[_Placed], report: ImportReport) -> list[Entry]:
    places: dict[str, str] = {}
    for file, number, entry in placed:
        if entry.id in places:
            report.reject(file, number, "id", f"{entry.id} stands in {places[entry.id]}")
        places.setdefault(entry.id, f"{file}:{number}")
    return [entry for _, _, entry in placed]


def _read_lines(path: Path, report: ImportReport) -> list[_Placed]:
    text = decode(path.read_bytes())
    if text is None:
        report.reject(path.name, 0, "", "the file is neither UTF-8 nor Shift_JIS")
        return []
    placed = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        report.rows += 1
        try:
            placed.append((path.name, number, read_json(line)))
        except UnusableError as error:
            for column, reason in error.faults:
                report.reject(path.name, number, column, reason)
    return placed


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


async def import_city(database: Database, city_dir: Path, clock: Clock) -> FaqReport:
    """Replace the FAQ by the city's files, unless any line is unusable: then nothing changes.

    What staff changed at their desk since stays as they left it.
    """
    report = FaqReport("faq")
    entries = read_entries(city_dir / "faq", report)
    synonyms = read_synonyms(city_dir / "faq", report)
    if report.ok:
        async with database.transaction() as session:
            await repository.lock(session)
            await repository.replace_synonyms(session, synonyms)
            await _replace(session, entries, report, clock, overwrite=False)
    return report


async def import_file(
    database: Database, path: Path, clock: Clock, *, overwrite: bool = False
) -> FaqReport:
    """Replace the FAQ by one file, unless any row is unusable; the synonyms stay.

    `overwrite`: also what staff changed at their desk.
    """
    report = FaqReport(path.name)
    entries = read_file(path, report)
    if report.ok:
        async with database.transaction() as session:
            await repository.lock(session)
            await _replace(session, entries, report, clock, overwrite=overwrite)
    return report


async def _replace(
    session: AsyncSession, entries: list[Entry], report: FaqReport, clock: Clock, *, overwrite: bool
) -> None:
    now = clock()
    today = now.astimezone(session.info[CITY].timezone).date()
    before = {entry.id: entry for entry in await repository.all_entries(session)}
    edited = frozenset[str]() if overwrite else await repository.edited_ids(session)
    steps = changes(before, entries, edited, today)
    await repository.apply(session, steps, who=BY_IMPORT, at_desk=False, now=now)
    lists = {
        Action.added: report.added,
        Action.changed: report.changed,
        Action.retired: report.removed,
    }
    for step in steps:
        lists[step.action].append(step.entry_id)
    differing = {step.entry_id for step in changes(before, entries, (), today)}
    report.kept += sorted(differing & edited)
