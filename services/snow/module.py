"""The snow skill, as the program takes it in."""

from datetime import date
from pathlib import Path

from auth.modules import ConsoleLink, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.errors import ConciergeError
from kit.http import InternalClient
from kit.jobs import Worked
from kit.settings import Settings
from kit.tables import ImportReport
from messages.media import MediaClient
from messages.notifications import NotifyClient
from services.places.contract import PlacesClient
from services.snow import api, console, crew, hooks, models, open311_api, pages, personal_data
from services.snow.areas import area_of, read_contractors
from services.snow.categories import read_categories
from services.snow.desk import Desk, read_weights
from services.snow.forgetting import DESK, MANIFEST, Forgetting
from services.snow.geojson import read_roads
from services.snow.jobs import (
    FETCH_PHOTO,
    FOLLOW_PLOUGHS,
    FORGET_OLD,
    LOOK_AFTER,
    TELL_FOLLOWERS,
)
from services.snow.personal_data import SnowPersonalData
from services.snow.photos import Photos
from services.snow.ploughs import Ploughs
from services.snow.publishing import Publishing
from services.snow.roads_known import RoadsKnown
from services.snow.service import SnowService
from services.snow.surfaces import Surfaces
from services.snow.telling import Telling
from services.snow.underfoot import Underfoot

HERE = Path(__file__).parent


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(
        RoadsKnown, lambda c: RoadsKnown(c.get(Database), c.get(Clock), c.get(Settings))
    )
    container.provide(SnowService, _service)
    container.provide(Telling, _telling)
    container.provide(Photos, _photos)
    container.provide(
        Ploughs,
        lambda c: Ploughs(c.get(Database), c.get(Clock), c.get(Settings), c.get(RoadsKnown)),
    )
    container.provide(
        Surfaces, lambda c: Surfaces(c.get(Database), c.get(Clock), c.get(RoadsKnown))
    )
    container.provide(Underfoot, lambda c: Underfoot(c.get(SnowService), c.get(Surfaces)))
    container.provide(Desk, lambda c: Desk(c.get(SnowService), c.get(Surfaces)))
    container.provide(Publishing, lambda c: Publishing(c.get(SnowService)))
    container.provide(PlacesClient, lambda c: PlacesClient(c.get(InternalClient)))
    container.provide(SnowPersonalData, lambda c: SnowPersonalData(c.get(Database)))


def _service(c: Container) -> SnowService:
    places, roads = c.get(PlacesClient), c.get(RoadsKnown)
    return SnowService(c.get(Database), c.get(Clock), c.get(Settings), places, roads)


def _telling(c: Container) -> Telling:
    notify = NotifyClient(c.get(InternalClient))
    return Telling(c.get(Database), c.get(Clock), c.get(Settings), c.get(RoadsKnown), notify)


def _photos(c: Container) -> Photos:
    media = MediaClient(c.get(InternalClient))
    return Photos(c.get(Database), c.get(Clock), media, c.get(Telling))


def works(container: Container) -> Works:
    """Say what a worker does."""
    telling, photos = container.get(Telling), container.get(Photos)
    forgetting = Forgetting(container.get(Database), container.get(Clock))
    return {
        TELL_FOLLOWERS: Worked(telling.tell),
        LOOK_AFTER: Worked(telling.look_after),
        FETCH_PHOTO: Worked(photos.fetch, photos.give_up),
        FOLLOW_PLOUGHS: Worked(container.get(Ploughs).follow),
        FORGET_OLD: Worked(forgetting.forget_old),
    }


async def waiting(container: Container, _member: StaffMember) -> int:
    """Return how many reports somebody still has to act on."""
    return await container.get(Desk).waiting()


async def of_crew(container: Container, member: StaffMember) -> int:
    """Return how much is planned or begun in a contractor's area."""
    area = area_of(member, container.get(Settings).city_dir)
    return len(await container.get(Desk).route(area)) if area else 0


def read_files(folder: Path, _today: date) -> ImportReport | None:
    """Read the city's roads and kinds of matter, where the folder has them."""
    if not (folder / "snow").is_dir():
        return None
    report = ImportReport("snow")
    for name, read in _FILES.items():
        try:
            report.rows += read(folder)
        except ConciergeError as error:
            report.reject(name, 0, "", error.message)
    return report


def _kinds(folder: Path) -> int:
    return len(read_categories(folder).all)


def _roads(folder: Path) -> int:
    file = folder / "snow" / "roads.geojson"
    return len(read_roads(file)) if file.is_file() else 0


def _weights(folder: Path) -> int:
    return len(read_weights(folder).values)


def _contractors(folder: Path) -> int:
    return len(read_contractors(folder))


_FILES = {
    "categories.toml": _kinds,
    "roads.geojson": _roads,
    "weights.toml": _weights,
    "contractors.toml": _contractors,
}


MODULE = Module(
    name="services/snow",
    read_files=read_files,
    manifest=MANIFEST,
    provide=provide,
    routers=(
        api.router,
        pages.router,
        console.router,
        crew.router,
        open311_api.router,
        hooks.router,
        personal_data.router,
    ),
    static={"/static/snow": HERE / "static"},
    models=(models,),
    works=works,
    personal_data=personal_data.HOLDER,
    pages={"/snow/": "雪みちと道路の報告"},
    dialogues={"/report_snow_road": "危ない雪道の連絡"},
    console_links=(
        ConsoleLink(
            "/console/reports/", "雪みちと道路の報告", Permission.reports_handle, DESK, waiting
        ),
        ConsoleLink(f"{crew.PATH}/", "除雪の作業", Permission.reports_crew, count=of_crew),
    ),
)
