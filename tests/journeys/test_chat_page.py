"""A person with a phone: the chat page in Chromium, and behind it every real process."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from concierge.local_stack import LocalStack
from tests.browsers import PHONE
from tests.journeys.test_conversations import ONE_PIXEL

SLOW = 20_000


@pytest.fixture
def page(browser: Browser, stack: LocalStack) -> Iterator[Page]:
    """A phone with a new friend of the account, who has been greeted."""
    context = browser.new_context(viewport=PHONE, locale="ja-JP")
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(stack.line)
    page.get_by_label("表示名").fill("花子")
    page.get_by_role("button", name="友だち追加").click()
    expect(_talk(page).get_by_text("ご案内係です")).to_be_visible()
    yield page
    context.close()


def _talk(page: Page) -> Locator:
    return page.get_by_role("log")


def _say(page: Page, words: str) -> None:
    page.get_by_label("メッセージ", exact=True).fill(words)
    page.keyboard.press("Enter")


def test_words_and_a_quick_reply(page: Page) -> None:
    expect(_talk(page).get_by_text("ご案内係（自動応答）").first).to_be_visible()
    _say(page, "明日は何のごみですか")
    page.get_by_role("button", name="城西").click()
    expect(_talk(page).get_by_text("デモ用").last).to_be_visible()


def test_a_place_brings_a_carousel_of_cards(page: Page) -> None:
    _say(page, "近くの避難所を教えて")
    page.get_by_role("button", name="今いる場所").first.click()
    page.get_by_role("group", name="場所の候補").get_by_role("button", name="鶴ヶ城").click()
    page.get_by_role("button", name="送る", exact=True).click()
    cards = _talk(page).get_by_role("link", name="地図")
    expect(cards.nth(1)).to_be_visible()


def test_a_picture_is_answered(page: Page, tmp_path: Path) -> None:
    picture = tmp_path / "road.png"
    picture.write_bytes(base64.b64decode(ONE_PIXEL))
    page.locator("#file").set_input_files(picture)
    expect(page.get_by_role("img", name="写真")).to_be_visible()
    expect(_talk(page).get_by_text("まだ読みとれません")).to_be_visible()


def test_a_tab_of_the_menu_and_a_tap_on_it(page: Page) -> None:
    page.get_by_role("button", name="防災・医療").click()
    page.get_by_role("button", name="川の水位").click()
    expect(_talk(page).get_by_text("川の様子を見に行くのは").last).to_be_visible()


def test_who_blocks_and_comes_back_is_welcomed(page: Page) -> None:
    page.get_by_text("設定").click()
    page.get_by_role("button", name="ブロックする").click()
    page.get_by_text("設定").click()
    page.get_by_role("button", name="ブロックを解除する").click()
    expect(_talk(page).get_by_text("おかえりなさい")).to_be_visible()
