"""The desk in a real browser: on a phone, without scripts, by keyboard and by name."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from auth.permissions import Role
from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from services.faq.contract import Asked, Outcome
from services.faq.feedback import FeedbackBook
from services.faq.importer import import_city
from services.faq.service import FaqService
from tests.browsers import PHONE
from tests.emulators.serving import served
from tests.support import DEMO_PASSWORD, add_staff

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
WORDS = ("パスポートを作りたい", "パスポートの申請はどこ", "ピアノの調律師を紹介して")


async def prepare(settings: Settings) -> None:
    database = Database(settings)
    (await import_city(database, settings.city_dir, lambda: NOW)).raise_if_bad()
    book = FeedbackBook(
        database, lambda: NOW, settings, FaqService(database, lambda: NOW, settings)
    )
    for turn, words in enumerate(WORDS):
        await book.note(Asked(turn_id=str(turn), text=words, outcome=Outcome.refused))
    await database.close()
    app = build_web(settings, lambda: NOW)
    await add_staff(app, Role.supervisor)
    await app.state.container.get(Database).close()


def log_in(page: Page) -> None:
    page.goto("/console/login")
    page.locator("input[name=login]").fill("test-supervisor")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("main button[type=submit]").click()


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, prepare(settings)).result()
    with served(lambda _url: build_web(settings, lambda: NOW)) as url:
        yield url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A phone without JavaScript, logged in as staff."""
    context = browser.new_context(
        viewport=PHONE,
        locale="ja-JP",
        java_script_enabled=False,
        base_url=site,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    log_in(page)
    yield page
    context.close()


def test_an_unanswered_question_becomes_an_answer_on_a_phone(page: Page) -> None:
    page.goto("/console/faq/unanswered")
    matters = page.get_by_role("heading", level=2)
    expect(matters.first).to_contain_text("パスポート")
    expect(matters.first).to_contain_text("2件")
    page.get_by_role("link", name="答えを新しく作る").first.click()
    expect(page.get_by_label("質問（必須）")).to_have_value(WORDS[0])
    page.get_by_label("答え（必須）").fill("パスポートセンターで申請できます。")
    page.get_by_label("担当の課").fill("市民課")
    page.get_by_label("分類").fill("証明書")
    page.get_by_role("button", name="保存する").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("根拠")
    expect(page.get_by_label("答え（必須）")).to_have_value("パスポートセンターで申請できます。")
    page.get_by_label("根拠（必須）").fill("旅券法 第3条")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("status")).to_contain_text("追加しました")
    page.get_by_label("言葉でさがす").fill("旅券法 パスポート センター")
    page.get_by_role("button", name="さがす").click()
    expect(page.get_by_role("link", name=WORDS[0])).to_have_count(0)
    page.get_by_label("言葉でさがす").fill("パスポートセンター")
    page.get_by_role("button", name="さがす").click()
    page.get_by_role("link", name=WORDS[0]).click()
    page.get_by_role("link", name="廃止する").click()
    page.get_by_label("廃止する理由").fill("おためしのため")
    page.get_by_role("button", name="廃止する").click()
    expect(page.get_by_role("status")).to_contain_text("廃止しました")


PAGES = ("", "unanswered", "stale", "new", "entries/res-001", "entries/res-001/history")


def test_every_page_fits_a_phone_and_names_its_fields(browser: Browser, site: str) -> None:
    context = browser.new_context(
        viewport=PHONE,
        locale="ja-JP",
        base_url=site,
    )
    page = context.new_page()
    log_in(page)
    for path in PAGES:
        page.goto(f"/console/faq/{path}")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter(field => !field.labels.length).length"
        )
        assert unnamed == 0, path
        small = page.evaluate(
            "[...document.querySelectorAll('nav a, .rows > li > a, .actions a, input:not("
            "[type=hidden], [type=checkbox]), select, textarea, button, .tick')]"
            ".filter(target => target.getBoundingClientRect().height < 44).length"
        )
        assert small == 0, path
        current = page.locator("nav a[aria-current=page]")
        expect(current).to_have_count(0 if path.startswith("entries") else 1)
    context.close()
