"""The places skill, as the program takes it in."""

from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import Module
from kit.container import Container
from kit.settings import Settings
from services.places import api
from services.places.service import PlacesService


def provide(container: Container) -> None:
    """Say how the parts are made: the city's table is read once, at the first question."""
    container.provide(PlacesService, lambda c: PlacesService.of_city(c.get(Settings).city_dir))


MODULE = Module(
    name="services/places",
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(api.router,),
)
