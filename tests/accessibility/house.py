"""A city with something on every page: who looks, and where the routes with names in them lead."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from auth.levels import Level
from auth.permissions import Role
from auth.staff import StaffClient, StaffMember, cookie_name
from bot.broadcast.drafts import BroadcastDesk, Written
from bot.citizens import repository as citizen_rows
from bot.handoff import repository as handoffs
from bot.handoff.desk import Grip, StaffDesk
from bot.handoff.desk import Written as Noted
from bot.handoff.models import Handoff
from bot.handoff.repository import NewHandoff
from bot.line.models import LineEvent
from bot.preferences.pages import COOKIE
from bot.preferences.sessions import PageSessions
from concierge.app import build_web
from identity.account import consents
from identity.contract import IdentityClient
from identity.staff.accounts import NewAccount, Warrant
from identity.staff.changes import COMMAND_LINE
from identity.staff.container import StaffContainer
from identity.staff.desks import load_desks
from kit.db import Database
from kit.guard import api_routes, is_internal
from kit.ids import new_retry_key
from kit.settings import Settings
from messages.languages import Language
from services.developers import repository as developers
from services.developers.accounts import Accounts
from services.developers.permissions import Permissions
from services.developers.routing import cookie_name as developers_cookie
from services.developers.skill_manifest import SkillManifest
from services.developers.skills import new_skill
from services.disaster.calling import CallList
from services.disaster.contract import SafetyPlace, SafetyReport, SafetyState
from services.disaster.safety import SafetyBook
from services.health.due_reckoning import DueReckoning
from services.health.importer import import_health
from services.health.scopes import CONSENT
from services.health.service import Records
from services.nursery.models import NurseryApplication
from services.procedures.contract import NewGuide
from services.procedures.guides import Guides
from services.procedures.service import Guiding
from services.residents.contract import Identification, ResidentsClient
from services.residents.service import ResidentsService
from services.snow.contract import NewReport
from services.snow.service import SnowService
from services.waste.importer import import_city as import_waste
from tests.identity.support import Clock
from tests.services.developers.skill import serving
from tests.services.developers.world import MANIFEST, import_small_faq
from tests.services.developers.world import World as Portal
from tests.services.nursery.applying import MAI, Town, open_town
from tests.support import add_staff, log_in_staff

LOGIN = "everybody"
LINE_USER = "U" + "a" * 32
QUIET_DESK = "税務課"
MOVE = NewGuide(
    citizen_id="ctz_other",
    event="moving_in",
    answers={"moved_on": "2026-11-20", "children": (2, 5), "insurance": "kokuho"},
)
# The citizen who looks is pregnant, and her older child has been to a hospital.
_HEAD = "記録番号,宛名番号,出どころ"
HANDBOOK = {
    "pregnancies.csv": f"{_HEAD},出産予定日\nA1,D0000008,保健センター,2027-03-20\n",
    "maternal_checks.csv": f"{_HEAD},実施日,場所,体重kg,最高血圧,最低血圧,結果,助言\n"
    "A2,D0000008,医療機関,2026-11-10,デモ産婦人科,58.6,116,70,順調です。,塩分を控えめに。\n",
    "studies.csv": f"{_HEAD},検査日,種類,内容,医療機関,検査UID\n"
    "A3,D0000013,医療機関,2026-10-12,CR,右手,デモ総合病院,1.2.826.0.1.3680043.10.999.2\n",
}
# What answers with a page says no more of it than this.
PAGES = ("Response", "HTMLResponse")


@dataclass(frozen=True)
class House:
    """Cookies of somebody who is let in everywhere, and addresses by the paths of their routes."""

    cookies: Mapping[str, str]
    addresses: Mapping[str, str]
    children: tuple[str, ...]
    links: tuple[str, ...]
    """One-time links from the talk, whose pages ask for a tap."""
    quiet: Mapping[str, str]
    """Cookies of somebody at whose desk nothing waits, and who may not do everything."""
    newcomer: str
    """The one-time password of `newcomer`, whose first day it is."""
    clock: Clock
    """It stands, so that no proof grows old while pages are judged."""

    def address(self, path: str) -> str:
        """Return where a route answers; one that is not known gets a number that nothing has."""
        path = path.replace("{child}", self.children[0])
        plain, mark, query = path.partition("?")
        return self.addresses.get(plain, _filled(plain, "0")) + mark + query


def page_routes() -> list[str]:
    """Return the path of every route of the application that may answer a browser with a page."""
    app = build_web(Settings(environment="test"))
    found = [
        route.path
        for route in api_routes(app.routes)
        if "GET" in (route.methods or ()) and not is_internal(route)
        if getattr(route.endpoint.__annotations__.get("return"), "__name__", "") in PAGES
    ]
    return sorted(set(found))


async def furnish(settings: Settings, folder: Path) -> House:
    """Fill an empty city, through the parts that fill it otherwise."""
    async with open_town(settings) as town:
        await _import(town, folder)
        cookies, member = await _staff(town, LOGIN, Role, *load_desks(settings))
        addresses: dict[str, str] = {}
        addresses |= await _conversation(town, member)
        addresses |= await _of_services(town, member)
        portal_cookies, portal = await _portal(town.settings)
        mai, children, application = await _citizen(town)
        await _skills_that_ask(town, application.pop("citizen"))
        addresses |= portal | application | _of_identity(member)
        settings_page, links = await _links(town)
        new = NewAccount("newcomer", "新任 一郎", (Role.operator,), ("市民課",))
        _, newcomer = await town.part(StaffContainer).accounts.add(new, Warrant(COMMAND_LINE, "-"))
        all_cookies = {**cookies, **mai, **portal_cookies, **settings_page}
        quiet, _ = await _staff(town, "quiet", (Role.operator, Role.supervisor), QUIET_DESK)
        return House(all_cookies, addresses, children, links, quiet, newcomer, town.clock)


async def _import(town: Town, folder: Path) -> None:
    database, city = town.part(Database), town.settings.city_dir
    (await import_waste(database, city, town.clock)).raise_if_bad()
    await import_small_faq(database, town.settings, folder)
    health = city / "health"
    more = folder / "health"
    more.mkdir()
    for name, lines in HANDBOOK.items():
        (more / name).write_text(lines, encoding="utf-8")
    for files in (health, more):
        assert (await import_health(town.part(Records), town.part(ResidentsClient), files)).ok
    await town.part(DueReckoning).run()


async def _staff(
    town: Town, login: str, roles: Iterable[Role], *desks: str
) -> tuple[dict[str, str], StaffMember]:
    """Log a member of staff in."""
    http = town.browser()
    await add_staff(town.app, *roles, desks=desks, login=login)
    assert (await log_in_staff(http, login)).status_code == 303
    name = cookie_name(town.settings)
    member = await town.part(StaffClient).member(http.cookies[name])
    return {name: http.cookies[name]}, member


async def _citizen(town: Town) -> tuple[dict[str, str], tuple[str, ...], dict[str, str]]:
    """Log a mother in who has handed in an application, and agreed to whatever is asked."""
    mai = await town.parent(MAI)
    await mai.log_in("card_at", "my_id_at")
    async with mai.town.files.database.transaction() as session:
        await consents.give(session, mai.citizen, CONSENT, 1, town.clock())
    await mai.fill_in([["d02", "d13"], ["d02", "d13"]])
    assert (await mai.hand_in()).status_code == 303
    children = tuple(await mai.children())
    async with town.files.database.transaction() as session:
        number = await session.scalar(select(NurseryApplication.id))
    path = "/console/nursery/applications/{application_id}"
    found = {path: path.format(application_id=number), "citizen": mai.citizen}
    return dict(mai.http.cookies), children, found


async def _skills_that_ask(town: Town, citizen: str) -> None:
    """Let one skill see something of a citizen's, and another ask for it."""
    name, permissions = str(MANIFEST["id"]), town.part(Permissions)
    async with town.part(Database).transaction() as session:
        known = await developers.skill(session, name)
        assert known is not None
        manifest = {**known.manifest, "id": "asks", "level": "L1", "scopes": ["district"]}
        session.add(
            new_skill(SkillManifest.model_validate(manifest), known.developer_id, town.clock())
        )
        await session.flush()
        await session.execute(text("UPDATE developers_skill SET state = 'live' WHERE id = 'asks'"))
        await developers.keep_permission(session, citizen, name, ["district"], town.clock())
    await permissions.wish(citizen, "asks", "/outside_skill{}")


async def _conversation(town: Town, member: StaffMember) -> dict[str, str]:
    """Let a citizen wait for a person, and another be spoken with."""
    async with town.part(Database).transaction() as session:
        users = {LINE_USER, "U" + "b" * 32}
        waiting, held = (await citizen_rows.ensure_citizens(session, users, town.clock())).values()
        await _asks(session, waiting, town.clock(), "児童手当のことを聞きたい")
        found = await _asks(session, held, town.clock(), "引っ越しの手続きについて")
        _says(session, held, town.clock(), "Where can I get a form for my child?")
        grip, about = Grip(found.id, found.fence), found.about_event_id
    desk = town.part(StaffDesk)
    await desk.take(member, grip)
    await desk.note(member, grip.handoff_id, Noted("k", "折り返しの連絡は不要とのことです。"))
    number = str(grip.handoff_id)
    base = "/console/conversations/{handoff_id}"
    tails = ("", "/start", "/transcript", "/transcript.csv")
    training = f"{base}/training/{{event_id}}"
    teach = training.format(handoff_id=number, event_id=about)
    return {base + tail: _filled(base + tail, number) for tail in tails} | {training: teach}


def _says(session: AsyncSession, citizen: str, now: datetime, words: str) -> LineEvent:
    event = LineEvent(
        webhook_event_id=str(new_retry_key()),
        kind="message",
        citizen_id=citizen,
        state="answered",
        occurred_at=now,
        received_at=now,
        raw={"message": {"type": "text", "text": words}},
    )
    session.add(event)
    return event


async def _asks(session: AsyncSession, citizen: str, now: datetime, words: str) -> Handoff:
    event = _says(session, citizen, now, words)
    await session.flush()
    new = NewHandoff(
        *(citizen, "queued", "talk", "市民課", "request", now),
        about_event_id=event.id,
        queued_at=now,
    )
    found = await handoffs.insert_handoff(session, new)
    assert found is not None
    return found


async def _of_services(town: Town, member: StaffMember) -> dict[str, str]:
    told = dict.fromkeys(Language, "水道の工事のお知らせです。")
    draft = await town.part(BroadcastDesk).propose(Written(told), member)
    who = MAI | {"name": "NGUYEN THI MY", "address": "福島県会津若松市扇町99番地6"}
    service = town.part(ResidentsService)
    card = Identification(citizen_id="ctz_other", **who)
    assert (await service.identifications.identify(card)).outcome == "pending"
    snow = NewReport(key="k", citizen_id="ctz_other", category="ice", lat=37.5081, lon=139.9303)
    number = (await town.part(SnowService).file(snow)).number
    guide = await Guiding(town.part(Guides)).begin(MOVE)
    await _needs_help(town, member)
    samples = {
        "/console/procedures/events/{key}": "moving_in",
        "/console/procedures/events/{key}/edit": "moving_in",
        "/console/broadcasts/{draft_id}": str(draft),
        "/console/residents/cases/{case_id}": "1",
        "/console/reports/{number}": number,
        "/snow/reports/{number}": number,
        "/console/nursery/rounds/{round_id}": "2027-04",
        "/console/faq/entries/{entry_id}": "mov-001",
        "/console/faq/entries/{entry_id}/retire": "mov-001",
        "/console/faq/entries/{entry_id}/history": "mov-001",
    }
    event = "/console/procedures/events"
    list_ = guide.url.removeprefix(town.settings.public_base_url)
    return {path: _filled(path, value) for path, value in samples.items()} | {
        f"{event}/{{key}}/procedures/{{procedure}}": f"{event}/moving_in/procedures/transfer_in",
        f"{event}/{{key}}/versions/{{number}}": f"{event}/moving_in/versions/0",
        "/procedures/list": list_,
        "/procedures/list/calendar.ics": list_.replace("?", "/calendar.ics?"),
    }


async def _needs_help(town: Town, member: StaffMember) -> None:
    """Have two people report, and one of them called."""
    book, calls = town.part(SafetyBook), town.part(CallList)
    state = SafetyState.needs_help
    for who in ("ctz_a", "ctz_b"):
        await book.take(SafetyReport(key=who, citizen_id=who, state=state, people=2))
    await book.add_place(SafetyPlace(citizen_id="ctz_a", latitude=37.49, longitude=139.92))
    [first, _] = (await calls.board()).to_call
    await calls.note(first.report.id, "called", 0, member)


async def _portal(settings: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """Register a skill, and log its developer in."""
    portal = Portal(settings)
    staff = portal.browser()
    assert (await log_in_staff(staff, LOGIN)).status_code == 303
    accounts: Accounts = portal.app.state.container.get(Accounts)
    account, secret = await accounts.sign_up(
        "デモ自転車の会", "dev@example.jp", "空きを知らせます", "::1"
    )
    await portal.console(staff, f"people/{account}", state="approved", desk="市民課")
    bearer = {"Authorization": f"Bearer {secret}"}
    wanted = {"name": "鍵", "scopes": ["skills:read", "skills:write"]}
    key = (await portal.http.post("/developers/api/v1/keys", json=wanted, headers=bearer)).json()
    with serving() as skill:
        await (await portal.registered(key["key"], skill)).aclose()
    cookie = await accounts.log_in(secret, "::1")
    await staff.aclose()
    await portal.close()
    paths = ("/developers/skills/{skill_id}", "/console/developers/skills/{skill_id}")
    return (
        {developers_cookie(settings): cookie},
        {path: _filled(path, str(MANIFEST["id"])) for path in paths},
    )


async def _links(town: Town) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the cookie of the page of settings, and links that were not used yet."""
    async with town.part(Database).transaction() as session:
        [citizen] = (
            await citizen_rows.ensure_citizens(session, {LINE_USER}, town.clock())
        ).values()
    sessions, identity = town.part(PageSessions), town.part(IdentityClient)
    used, unused = [await sessions.make_link(citizen) for _ in range(2)]
    login = await identity.one_time_link(citizen, Level.L3)
    cookie = await sessions.start(used.partition("?t=")[2])
    links = (urlsplit(link)._replace(scheme="", netloc="").geturl() for link in (unused, login))
    return {COOKIE: cookie}, tuple(links)


def _of_identity(member: StaffMember) -> dict[str, str]:
    samples = {
        "/console/staff/{staff_id}": member.id,
        "/identity/ended/{how}": "cancelled_login",
        "/identity/step-up/{name}": "card",
        # Both lead on, or say that nobody came from there.
        "/identity/{name}/callback": "card",
        "/console/sso/{provider}": "entra",
        "/console/sso/{provider}/callback": "entra",
    }
    return {path: _filled(path, value) for path, value in samples.items()}


def _filled(path: str, value: str) -> str:
    return re.sub(r"\{\w+\}", value, path)
