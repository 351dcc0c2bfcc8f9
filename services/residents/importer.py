"""From the register's files into the sealed tables: everything in one transaction, or nothing.

The files tell what is so now; who does not stand in them stays as they were, because a file cut
short must not end anybody. A person ends by the day in 異動日.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from kit.tables import ImportReport
from services.residents import repository
from services.residents.columns import (
    AUTHORITY_COLUMNS,
    AuthorityLine,
    ResidentLine,
    read_authorities,
    read_residents,
)
from services.residents.indexes import Indexes
from services.residents.models import Resident
from services.residents.register import Register
from services.residents.rules import new_resident_id

RESIDENTS, AUTHORITIES = "residents.csv", "authorities.csv"


@dataclass
class RegisterReport(ImportReport):
    """What became of the residents in the file."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0


async def import_demonstration(register: Register, city_dir: Path) -> RegisterReport:
    """Import the invented residents of a city's folder."""
    folder = city_dir / "residents"
    return await import_register(register, folder / RESIDENTS, folder / AUTHORITIES)


async def import_register(
    register: Register, residents: Path, authorities: Path | None = None
) -> RegisterReport:
    """Import one or both files. With any unusable cell nothing changes; the report says which."""
    report = RegisterReport("residents")
    lines = read_residents(residents, report)
    entries = [] if authorities is None else read_authorities(authorities, report)
    if not report.ok:
        return report
    indexes = await register.indexes()
    async with register.database.transaction() as session:
        await repository.one_at_a_time(session)
        known = await _known(session, indexes, lines, entries)
        ids = {number: row.id for number, row in known.items()}
        ids |= {line.number: new_resident_id() for line in lines if line.number not in known}
        _check_numbers(ids, entries, "" if authorities is None else authorities.name, report)
        if report.ok:
            writer = _Writer(session, register, indexes, report)
            for line in lines:
                await writer.put(ids[line.number], line, known.get(line.number))
            for entry in entries:
                holder, subject = ids[entry.holder], ids[entry.subject]
                await repository.put_authority(session, holder, subject, entry.authority)
    return report


async def _known(
    session: AsyncSession,
    indexes: Indexes,
    lines: list[ResidentLine],
    entries: list[AuthorityLine],
) -> dict[str, Resident]:
    """Return the residents whom the files name and the register has, by the register's number."""
    numbers = {line.number for line in lines}
    numbers |= {number for entry in entries for number in (entry.holder, entry.subject)}
    by_index = {indexes.number(number): number for number in numbers}
    rows = await repository.by_numbers(session, list(by_index))
    return {by_index[index]: row for index, row in rows.items()}


def _check_numbers(
    ids: dict[str, str], entries: list[AuthorityLine], file: str, report: ImportReport
) -> None:
    for entry in entries:
        for column, number in zip(AUTHORITY_COLUMNS, (entry.holder, entry.subject), strict=False):
            if number not in ids:
                reason = "nobody in the register has this number"
                report.reject(file, entry.row.line, column, reason)


class _Writer:
    """Writes lines of one import."""

    def __init__(
        self, session: AsyncSession, register: Register, indexes: Indexes, report: RegisterReport
    ) -> None:
        self._session, self._register = session, register
        self._indexes, self._report = indexes, report

    async def put(self, resident_id: str, line: ResidentLine, before: Resident | None) -> None:
        content = self._indexes.content(*line.row.cells.values())
        if before is not None and before.content_index == content:
            self._report.unchanged += 1
            return
        person = line.person
        keys = await self._register.vault.keys_for_writing(self._session, resident_id)
        values = repository.seal_person(keys, resident_id, person) | {
            "number_index": self._indexes.number(line.number),
            "household_index": self._indexes.household(line.household),
            "items_index": self._indexes.items(
                person.name, person.address, person.birthdate, person.sex
            ),
            "birth_index": self._indexes.birth(person.birthdate, person.sex),
            "content_index": content,
            "ended_on": line.ended_on,
            "updated_at": self._register.clock(),
        }
        await repository.put_resident(self._session, resident_id, values)
        self._count(line, before)

    def _count(self, line: ResidentLine, before: Resident | None) -> None:
        if line.ended_on is not None and (before is None or before.ended_on is None):
            self._report.ended += 1
        elif before is None:
            self._report.added += 1
        else:
            self._report.changed += 1
