"""A city at the hooks: telegrams come in over HTTP, people read at the LINE emulator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx2

from bot.citizens import repository as citizen_rows
from bot.preferences.contract import Preferences
from bot.preferences.service import PreferenceService
from concierge.app import build_web
from kit.http import certificates
from kit.settings import Settings
from messages.languages import Language
from tests.bot.world import World, make_world
from tests.services.disaster.builder import JMA, at
from tests.support import Line

TOKEN = "token-of-the-authorities"
CITY = "0720200"


class Warned(World):
    """The bot's world, with a hook, a clock that stands in the tests' afternoon, and residents."""

    instant: datetime = at(0)
    http: httpx2.AsyncClient

    def now(self) -> datetime:
        return self.instant

    async def resident(self, chosen: Preferences | None = None) -> str:
        """Return the LINE user id of a new friend."""
        user = self.line.add_user()
        async with self.database.transaction() as session:
            found = await citizen_rows.ensure_citizens(session, {user}, self.now())
        if chosen is not None:
            await PreferenceService(self.database, self.now).put(*found.values(), chosen)
        return user

    async def send(
        self, body: bytes, hook: str = "jma", token: str = TOKEN, work: bool = True
    ) -> httpx2.Response:
        """Post a message to a hook, and let the worker do what is due."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/xml"}
        answer = await self.http.post(f"/hooks/{hook}", content=body, headers=headers)
        if work:
            await self.work()
        return answer

    def later(self, minutes: float) -> None:
        self.instant = at(minutes)

    def heard(self, user: str) -> list[str]:
        """What somebody was told by multicast; the greeting of a new friend is left out."""
        told = [m for m in self.line.from_bot(user) if m["via"] == "multicast"]
        return [str(m["message"].get("text")) for m in told]

    async def decisions(self) -> list[Any]:
        return await self.query(
            "SELECT hazard, kind, decision, audience FROM disaster_change ORDER BY id"
        )


@asynccontextmanager
async def warned(line: Line, settings: Settings) -> AsyncIterator[Warned]:
    clock = Clock()
    settings = settings.model_copy(update={"disaster_hook_token": _secret(TOKEN)})

    def make_web(known: Settings) -> Any:
        return build_web(known, clock)

    async with make_world(line, settings, make_web, Warned) as world:
        assert isinstance(world, Warned)
        clock.world = world
        url = world.settings.internal_base_url
        async with httpx2.AsyncClient(
            base_url=url, verify=certificates(), trust_env=False, timeout=20
        ) as http:
            world.http = http
            yield world


class Clock:
    """The world's instant, for the web application that is made before it."""

    world: Warned | None = None

    def __call__(self) -> datetime:
        return at(0) if self.world is None else self.world.now()


def _secret(text: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(text)


def of_our_city(name: str, *, code: str, reported: datetime | None = None) -> bytes:
    """A real telegram of another city (seven digits), word for word, with our city's code in it."""
    path = next(iter(sorted(JMA.glob(f"*/{name}*.xml"))))
    return path.read_bytes().replace(code.encode(), CITY.encode())


ENGLISH = Preferences(language=Language.en)
