"""The waste skill, as the program takes it in."""

from datetime import date
from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import Importer, Module, Works
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient
from kit.jobs import Worked
from kit.settings import Settings
from kit.tables import ImportReport
from messages.notifications import NotifyClient
from services.waste import api, importer, models, personal_data
from services.waste.jobs import FORGET_REMINDERS, REMIND, Reminding
from services.waste.personal_data import WastePersonalData
from services.waste.service import WasteService


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(
        WasteService, lambda c: WasteService(c.get(Database), c.get(Clock), c.get(Settings))
    )
    container.provide(WastePersonalData, lambda c: WastePersonalData(c.get(Database)))


def works(container: Container) -> Works:
    """Say what a worker does."""
    notify = NotifyClient(container.get(InternalClient))
    reminding = Reminding(container.get(WasteService), notify)
    return {REMIND: Worked(reminding.remind), FORGET_REMINDERS: Worked(reminding.forget)}


async def load(container: Container, folder: Path) -> ImportReport:
    """Load the city's calendar and lists."""
    return await importer.import_city(container.get(Database), folder, container.get(Clock))


def read_files(folder: Path, today: date) -> ImportReport:
    """Read the calendar and the lists."""
    report, _ = importer.read_city(folder / "waste", today)
    report.source = "waste"
    return report


MODULE = Module(
    name="services/waste",
    read_files=read_files,
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(api.router, personal_data.router),
    models=(models,),
    works=works,
    importer=Importer("waste", load),
    personal_data=personal_data.HOLDER,
)
