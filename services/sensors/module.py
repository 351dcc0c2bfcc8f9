"""The sensors, as the program takes them in."""

from datetime import date
from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import Module, Works
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.jobs import Worked
from kit.settings import Settings
from kit.tables import ImportReport
from services.sensors import api, models
from services.sensors.jobs import FORGET_OLD
from services.sensors.registry import FILE, BadDevicesError, load_devices
from services.sensors.service import SensorService

MANIFEST = read_manifest(Path(__file__).parent)


def provide(container: Container) -> None:
    """Say how the parts are made."""
    kept = MANIFEST.kept_for("sensors_value")
    container.provide(
        SensorService,
        lambda c: SensorService(c.get(Database), c.get(Clock), c.get(Settings), kept),
    )


def works(container: Container) -> Works:
    """Say what a worker does."""
    return {FORGET_OLD: Worked(container.get(SensorService).forget_old)}


def read_files(folder: Path, _today: date) -> ImportReport | None:
    """Read the list of sensors, where the folder has one."""
    if not (folder / "sensors").is_dir():
        return None
    report = ImportReport("sensors")
    try:
        report.rows = len(load_devices(folder))
    except BadDevicesError as error:
        report.reject(FILE, 0, "", error.message)
    return report


MODULE = Module(
    name="services/sensors",
    read_files=read_files,
    manifest=MANIFEST,
    provide=provide,
    routers=(api.hooks, api.router),
    models=(models,),
    works=works,
)
