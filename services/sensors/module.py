"""The sensors, as the program takes them in."""

from datetime import date
from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import ConsoleLink, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient
from kit.jobs import Worked
from kit.personal_data import PersonalDataHolder, personal_data_router
from kit.settings import Settings
from kit.tables import ImportReport
from kit.vault import Vault
from messages.notifications import NotifyClient
from services.sensors import api, console, models
from services.sensors.events import Events
from services.sensors.fields import FieldBook
from services.sensors.jobs import FORGET_OLD, SUM_UP, TELL
from services.sensors.registry import BadDevicesError, load_devices, load_rules
from services.sensors.service import SensorService

MANIFEST = read_manifest(Path(__file__).parent)
HOLDER = PersonalDataHolder("services/sensors", FieldBook)


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(
        FieldBook,
        lambda c: FieldBook(
            c.get(Database),
            c.get(Clock),
            Vault(c.get(Settings).master_keys, c.get(Clock)),
            MANIFEST.kept_for("sensors_field"),
        ),
    )
    container.provide(Events, _events)
    container.provide(
        SensorService,
        lambda c: SensorService(
            c.get(Database),
            c.get(Clock),
            c.get(Events),
            MANIFEST.kept_for("sensors_value"),
            MANIFEST.kept_for("sensors_hour"),
        ),
    )


def _events(c: Container) -> Events:
    notify = NotifyClient(c.get(InternalClient))
    return Events(c.get(Database), c.get(Clock), c.get(Settings), c.get(FieldBook), notify)


def works(container: Container) -> Works:
    """Say what a worker does."""
    service = container.get(SensorService)
    return {
        TELL: Worked(container.get(Events).tell),
        SUM_UP: Worked(service.sum_up),
        FORGET_OLD: Worked(lambda: _forget_old(container)),
    }


async def _forget_old(container: Container) -> None:
    await container.get(SensorService).forget_old()
    await container.get(FieldBook).forget_old()
    await container.get(Events).forget_before(MANIFEST.kept_for("sensors_event"))


async def waiting(container: Container, _member: StaffMember) -> int:
    """Return how many events wait for somebody to decide."""
    return await container.get(Events).waiting()


def read_files(folder: Path, _today: date) -> ImportReport | None:
    """Read the list of sensors, where the folder has one."""
    if not (folder / "sensors").is_dir():
        return None
    report = ImportReport("sensors")
    try:
        report.rows = len(load_devices(folder)) + len(load_rules(folder))
    except BadDevicesError as error:
        report.reject(error.message.partition(":")[0], 0, "", error.message)
    return report


MODULE = Module(
    name="services/sensors",
    read_files=read_files,
    manifest=MANIFEST,
    provide=provide,
    routers=(api.hooks, api.router, console.router, personal_data_router(HOLDER)),
    models=(models,),
    works=works,
    personal_data=HOLDER,
    console_links=(
        ConsoleLink("/console/sensors/", "センサー", Permission.reports_handle, None, waiting),
    ),
)
