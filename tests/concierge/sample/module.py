"""The sample, as the program takes it in."""

from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import ConsoleLink, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.container import Container
from kit.db import Database
from kit.jobs import Worked
from tests.concierge.sample import api, models, personal_data
from tests.concierge.sample.jobs import KEEP, Keeping
from tests.concierge.sample.personal_data import Notes


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(Notes, lambda c: Notes(c.get(Database)))


def works(container: Container) -> Works:
    """Say what a worker does."""
    return {KEEP: Worked(Keeping(container.get(Database)).keep)}


async def waiting(container: Container, _member: StaffMember) -> int:
    """Return how many notes wait."""
    return await container.get(Notes).count()


MODULE = Module(
    name="services/sample",
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(api.router, personal_data.router),
    models=(models,),
    works=works,
    personal_data=personal_data.HOLDER,
    console_links=(
        ConsoleLink(
            "/services/sample/console", "市役所への一言", Permission.metrics_read, None, waiting
        ),
    ),
)
