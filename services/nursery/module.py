"""Nursery places, as the program takes them in."""

from datetime import date
from pathlib import Path

from auth.modules import ConsoleLink, Importer, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient
from kit.jobs import Worked
from kit.scanning import scanner_at
from kit.settings import Settings
from kit.tables import ImportReport
from messages.notifications import NotifyClient
from services.nursery import (
    api,
    console,
    importer,
    letter_console,
    models,
    pages,
    personal_data,
    photo_pages,
    public,
)
from services.nursery.allocating import Allocating
from services.nursery.applications import Applications, Files
from services.nursery.carrying import Carrying
from services.nursery.columns import FOLDER, read_city
from services.nursery.contract import NurseryClient
from services.nursery.desk import Desk
from services.nursery.forgetting import Forgetting
from services.nursery.jobs import ALLOCATE, FORGET_OLD, TELL_APPLICANT
from services.nursery.personal_data import NurseryPersonalData
from services.nursery.photos import PaperPhotos
from services.nursery.scopes import DESK, MANIFEST
from services.nursery.telling import Telling
from services.residents.contract import ResidentsClient


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(Files, lambda c: Files(c.get(Database), c.get(Clock), c.get(Settings)))
    container.provide(Applications, lambda c: Applications(c.get(Files), c.get(ResidentsClient)))
    container.provide(
        PaperPhotos,
        lambda c: PaperPhotos(
            c.get(Files), c.get(Applications), scanner_at(c.get(Settings).virus_scanner)
        ),
    )
    container.provide(Carrying, lambda c: Carrying(c.get(Files)))
    container.provide(Desk, lambda c: Desk(c.get(Files)))
    container.provide(NurseryClient, lambda c: NurseryClient(c.get(InternalClient)))
    container.provide(
        NurseryPersonalData,
        lambda c: NurseryPersonalData(c.get(Files), c.get(Applications), c.get(PaperPhotos)),
    )


def works(container: Container) -> Works:
    """Say what a worker does."""
    files = container.get(Files)
    allocating = Allocating(files)
    return {
        ALLOCATE: Worked(allocating.run, allocating.give_up),
        TELL_APPLICANT: Worked(Telling(files, NotifyClient(container.get(InternalClient))).tell),
        FORGET_OLD: Worked(Forgetting(files).forget_old),
    }


async def load(container: Container, folder: Path) -> ImportReport:
    """Load the city's nurseries, seats and rounds."""
    today = container.get(Files).today()
    return await importer.import_nursery(container.get(Database), folder / FOLDER, today)


async def waiting(container: Container, _member: StaffMember) -> int:
    """Return how many applications wait for the desk."""
    return await container.get(Desk).waiting()


def read_files(folder: Path, today: date) -> ImportReport | None:
    """Read the city's files, where the folder has them."""
    if not (folder / FOLDER / "facilities.csv").is_file():
        return None
    report = ImportReport("nursery")
    read_city(folder / FOLDER, report, today)
    return report


MODULE = Module(
    name="services/nursery",
    read_files=read_files,
    manifest=MANIFEST,
    provide=provide,
    routers=(
        api.router,
        public.router,
        pages.router,
        photo_pages.router,
        letter_console.router,
        console.router,
        personal_data.router,
    ),
    static={"/static/nursery": Path(__file__).parent / "static"},
    models=(models,),
    works=works,
    importer=Importer("nursery", load, is_demonstration=True),
    personal_data=personal_data.HOLDER,
    pages={"/my/nursery/": "保育所などの申し込み", "/nursery/": "保育所などの空き"},
    console_links=(
        ConsoleLink(
            "/console/nursery/", "保育所などの利用調整", Permission.residents_tasks, DESK, waiting
        ),
    ),
)
