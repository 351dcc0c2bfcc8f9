"""The handbook, as the program takes it in."""

from datetime import date
from pathlib import Path

from auth.citizens import CitizenClient
from auth.modules import ConsoleLink, Importer, Module, Works
from auth.permissions import Permission
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient
from kit.jobs import Worked
from kit.scanning import scanner_at
from kit.settings import Settings
from kit.tables import ImportReport
from messages.notifications import NotifyClient
from services.health import (
    api,
    console,
    due_console,
    emergency,
    export_pages,
    fhir_api,
    imaging_pages,
    importer,
    maternity_console,
    maternity_pages,
    models,
    pages,
    personal_data,
    photo_pages,
    sharing_pages,
)
from services.health.checkups import read_check_ages
from services.health.columns import read_folder
from services.health.contract import HealthClient
from services.health.dicomweb import ImageArchive
from services.health.due_reckoning import DueReckoning
from services.health.fhir.exchange import FhirExchange
from services.health.imaging import Studies
from services.health.jobs import RECKON, RECKON_NOW, REMIND
from services.health.personal_data import HealthPersonalData
from services.health.photos import DiaryPhotos
from services.health.reminding import Reminders, Reminding
from services.health.scopes import MANIFEST
from services.health.service import HealthService, Records
from services.health.sharing import Sharing
from services.residents.contract import ResidentsClient


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(Records, lambda c: Records(c.get(Database), c.get(Clock), c.get(Settings)))
    container.provide(
        HealthService, lambda c: HealthService(c.get(Records), c.get(ResidentsClient))
    )
    container.provide(HealthClient, lambda c: HealthClient(c.get(InternalClient)))
    container.provide(
        Sharing,
        lambda c: Sharing(c.get(Records), c.get(HealthService), c.get(CitizenClient)),
    )
    container.provide(Reminders, lambda c: Reminders(c.get(Records), c.get(HealthService)))
    container.provide(
        Reminding,
        lambda c: Reminding(
            c.get(Records),
            c.get(HealthService),
            c.get(ResidentsClient),
            c.get(CitizenClient),
            NotifyClient(c.get(InternalClient)),
            c.get(Settings),
        ),
    )
    container.provide(
        DueReckoning,
        lambda c: DueReckoning(
            c.get(Records), c.get(ResidentsClient), c.get(Settings).city_dir / importer.FOLDER
        ),
    )
    container.provide(
        DiaryPhotos,
        lambda c: DiaryPhotos(
            c.get(Records), c.get(HealthService), scanner_at(c.get(Settings).virus_scanner)
        ),
    )
    container.provide(Studies, lambda c: Studies(_archive(c.get(Settings))))
    container.provide(FhirExchange, lambda c: FhirExchange(c.get(Records)))
    container.provide(HealthPersonalData, lambda c: HealthPersonalData(c.get(Records)))


def _archive(settings: Settings) -> ImageArchive:
    password = settings.dicomweb_password.get_secret_value()
    return ImageArchive(settings.dicomweb_url, settings.dicomweb_user, password)


def works(container: Container) -> Works:
    """Say what a worker does."""
    reckoning = Worked(container.get(DueReckoning).run)
    return {
        REMIND: Worked(container.get(Reminding).remind),
        RECKON: reckoning,
        RECKON_NOW: reckoning,
    }


async def load(container: Container, folder: Path) -> ImportReport:
    """Load the records of invented residents; a real city imports its own."""
    return await importer.import_health(
        container.get(Records), container.get(ResidentsClient), folder / importer.FOLDER
    )


def read_files(folder: Path, today: date) -> ImportReport | None:
    """Read the health centre's files, where the folder has them."""
    files = folder / importer.FOLDER
    if not files.is_dir():
        return None
    report = ImportReport("health")
    read_folder(files, today, report)
    read_check_ages(files, report)
    return report


MODULE = Module(
    name="services/health",
    read_files=read_files,
    manifest=MANIFEST,
    provide=provide,
    routers=(
        api.router,
        fhir_api.router,
        pages.router,
        imaging_pages.router,
        maternity_pages.router,
        maternity_console.router,
        console.router,
        due_console.router,
        emergency.router,
        export_pages.router,
        photo_pages.router,
        sharing_pages.router,
        sharing_pages.shown,
        personal_data.router,
    ),
    static={"/static/health": Path(__file__).parent / "static"},
    models=(models,),
    works=works,
    importer=Importer("health", load, is_demonstration=True),
    personal_data=personal_data.HOLDER,
    pages={"/my/health/": "母子健康手帳"},
    console_links=(
        ConsoleLink("/console/health/", "母子健康手帳", Permission.residents_read, MANIFEST.desk),
    ),
)
