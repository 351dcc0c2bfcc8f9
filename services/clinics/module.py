"""The duty calendar, as the program takes it in."""

from datetime import date
from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import ConsoleLink, Importer, Module
from auth.permissions import Permission
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.settings import Settings
from kit.tables import ImportReport
from services.clinics import api, console, importer, models
from services.clinics.service import ClinicsService


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(
        ClinicsService,
        lambda c: ClinicsService(c.get(Database), c.get(Clock), c.get(Settings)),
    )


async def load(container: Container, folder: Path) -> ImportReport:
    """Load the city's calendar."""
    return await importer.import_clinics(container.get(Database), folder, container.get(Clock))


def read_files(folder: Path, today: date) -> ImportReport | None:
    """Read the calendar, where the folder has one; one that ends soon is a warning."""
    if not (folder / importer.FOLDER).is_dir():
        return None
    report = ImportReport("clinics")
    calendar = importer.read_calendar(folder / importer.FOLDER, report)
    if calendar is not None and calendar.last_day < today:
        report.warn(importer.DUTY, 0, "日付", f"the calendar ended on {calendar.last_day}")
    return report


MODULE = Module(
    name="services/clinics",
    read_files=read_files,
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(api.router, console.router),
    models=(models,),
    importer=Importer("clinics", load),
    console_links=(
        ConsoleLink(console.PATH + "/", "当番医の変更", Permission.residents_tasks, console.DESK),
    ),
)
