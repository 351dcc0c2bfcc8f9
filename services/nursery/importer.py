"""From a city's files of nursery places into the tables: everything, or nothing."""

from datetime import date
from pathlib import Path

from kit.db import Database
from kit.tables import ImportReport
from services.nursery import repository
from services.nursery.columns import read_city


async def import_nursery(database: Database, folder: Path, today: date) -> ImportReport:
    """Import a folder. Seats that staff changed after the file's day stay as they are."""
    report = ImportReport("nursery")
    files = read_city(folder, report, today)
    if report.ok:
        async with database.transaction() as session:
            await repository.put_facilities(session, files.facilities, files.classes)
            await repository.put_rounds(session, files.rounds)
    return report
