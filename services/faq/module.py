"""The FAQ, as the program takes it in."""

from datetime import date
from pathlib import Path

from auth.manifests import read_manifest
from auth.modules import ConsoleLink, Importer, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.jobs import Worked
from kit.settings import Settings
from kit.tables import ImportReport
from services.faq import api, console, importer, models
from services.faq.editing import FaqEditor
from services.faq.feedback import FeedbackBook
from services.faq.jobs import FORGET_OLD
from services.faq.service import FaqService


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(
        FaqService, lambda c: FaqService(c.get(Database), c.get(Clock), c.get(Settings))
    )
    container.provide(
        FeedbackBook,
        lambda c: FeedbackBook(c.get(Database), c.get(Clock), c.get(Settings), c.get(FaqService)),
    )
    container.provide(
        FaqEditor, lambda c: FaqEditor(c.get(Database), c.get(Clock), c.get(Settings))
    )


def works(container: Container) -> Works:
    """Say what a worker does."""
    return {FORGET_OLD: Worked(container.get(FeedbackBook).forget_old)}


async def load(container: Container, folder: Path) -> ImportReport:
    """Load the city's questions and answers."""
    return await importer.import_city(container.get(Database), folder, container.get(Clock))


async def overdue(container: Container, member: StaffMember) -> int:
    """Count the entries of somebody's desks whose review date has passed."""
    stale = await container.get(FaqService).stale()
    return sum(member.sees(entry.desk) for entry in stale)


def read_files(folder: Path, _today: date) -> ImportReport:
    """Read the entries and synonyms."""
    report = ImportReport("faq")
    importer.read_entries(folder / "faq", report)
    importer.read_synonyms(folder / "faq", report)
    return report


MODULE = Module(
    name="services/faq",
    read_files=read_files,
    manifest=read_manifest(Path(__file__).parent),
    provide=provide,
    routers=(api.router, console.router),
    models=(models,),
    works=works,
    importer=Importer("faq", load),
    console_links=(
        ConsoleLink(
            *("/console/faq/", "よくある質問の管理", Permission.faq_edit),
            count=overdue,
            waits="見直し期限切れ",
        ),
    ),
)
