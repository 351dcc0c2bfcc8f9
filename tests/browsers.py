"""Chromium, started once by each worker; every test opens contexts of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}


class Chromium:
    """A running Chromium that is borrowed by one module after the other."""

    def __init__(self, browser: Browser) -> None:
        """Take over from playwright, which leaves its own loop as the running one."""
        self._browser = browser
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def lent(self) -> Iterator[Browser]:
        """Yield the browser. Between two modules no loop runs, so that tests may start theirs."""
        asyncio._set_running_loop(self._loop)
        yield self._browser
        for context in self._browser.contexts:
            context.close()
        asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def shared_chromium() -> Iterator[Chromium]:
    """Chromium, once for the worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        chromium = Chromium(browser)
        asyncio._set_running_loop(None)
        yield chromium
        with chromium.lent() as browser:
            browser.close()


@pytest.fixture(scope="module")
def browser(shared_chromium: Chromium) -> Iterator[Browser]:
    """The worker's Chromium, without anything that the module before had open."""
    with shared_chromium.lent() as browser:
        yield browser
