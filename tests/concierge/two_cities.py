"""One installation of two cities, with their own folders, channels and schemas."""

import base64
import json
import shutil
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.line.signature import sign
from concierge.installation import Installation
from concierge.worker import ANSWERS, BULK, ERRANDS, Worker
from kit.container import Container
from kit.db import Database
from kit.http import CITY_HEADER
from kit.settings import ROOT, Settings

OLD, NEW = "aizuwakamatsu", "yukimura"
DEMO = ROOT / "city" / OLD
HOSTS = {OLD: "aizu.test", NEW: "yuki.test"}
CITY_NAMES = {OLD: "会津若松市", NEW: "雪村市"}
MARK = "雪村市では、次のとおりです。"
"""With this every answer of the second city's FAQ begins."""
PERSON = "U" + "7" * 32

FURTHER = {
    "city": NEW,
    "public_base_url": f"http://{HOSTS[NEW]}",
    "line_channel_id": "1650000099",
    "line_channel_secret": "the-second-city-s-channel-secret",
    "line_login_channel_id": "16500000991",
    "line_login_channel_secret": "the-second-city-s-login-secret",
    "internal_token": "the-second-city-s-internal-token",
    "master_key": base64.b64encode(b"the second city's key, 32 bytes!").decode(),
}


def make_folders(folder: Path) -> Path:
    """Write the folders of both cities; the second has another name, waste list and FAQ."""
    for city in (OLD, NEW):
        shutil.copytree(DEMO, folder / city, ignore=shutil.ignore_patterns("residents", "menus"))
    new = folder / NEW
    for file in (new / "city.toml", *new.glob("locales/*.po")):
        written = file.read_text("utf-8")
        file.write_text(
            written.replace("会津若松", "雪村").replace("0242-39-1111", "0299-00-1111"), "utf-8"
        )
    for file in new.glob("faq/*.jsonl"):
        written = file.read_text("utf-8")
        file.write_text(written.replace('"answer": "', f'"answer": "{MARK}'), "utf-8")
    days = new / "waste" / "area_days.csv"
    days.write_text(days.read_text("utf-8-sig").replace("月 木", "火 金"), "utf-8")
    return folder


def two_cities(settings: Settings, folder: Path, **more: Any) -> Settings:
    """Return the settings of an installation of both."""
    own = settings.model_dump() | {"cities_dir": folder, "public_base_url": f"http://{HOSTS[OLD]}"}
    return Settings.model_validate(own | more | {"more_cities": (FURTHER,)})


@dataclass
class Outside:
    """LINE and Rasa at the wire: who called with what."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(channel by its token, body) of each message."""
    turns: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/oauth2/v3/token", self._token, methods=["POST"]),
                Route("/webhooks/concierge/turns", self._turn, methods=["POST"]),
                Route("/v2/bot/message/{way}", self._send, methods=["POST"]),
                Route("/{rest:path}", self._other, methods=["GET", "POST", "DELETE"]),
            ]
        )

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        token = f"{form['client_id']}/{form['client_secret']}"
        return JSONResponse({"access_token": token, "expires_in": 900, "token_type": "Bearer"})

    async def _turn(self, request: Request) -> Response:
        self.turns.append(await request.json())
        said = {"type": "text", "text": f"{self.turns[-1]['metadata']['city']}", "choices": []}
        return JSONResponse({"messages": [said], "replayed": False})

    async def _send(self, request: Request) -> Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.sent.append((token, await request.json()))
        return JSONResponse({"sentMessages": [{"id": str(len(self.sent))}]})

    async def _other(self, request: Request) -> Response:
        return JSONResponse({})


class Pair:
    """Both cities, as the world outside meets them."""

    def __init__(self, settings: Settings, apps: dict[str, FastAPI], outside: Outside) -> None:
        self.settings = {one.city: one for one in settings.cities}
        self.installation_settings = settings
        self.outside = outside
        self.installation = Installation(apps)
        self.apps = apps
        self.numbers = iter(range(1, 1000))

    def container(self, city: str) -> Container:
        found: Container = self.apps[city].state.container
        return found

    def database(self, city: str) -> Database:
        return self.container(city).get(Database)

    def visitor(self, city: str, **headers: str) -> httpx2.AsyncClient:
        """Return somebody who calls the city by its address."""
        transport = httpx2.ASGITransport(app=self.installation)
        base = f"http://{HOSTS[city]}"
        return httpx2.AsyncClient(transport=transport, base_url=base, headers=headers)

    def insider(self, city: str, token_of: str | None = None) -> httpx2.AsyncClient:
        """Return an internal caller, who names the city; with another city's token if told."""
        token = self.settings[token_of or city].internal_token.get_secret_value()
        transport = httpx2.ASGITransport(app=self.installation)
        return httpx2.AsyncClient(
            transport=transport,
            base_url="http://127.0.0.1:8000",
            headers={"Authorization": f"Bearer {token}", CITY_HEADER: city},
        )

    async def webhook(self, city: str, words: str, *, secret_of: str, **headers: str) -> int:
        """Deliver what the person wrote; return the status."""
        number = next(self.numbers)
        event = {
            "type": "message",
            "mode": "active",
            "timestamp": int(datetime.now(UTC).timestamp() * 1000),
            "source": {"type": "user", "userId": PERSON},
            "webhookEventId": f"01JZ{number:022d}",
            "deliveryContext": {"isRedelivery": False},
            "replyToken": f"{number:032x}",
            "message": {"type": "text", "id": str(number), "text": words},
        }
        body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
        secret = self.settings[secret_of].line_channel_secret.get_secret_value()
        signed = {"X-Line-Signature": sign(body, secret), **headers}
        async with self.visitor(city) as http:
            return (await http.post("/line/webhook", content=body, headers=signed)).status_code

    async def rows(self, city: str, table: str, columns: str = "count(*)") -> list[Any]:
        schema = self.database(city).city.schema
        async with self.database(city).transaction() as session:
            found = await session.execute(text(f"SELECT {columns} FROM {schema}.{table}"))  # noqa: S608
            return [tuple(row) for row in found.all()]

    async def work(self) -> None:
        """Let one worker do what is due in both cities."""
        worker = Worker(self.installation_settings)
        async with worker.jobs.open_async():
            for queues in (ANSWERS, ERRANDS, BULK) * 2:
                await worker.jobs.run_worker_async(
                    queues=queues, wait=False, install_signal_handlers=False, listen_notify=False
                )
        await worker.close()


def city_name(folder: Path, city: str) -> str:
    """Return what a city's own folder calls it."""
    return str(tomllib.loads((folder / city / "city.toml").read_text("utf-8"))["name"])
