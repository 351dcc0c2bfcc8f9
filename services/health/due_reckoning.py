"""What the desk's due list is made from: the register's children, month of birth by month.

A job: a hundred thousand children take minutes, and no page waits for them.
"""

import asyncio
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kit.tables import ImportReport
from kit.vault import PersonKeys
from services.health import due_repository, repository
from services.health.checkups import CheckAge, read_check_ages
from services.health.contract import Allergy, Check, Vaccination
from services.health.due_list import due_items
from services.health.models import HealthEntry
from services.health.service import Records
from services.residents.contract import Born, ResidentsClient

OLDEST_YEARS = 17
"""No course of the schedule begins later (HPV: the fiscal year of the sixteenth birthday)."""
_KINDS = tuple(kind.model_fields["kind"].default for kind in (Vaccination, Allergy, Check))


class DueReckoning:
    """What a worker does at night, and when the desk asks for it."""

    def __init__(self, records: Records, residents: ResidentsClient, folder: Path) -> None:
        """`folder` has the city's files of the handbook."""
        self._records, self._residents, self._folder = records, residents, folder

    async def run(self) -> None:
        """Reckon anew. One that was cut off leaves the list of before."""
        database, clock, today = self._records.database, self._records.clock, self._records.today()
        report = ImportReport("health")
        ages = read_check_ages(self._folder, report)
        report.raise_if_bad()
        async with database.transaction() as session:
            run_id = await due_repository.begin(session, today, clock())
        for first, last in months_of_birth(today):
            children = await self._residents.born(first, last)
            if not children:
                continue
            entries, keys = await self._entries([child.resident_id for child in children])
            rows = await asyncio.to_thread(_rows, children, entries, keys, ages, today)
            async with database.transaction() as session:
                await due_repository.add(session, run_id, rows, len(children))
        async with database.transaction() as session:
            await due_repository.finish(session, run_id, clock())

    async def _entries(self, ids: list[str]) -> tuple[Sequence[HealthEntry], dict[str, PersonKeys]]:
        async with self._records.database.transaction() as session:
            rows = await repository.entries_of_all(session, ids, _KINDS)
            keys = await self._records.vault.keys_of_all(session, {row.person_id for row in rows})
        return rows, keys


def months_of_birth(today: date) -> Iterator[tuple[date, date]]:
    """Yield first and last day of every month in which somebody of the list was born."""
    for year in range(today.year - OLDEST_YEARS, today.year + 1):
        for month in range(1, 13):
            first = date(year, month, 1)
            if first <= today:
                yield first, min(today, date(year, month, monthrange(year, month)[1]))


def _rows(
    children: Sequence[Born],
    entries: Sequence[HealthEntry],
    keys: dict[str, PersonKeys],
    ages: Sequence[CheckAge],
    today: date,
) -> list[dict[str, Any]]:
    bodies: dict[str, list[Any]] = {}
    for row in entries:
        kept = bodies.setdefault(row.person_id, [])
        kept.append(repository.open_body(keys[row.person_id], row))
    found = []
    for child in children:
        sex = child.sex if child.sex in ("male", "female") else None
        had = bodies.get(child.resident_id, [])
        for item in due_items(child.birthdate, sex, had, ages, today):
            found.append(
                {
                    "child_id": child.resident_id,
                    "town": child.town,
                    "what": item.what,
                    "dose": item.dose,
                    "state": item.state,
                    "due_from": item.due_from,
                    "due_to": item.due_to,
                    "latest": item.latest,
                }
            )
    return found
