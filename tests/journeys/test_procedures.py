"""A family that moved in and a widow's sister, each from the first sentence to the counter."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from concierge.local_stack import LocalStack
from kit.db import Database
from kit.http import internal_client
from messages.notifications import NotifyClient
from services.procedures.guides import Guides
from services.procedures.reminding import Reminding
from tests.browsers import PHONE
from tests.journeys.test_nursery import staff_page
from tests.journeys.test_record_in_the_talk import Handset, press

NARROW = {"width": 320, "height": 640}


@pytest.fixture
def handset(browser: Browser, stack: LocalStack) -> Iterator[Handset]:
    handset = Handset(browser, stack)
    yield handset
    handset.context.close()


def test_a_family_that_moved_in_goes_from_a_sentence_to_the_counter(
    handset: Handset,
    browser: Browser,
    stack: LocalStack,
) -> None:
    day = datetime.now(UTC).astimezone(stack.plan.settings.timezone).date() - timedelta(days=5)
    handset.say(
        f"{day.month}月{day.day}日に郡山から引っ越してきました。"
        "2歳と5歳の子ども2人と犬がいます。何をすればいいですか"
    )
    handset.hears("まず、急ぐものです。")
    handset.hears("2歳、5歳")
    answer(handset, "会社の健康保険です", "全部教えてください")
    answer(handset, "どれもないです", "全部教えてください")
    answer(handset, "マイナンバーカードと車です", "ですることは")
    page = handset.open("一覧を開く")
    tick(page, "転入届（新しい住所の届け）")
    tick(page, "児童手当の申請")
    is_narrow_enough(page)
    press(page, "期限の前にLINEで知らせる")
    expect(page.get_by_role("button", name="お知らせを止める")).to_be_visible()

    remind(stack, timedelta(days=6))
    handset.hears("手続きの期限が近づいています")

    press(page, "コードを出す")
    code = page.locator(".digits").inner_text()
    officer = staff_page(browser, stack, "demo-operator")
    opens(officer, stack, code)
    officer.get_by_role("button", name=re.compile("：済んだ$")).first.click()
    expect(officer.get_by_text("窓口で印を付けました").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("窓口で印を付けました").first).to_be_visible()
    talk = handset.chat.get_by_role("log")
    expect(talk.get_by_text("窓口で印を付けました")).to_have_count(0)


def test_a_widows_sister_is_interrupted_and_comes_back(
    handset: Handset,
    browser: Browser,
    stack: LocalStack,
) -> None:
    handset.say("姉の夫が亡くなりました。姉の代わりに手続きを調べています。何が必要ですか")
    handset.hears("お悔やみ")
    handset.hears("死亡届")
    handset.say("年金事務所はどこにありますか")
    handset.hears("の続きです")
    handset.say("おとといです")
    for _ in range(8):
        if handset.chat.get_by_role("log").get_by_text("ですることは").count():
            break
        count = handset.chat.get_by_role("log").get_by_text("わからない").count()
        handset.tap("わからない")
        expect(handset.chat.get_by_role("log").get_by_text("わからない")).not_to_have_count(count)
        handset.chat.wait_for_timeout(500)
    handset.hears("ですることは")
    page = handset.open("一覧を開く")
    expect(page.get_by_text("当てはまるかもしれません").first).to_be_visible()
    is_narrow_enough(page)
    expect(page.get_by_text("！")).to_have_count(0)
    press(page, "コードを出す")
    officer = staff_page(browser, stack, "demo-operator")
    opens(officer, stack, page.locator(".digits").inner_text())
    expect(officer.get_by_role("heading", name="亡くなった").first).to_be_visible()


def answer(handset: Handset, words: str, heard: str) -> None:
    """Answer a question, and wait for what comes after it."""
    before = handset.chat.get_by_role("log").get_by_text(heard).count()
    handset.say(words)
    expect(handset.chat.get_by_role("log").get_by_text(heard)).not_to_have_count(before)


def tick(page: Page, title: str) -> None:
    page.get_by_role("button", name=f"{title}：済んだ").click()
    expect(page.get_by_role("button", name=f"{title}：済んだ印を取り消す")).to_be_visible()


def opens(officer: Page, stack: LocalStack, code: str) -> None:
    officer.goto(f"{stack.web}/console/procedures/")
    officer.get_by_label("コード").fill(code)
    press(officer, "一覧を開く")
    expect(officer.get_by_text("残り")).to_be_visible()


def is_narrow_enough(page: Page) -> None:
    for size in (NARROW, PHONE):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def remind(stack: LocalStack, ahead: timedelta) -> None:
    """Do what a worker does, so much later."""

    async def run(clock: Callable[[], datetime]) -> None:
        settings = stack.plan.settings
        database = Database(settings)
        token = settings.internal_token.get_secret_value()
        http = internal_client(stack.web, token, city=settings.city)
        try:
            await Reminding(Guides(database, clock, settings), NotifyClient(http)).remind()
        finally:
            await http.aclose()
            await database.close()

    later = ThreadPoolExecutor(1).submit(asyncio.run, run(lambda: datetime.now(UTC) + ahead))
    later.result()
