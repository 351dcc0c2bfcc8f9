"""The desk in a real browser: on a phone without scripts, and the named line with them."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from auth.permissions import Role
from concierge.app import build_web
from kit.db import Database
from kit.http import InternalClient
from kit.settings import Settings
from services.procedures.contract import NewGuide, ProceduresClient
from tests.browsers import PHONE
from tests.emulators.serving import served
from tests.services.procedures.office import EVENTS, NOON
from tests.support import DEMO_PASSWORD, add_staff


async def prepare(settings: Settings) -> None:
    app = build_web(settings, lambda: NOON)
    async with app.router.lifespan_context(app):
        await add_staff(app, Role.supervisor)
        await add_staff(app, Role.supervisor, Role.operator)
        client = ProceduresClient(app.state.container.get(InternalClient))
        await client.begin(NewGuide(citizen_id="ctz_1", event="moving_in", answers={}))
    await app.state.container.get(Database).close()


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, prepare(settings)).result()
    with served(lambda _url: build_web(settings, lambda: NOON)) as url:
        yield url


def person(browser: Browser, site: str, login: str, *, scripts: bool = False) -> Page:
    context = browser.new_context(
        viewport=PHONE, locale="ja-JP", java_script_enabled=scripts, base_url=site
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/console/login")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("main button[type=submit]").click()
    return page


def fits(page: Page) -> None:
    """Nothing stands out of a narrow screen, and what is touched is large enough."""
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    for width in (320, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        for wide in page.locator("table, main input:not([type=hidden]), select, button, h2").all():
            box = wide.bounding_box()
            assert box is None or box["x"] + box["width"] <= width, wide.evaluate(
                "e => e.outerHTML"
            )
    for target in page.locator("main select, main button, main input:not([type=hidden])").all():
        box = target.bounding_box()
        assert box is None or box["height"] >= 44
    for field in page.locator("main input:not([type=hidden]), main select, main textarea").all():
        assert page.locator(f"label[for={field.get_attribute('id')}]").count() == 1


def from_home(page: Page, words: str) -> None:
    """Follow the navigation, with what waits there."""
    page.goto("/console/")
    page.get_by_role("navigation", name="業務").get_by_role("link", name=words).click()


def test_an_event_is_changed_and_published_on_a_phone_without_scripts(
    browser: Browser, site: str
) -> None:
    writer = person(browser, site, "test-supervisor")
    from_home(writer, "手続きの内容")
    fits(writer)
    writer.get_by_role("link", name="市外から引っ越してきたとき").click()
    fits(writer)
    assert writer.locator(".preview li").count() > 0
    assert not any(button.is_visible() for button in writer.locator(".preview button").all())
    writer.get_by_role("link", name="転入届（新しい住所の届け）を直す").click()
    fits(writer)
    writer.get_by_label("費用").fill("300円")
    writer.get_by_label("何を、なぜ直したか").fill("手数料の変更")
    writer.get_by_role("button", name="下書きに保存する").click()
    fits(writer)
    writer.get_by_role("button", name="公開の確認を依頼する").click()
    expect(writer.get_by_text("ほかの責任者の確認を待っています")).to_be_visible()

    reader = person(browser, site, "test-supervisor-operator")
    from_home(reader, "手続きの内容 1件")
    reader.get_by_role("link", name="公開の確認待ち：版1").click()
    reader.get_by_text("本文の行で見る").click()
    fits(reader)
    reader.get_by_role("button", name="公開する").click()
    expect(reader.get_by_text("公開中", exact=True)).to_be_visible()
    reader.get_by_role("link", name="案内の数字", exact=True).click()
    fits(reader)


def test_a_named_line_is_selected_in_the_text(browser: Browser, site: str) -> None:
    writer = person(browser, site, "test-supervisor", scripts=True)
    complaints: list[str] = []
    writer.on("console", lambda message: complaints.append(message.text))
    writer.goto(f"{EVENTS}/moving_in/edit")
    text = writer.get_by_label("本文（TOML形式）")
    wrong = text.input_value().replace('desk = "children"', 'desk = "nowhere"', 1)
    text.fill(wrong)
    writer.get_by_role("button", name="確かめる").click()
    line = wrong.splitlines().index('desk = "nowhere"') + 1
    writer.get_by_role("button", name=f"{line}行目").click()
    selected = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert text.evaluate(selected) == 'desk = "nowhere"'
    fits(writer)
    assert complaints == []
