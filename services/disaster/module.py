"""The disaster service, as the program takes it in."""

from datetime import date
from pathlib import Path

import httpx2

from auth.manifests import read_manifest
from auth.modules import ConsoleLink, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient, certificates
from kit.jobs import Worked
from kit.personal_data import PersonalDataHolder, personal_data_router
from kit.settings import Settings
from kit.tables import ImportReport
from kit.vault import Vault
from messages.announcements import AnnounceClient
from messages.menus import MenuClient
from messages.notifications import NotifyClient
from services.disaster import api, console, models, pages, repository, safety_desk, watch
from services.disaster.calling import CallList
from services.disaster.cityfiles import BadMatrixError, load_matrix
from services.disaster.feeds import Feeds
from services.disaster.intake import Intake
from services.disaster.jobs import AGE, APPLY, FORGET_OLD, POLL, PUSH
from services.disaster.orders import OrderBook
from services.disaster.personal_data import OwnData
from services.disaster.public import PublicState
from services.disaster.pushing import Pusher
from services.disaster.safety import SafetyBook
from services.disaster.service import StateKeeper
from services.disaster.status import StatusService
from services.disaster.timelines import TimelineBook
from services.places.contract import PlacesClient

MANIFEST = read_manifest(Path(__file__).parent)
HOLDER = PersonalDataHolder("services/disaster", OwnData)
_OUTSIDE_SECONDS = 20.0


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(Intake, lambda c: Intake(c.get(Database), c.get(Clock)))
    container.provide(
        StatusService, lambda c: StatusService(c.get(Database), c.get(Clock), c.get(Settings))
    )
    container.provide(
        SafetyBook,
        lambda c: SafetyBook(
            c.get(Database),
            c.get(Clock),
            Vault(c.get(Settings).master_keys, c.get(Clock)),
            MANIFEST.kept_for("disaster_safety"),
        ),
    )
    container.provide(CallList, _calls)
    container.provide(TimelineBook, lambda c: TimelineBook(c.get(Database), c.get(Clock)))
    container.provide(OwnData, lambda c: OwnData(c.get(SafetyBook), c.get(TimelineBook)))
    container.provide(AnnounceClient, lambda c: AnnounceClient(c.get(InternalClient)))
    container.provide(PublicState, lambda c: PublicState(c.get(StatusService), c.get(Clock)))
    container.provide(OrderBook, _orders)
    container.provide(StateKeeper, _keeper)
    container.provide(Feeds, _feeds)


def _calls(c: Container) -> CallList:
    notify = NotifyClient(c.get(InternalClient))
    return CallList(c.get(Database), c.get(Clock), c.get(Settings), c.get(SafetyBook), notify)


def _orders(c: Container) -> OrderBook:
    places = PlacesClient(c.get(InternalClient))
    return OrderBook(c.get(Database), c.get(Clock), c.get(Settings), places)


def _keeper(c: Container) -> StateKeeper:
    return StateKeeper(c.get(Database), c.get(Clock), c.get(Settings), c.get(OrderBook))


def _feeds(c: Container) -> Feeds:
    http = httpx2.AsyncClient(verify=certificates(), timeout=_OUTSIDE_SECONDS, trust_env=False)
    c.on_close(http.aclose)
    return Feeds(c.get(Database), c.get(Clock), c.get(Settings), c.get(Intake), http)


def works(container: Container) -> Works:
    """Say what a worker does; nothing for a city without a matrix."""
    settings = container.get(Settings)
    if not (settings.city_dir / "disaster").is_dir():
        return {}
    keeper = container.get(StateKeeper)
    pusher = Pusher(
        container.get(Database),
        container.get(Clock),
        settings,
        container.get(AnnounceClient),
        MenuClient(container.get(InternalClient)),
    )
    return {
        PUSH: Worked(pusher.push),
        APPLY: Worked(keeper.apply),
        AGE: Worked(keeper.age),
        POLL: Worked(container.get(Feeds).poll),
        FORGET_OLD: Worked(lambda: _forget_old(container)),
    }


async def _forget_old(container: Container) -> None:
    await container.get(SafetyBook).forget_old()
    async with container.get(Database).transaction() as session:
        kept = MANIFEST.kept_for("disaster_message")
        await repository.forget_before(session, container.get(Clock)() - kept)


async def waiting(container: Container, _member: StaffMember) -> int:
    """Return how many people need help and were not seen to yet."""
    return await container.get(CallList).waiting()


async def troubled(container: Container, _member: StaffMember) -> int:
    """Return how many sources fell silent, and orders wait for staff."""
    return await watch.troubles(container.get(Database), container.get(Clock))


def read_files(folder: Path, _today: date) -> ImportReport | None:
    """Read the matrix, where the city has one."""
    if not (folder / "disaster").is_dir():
        return None
    report = ImportReport("disaster")
    try:
        report.rows = len(load_matrix(folder).rules)
    except BadMatrixError as error:
        report.reject("matrix.toml", 0, "", error.message)
    return report


MODULE = Module(
    name="services/disaster",
    read_files=read_files,
    manifest=MANIFEST,
    provide=provide,
    routers=(
        api.hooks,
        api.router,
        pages.router,
        console.router,
        safety_desk.router,
        personal_data_router(HOLDER),
    ),
    models=(models,),
    works=works,
    personal_data=HOLDER,
    static={"/static/disaster": Path(__file__).parent / "static"},
    pages={"/disaster/": "災害情報"},
    console_links=(
        ConsoleLink("/console/disaster/", "災害の状況", Permission.metrics_read, count=troubled),
        ConsoleLink(
            "/console/safety/", "安否の連絡", Permission.reports_handle, MANIFEST.desk, waiting
        ),
        ConsoleLink("/console/shelters/", "避難所の開設", Permission.reports_handle),
    ),
)
