"""A citizen of the demonstration city with a browser, as the handbook's pages meet her."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import select

from concierge.app import build_web
from identity.account import consents
from identity.container import IdentityContainer
from identity.login.browser import form_token
from identity.models import Access
from kit.ids import new_citizen_id
from kit.settings import Settings
from services.health.importer import import_health
from services.health.scopes import CONSENT
from services.health.service import Records
from services.residents.contract import Identification, ResidentsClient
from services.residents.importer import import_demonstration
from services.residents.register import Register
from services.residents.service import ResidentsService
from tests.identity.support import Clock

MISAKI = {"name": "佐藤 美咲", "birthdate": date(1988, 4, 12), "sex": "female"}
MISAKI_AT = "福島県会津若松市中央一丁目99番1号"
KENTA = {"name": "鈴木 健太", "birthdate": date(1994, 11, 2), "sex": "male"}
KENTA_AT = "福島県会津若松市駅前町99番2号"


class Visitor:
    """One citizen and one browser."""

    def __init__(self, app: FastAPI, http: httpx2.AsyncClient, clock: Clock) -> None:
        self.app, self.http, self.clock = app, http, clock
        self.identity = app.state.container.get(IdentityContainer)
        self.citizen = new_citizen_id()

    async def becomes(self, who: dict[str, Any] = MISAKI, address: str = MISAKI_AT) -> None:
        card = Identification(citizen_id=self.citizen, address=address, **who)
        service = self.app.state.container.get(ResidentsService)
        assert (await service.identifications.identify(card)).outcome == "matched"

    async def log_in(self, *proofs: str) -> None:
        _, session = await self.identity.sessions.start(self.citizen, "")
        proven = session.proven(**dict.fromkeys(("line_at", *proofs), self.clock()))
        cookie, _ = await self.identity.sessions.renew(proven)
        self.http.cookies.set("identity", cookie)

    async def agrees(self) -> None:
        async with self.identity.database.transaction() as session:
            await consents.give(session, self.citizen, CONSENT, 1, self.clock())

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path)

    async def children(self) -> list[str]:
        """Return the ids that the first page leads to."""
        page = (await self.get("/my/health/")).text
        return list(dict.fromkeys(re.findall(r"growth\?child=(res_[0-9a-f]{32})", page)))

    async def form(self, path: str) -> dict[str, str]:
        """Return the hidden fields of the first form of a page."""
        page = (await self.get(path)).text
        start = page.index('<form method="post" action="/my/health/')
        first = page[start : page.index("</form>", start)]
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', first)
        return dict(found) | {"do": "save"}

    async def form_token(self) -> str:
        """Return the token of this browser's forms."""
        return form_token(self.http.cookies["identity"])

    async def looks(self) -> list[str]:
        """Return what the access log has of this citizen."""
        async with self.identity.database.statement() as session:
            rows = select(Access.action).where(Access.citizen_id == self.citizen)
            return list(await session.scalars(rows.order_by(Access.id)))


@asynccontextmanager
async def visiting(settings: Settings, clock: Clock) -> AsyncIterator[Visitor]:
    """Yield a citizen nobody knows yet, in a city with its residents and their handbooks."""
    app = build_web(settings, clock)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http,
    ):
        container = app.state.container
        assert (await import_demonstration(container.get(Register), settings.city_dir)).ok
        folder = settings.city_dir / "health"
        residents = container.get(ResidentsClient)
        assert (await import_health(container.get(Records), residents, folder)).ok
        yield Visitor(app, http, clock)
