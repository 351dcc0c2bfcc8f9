"""Citizens, browsers, the stand-ins and the program, with a worker that works when told to."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.levels import Level
from concierge.app import build_web
from emulators.digital_auth.app import make_app as make_digital_auth
from emulators.digital_auth.provider import DigitalAuth
from emulators.my_id.app import make_app as make_my_id
from emulators.my_id.provider import MyId
from emulators.openid.profile import Client
from identity.contract import IdentityClient
from kit.http import internal_client
from kit.settings import DEMO_MY_ID_SECRET, Settings
from tests.bot.world import World, make_world
from tests.emulators.openid.relying_party import StandIn
from tests.emulators.serving import served
from tests.identity.browsing import Browser
from tests.support import Line

PASSWORD = "demo-my-id"
PIN = "1234"
NOWHERE = "http://127.0.0.1:9/nowhere"


@dataclass
class Person:
    """Somebody with a LINE account, known to us under a pseudonym."""

    line_user: str
    citizen_id: str


class RegisterFake:
    """The city's register at the wire: remembers who was asked for, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.outcome = "matched"
        self.status = 200

    def web(self, settings: Settings) -> FastAPI:
        """Return the web application with this register in the place of the real one."""
        app = build_web(settings)
        route = Route("/services/residents/identifications", self._identify, methods=["POST"])
        forget = Route("/services/residents/citizens/{id}", self._forget, methods=["DELETE"])
        app.router.routes[:0] = [route, forget]
        return app

    async def _forget(self, request: Request) -> Response:
        self.asked.append({"forget": request.path_params["id"]})
        return Response(status_code=204)

    async def _identify(self, request: Request) -> Response:
        self.asked.append(await request.json())
        return JSONResponse({"outcome": self.outcome}, self.status)


class IdentityWorld:
    """Everything that takes part in a login."""

    def __init__(
        self,
        bot: World,
        my_id: StandIn,
        card: StandIn,
        register: RegisterFake,
        http: httpx2.AsyncClient,
    ) -> None:
        self.bot = bot
        self.my_id = my_id
        self.card = card
        self.register = register
        self.http = http
        self.identity = IdentityClient(http)

    async def person(self, name: str = "みさき") -> Person:
        user = self.bot.line.add_user(name)
        await self.bot.work()
        sql = f"SELECT id FROM bot_citizen WHERE line_user_id = '{user}'"  # noqa: S608
        return Person(user, await self.bot.one(sql))

    async def link(self, person: Person, provider: str, resume: str | None = None) -> str:
        level = {"line": Level.L1, "my-id": Level.L2, "card": Level.L3}[provider]
        return await self.identity.one_time_link(person.citizen_id, level, resume=resume)

    def pass_line(self, browser: Browser, person: Person) -> str:
        """Agree at LINE Login, or answer LINE's link dialog, as this person."""
        assert browser.url.startswith(self.bot.line.url), browser.url
        return browser.send(userId=person.line_user, choice="yes")

    def pass_my_id(self, browser: Browser, user: str = "misaki") -> str:
        assert browser.url.startswith(self.my_id.url), browser.page.text
        browser.send("/login", user_id=user, password=PASSWORD)
        return browser.send("/consent")

    def pass_card(self, browser: Browser, user: str = "misaki") -> str:
        assert browser.url.startswith(self.card.url), browser.page.text
        browser.send("/agree")
        browser.send("/pin", pin=PIN)
        return browser.send("/card", card=user)

    async def linked(
        self, person: Person, provider: str = "my-id", user: str = "misaki"
    ) -> Browser:
        """Go the whole way of a first link."""
        browser = await self.begun(person, provider)
        (self.pass_card if provider == "card" else self.pass_my_id)(browser, user)
        self.pass_line(browser, person)
        await self.bot.work()
        return browser

    async def begun(self, person: Person, provider: str = "my-id") -> Browser:
        """Go from the talk's link as far as the provider's first page."""
        browser = Browser()
        browser.open(await self.link(person, provider))
        browser.send("/start")
        self.pass_line(browser, person)
        return browser

    def asked_of(self, stand_in: StandIn) -> list[str]:
        """What our program (no browser) asked of a stand-in since the last look."""
        entries = stand_in.journal()
        ours = [e["path"].rsplit("/", 1)[-1] for e in entries if "interaction" not in e["path"]]
        return [path for path in ours if path in ("token", "userinfo", "certs", "jwks.json")]

    async def level(self, person: Person) -> Level:
        return (await self.identity.standing(person.citizen_id)).level

    def texts(self, person: Person) -> list[str]:
        return self.bot.line.words_of_bot(person.line_user)

    async def deeds(self, person: Person) -> list[str]:
        sql = f"SELECT action FROM identity_access WHERE citizen_id = '{person.citizen_id}' ORDER BY id"  # noqa: E501, S608
        return [action for (action,) in await self.bot.query(sql)]

    async def links(self, person: Person) -> list[tuple[str, str]]:
        sql = (
            "SELECT provider, state FROM identity_link WHERE citizen_id = '{}' ORDER BY created_at"
        )
        return await self.bot.query(sql.format(person.citizen_id))

    def messages(self, person: Person) -> list[dict[str, Any]]:
        return [m["message"] for m in self.bot.line.from_bot(person.line_user)]


@asynccontextmanager
async def make_identity_world(
    line: Line, settings: Settings, *, with_register: bool = False
) -> AsyncIterator[IdentityWorld]:
    """Run the program between the stand-ins; `with_register` leaves the city's register, empty."""
    with ExitStack() as stack:
        my_id_url = stack.enter_context(served(lambda url: make_my_id(MyId(url, _my_id(NOWHERE)))))
        card_url = stack.enter_context(
            served(lambda url: make_digital_auth(DigitalAuth(url, _card(NOWHERE))))
        )
        known = {
            "my_id_base": my_id_url,
            "digital_auth_base": card_url,
            "line_access_base": line.url,
        }
        register = RegisterFake()
        settings = settings.model_copy(update=known)
        async with make_world(line, settings, build_web if with_register else register.web) as bot:
            web = bot.settings.public_base_url
            my_id, card = StandIn(my_id_url), StandIn(card_url, "/api/realms/main")
            my_id.control("PUT", "/clients", _my_id(web).model_dump())
            card.control("PUT", "/clients", _card(web).model_dump())
            token = bot.settings.internal_token.get_secret_value()
            async with internal_client(web, token, timeout=20) as http:
                yield IdentityWorld(bot, my_id, card, register, http)


def _my_id(web: str) -> Client:
    return Client(
        client_id="citizen-concierge",
        client_name="会津若松市 市民コンシェルジュ",
        redirect_uris=[f"{web}/identity/my-id/callback"],
        token_endpoint_auth_method="client_secret_basic",
        client_secret=DEMO_MY_ID_SECRET,
    )


def _card(web: str) -> Client:
    return Client(
        client_id="RP00000001",
        client_name="会津若松市 市民コンシェルジュ",
        redirect_uris=[f"{web}/identity/card/callback"],
        token_endpoint_auth_method="private_key_jwt",
        jwks_uri=f"{web}/identity/card/jwks.json",
    )
