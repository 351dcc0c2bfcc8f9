"""Loading a city's own data into the services, and checking it without a database."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import ValidationError

from actions.city import load_city as load_settings
from bot.menus.source import read_menus
from kit.clock import Clock, system_clock
from kit.db import Database
from kit.errors import ConciergeError
from kit.settings import Settings, get_settings
from kit.tables import ImportReport
from services.facilities.importer import import_city as import_facilities
from services.facilities.importer import read_city as read_facilities
from services.faq.importer import import_city as import_faq
from services.faq.importer import read_entries, read_synonyms
from services.residents.columns import read_authorities, read_residents
from services.residents.importer import AUTHORITIES as AUTHORITY_FILE
from services.residents.importer import RESIDENTS as RESIDENT_FILE
from services.residents.importer import import_demonstration as import_residents
from services.residents.register import Register
from services.waste.importer import import_city as import_waste
from services.waste.importer import read_city as read_waste

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


def check_city(folder: Path) -> list[ImportReport]:
    """Read every file of a city's folder as `load_city` would, and import nothing."""
    today = system_clock().astimezone(get_settings().timezone).date()
    waste, _ = read_waste(folder / "waste", today)
    waste.source = "waste"
    facilities, faq = ImportReport("facilities"), ImportReport("faq")
    read_facilities(folder / "facilities", facilities)
    read_entries(folder / "faq", faq)
    read_synonyms(folder / "faq", faq)
    reports = [_check_settings(folder), waste, facilities, faq]
    if (folder / RESIDENTS).is_dir():
        reports.append(_check_residents(folder / RESIDENTS))
    if (folder / "menus").is_dir():
        reports.append(_check_menus(folder / "menus"))
    return reports


def _check_settings(folder: Path) -> ImportReport:
    report = ImportReport("city.toml")
    try:
        load_settings(folder)
        report.rows = 1
    except FileNotFoundError:
        report.reject("city.toml", 0, "", "the file is missing")
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            report.reject("city.toml", 0, ".".join(map(str, fault["loc"])), fault["msg"])
    except (OSError, ValueError) as error:
        report.reject("city.toml", 0, "", f"not readable as TOML: {error}")
    return report


def _check_residents(folder: Path) -> ImportReport:
    report = ImportReport(RESIDENTS)
    read_residents(folder / RESIDENT_FILE, report)
    read_authorities(folder / AUTHORITY_FILE, report)
    return report


def _check_menus(folder: Path) -> ImportReport:
    report = ImportReport("menus")
    try:
        _, languages = read_menus(folder)
        report.rows = len(languages)
    except ConciergeError as error:
        report.reject("menus", 0, "", error.message)
    return report
