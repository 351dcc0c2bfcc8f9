"""Citizens, their browsers, the stand-ins and the house, with a worker that works when told to."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from emulators.digital_auth.app import make_app as make_digital_auth
from emulators.digital_auth.provider import DigitalAuth
from emulators.my_id.app import make_app as make_my_id
from emulators.my_id.provider import MyId
from emulators.openid.profile import Client
from identity.contract import IdentityClient, Level
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


class IdentityWorld:
    """Everything that takes part in a login."""

    def __init__(self, bot: World, my_id: StandIn, card: StandIn, http: httpx2.AsyncClient) -> None:
        self.bot = bot
        self.my_id = my_id
        self.card = card
        self.http = http
        self.identity = IdentityClient(http)

    async def person(self, name: str = "みさき") -> Person:
        user = self.bot.line.add_user(name)
        await self.bot.work()
        sql = f"SELECT id FROM bot_citizen WHERE line_user_id = '{user}'"  # noqa: S608
        return Person(user, await self.bot.one(sql))

    async def link(self, person: Person, provider: str, resume: str | None = None) -> str:
        level = {"line": Level.L1, "my-id": Level.L2, "card": Level.L3}[provider]
        return await self.identity.ticket(person.citizen_id, level, resume=resume)

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
        browser = Browser()
        browser.open(await self.link(person, provider))
        browser.send("/start")
        self.pass_line(browser, person)
        (self.pass_card if provider == "card" else self.pass_my_id)(browser, user)
        self.pass_line(browser, person)
        await self.bot.work()
        return browser

    async def links(self, person: Person) -> list[tuple[str, str]]:
        sql = (
            "SELECT provider, state FROM identity_link WHERE citizen_id = '{}' ORDER BY created_at"
        )
        return await self.bot.query(sql.format(person.citizen_id))

    def messages(self, person: Person) -> list[dict[str, Any]]:
        return [m["message"] for m in self.bot.line.from_bot(person.line_user)]


@asynccontextmanager
async def make_identity_world(line: Line, settings: Settings) -> AsyncIterator[IdentityWorld]:
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
        async with make_world(line, settings.model_copy(update=known)) as bot:
            web = bot.settings.public_base_url
            my_id, card = StandIn(my_id_url), StandIn(card_url, "/api/realms/main")
            my_id.control("PUT", "/clients", _my_id(web).model_dump())
            card.control("PUT", "/clients", _card(web).model_dump())
            token = bot.settings.internal_token.get_secret_value()
            async with internal_client(web, token, timeout=20) as http:
                yield IdentityWorld(bot, my_id, card, http)


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
