"""The facilities skill, as the program takes it in."""

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


MODULE = Module(
    name="services/facilities",
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(api.router,),
    models=(models,),
    importer=Importer("facilities", load),
)
