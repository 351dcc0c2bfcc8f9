"""The whole application with two people of the desk at its console, and one at the counter."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx2
from fastapi import FastAPI

from auth.permissions import Role
from concierge.app import build_web
from kit.http import InternalClient
from kit.settings import Settings
from services.procedures.contract import Guide, NewGuide, ProceduresClient
from services.procedures.guides import Guides
from tests.support import add_staff, form_token, log_in_staff

NOON = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
EVENTS = "/console/procedures/events"


class Browser:
    """One member of staff."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.token = ""

    async def get(self, path: str, **query: Any) -> httpx2.Response:
        return await self.http.get(path, params=query or None)

    async def page(self, path: str, **query: Any) -> str:
        answer = await self.get(f"{EVENTS}/{path}", **query)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def send(self, path: str, **fields: Any) -> httpx2.Response:
        form = {"form_token": self.token, **fields}
        return await self.http.post(f"{EVENTS}/{path}", data=form)

    async def opened(self, path: str) -> dict[str, str]:
        """Return which version a page's form is about."""
        text = await self.page(path)
        return {name: hidden(text, name) for name in ("number", "written_at")}

    async def text(self, key: str) -> str:
        """Return the text that the form of an event holds."""
        page = await self.page(f"{key}/edit")
        return unescape(page.partition("<textarea")[2].partition(">\n")[2].partition("</text")[0])

    async def save(self, key: str, text: str, **more: Any) -> httpx2.Response:
        fields = {"do": "save", "text": text, "note": "試験", **await self.opened(f"{key}/edit")}
        return await self.send(f"{key}/edit", **{**fields, **more})

    async def decide(self, key: str, number: int, do: str) -> httpx2.Response:
        path = f"{key}/versions/{number}"
        return await self.send(path, do=do, **await self.opened(path))


def hidden(page: str, name: str) -> str:
    """Return the value of a form's hidden field; empty where there is none."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


class Office:
    """`writer` and `reader` may change events; `operator` may not."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.now = NOON
        self.guides: Guides = app.state.container.get(Guides)
        self.client = ProceduresClient(app.state.container.get(InternalClient))
        self.writer: Browser
        self.reader: Browser
        self.operator: Browser

    async def begin(self, event: str = "moving_in", **answers: Any) -> Guide:
        new = NewGuide(citizen_id="ctz_hanako", event=event, answers=answers)
        return await self.client.begin(new)

    async def publish(self, key: str, text: str) -> int:
        """Have the writer propose a text, and the reader publish it; return its number."""
        saved = await self.writer.save(key, text)
        number = int(saved.headers["location"].rpartition("/")[2])
        assert (await self.writer.decide(key, number, "propose")).status_code == 303
        assert (await self.reader.decide(key, number, "publish")).status_code == 303
        return number


@asynccontextmanager
async def opened_office(settings: Settings) -> AsyncIterator[Office]:
    """Open the application with its three people logged in."""
    clock: list[Office] = []
    app = build_web(settings, lambda: clock[0].now if clock else NOON)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        office = Office(app, settings)
        clock.append(office)
        people = {
            "writer": (Role.supervisor,),
            "reader": (Role.supervisor, Role.operator),
            "operator": (Role.operator,),
        }
        for name, roles in people.items():
            http = await stack.enter_async_context(
                httpx2.AsyncClient(
                    transport=httpx2.ASGITransport(app=app), base_url=settings.public_base_url
                )
            )
            await log_in_staff(http, await add_staff(app, *roles))
            person = Browser(http)
            person.token = form_token(await http.get("/console/"))
            setattr(office, name, person)
        yield office
