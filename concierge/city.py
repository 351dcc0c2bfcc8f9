"""Loading a city's own data into the services."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from kit.clock import Clock, system_clock
from kit.db import Database
from kit.settings import Settings
from kit.tables import ImportReport
from services.facilities.importer import import_city as import_facilities
from services.faq.importer import import_city as import_faq
from services.residents.importer import import_demonstration as import_residents
from services.residents.register import Register
from services.waste.importer import import_city as import_waste

Importer = Callable[[Database, Path, Clock], Awaitable[ImportReport]]

IMPORTERS: dict[str, Importer] = {
    "waste": import_waste,
    "facilities": import_facilities,
    "faq": import_faq,
}
RESIDENTS = "residents"
NOUNS = (*IMPORTERS, RESIDENTS)


async def load_city(settings: Settings, only: str | None = None) -> list[ImportReport]:
    """Import every noun of the city; a report with problems means that its old data stays.

    Its residents are invented: production has a register of its own (`concierge residents import`).
    """
    database = Database(settings)
    try:
        reports = [
            await importer(database, settings.city_dir, system_clock)
            for noun, importer in IMPORTERS.items()
            if only in (None, noun)
        ]
        if settings.is_demo and only in (None, RESIDENTS):
            register = Register(database, system_clock, settings)
            reports.append(await import_residents(register, settings.city_dir))
        return reports
    finally:
        await database.close()
