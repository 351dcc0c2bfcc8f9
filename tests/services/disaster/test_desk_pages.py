"""The public page and the desks in a real browser, on a phone without scripts."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from auth.permissions import Role
from bot.citizens import repository as citizen_rows
from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from services.disaster import repository
from services.disaster.contract import SafetyPlace, SafetyReport, SafetyState
from services.disaster.entries import Entry
from services.disaster.safety import SafetyBook
from services.disaster.xml import read_xml
from services.sensors.service import SensorService
from services.waste.importer import import_city
from tests.browsers import PHONE
from tests.emulators.serving import served
from tests.support import DEMO_PASSWORD, add_staff

NOW = datetime(2026, 7, 28, 9, 0, tzinfo=UTC)
DESK = ("危機管理課",)


async def prepare(settings: Settings) -> None:
    database = Database(settings)
    (await import_city(database, settings.city_dir, lambda: NOW)).raise_if_bad()
    async with database.transaction() as session:
        await citizen_rows.ensure_citizens(session, {"U" + c * 32 for c in "abc"}, NOW)
        entry = Entry(
            "07202", "landslide", 4, "49", True, "x", NOW, 4.0, publishers="福島地方気象台"
        )
        over = Entry("07202", "rain", None, "43", False, "x", NOW)
        await repository.replace_entries(session, "actual", [entry, over])
        await repository.note_heard(session, "jma", NOW)
    app = build_web(settings, lambda: NOW)
    for roles in ((Role.broadcaster,), (Role.approver,), (Role.operator,)):
        await add_staff(app, *roles, desks=DESK)
    book = app.state.container.get(SafetyBook)
    await book.take(
        SafetyReport(key="k", citizen_id="ctz_1", state=SafetyState.needs_help, people=3)
    )
    await book.add_place(SafetyPlace(citizen_id="ctz_1", latitude=37.49, longitude=139.92))
    sensors = app.state.container.get(SensorService)
    for minutes in (10, 0):
        at = (NOW - timedelta(minutes=minutes)).isoformat()
        power = {"id": "urn:ngsi-ld:Power:demo-josai", "power": "off", "dateObserved": at}
        await sensors.take({"data": [power]})
    await app.state.container.get(Database).close()
    await database.close()


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, prepare(settings)).result()
    with served(lambda _url: build_web(settings, lambda: NOW)) as url:
        yield url


@pytest.fixture
def contexts(browser: Browser, site: str) -> Iterator[list[BrowserContext]]:
    made: list[BrowserContext] = []
    yield made
    for context in made:
        context.close()


def phone(browser: Browser, site: str, made: list[BrowserContext], login: str = "") -> Page:
    context = browser.new_context(
        viewport=PHONE, locale="ja-JP", java_script_enabled=False, base_url=site
    )
    made.append(context)
    page = context.new_page()
    page.set_default_timeout(20_000)
    if login:
        page.goto("/console/login")
        page.locator("input[name=login]").fill(f"test-{login}")
        page.locator("input[name=password]").fill(DEMO_PASSWORD)
        page.locator("main button[type=submit]").click()
    return page


def fits(page: Page) -> bool:
    """Whether nothing runs out of the side of the screen."""
    return page.locator("html").evaluate("e => e.scrollWidth") <= PHONE["width"]


def test_a_broadcast_is_written_counted_approved_by_another_and_watched(
    browser: Browser, site: str, contexts: list[BrowserContext], tmp_path: Path
) -> None:
    author = phone(browser, site, contexts, "broadcaster")
    author.goto("/console/broadcasts/new")
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    expect(author.get_by_role("alert")).to_contain_text("市内全域")
    author.get_by_label("日本語（必須）").fill("断水しています。\n給水車が市役所に来ています。")
    author.get_by_label("選んだ地区だけ").check()
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    expect(author.get_by_role("alert")).to_contain_text("地区や範囲を選んで")
    author.get_by_label("市内全域").check()
    author.get_by_label("防災", exact=True).check()
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    expect(author.get_by_text("3人に届きます")).to_be_visible()
    author.screenshot(path=tmp_path / "compose.png", full_page=True)
    assert fits(author)
    author.get_by_role("button", name="承認を依頼する").click()
    expect(author.get_by_role("heading", level=1)).to_have_text("承認待ち")
    assert author.get_by_role("button", name="承認して送る").count() == 0
    number = author.url.rpartition("/")[2]
    token = author.locator("input[name=form_token]").first.input_value()
    cookies = {c["name"]: c["value"] for c in author.context.cookies()}
    refused = httpx2.post(
        f"{site}/console/broadcasts/{number}/approve",
        data={"form_token": token},
        cookies=cookies,
        trust_env=False,
    )
    assert refused.status_code == 403, "who writes does not approve"
    approver = phone(browser, site, contexts, "approver")
    approver.goto(f"/console/broadcasts/{number}")
    approver.get_by_role("button", name="承認して送る").click()
    expect(approver.get_by_role("heading", level=1)).to_have_text("送信")
    expect(approver.get_by_text("残り 3人")).to_be_visible()
    approver.get_by_role("button", name="残りの送信を止める").click()
    expect(approver.get_by_role("heading", level=1)).to_have_text("途中で停止")
    expect(approver.get_by_text("取りやめ 3人")).to_be_visible()
    approver.screenshot(path=tmp_path / "progress.png", full_page=True)
    assert fits(approver)


def test_a_broadcast_goes_to_a_place_on_the_ground_and_never_to_nobody(
    browser: Browser, site: str, contexts: list[BrowserContext], tmp_path: Path
) -> None:
    author = phone(browser, site, contexts, "broadcaster")
    author.goto("/console/broadcasts/new")
    author.get_by_label("日本語（必須）").fill("クマが出ました。近づかないでください。")
    author.get_by_label("命にかかわる緊急").check()
    author.get_by_text("場所・範囲・川の区間から地区を選ぶ").click()
    author.get_by_label("ある場所のまわり").check()
    author.get_by_label("中心（").fill("35.6586, 139.7454")
    author.get_by_label("半径（").fill("800")
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    expect(author.get_by_role("alert")).to_contain_text("市の地区がありません")
    author.get_by_label("中心（").fill("37.4877, 139.9119")
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    expect(author.get_by_text("にかかる地区：")).to_contain_text("城西")
    author.get_by_label("川の区間にそった地区").check()
    author.get_by_label("区間", exact=True).select_option("840402000101")
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    expect(author.get_by_text("阿賀川の区間にかかる地区：")).to_contain_text("神指")
    author.screenshot(path=tmp_path / "targets.png", full_page=True)
    assert fits(author)
    author.get_by_role("button", name="承認を依頼する").click()
    expect(author.get_by_text("阿賀川の区間にかかる地区：神指")).to_be_visible()


def test_an_emergency_goes_without_a_second_person_and_says_why_for_good(
    browser: Browser, site: str, contexts: list[BrowserContext]
) -> None:
    author = phone(browser, site, contexts, "broadcaster")
    author.goto("/console/broadcasts/new")
    author.get_by_label("日本語（必須）").fill("堤防が切れました。高い所へ逃げてください。")
    author.get_by_label("市内全域").check()
    author.get_by_label("命にかかわる緊急").check()
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    author.get_by_role("button", name="承認を依頼する").click()
    author.get_by_label("承認を待てない理由").fill("夜間で承認者が不在のため")
    author.get_by_role("button", name="承認なしで送る").click()
    expect(author.get_by_text("理由：夜間で承認者が不在のため")).to_be_visible()
    author.goto("/console/broadcasts/")
    expect(author.get_by_text("承認なし（緊急）")).to_be_visible()


def test_the_desks_of_shelters_and_safety(
    browser: Browser, site: str, contexts: list[BrowserContext], tmp_path: Path
) -> None:
    staff = phone(browser, site, contexts, "operator")
    staff.goto("/console/shelters/")
    staff.get_by_label("避難所の名前").fill("城西小学校")
    staff.locator("#capacity").fill("200")
    staff.get_by_role("button", name="開く").click()
    expect(staff.get_by_role("heading", name="城西小学校")).to_be_visible()
    staff.screenshot(path=tmp_path / "shelters.png", full_page=True)
    assert fits(staff)
    expect(staff.get_by_text("停電しています")).to_be_visible()
    staff.goto("/console/sensors/")
    expect(staff.get_by_text("停電しています").first).to_be_visible()
    staff.screenshot(path=tmp_path / "sensors.png", full_page=True)
    assert fits(staff)
    staff.goto("/console/safety/")
    expect(staff.get_by_text("助けが必要 1人")).to_be_visible()
    spot = staff.get_by_role("link", name="番号1 助けが必要・まだ・3人")
    assert spot.get_attribute("class") == "open"
    assert spot.get_attribute("href") == "#r1", "the map leads to the list"
    assert staff.locator(".roads path").count() > 10, "the city's own roads lie under it"
    expect(staff.locator("#r1")).to_contain_text("37.49000, 139.92000")
    expect(staff.locator("#r1")).to_contain_text("3人")
    staff.locator("#r1").get_by_role("button", name="連絡がついた").click()
    expect(staff.locator("#r1")).to_contain_text("連絡がついた（試験 花子）")
    spot = staff.get_by_role("link", name="番号1 助けが必要・連絡がついた・3人")
    assert spot.get_attribute("class") == "taken"
    staff.emulate_media(media="print")
    expect(staff.get_by_text("□ 119")).to_be_visible()
    expect(staff.locator("#r1").get_by_role("button", name="無事を確認")).to_be_hidden()
    staff.emulate_media(media="screen")
    staff.screenshot(path=tmp_path / "safety.png", full_page=True)
    assert fits(staff)
    staff.goto("/console/disaster/")
    expect(staff.get_by_text("レベル４土砂災害危険警報")).to_be_visible()
    staff.screenshot(path=tmp_path / "overview.png", full_page=True)
    assert fits(staff)
    public = phone(browser, site, contexts)
    public.goto("/disaster/")
    expect(public.get_by_text("レベル４土砂災害危険警報")).to_be_visible()
    expect(public.get_by_text("開いています・定員 200人")).to_be_visible()
    public.screenshot(path=tmp_path / "public.png", full_page=True)
    assert fits(public)


def test_the_feeds_hold_the_state_for_other_programs(site: str) -> None:
    with httpx2.Client(base_url=site, trust_env=False) as http:
        rss = http.get("/disaster/rss")
        assert rss.headers["content-type"].startswith("application/rss+xml")
        assert "会津若松市 レベル４土砂災害危険警報" in rss.text
        assert "会津若松市 大雨 解除" in rss.text
        cap = read_xml(http.get("/disaster/cap").content)
        assert cap.text("status") == "Actual"
        events = {info.text("event"): info.text("urgency") for info in cap.named("info")}
        assert events == {"土砂災害": "Immediate", "大雨": "Past"}
        assert http.get("/console/safety/").status_code == 303
