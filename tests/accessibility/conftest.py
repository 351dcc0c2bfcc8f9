"""Chromium inside the furnished city, with axe-core at hand."""

import asyncio
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from concierge.app import build_web
from kit.settings import Settings
from tests.accessibility.house import House, furnish
from tests.conftest import leased_settings
from tests.databases import Databases
from tests.emulators.conftest import PHONE, browser
from tests.emulators.serving import served
from tests.node_packages import installed

__all__ = ["browser"]

# What is left of a phone at a zoom of 400 % (WCAG 1.4.10).
NARROW = {"width": 320, "height": 700}
DESKTOP = {"width": 1280, "height": 900}
# What WCAG 2.2 demands at A and AA, and axe's own list of good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What hangs on the size of the screen; all else is judged once.
AT_A_DESK = ["scrollable-region-focusable", "target-size"]
JUDGE = """async only => {
  const how = {runOnly: only, resultTypes: ["violations"], preload: false};
  const {violations} = await axe.run(document, how);
  return violations.map(v => [v.id, v.help, v.nodes.map(n => n.html.slice(0, 300))]);
}"""


@dataclass
class Visitor:
    """Somebody who is logged in everywhere, looks at pages, and has axe judge them."""

    page: Page
    house: House
    axe: str
    seen: set[str] = field(default_factory=set)
    """Addresses of the pages that were judged: several routes lead to one."""

    def judge(self) -> dict[str, Any]:
        """Return what axe finds on a phone and at a desk, and how far the page is too wide."""
        found: dict[str, Any] = {}
        self.page.evaluate(self.axe)
        for size, only in ((NARROW, []), (PHONE, RULES), (DESKTOP, AT_A_DESK)):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            wrong = self.page.evaluate(JUDGE, only) if only else []
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                wrong.append(["too wide", f"{wide} px", []])
            if folder := os.environ.get("PAGES_SEEN"):
                name = re.sub(r"\W+", "-", urlsplit(self.page.url).path) + str(len(found))
                name = f"{name}-{size['width']}-{abs(hash(self.page.url)) % 1000}"
                self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
            if wrong:
                found[f"at {size['width']} px"] = wrong
        return found

    @contextmanager
    def outside(self, browser: Browser) -> Iterator["Visitor"]:
        """Yield somebody at the same pages who is not logged in."""
        base = self.page.url.split("/", 3)
        context = browser.new_context(base_url="/".join(base[:3]), locale="ja-JP")
        yield Visitor(context.new_page(), self.house, self.axe)
        context.close()


@pytest.fixture(scope="module")
def visitor(
    browser: Browser, databases: Databases, servers: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """One furnished city for the module."""
    axe = installed(Path(__file__).parent / "node", "axe-core") / "node_modules/axe-core/axe.min.js"
    with leased_settings(servers, databases) as settings:
        folder = tmp_path_factory.mktemp("city")
        with ThreadPoolExecutor(1) as thread:
            house = thread.submit(asyncio.run, furnish(settings, folder)).result()
        with served(lambda url: build_web(_at(settings, url), house.clock)) as url:
            context = _context(browser, url, house)
            page = context.new_page()
            page.set_default_timeout(20_000)
            yield Visitor(page, house, axe.read_text(encoding="utf-8"))
            context.close()


def _context(browser: Browser, url: str, house: House) -> BrowserContext:
    context = browser.new_context(base_url=url, viewport=PHONE, locale="ja-JP")  # type: ignore[arg-type]
    for name, value in house.cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": url}])
    return context


def _at(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"public_base_url": url})
