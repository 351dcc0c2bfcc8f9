"""Chromium inside the furnished city, with axe-core at hand."""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page

from bot.handoff.translating import Translator
from concierge.app import build_web
from kit.clock import Clock
from kit.settings import Settings
from tests import axe
from tests.accessibility.house import House, furnish
from tests.bot.handoff.test_translating import echo, translator
from tests.browsers import PHONE
from tests.conftest import leased_settings
from tests.databases import Databases
from tests.emulators.serving import served

BROKEN = ("/console/broken", "/my/broken")


@dataclass
class Visitor:
    """Somebody who is logged in everywhere, looks at pages, and has axe judge them."""

    page: Page
    house: House
    seen: set[str] = field(default_factory=set)
    """Addresses of the pages that were judged: several routes lead to one."""

    def __post_init__(self) -> None:
        """Have axe at hand in every document, without a journey of its half megabyte for each."""
        self.page.set_default_timeout(20_000)
        self.page.add_init_script(script=axe.source())

    def judge(self) -> dict[str, Any]:
        """Return what axe finds at four sizes and in the dark."""
        return axe.judge(self.page)

    @contextmanager
    def outside(
        self, browser: Browser, cookies: Mapping[str, str] | None = None
    ) -> Iterator["Visitor"]:
        """Yield somebody at the same pages with other cookies, or who is not logged in."""
        base = "/".join(self.page.url.split("/", 3)[:3])
        context = _context(browser, base, cookies or {})
        yield Visitor(context.new_page(), self.house)
        context.close()


@pytest.fixture(scope="module")
def visitor(
    browser: Browser, databases: Databases, servers: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """One furnished city for the module."""
    with leased_settings(servers, databases) as settings:
        folder = tmp_path_factory.mktemp("city")
        with ThreadPoolExecutor(1) as thread:
            house = thread.submit(asyncio.run, furnish(settings, folder)).result()
        with served(lambda url: _web(_at(settings, url), house.clock)) as url:
            context = _context(browser, url, house.cookies)
            yield Visitor(context.new_page(), house)
            context.close()


def _web(settings: Settings, clock: Clock) -> FastAPI:
    """The application, with an address on either side at which it breaks."""
    app = build_web(settings, clock)
    app.state.container.put(Translator, translator(echo([]), settings))
    for path in BROKEN:
        app.add_api_route(path, _break)
    return app


async def _break() -> None:
    raise RuntimeError("for the page that says so")


def _context(browser: Browser, url: str, cookies: Mapping[str, str]) -> BrowserContext:
    context = browser.new_context(base_url=url, viewport=PHONE, locale="ja-JP")  # type: ignore[arg-type]
    for name, value in cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": url}])
    return context


def _at(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"public_base_url": url})
