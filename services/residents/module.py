"""The register, as the program takes it in."""

from datetime import date, datetime
from pathlib import Path

from auth.modules import ConsoleLink, Importer, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient
from kit.jobs import Worked
from kit.settings import Settings
from kit.tables import ImportReport
from services.residents import api, console, importer, models, pages, personal_data
from services.residents.cases import Cases
from services.residents.cohorts import Cohorts
from services.residents.columns import read_authorities, read_residents
from services.residents.contract import ResidentsClient
from services.residents.jobs import FORGET_DECISIONS
from services.residents.personal_data import ResidentsPersonalData
from services.residents.register import Register
from services.residents.scopes import DESK, MANIFEST
from services.residents.service import ResidentsService


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(Register, lambda c: Register(c.get(Database), c.get(Clock), c.get(Settings)))
    container.provide(
        ResidentsService,
        lambda c: ResidentsService(c.get(Database), c.get(Clock), c.get(Settings)),
    )
    container.provide(Cases, lambda c: Cases(c.get(Register)))
    container.provide(Cohorts, lambda c: Cohorts(c.get(Register), c.get(Settings)))
    container.provide(ResidentsClient, lambda c: ResidentsClient(c.get(InternalClient)))
    container.provide(
        ResidentsPersonalData,
        lambda c: ResidentsPersonalData(c.get(Register), c.get(ResidentsService)),
    )


def works(container: Container) -> Works:
    """Say what a worker does."""
    return {FORGET_DECISIONS: Worked(container.get(ResidentsService).forget_old_decisions)}


async def load(container: Container, folder: Path) -> ImportReport:
    """Load invented residents; a real city imports its register itself."""
    return await importer.import_demonstration(container.get(Register), folder)


async def waiting(container: Container, _member: StaffMember) -> int:
    """Return how many cases wait for a decision."""
    return len(await container.get(Cases).waiting())


async def longest_waiting(container: Container, _member: StaffMember) -> datetime | None:
    """Return since when the oldest case waits."""
    return min((case.opened_at for case in await container.get(Cases).waiting()), default=None)


def read_files(folder: Path, _today: date) -> ImportReport | None:
    """Read the register's two files, where the folder has them."""
    files = folder / "residents"
    if not files.is_dir():
        return None
    report = ImportReport("residents")
    read_residents(files / importer.RESIDENTS, report)
    read_authorities(files / importer.AUTHORITIES, report)
    return report


MODULE = Module(
    name="services/residents",
    read_files=read_files,
    manifest=MANIFEST,
    provide=provide,
    routers=(api.router, console.router, pages.router, personal_data.router),
    models=(models,),
    works=works,
    importer=Importer("residents", load, is_demonstration=True),
    personal_data=personal_data.HOLDER,
    pages={"/my/contact": "お知らせの連絡先"},
    console_links=(
        ConsoleLink(
            *("/console/residents/", "本人確認の照合", Permission.residents_tasks, DESK, waiting),
            oldest=longest_waiting,
        ),
    ),
)
