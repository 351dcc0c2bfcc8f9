"""The open data, as the program takes it in."""

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from auth.manifests import read_manifest
from auth.modules import Module
from kit.container import Container
from kit.http import InternalClient
from kit.settings import Settings
from kit.tables import ImportReport
from services.opendata import api, catalogue, internal_api, live_api, ngsi_api
from services.opendata.datasets import FILE, read_datasets
from services.opendata.entities import Entities
from services.opendata.live import LiveData
from services.opendata.routing import OpenStore
from services.opendata.service import OpenData


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(OpenData, lambda c: OpenData(c.get(InternalClient), c.get(Settings)))
    container.provide(
        LiveData, lambda c: LiveData(c.get(InternalClient), c.get(Settings), c.get(OpenData))
    )
    container.provide(Entities, lambda c: Entities(c.get(OpenData), c.get(LiveData)))
    container.provide(OpenStore, _store)


def _store(container: Container) -> OpenStore:
    store = OpenStore(container.get(Settings), "opendata")
    container.on_close(store.close)
    return store


def read_files(folder: Path, _today: date) -> ImportReport:
    """Read what the city publishes."""
    report = ImportReport(FILE)
    try:
        report.rows = len(read_datasets(folder).all())
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            report.reject(FILE, 0, ".".join(map(str, fault["loc"])), fault["msg"])
    except (OSError, ValueError) as error:
        report.reject(FILE, 0, "", f"not readable as TOML: {error}")
    return report


MODULE = Module(
    name="services/opendata",
    read_files=read_files,
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(
        api.router,
        live_api.router,
        catalogue.router,
        ngsi_api.router,
        internal_api.router,
    ),
)
