"""The places skill, as the program takes it in."""

from datetime import date
from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import Module
from kit.container import Container
from kit.settings import Settings
from kit.tables import ImportReport
from services.places import api
from services.places.importer import read_city
from services.places.service import PlacesService


def provide(container: Container) -> None:
    """Say how the parts are made: the city's table is read once, at the first question."""
    container.provide(PlacesService, lambda c: PlacesService.of_city(c.get(Settings).city_dir))


def read_files(folder: Path, _today: date) -> ImportReport | None:
    """Read the table of towns, where the folder has one."""
    if not (folder / "places").is_dir():
        return None
    report, _ = read_city(folder, ())
    return report


MODULE = Module(
    name="services/places",
    read_files=read_files,
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(api.router,),
)
