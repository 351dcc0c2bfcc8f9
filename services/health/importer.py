"""From the files of a health centre into the sealed handbooks: everything, or nothing.

A record is known by its number at its source. The same file twice changes nothing; a changed line
corrects the entry, whose old version stays. What is not in the file stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from kit.tables import ImportReport
from services.health import repository
from services.health.columns import PERSON, Line, read_folder
from services.health.models import HealthEntry
from services.health.repository import Indexes, New
from services.health.service import Records
from services.residents.contract import ResidentsClient

FOLDER = "health"


@dataclass
class HealthReport(ImportReport):
    """What became of the records in the files."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


async def import_health(records: Records, residents: ResidentsClient, folder: Path) -> HealthReport:
    """Import a folder's files. With any unusable cell nothing changes; the report says which."""
    report = HealthReport("health")
    lines = read_folder(folder, records.today(), report)
    ids = await residents.ids_of({line.person for line in lines})
    for line in lines:
        if line.person not in ids:
            reason = "nobody in the register has this number"
            report.reject(line.file, line.line, PERSON, reason)
    if report.ok:
        indexes = await records.indexes()
        async with records.database.transaction() as session:
            await _Writer(session, records, indexes, report).put_all(lines, ids)
    return report


class _Writer:
    """Writes the lines of one import."""

    def __init__(
        self, session: AsyncSession, records: Records, indexes: Indexes, report: HealthReport
    ) -> None:
        self._session, self._records = session, records
        self._indexes, self._report = indexes, report

    async def put_all(self, lines: Sequence[Line], ids: dict[str, str]) -> None:
        keys = {self._indexes.key(line.key) for line in lines}
        known = await repository.counting(self._session, keys)
        for line in lines:
            new = New(ids[line.person], line.body, line.source, f"file:{line.file}", line.key, None)
            before = known.get(self._indexes.key(line.key))
            if before is None:
                is_new = await self._add(new)
                self._report.added += is_new
                self._report.unchanged += not is_new
            elif before.content_index == self._indexes.content(new.person_id, new.body):
                self._report.unchanged += 1
            else:
                await self._correct(before, new)

    async def _correct(self, before: HealthEntry, new: New) -> None:
        await repository.end(self._session, before.id, "corrected", self._records.clock())
        await self._add(replace(new, corrects=before.id, record_id=before.record_id))
        self._report.changed += 1

    async def _add(self, new: New) -> bool:
        keys = await self._records.vault.keys_for_writing(self._session, new.person_id)
        now = self._records.clock()
        return await repository.add(self._session, keys, self._indexes, new, now)
