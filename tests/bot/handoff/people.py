"""Citizens at the emulator and staff at the desk, around one database."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI

from auth.permissions import Role, permissions_of
from auth.staff import StaffMember
from bot.handoff.contract import CitizenOfTurn, PersonWanted, Standing
from bot.handoff.desk import Grip, StaffDesk, Written
from bot.handoff.service import Handoffs
from concierge.app import build_web
from identity.staff.accounts import NewAccount, Warrant
from identity.staff.container import make_accounts
from kit.container import Container
from kit.http import certificates
from kit.settings import Settings
from tests.bot.world import World, make_world
from tests.support import DEMO_PASSWORD, Line, form_token

# A Tuesday at ten o'clock in Japan.
OPEN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
CLOSED = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
CITIZENS, TAX = "市民課", "税務課"


def member(name: str, *desks: str, role: Role = Role.operator) -> StaffMember:
    return StaffMember(
        id=f"stf_{name}",
        name=f"{name} 太郎",
        desks=desks or (CITIZENS,),
        permissions=permissions_of([role]),
        form_token="t",
    )


SATO, SUZUKI = member("佐藤"), member("鈴木")
TANAKA = member("田中", TAX)
CHIEF = member("責任", CITIZENS, TAX, role=Role.supervisor)


class Browser:
    """A logged-in member of staff, with the form token of the newest page."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.token = ""

    async def log_in(self, login: str) -> None:
        token = form_token(await self.http.get("/console/login"))
        form = {"form_token": token, "login": login, "password": DEMO_PASSWORD}
        assert (await self.http.post("/console/login", data=form)).status_code == 303
        self.token = form_token(await self.http.get("/console/account"))

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path)

    async def post(self, path: str, **fields: Any) -> httpx2.Response:
        return await self.http.post(path, data={"form_token": self.token, **fields})


class People:
    """The world, its clock at a working hour, and short ways to do things."""

    def __init__(self, world: World, web: Container) -> None:
        """`web` has the parts of the web application, which a test may put others in place of."""
        self.world = world
        self.web = web
        self.at(OPEN)
        self._forms = 0

    def at(self, instant: datetime) -> None:
        self.world.ahead = instant - datetime.now(UTC)

    def later(self, **delta: float) -> None:
        self.world.ahead += timedelta(**delta)

    @property
    def handoffs(self) -> Handoffs:
        return self._part(Handoffs)

    @property
    def desk(self) -> StaffDesk:
        return self._part(StaffDesk)

    def _part(self, kind: type[Any]) -> Any:
        return self.world.parts.containers[self.world.settings.city].get(kind)

    async def account(self, login: str, *desks: str, role: Role = Role.operator) -> None:
        """Give somebody an account that logs in with DEMO_PASSWORD."""
        accounts = make_accounts(self.world.settings, self.world.database, self.world.now)
        new = NewAccount(login, f"{login} 太郎", (role,), desks or (CITIZENS,))
        warrant = Warrant("test", "test")
        await accounts.add(new, warrant, demonstration_password=DEMO_PASSWORD)

    @asynccontextmanager
    async def browser(
        self, login: str, *desks: str, role: Role = Role.operator
    ) -> AsyncIterator["Browser"]:
        """Log somebody in."""
        await self.account(login, *desks, role=role)
        base = self.world.settings.public_base_url
        async with httpx2.AsyncClient(
            base_url=base, verify=certificates(), trust_env=False, timeout=20
        ) as http:
            browser = Browser(http)
            await browser.log_in(login)
            yield browser

    async def citizen(self) -> str:
        """Add somebody; return their LINE user id."""
        user = self.world.line.add_user()
        await self.world.work()
        return user

    async def id_of(self, user: str) -> str:
        sql = "SELECT id FROM bot_citizen WHERE line_user_id = :user"
        return str(await self.world.one(sql, user=user))

    async def says(self, user: str, text: str) -> str:
        """Let somebody write; return the turn's id."""
        self.world.line.say(user, text)
        await self.world.work()
        newest = await self.world.one("SELECT max(id) FROM bot_line_event")
        return f"line-{newest}"

    async def taps(self, user: str, data: str) -> None:
        self.world.line.tap(user, data)
        await self.world.work()

    async def asks(self, user: str, *desks: str, matter: bool = True) -> Standing:
        """Ask for a person, as the action does."""
        turn = await self.says(user, "人と話したい")
        wanted = PersonWanted(
            citizen_id=await self.id_of(user), turn_id=turn, says_matter=matter, desks=desks
        )
        return await self.handoffs.ask(wanted)

    async def alarm(self, user: str) -> None:
        turn = await self.says(user, "助けて")
        whose = CitizenOfTurn(citizen_id=await self.id_of(user), turn_id=turn)
        await self.handoffs.raise_alarm(whose.citizen_id, whose.turn_id)

    async def grip(self, user: str) -> Grip:
        sql = "SELECT id, fence FROM bot_handoff WHERE citizen_id = :id ORDER BY id DESC LIMIT 1"
        [[handoff_id, fence]] = await self.world.query(sql, id=await self.id_of(user))
        return Grip(handoff_id, fence)

    async def takes(self, who: StaffMember, user: str) -> Grip:
        await self.desk.take(who, await self.grip(user))
        return await self.grip(user)

    async def replies(self, who: StaffMember, grip: Grip, text: str) -> None:
        await self.desk.reply(who, grip, self.form(text))
        await self.world.work()

    def form(self, text: str, *, despite: bool = False) -> Written:
        self._forms += 1
        return Written(f"form-{self._forms}", text, despite)

    async def state(self, user: str) -> str:
        sql = "SELECT state FROM bot_handoff WHERE citizen_id = :id ORDER BY id DESC LIMIT 1"
        return str(await self.world.one(sql, id=await self.id_of(user)))

    async def heard(self, user: str) -> list[str]:
        await self.world.work()
        return self.world.texts(user)

    async def senders(self, user: str) -> list[str]:
        rows = self.world.line.from_bot(user)
        return [str(row["message"].get("sender", {}).get("name")) for row in rows]

    async def written(self, user: str) -> list[str]:
        sql = "SELECT messages_json FROM bot_outbound WHERE citizen_id = :id ORDER BY id"
        rows = await self.world.query(sql, id=await self.id_of(user))
        return [m.get("text", m["type"]) for [row] in rows for m in json.loads(row)]


@asynccontextmanager
async def make_people(line: Line, settings: Settings) -> AsyncIterator[People]:
    """The web application shares the world's clock."""
    worlds: list[World] = []

    def now() -> datetime:
        return worlds[0].now() if worlds else OPEN

    apps: list[FastAPI] = []

    def make_web(its: Settings) -> FastAPI:
        apps.append(build_web(its, now))
        return apps[0]

    async with make_world(line, settings, make_web) as world:
        worlds.append(world)
        yield People(world, apps[0].state.container)
