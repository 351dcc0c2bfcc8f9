"""The snow skill behind its own API on a real database; the bot is faked at the wire."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy import select

from kit.clock import Clock
from kit.db import Database
from kit.http import InternalClient, internal_client
from kit.settings import Settings
from services.places.api import router as places_router
from services.places.service import PlacesService
from services.snow import module
from services.snow.contract import NearbyQuestion, NewReport, Report, SnowClient
from services.snow.models import SnowChange, SnowPhoto
from services.snow.photos import Photos
from services.snow.ploughs import Ploughs
from services.snow.service import SnowService
from services.snow.telling import Telling
from tests.support import bare_app

MORNING = datetime(2027, 1, 14, 22, 0, tzinfo=UTC)
STATION = (37.5081, 139.9303)
HANAKO, TARO = "ctz_hanako", "ctz_taro"

_STEPS = select(SnowChange.id).where(SnowChange.before.is_not(None)).order_by(SnowChange.id)


class World:
    """One city's snow; `told` is what the bot was handed, `photos` what it has."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.now = MORNING
        self.database, self.settings = database, settings
        self.told: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.photos: dict[str, bytes | int] = {}
        self.app = self._app()
        container = self.app.state.container
        token = settings.internal_token.get_secret_value()
        self.http = internal_client("http://test", token, app=self.app)
        container.put(Database, database)
        container.put(Clock, lambda: self.now)
        container.put(InternalClient, self.http)
        container.put(PlacesService, PlacesService.of_city(settings.city_dir))
        module.provide(container)
        self.client = SnowClient(self.http)
        self.service: SnowService = container.get(SnowService)
        self.telling: Telling = container.get(Telling)
        self.taking_in: Photos = container.get(Photos)
        self.ploughs: Ploughs = container.get(Ploughs)

    def _app(self) -> FastAPI:
        app = bare_app(self.settings, "snow")
        for router in (*module.MODULE.routers, places_router):
            app.include_router(router)

        @app.post("/line/notifications")
        async def notify(request: Request) -> dict[str, str]:
            new = await request.json()
            if new["key"] in self.keys:
                return {"outcome": "already_queued"}
            self.keys.add(new["key"])
            self.told.append(new)
            return {"outcome": "queued"}

        @app.post("/line/media")
        async def media(request: Request) -> Any:
            found = self.photos.get((await request.json())["turn_id"], 404)
            if isinstance(found, int):
                return Response(status_code=found)
            return {"photos": [base64.b64encode(found).decode()]}

        return app

    async def file(
        self,
        key: str = "line-1",
        citizen: str = HANAKO,
        at: tuple[float, float] = STATION,
        category: str = "ice",
        **more: Any,
    ) -> Report:
        new = NewReport(
            key=key, citizen_id=citizen, category=category, lat=at[0], lon=at[1], **more
        )
        return await self.client.file(new)

    async def offered(self, at: tuple[float, float] = STATION, category: str = "ice") -> list[str]:
        found = await self.client.nearby(NearbyQuestion(category=category, lat=at[0], lon=at[1]))
        return [offer.number for offer in found.offered]

    async def tell_everything(self) -> None:
        """Do every job that a change has written, twice, as an unlucky worker would."""
        async with self.database.transaction() as session:
            ids = list(await session.scalars(_STEPS))
        for change_id in [*ids, *ids]:
            await self.telling.tell(change_id)

    async def take_photos_in(self) -> None:
        async with self.database.transaction() as session:
            ids = list(await session.scalars(select(SnowPhoto.id)))
        for photo_id in ids:
            await self.taking_in.fetch(photo_id)

    def words_to(self, citizen: str) -> list[str]:
        return [n["messages"][0]["text"] for n in self.told if n["citizen_id"] == citizen]

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)
