"""The procedure navigator, as the program takes it in."""

from pathlib import Path

from fastapi import APIRouter, Depends, Request

from auth.modules import ConsoleLink, Module, Works
from auth.permissions import Permission
from kit.clock import Clock
from kit.container import Container, part
from kit.db import Database
from kit.http import InternalClient
from kit.jobs import Worked
from kit.settings import Settings
from messages.notifications import NotifyClient
from services.procedures import (
    api,
    console,
    desk,
    figures_page,
    models,
    pages,
    papers_page,
    personal_data,
)
from services.procedures.events import Guidebook
from services.procedures.guides import Guides
from services.procedures.jobs import FORGET_OLD, REMIND
from services.procedures.personal_data import ProceduresPersonalData
from services.procedures.reading import load_guidebook, read_files
from services.procedures.reminding import MANIFEST, Reminding

HERE = Path(__file__).parent


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(Guides, lambda c: Guides(c.get(Database), c.get(Clock), c.get(Settings)))
    container.provide(
        Reminding, lambda c: Reminding(c.get(Guides), NotifyClient(c.get(InternalClient)))
    )
    container.provide(Guidebook, lambda c: load_guidebook(c.get(Settings).city_dir))
    container.provide(ProceduresPersonalData, lambda c: ProceduresPersonalData(c.get(Guides)))


def works(container: Container) -> Works:
    """Say what a worker does."""
    reminding = container.get(Reminding)
    return {REMIND: Worked(reminding.remind), FORGET_OLD: Worked(reminding.forget_old)}


async def _with_publications(request: Request) -> None:
    await part(request, Guides).prepare()


def _router() -> APIRouter:
    """Return all that guides by the events, as they were published last."""
    router = APIRouter(dependencies=[Depends(_with_publications)])
    for one in (api, pages, papers_page, console, figures_page, desk):
        router.include_router(one.router)
    return router


MODULE = Module(
    name="services/procedures",
    read_files=read_files,
    manifest=MANIFEST,
    provide=provide,
    # Read by now, a tenth of a second for all events; what has it from its file finds it read.
    at_start=(Guidebook,),
    routers=(_router(), personal_data.router),
    static={"/static/procedures": HERE / "static"},
    models=(models,),
    works=works,
    pages={f"{papers_page.PATH}/": "手続きの用紙"},
    personal_data=personal_data.HOLDER,
    dialogues={"/ask_procedure": "暮らしの節目の手続き", "/ask_moving": "引っ越しの手続き"},
    console_links=(
        ConsoleLink(
            "/console/procedures/", "手続きの一覧（窓口のコード）", Permission.procedures_counter
        ),
        ConsoleLink(
            f"{desk.PATH}/", "手続きの内容", Permission.procedures_edit, count=desk.waiting
        ),
        ConsoleLink(f"{figures_page.PATH}/", "手続きの案内の数字", Permission.metrics_read),
    ),
)
