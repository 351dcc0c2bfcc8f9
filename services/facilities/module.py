"""The facilities skill, as the program takes it in."""

from datetime import date
from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import Importer, Module
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.settings import Settings
from kit.tables import ImportReport
from services.facilities import api, importer, models
from services.facilities.service import FacilitiesService


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(
        FacilitiesService,
        lambda c: FacilitiesService(c.get(Database), c.get(Clock), c.get(Settings)),
    )


async def load(container: Container, folder: Path) -> ImportReport:
    """Load the city's lists of places."""
    return await importer.import_city(container.get(Database), folder, container.get(Clock))


def read_files(folder: Path, _today: date) -> ImportReport:
    """Read the lists of places."""
    report = ImportReport("facilities")
    importer.read_city(folder / "facilities", report)
    return report


MODULE = Module(
    name="services/facilities",
    read_files=read_files,
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(api.router,),
    models=(models,),
    importer=Importer("facilities", load),
)
