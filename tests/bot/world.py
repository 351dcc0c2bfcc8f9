"""The bot between a running LINE emulator and a Rasa faked at the wire; jobs run when told to."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from concierge.app import build_web
from concierge.worker import ANSWERS, BULK, ERRANDS, FILES, Worker
from kit.db import Database
from kit.jobs import Job
from kit.settings import Settings
from tests.emulators.line.running import served
from tests.support import Line

# A job that failed is tried again only by `World.retry`.
# Seconds a busy machine may take over one webhook. LINE's own two have tests of their own.
PATIENCE = 15
DUE = "status = 'todo' AND attempts = 0 AND coalesce(scheduled_at, now()) <= now()"


class RasaFake:
    """Answers every turn with one sentence, and remembers what it was asked to do."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.forgotten: list[str] = []
        self.status = 0
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        """What happens while an answer is being thought of."""

    def app(self) -> Starlette:
        base = "/webhooks/concierge"
        return Starlette(
            routes=[
                Route(f"{base}/turns", self.take, methods=["POST"]),
                Route(f"{base}/conversations/{{sender}}", self.forget, methods=["DELETE"]),
                Route(f"{base}/conversations/{{sender}}", self.kept, methods=["GET"]),
            ]
        )

    async def take(self, request: Request) -> Response:
        self.asked.append(await request.json())
        if self.meanwhile is not None:
            await self.meanwhile()
        said = {"type": "text", "text": f"回答{len(self.asked)}", "choices": []}
        return JSONResponse({"messages": [said], "replayed": False}, self.status or 200)

    async def kept(self, request: Request) -> Response:
        sender = request.path_params["sender"]
        asked = [turn for turn in self.asked if turn["sender"] == sender]
        gone = sender in self.forgotten
        return JSONResponse({"events": [] if gone else asked}, self.status or 200)

    async def forget(self, request: Request) -> Response:
        if self.status:
            return Response(status_code=self.status)
        self.forgotten.append(request.path_params["sender"])
        return Response(status_code=204)


class World:
    """People at the emulator, our database, and a worker that works when it is told to."""

    def __init__(self, line: Line, rasa: RasaFake, settings: Settings) -> None:
        self.line = line
        self.rasa = rasa
        self.settings = settings
        self.database = Database(settings)
        self.ahead = timedelta()
        self.parts = Worker(settings, self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def work(self) -> None:
        """Wait until every webhook has arrived, then do what is due."""
        assert self.line.get("webhooks/idle", wait=PATIENCE) == {"pending": 0}
        await self.work_off()

    async def work_off(self) -> None:
        """Do what is due by now."""
        # A worker that does not wait stops at a lock, so that it is started until nothing is left.
        while await self.one(f"SELECT count(*) FROM procrastinate_jobs WHERE {DUE}"):  # noqa: S608
            for queues in (ANSWERS, ERRANDS, FILES, BULK):
                await self.parts.jobs.run_worker_async(
                    queues=queues,
                    wait=False,
                    concurrency=4,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    listen_notify=False,
                )

    async def retry(self) -> None:
        """Let the jobs that wait for another try have it now."""
        await self.query("UPDATE procrastinate_jobs SET scheduled_at = NULL, attempts = 0")
        await self.work()

    async def run(self, name: str) -> None:
        """Do what a periodic job does, and the jobs that it writes."""
        await self.parts.jobs.tasks[name](timestamp=0)
        await self.work()

    async def do(self, job: Job, **arguments: Any) -> None:
        """Do what a job does, without the queue."""
        await self.parts.do(self.settings.city, job, **arguments)

    async def query(self, sql: str, **values: Any) -> list[Any]:
        async with self.database.transaction() as session:
            result = await session.execute(text(sql), values)
            return [tuple(row) for row in result.all()] if result.returns_rows else []

    async def one(self, sql: str, **values: Any) -> Any:
        [[value]] = await self.query(sql, **values)
        return value

    def send_file(self, user: str, kind: str, content: bytes, **more: Any) -> str:
        body = {"type": kind, "content": base64.b64encode(content).decode(), **more}
        return str(self.line.post(f"users/{user}/messages", **body)["messageId"])

    def texts(self, user: str) -> list[str]:
        return [str(m["message"].get("text")) for m in self.line.from_bot(user)]


@asynccontextmanager
async def make_world(
    line: Line,
    settings: Settings,
    make_web: Callable[[Settings], Any] = build_web,
    kind: type[World] = World,
) -> AsyncIterator[World]:
    rasa = RasaFake()
    line.reset()
    with served(lambda _url: rasa.app()) as rasa_url:
        known = {"rasa_url": rasa_url, "line_api_base": line.url, "line_data_base": line.url}
        settings = settings.model_copy(update=known)
        with served(lambda url: make_web(_at(url, settings))) as web_url:
            patient = {"redelivery": False, "webhook_timeout_seconds": PATIENCE}
            line.post("settings", webhook_url=f"{web_url}/line/webhook", **patient)
            world = kind(line, rasa, _at(web_url, settings))
            async with world.parts.jobs.open_async():
                yield world
            await world.parts.close()
            await world.database.close()
            line.get("webhooks/idle", wait=PATIENCE)


def _at(web_url: str, settings: Settings) -> Settings:
    """The settings of a web application under that address."""
    return settings.model_copy(update={"public_base_url": web_url, "internal_base_url": web_url})


def body_of(*events: Any, destination: str = "U" + "0" * 32) -> bytes:
    return json.dumps({"destination": destination, "events": list(events)}).encode()
