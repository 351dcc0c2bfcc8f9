"""The public pages in Chromium on a phone: nothing sticks out, keyboard and zoom work."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from concierge.app import build_web
from kit.db import Database
from kit.http import InternalClient
from kit.settings import Settings
from services.snow import pages
from services.snow.contract import NewReport, SnowClient
from services.snow.roads_known import RoadsKnown
from tests.browsers import PHONE
from tests.emulators.serving import served

NOW = datetime(2027, 1, 14, 22, 0, tzinfo=UTC)


async def prepare(settings: Settings) -> None:
    container = build_web(settings, lambda: NOW).state.container
    client = SnowClient(container.get(InternalClient))
    for number, road in enumerate(container.get(RoadsKnown).roads[:40:8]):
        place = {"lat": road.line[1].lat, "lon": road.line[1].lon}
        new = NewReport(key=f"line-{number}", citizen_id="ctz_1", category="ice", **place)
        await client.file(new)
    await container.get(Database).close()


@pytest.fixture
def page(browser: Browser, settings: Settings) -> Iterator[Page]:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, prepare(settings)).result()
    with served(lambda _url: build_web(settings, lambda: NOW)) as url:
        context = browser.new_context(viewport=PHONE, locale="ja-JP", base_url=url)
        page = context.new_page()
        page.set_default_timeout(20_000)
        yield page
        context.close()


def test_the_map_fits_a_phone_zooms_and_leads_to_a_report(page: Page) -> None:
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto("/snow/")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    spots = page.locator(".spots a")
    assert spots.count() == 5
    before = page.locator("#map").get_attribute("viewBox")
    page.get_by_role("button", name="拡大").click()
    assert page.locator("#map").get_attribute("viewBox") != before
    page.get_by_role("button", name="全体").click()
    assert page.locator("#map").get_attribute("viewBox") == before
    spots.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/snow/reports/S-*")
    assert page.get_by_role("heading", level=1).inner_text().startswith("S-")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert troubles == []


def test_of_many_reports_the_page_holds_the_newest_and_its_script_fetches_the_others(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 2)
    answer = page.goto("/snow/?status=open")
    assert answer is not None
    told = answer.text()
    assert 'href="/snow/reports/S-5" class="open"' in told
    assert 'href="/snow/reports/S-1" class="open"' not in told
    assert "新しい2件" in told
    assert "一覧（5件）" in told
    spots = page.locator(".spots a")
    expect(spots).to_have_count(5)
    assert {spot.get_attribute("aria-label") for spot in spots.all()} == {
        f"S-{number} 凍結・つるつる 受付" for number in range(1, 6)
    }
    page.locator('.spots a[href$="S-1"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/snow/reports/S-1")
