"""Loading a city's own data into the services, and checking it without a database."""

from pathlib import Path

from auth.modules import Importer
from concierge.app import build_web
from concierge.modules import load_modules
from kit.clock import system_clock
from kit.settings import Settings, get_settings
from kit.tables import ImportReport


def importers(settings: Settings) -> tuple[Importer, ...]:
    """Return what can be loaded here. Invented content is for demonstrations alone."""
    found = [module.importer for module in load_modules() if module.importer is not None]
    return tuple(one for one in found if settings.is_demo or not one.is_demonstration)


async def load_city(settings: Settings, only: str | None = None) -> list[ImportReport]:
    """Import every noun of the city; a report with problems means that its old data stays."""
    # Importers ask each other's packages, and no process serves those yet.
    container = build_web(settings).state.container
    try:
        return [
            await importer.load(container, settings.city_dir)
            for importer in importers(settings)
            if only in (None, importer.noun)
        ]
    finally:
        await container.close()


def check_city(folder: Path) -> list[ImportReport]:
    """Read every file of a city's folder as `load_city` would, and import nothing."""
    today = system_clock().astimezone(get_settings().timezone).date()
    readers = [module.read_files for module in load_modules() if module.read_files is not None]
    reports = [read(folder, today) for read in readers]
    return [report for report in reports if report is not None]
