"""The emulator as a real server, and a bot that keeps what it receives."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.line.app import make_app, make_platform
from emulators.line.options import Options
from kit.http import certificates
from kit.settings import Settings
from tests.emulators.serving import served

TOKEN = "long-lived-token-of-the-tests"


@dataclass
class Received:
    """One webhook as the bot got it."""

    raw: bytes
    headers: dict[str, str]

    @property
    def signature(self) -> str:
        return self.headers["x-line-signature"]


@dataclass
class Bot:
    """A receiver of webhooks. `status` decides about each one; the default takes them all."""

    secret: str
    received: list[Received] = field(default_factory=list)
    status: Callable[[int], int] = lambda number: 200
    delay: Callable[[int], float] = lambda number: 0.0
    _news: threading.Condition = field(default_factory=threading.Condition)

    async def take(self, request: Request) -> Response:
        raw = await request.body()
        with self._news:
            self.received.append(Received(raw, dict(request.headers)))
            number = len(self.received)
            self._news.notify_all()
        await asyncio.sleep(self.delay(number))
        return Response("", self.status(number))

    def wait(self, count: int, seconds: float = 15) -> list[Received]:
        """Return the webhooks as soon as there are `count` of them."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.received) >= count, seconds), (
                f"{len(self.received)} of {count} webhooks came"
            )
            return list(self.received)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/hook", self.take, methods=["POST"])])


class Emulator:
    """The running emulator, its control API and its LINE API."""

    def __init__(self, url: str, settings: Settings, bot: Bot) -> None:
        self.url = url
        self.settings = settings
        self.bot = bot
        self.http = httpx2.Client(base_url=url, timeout=40, verify=certificates(), trust_env=False)
        self.bearer = {"Authorization": f"Bearer {TOKEN}"}

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"/emulator{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def add_user(self, name: str = "花子") -> str:
        user_id: str = self.control("POST", "/users", {"display_name": name})["userId"]
        return user_id

    def write(self, user_id: str, **message: Any) -> Any:
        return self.control("POST", f"/users/{user_id}/messages", message)

    def talk(self, user_id: str, after: int = 0, wait: float = 0) -> list[Any]:
        path = f"/users/{user_id}/messages?after={after}&wait={wait}"
        messages: list[Any] = self.control("GET", path)["messages"]
        return messages

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return self.http.request(method, path, json=body, headers={**self.bearer, **headers})

    def push(self, user_id: str, *messages: Any, **headers: str) -> httpx2.Response:
        body = {"to": user_id, "messages": list(messages)}
        return self.call("POST", "/v2/bot/message/push", body, **headers)

    def settle(self) -> None:
        """Wait until every webhook was taken or given up, and stands in the journal."""
        assert self.control("GET", "/webhooks/idle?wait=15") == {"pending": 0}

    def last_reason(self) -> str:
        reason: str = self.control("GET", "/stats")["refusals"][-1]["reason"]
        return reason


@contextmanager
def running_emulator() -> Iterator[Emulator]:
    """The emulator and a bot that it sends its webhooks to."""
    settings = Settings(environment="test")
    bot = Bot(settings.line_channel_secret.get_secret_value())
    with served(lambda _url: bot.app()) as bot_url:
        platform = make_platform(settings, Options(webhook_url=f"{bot_url}/hook"), token=TOKEN)
        with served(lambda _url: make_app(platform)) as url:
            emulator = Emulator(url, settings, bot)
            yield emulator
            emulator.http.close()
