"""Skills from outside, as the program takes them in."""

from pathlib import Path

from auth.citizens import CitizenClient
from auth.gate import Gate
from auth.modules import ConsoleLink, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient, internal_client
from kit.jobs import Worked
from kit.settings import Settings
from kit.vault import Vault
from services.developers import (
    api,
    console,
    look_api,
    models,
    pages,
    permission_pages,
    permissions,
    portal_api,
    repository,
    skill_pages,
    status_pages,
    subscriptions_api,
)
from services.developers.accounts import Accounts, DeveloperStore
from services.developers.allowing import Allowing
from services.developers.calling import Caller
from services.developers.contract import PAGE
from services.developers.jobs import FORGET_CALLS, LOOK_AT_DATA
from services.developers.live import LiveSkills
from services.developers.look_tokens import LookTokens
from services.developers.looking import Looks, Records
from services.developers.permissions import Permissions
from services.developers.scopes import MANIFEST
from services.developers.skills import Skills
from services.developers.subscriptions import Subscriptions
from services.developers.talks import SandboxTalks
from services.developers.understanding import Understanding
from services.faq.contract import FaqClient
from services.opendata.contract import OpenDataClient
from services.residents.contract import ResidentsClient
from services.waste.contract import WasteClient


class SkillsVault(Vault):
    """The secrets that sign skills' calls."""


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(DeveloperStore, _store)
    container.provide(Caller, _caller)
    container.provide(Understanding, _understanding)
    container.provide(SkillsVault, lambda c: SkillsVault(c.get(Settings).master_keys, c.get(Clock)))
    container.provide(
        Accounts, lambda c: Accounts(c.get(Database), c.get(Clock), c.get(DeveloperStore))
    )
    container.provide(Skills, _skills)
    container.provide(Subscriptions, _subscribers)
    container.provide(SandboxTalks, lambda c: SandboxTalks(c.get(DeveloperStore)))
    container.provide(LiveSkills, _live)
    container.provide(LookTokens, lambda c: LookTokens(c.get(DeveloperStore), c.get(Settings)))
    container.provide(Permissions, _permissions)
    container.provide(Looks, _looks)


def _store(container: Container) -> DeveloperStore:
    store = DeveloperStore(container.get(Settings), "developers")
    container.on_close(store.close)
    return store


def _caller(container: Container) -> Caller:
    loopback = container.get(Settings).may_call_this_machine
    caller = Caller(container.get(Clock), loopback=loopback)
    container.on_close(caller.close)
    return caller


def _understanding(container: Container) -> Understanding:
    settings = container.get(Settings)
    token = settings.internal_token.get_secret_value()
    rasa = internal_client(settings.rasa_url, token, timeout=settings.rasa_timeout_seconds)
    container.on_close(rasa.aclose)
    return Understanding(rasa, FaqClient(container.get(InternalClient)))


def _skills(container: Container) -> Skills:
    return Skills(
        container.get(Database),
        container.get(Clock),
        container.get(SkillsVault),
        container.get(Caller),
        container.get(Understanding),
        container.get(LookTokens),
    )


def _permissions(container: Container) -> Permissions:
    return Permissions(
        container.get(Database),
        container.get(Clock),
        container.get(DeveloperStore),
        container.get(CitizenClient),
    )


def _looks(container: Container) -> Looks:
    http = container.get(InternalClient)
    return Looks(
        container.get(Database),
        container.get(Clock),
        container.get(SkillsVault),
        container.get(LookTokens),
        container.get(Permissions),
        container.get(CitizenClient),
        Records(WasteClient(http), ResidentsClient(http)),
        container.get(Settings),
    )


def _live(container: Container) -> LiveSkills:
    return LiveSkills(
        container.get(Database),
        container.get(Clock),
        container.get(SkillsVault),
        container.get(Caller),
        container.get(Skills),
        container.get(DeveloperStore),
        Allowing(container.get(Permissions), container.get(Gate)),
    )


def _subscribers(container: Container) -> Subscriptions:
    return Subscriptions(
        container.get(Database),
        container.get(Clock),
        container.get(SkillsVault),
        container.get(Caller),
        OpenDataClient(container.get(InternalClient)),
    )


def works(container: Container) -> Works:
    """Say what a worker does."""
    kept = MANIFEST.kept_for("developers_call")

    async def forget() -> None:
        await container.get(Skills).forget_calls(container.get(Clock)() - kept)

    async def look() -> None:
        await container.get(Subscriptions).look()

    return {FORGET_CALLS: Worked(forget), LOOK_AT_DATA: Worked(look)}


async def waiting(container: Container, _member: StaffMember) -> int:
    """Count what staff has to decide."""
    async with container.get(Database).transaction() as session:
        return await repository.waiting(session)


MODULE = Module(
    name="services/developers",
    manifest=MANIFEST,
    provide=provide,
    routers=(
        api.router,
        portal_api.router,
        look_api.router,
        permission_pages.router,
        permissions.router,
        pages.router,
        skill_pages.router,
        status_pages.router,
        console.router,
        subscriptions_api.router,
    ),
    static={"/static/developers": Path(__file__).parent / "static"},
    models=(models,),
    works=works,
    personal_data=permissions.HOLDER,
    pages={PAGE: "外部の機能に見せている情報"},
    console_links=(
        ConsoleLink(console.PATH + "/", "外部スキル", Permission.developers_manage, count=waiting),
    ),
)
