"""The navigator behind its own API and pages on a real database; the bot is faked at the wire."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
from fastapi import Request, Response

from kit.clock import Clock
from kit.db import Database
from kit.http import InternalClient, internal_client
from kit.settings import Settings
from services.places.api import router as places_router
from services.places.service import PlacesService
from services.procedures import module
from services.procedures.contract import Guide, MoreAnswers, NewGuide, ProceduresClient
from services.procedures.guides import Guides
from services.procedures.reminding import Reminding
from tests.support import bare_app

MORNING = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
HANAKO, TARO = "ctz_hanako", "ctz_taro"
FAMILY = {
    "moved_on": "2026-11-20",
    "children": [2, 5],
    "insurance": "work",
    "owned": ["dog"],
}


class World:
    """One city's guides; `told` is what the bot was handed."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.now = MORNING
        self.told: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.app = bare_app(settings, "procedures")
        for router in (*module.MODULE.routers, places_router):
            self.app.include_router(router)
        self.app.post("/line/notifications")(self._notified)
        container = self.app.state.container
        token = settings.internal_token.get_secret_value()
        self.http = internal_client("http://test", token, app=self.app)
        container.put(Database, database)
        container.put(Clock, lambda: self.now)
        container.put(InternalClient, self.http)
        container.put(PlacesService, PlacesService.of_city(settings.city_dir))
        module.provide(container)
        self.database = database
        self.client = ProceduresClient(self.http)
        self.guides: Guides = container.get(Guides)
        self.reminding: Reminding = container.get(Reminding)
        self.browser = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app), base_url="http://test"
        )

    async def _notified(self, request: Request) -> Response:
        new = await request.json()
        known = new["key"] in self.keys
        self.keys.add(new["key"])
        self.told += [] if known else [new]
        outcome = "already_queued" if known else "queued"
        return Response(json.dumps({"outcome": outcome}), media_type="application/json")

    async def begin(self, event: str = "moving_in", citizen: str = HANAKO, **answers: Any) -> Guide:
        return await self.client.begin(NewGuide(citizen_id=citizen, event=event, answers=answers))

    async def answer(self, guide: Guide, citizen: str = HANAKO, **answers: Any) -> Guide:
        return await self.client.answer(guide.id, MoreAnswers(citizen_id=citizen, answers=answers))

    async def settled(self, citizen: str = HANAKO, **answers: Any) -> Guide:
        """Begin a family's move, and answer whatever is asked with "unknown" or nothing."""
        guide = await self.begin(citizen=citizen, **{**FAMILY, **answers})
        while guide.question is not None:
            said = list(guide.question.chosen) if guide.question.kind == "several" else "unknown"
            guide = await self.answer(guide, citizen, **{guide.question.name: said})
        return guide

    def key(self, guide: Guide) -> str:
        return guide.url.partition("?t=")[2]

    async def page(self, key: str, **more: str) -> httpx2.Response:
        return await self.browser.get("/procedures/list", params={"t": key, **more})

    async def press(self, key: str, do: str, procedure: str = "") -> httpx2.Response:
        form = {"t": key, "lang": "ja", "do": do, "procedure": procedure}
        filled = {name: value for name, value in form.items() if value}
        return await self.browser.post("/procedures/list", data=filled)

    async def close(self) -> None:
        await self.http.aclose()
        await self.browser.aclose()
