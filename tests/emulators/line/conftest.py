"""One running emulator for a module; every test starts with an empty one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from emulators.line.options import Options
from tests.browsers import PHONE
from tests.emulators.line.running import Bot, Emulator, running_emulator

_FRESH = Options().as_dict()


@pytest.fixture(scope="module")
def _server() -> Iterator[Emulator]:
    with running_emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(_server: Emulator) -> Iterator[Emulator]:
    """The running emulator without people, faults or changed settings."""
    url = _server.control("GET", "/settings")["webhook_url"]
    yield _server
    fresh = Bot(_server.bot.secret)
    _server.bot.status, _server.bot.delay = fresh.status, fresh.delay
    _server.control("DELETE", "/faults")
    _server.control("POST", "/settings", _FRESH | {"webhook_url": url})
    # What is still under way belongs to this test, not to the next one.
    _server.settle()
    _server.control("POST", "/reset")
    _server.bot.received = []


@pytest.fixture
def user(emulator: Emulator) -> str:
    """A friend of the account; their follow event was taken."""
    user_id = emulator.add_user()
    emulator.settle()
    return user_id


@pytest.fixture
def page(browser: Browser, emulator: Emulator) -> Iterator[Page]:
    """A phone on which somebody has just added the account; errors of the page fail the test."""
    context = browser.new_context(viewport=PHONE, locale="ja-JP", timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(emulator.url)
    page.get_by_label("表示名").fill("太郎")
    page.get_by_role("button", name="友だち追加").click()
    page.get_by_label("メッセージ", exact=True).wait_for()
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def person(page: Page, emulator: Emulator) -> str:
    """The id of the person at the page."""
    user_id: str = emulator.control("GET", "/users")["users"][0]["userId"]
    return user_id
