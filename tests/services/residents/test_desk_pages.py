"""The desk in a real browser: on a phone, without scripts, from the list to the decision."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from auth.permissions import Role
from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from services.residents.contract import Identification
from services.residents.identification import Identifications
from tests.browsers import PHONE
from tests.emulators.serving import served
from tests.services.residents.world import NOON, World, person
from tests.support import DEMO_PASSWORD, add_staff


async def prepare(settings: Settings, folder: Path) -> None:
    database = Database(settings)
    world = World(database, settings, folder)
    moved = "福島県会津若松市一箕町大字亀賀字試験九十九番地の1　デモ第二コーポラス101号室"
    await world.load([person("1001", "会津　春子"), person("1002", "会津　花子", 住所=moved)])
    who = Identification(
        citizen_id="ctz_1",
        name="会津 花子",
        address="福島県会津若松市中央一丁目99番1号",
        birthdate=date(1985, 5, 5),
        sex="female",
    )
    assert (await Identifications(world.register).identify(who)).outcome == "pending"
    await world.close()
    await database.close()
    app = build_web(settings, lambda: NOON)
    await add_staff(app, Role.operator)
    await app.state.container.get(Database).close()


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[str]:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, prepare(settings, tmp_path)).result()
    with served(lambda _url: build_web(settings, lambda: NOON)) as url:
        yield url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A phone without JavaScript, logged in as staff."""
    context = browser.new_context(
        viewport=PHONE, locale="ja-JP", java_script_enabled=False, base_url=site
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/console/login")
    page.locator("input[name=login]").fill("test-operator")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("main button[type=submit]").click()
    yield page
    context.close()


def fits(page: Page) -> None:
    """Nothing stands out of the screen, every field has its name, every target its size."""
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    main = page.locator("body").bounding_box()
    assert main is not None
    assert main["width"] <= PHONE["width"]
    for wide in page.locator("table, input:not([type=hidden]), button, p").all():
        box = wide.bounding_box()
        assert box is None or box["x"] + box["width"] <= PHONE["width"], wide.text_content()
    for target in page.locator("main input:not([type=hidden]), main button, .rows > li > a").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_a_citizen_is_told_apart_on_a_phone(page: Page) -> None:
    page.locator("main").get_by_role("link", name="本人確認の照合").click()
    fits(page)
    page.get_by_role("link", name="該当なし").click()
    fits(page)
    page.get_by_label("開く理由").fill("本人確認の照合のため")
    page.get_by_role("button", name="記録して開く").click()
    fits(page)
    tables = page.get_by_role("table")
    expect(tables).to_have_count(3)
    expect(page.get_by_role("row", name="違う")).to_have_count(2)
    expect(page.get_by_role("row", name="同じ")).to_have_count(6)
    page.get_by_label("宛名番号").fill("4004")
    page.get_by_label("この方と判断した理由").fill("転居の履歴で確認")
    page.get_by_role("button", name="番号を確かめる").click()
    expect(page.get_by_role("alert")).to_contain_text("その番号では決められません")
    expect(page.get_by_label("この方と判断した理由")).to_have_value("転居の履歴で確認")
    page.get_by_label("宛名番号").fill("1002")
    page.get_by_role("button", name="番号を確かめる").click()
    fits(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("この方でよろしいですか")
    assert urlsplit(page.url).query == ""
    page.get_by_role("button", name="この方に決める").click()
    expect(page.get_by_role("status")).to_contain_text("記録しました")
    expect(page.get_by_text("ありません。", exact=True)).to_be_visible()
