"""Parents of the demonstration city with browsers of their own, and the desk at its console."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx2
from fastapi import FastAPI, Request
from sqlalchemy import select

from auth.permissions import Role
from concierge.app import build_web
from identity.container import IdentityContainer
from identity.login.browser import form_token as browser_token
from identity.models import Access
from kit.http import internal_client
from kit.ids import new_citizen_id
from kit.settings import Settings
from kit.web import make_app
from messages.notifications import NotifyClient
from services.nursery import desk_repository, repository
from services.nursery.allocating import Allocating
from services.nursery.applications import Files
from services.nursery.importer import import_nursery
from services.nursery.telling import Telling
from services.residents.contract import Identification
from services.residents.importer import import_demonstration
from services.residents.register import Register
from services.residents.service import ResidentsService
from tests.identity.support import Clock
from tests.support import add_staff, form_token, log_in_staff

BASE = "http://127.0.0.1:8000"
ROUND = "2027-04"
DESK = "こども保育課"
MAI: dict[str, Any] = {
    "name": "NGUYEN THI MAI",
    "birthdate": date(1998, 2, 14),
    "sex": "female",
    "address": "福島県会津若松市扇町99番地5",
}
KEIKO: dict[str, Any] = {
    "name": "渡邊 惠子",
    "birthdate": date(1979, 12, 8),
    "sex": "female",
    "address": "福島県会津若松市材木町一丁目99番4号",
}
KENTA: dict[str, Any] = {
    "name": "鈴木 健太",
    "birthdate": date(1994, 11, 2),
    "sex": "male",
    "address": "福島県会津若松市駅前町99番2号",
}
WORK = {"p0.reason": "work", "p0.hours_per_month": "168"}
BOTH = {**WORK, "p1.reason": "work", "p1.hours_per_month": "１60"}


class Parent:
    """One citizen with one browser."""

    def __init__(self, town: "Town") -> None:
        self.town, self.citizen = town, new_citizen_id()
        self.http = town.browser()

    async def is_(self, who: dict[str, Any]) -> None:
        service = self.town.part(ResidentsService)
        card = Identification(citizen_id=self.citizen, **who)
        assert (await service.identifications.identify(card)).outcome == "matched"

    async def log_in(self, *proofs: str) -> None:
        identity = self.town.part(IdentityContainer)
        _, session = await identity.sessions.start(self.citizen, "")
        instants = dict.fromkeys(("line_at", *proofs), self.town.clock())
        cookie, _ = await identity.sessions.renew(session.proven(**instants))
        self.http.cookies.set("identity", cookie)

    async def page(self, path: str = "") -> str:
        answer = await self.http.get(f"/my/nursery/{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return answer.text

    async def send(self, path: str, **typed: Any) -> httpx2.Response:
        fields = {name.replace("__", "."): value for name, value in typed.items()}
        return await self.post(path, fields)

    async def post(self, path: str, fields: dict[str, Any]) -> httpx2.Response:
        token = {"form_token": browser_token(self.http.cookies["identity"])}
        return await self.http.post(f"/my/nursery/{path}", data=token | fields)

    async def children(self) -> list[str]:
        return re.findall(r'name="child" value="(res_[0-9a-f]+)"', await self.page("children"))

    async def fill_in(self, wishes: list[list[str]], **rule: str) -> None:
        """Fill in every step, two parents in full-time work."""
        assert (await self.send("children", child=await self.children())).status_code == 303
        assert (await self.post("parents", BOTH)).status_code == 303
        assert (await self.post("household", {"h.single_parent": "False"})).status_code == 303
        typed = {
            f"w{child}.{rank}": wish
            for child, mine in enumerate(wishes)
            for rank, wish in enumerate(mine)
        }
        assert (await self.post("wishes", typed | {"do": "next"})).status_code == 303
        if len(wishes) > 1:
            await self.post("siblings", {"mode": "same_only", "prefer": "same"} | rule)
        papers = {"paper.employment:0": "window", "paper.employment:1": "post"}
        assert (await self.post("papers", papers)).status_code == 303

    async def preview(self) -> dict[str, str]:
        """Return the hidden fields of the preview."""
        found = re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"', await self.page("confirm")
        )
        return {n: html.unescape(value) for n, value in found if n != "form_token"}

    async def hand_in(self) -> httpx2.Response:
        return await self.post("confirm", await self.preview())

    async def receipt(self) -> str:
        found = re.search(r"<dt>受付番号</dt><dd>([^<]+)</dd>", await self.page())
        assert found is not None
        return found[1]

    async def looks(self) -> list[str]:
        async with self.town.part(IdentityContainer).database.statement() as session:
            rows = select(Access.action).where(Access.citizen_id == self.citizen)
            return list(await session.scalars(rows.order_by(Access.id)))


class Officer:
    """A member of staff at the console."""

    def __init__(self, town: "Town") -> None:
        self.town, self.http = town, town.browser()

    async def page(self, path: str = "") -> str:
        return (await self.http.get(f"/console/nursery/{path}")).text

    async def does(self, path: str, **typed: str) -> httpx2.Response:
        token = form_token(await self.http.get("/console/"))
        data = {"form_token": token} | typed
        return await self.http.post(f"/console/nursery/{path}", data=data)

    async def review_all(self) -> None:
        """Confirm every row and note every paper, application by application."""
        queue = await self.page(f"rounds/{ROUND}")
        for one in re.findall(r"/applications/(nap_[0-9a-f]+)", queue):
            sheet = await self.page(f"applications/{one}")
            for number in re.findall(rf"{one}/points/(\d+)", sheet):
                done = await self.does(f"applications/{one}/points/{number}", do="confirm")
                assert done.headers["location"].endswith("done=noted")
            for number in re.findall(rf"{one}/papers/(\d+)", sheet):
                await self.does(f"applications/{one}/papers/{number}", do="received")


class Town:
    """The program in this process, and what the bot was handed."""

    def __init__(self, app: FastAPI, clock: Clock, settings: Settings) -> None:
        self.app, self.clock, self.settings = app, clock, settings
        self.told: list[dict[str, Any]] = []
        self.browsers: list[httpx2.AsyncClient] = []
        self.files: Files = self.part(Files)

    def part(self, kind: Any) -> Any:
        return self.app.state.container.get(kind)

    def browser(self) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=self.app)
        self.browsers.append(httpx2.AsyncClient(transport=transport, base_url=BASE))
        return self.browsers[-1]

    async def parent(self, who: dict[str, Any]) -> Parent:
        parent = Parent(self)
        await parent.is_(who)
        await parent.log_in("card_at")
        return parent

    async def officer(self, *roles: Role, desk: str = DESK) -> Officer:
        officer = Officer(self)
        login = await add_staff(self.app, *(roles or (Role.operator,)), desks=(desk,))
        assert (await log_in_staff(officer.http, login)).status_code == 303
        return officer

    async def close_round(self) -> None:
        """Go on to the first instant that is too late."""
        async with self.files.database.transaction() as session:
            of = await repository.round_of(session, ROUND)
        assert of is not None
        self.clock.now = of.closes_at

    async def work(self) -> None:
        """Do the allocations that wait, each twice, as an unlucky worker would."""
        async with self.files.database.transaction() as session:
            numbers = [one.id for one in await desk_repository.allocations(session, ROUND)]
        for number in [*numbers, *numbers]:
            await Allocating(self.files).run(number)

    async def tell(self, what: str = "result") -> None:
        """Do what the jobs of a release do, twice; the bot is faked at the wire."""
        async with self.files.database.transaction() as session:
            rows = [row.id for row in await desk_repository.handed_in(session, ROUND)]
        bot, told = make_app("bot"), self.told

        @bot.post("/line/notifications")
        async def notify(request: Request) -> dict[str, str]:
            new = await request.json()
            if new["key"] in {one["key"] for one in told}:
                return {"outcome": "already_queued"}
            told.append(new)
            return {"outcome": "queued"}

        async with internal_client("http://bot", "x", app=bot) as http:
            telling = Telling(self.files, NotifyClient(http))
            for row in [*rows, *rows]:
                await telling.tell(row, what)


@asynccontextmanager
async def open_town(settings: Settings) -> AsyncIterator[Town]:
    """Yield the demonstration city with its residents and nurseries."""
    clock = Clock()
    app = build_web(settings, clock)
    async with app.router.lifespan_context(app):
        town = Town(app, clock, settings)
        assert (await import_demonstration(town.part(Register), settings.city_dir)).ok
        report = await import_nursery(
            town.files.database, settings.city_dir / "nursery", town.files.today()
        )
        assert report.ok, report.problems
        yield town
        for browser in town.browsers:
            await browser.aclose()
