"""The whole way to a record: the chat page as a phone, My-ID, the card, and on by itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from concierge.local_stack import LocalStack
from tests.browsers import PHONE

SLOW = 30_000
NAME = "みさき"
PHONE_NUMBER = "０２４２－００－１２３４"


class Handset:
    """A new friend of the account: the talk in one tab, what its links open in another."""

    def __init__(self, browser: Browser, stack: LocalStack) -> None:
        self.context = browser.new_context(viewport=PHONE, locale="ja-JP")
        self.context.set_default_timeout(SLOW)
        expect.set_options(timeout=SLOW)
        self.chat = self.context.new_page()
        self.chat.goto(stack.line)
        self.chat.get_by_label("表示名").fill(NAME)
        self.chat.get_by_role("button", name="友だち追加").click()
        self.hears("ご案内係です")

    def hears(self, words: str) -> None:
        expect(self.chat.get_by_role("log").get_by_text(words).last).to_be_visible()

    def say(self, words: str) -> None:
        self.chat.get_by_label("メッセージ", exact=True).fill(words)
        self.chat.keyboard.press("Enter")

    def choice(self, label: str) -> Locator:
        kind = self.chat.get_by_role("button", name=label, exact=True)
        return kind.or_(self.chat.get_by_role("link", name=label, exact=True)).last

    def tap(self, label: str) -> None:
        self.choice(label).click()

    def open(self, label: str) -> Page:
        """Tap a button that opens a page."""
        with self.context.expect_page() as opened:
            self.tap(label)
        return opened.value

    def up_to_provider(self, label: str) -> Page:
        """Open a one-time link and be recognised by LINE."""
        page = self.open(label)
        press(page, "LINEで確認して進む")
        self.is_me(page, "同意してログイン")
        return page

    def is_me(self, page: Page, answer: str) -> None:
        users = page.get_by_label("この端末を使っている人")
        users.select_option(users.locator("option", has_text=NAME).last.get_attribute("value"))
        press(page, answer)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def read_card(page: Page, holder: str, pin: str) -> None:
    page.get_by_label("暗証番号").fill(pin)
    press(page, "次へ")
    page.get_by_role("button", name=holder).click()


@pytest.fixture
def handset(browser: Browser, stack: LocalStack) -> Iterator[Handset]:
    handset = Handset(browser, stack)
    yield handset
    handset.context.close()


def test_a_resident_links_my_id_shows_the_card_and_keeps_a_contact(handset: Handset) -> None:
    handset.say("My-IDを連携したい")
    page = handset.up_to_provider("My-IDとつなぐ")
    page.get_by_label("ユーザーID").fill("misaki")
    page.get_by_label("パスワード").fill("demo-my-id")
    press(page, "ログイン")
    press(page, "同意して進む")
    handset.is_me(page, "連携する")
    expect(page.get_by_text("連携しました")).to_be_visible()
    page.close()
    handset.hears("My-IDをつなぎました")

    # The record is asked for: the card is missing, so the dialogue waits.
    handset.say("ここに書いたことって誰かに見られますか")
    handset.tap("連絡先を確かめる")
    handset.hears("この先はご本人だけにお見せするため")
    page = handset.up_to_provider("カードで本人確認")
    press(page, "同意して進む")
    read_card(page, "佐藤 美咲", "9999")
    expect(page.get_by_role("alert")).to_contain_text("暗証番号が違います")
    read_card(page, "佐藤 美咲", "1234")
    handset.is_me(page, "連携する")
    expect(page.get_by_text("連携しました")).to_be_visible()
    page.close()

    # Nothing was said or tapped meanwhile: it goes on with what was proven.
    handset.hears("マイナンバーカードでの本人確認ができました")
    handset.hears("ご連絡先は、登録されていません")
    page = handset.open("連絡先のページ")
    expect(page.get_by_role("heading", name="佐藤 美咲")).to_be_visible()
    expect(page.get_by_role("heading", name="佐藤 蓮")).to_be_visible()
    page.get_by_role("link", name="佐藤 美咲さんの連絡先").click()
    mine = page.get_by_role("region", name="佐藤 美咲")
    mine.get_by_label("電話番号").fill(PHONE_NUMBER)
    mine.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("status")).to_have_text("連絡先を保存しました。")
    expect(page.get_by_text("0242-00-1234")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()

    # The card still counts: the talk answers at once, and without the number.
    handset.say("ここに書いたことって誰かに見られますか")
    handset.tap("連絡先を確かめる")
    handset.hears("ご連絡先が1件登録されています")
    expect(handset.chat.get_by_role("log").get_by_text("00-1234")).to_have_count(0)

    # The house has one 佐藤 美咲, and others link her too.
    handset.say("連携を解除したい")
    handset.tap("連携だけ外す")
    handset.hears("連携を外しました")


def test_who_turns_back_at_the_card_hears_so_in_the_talk(handset: Handset) -> None:
    handset.say("ここに書いたことって誰かに見られますか")
    handset.tap("連絡先を確かめる")
    page = handset.up_to_provider("カードで本人確認")
    press(page, "同意して進む")
    read_card(page, "渡部 キヨ", "9999")
    expect(page.get_by_role("alert")).to_contain_text("暗証番号が違います")
    press(page, "キャンセルして戻る")
    expect(page.get_by_role("heading", name="取りやめました")).to_be_visible()
    page.close()
    handset.hears("ご本人の確認を取りやめました")
    expect(handset.choice("カードで本人確認")).to_be_visible()


def test_the_page_without_a_login_leads_back_to_the_talk(
    handset: Handset, stack: LocalStack
) -> None:
    page = handset.context.new_page()
    page.goto(f"{stack.web}/my/contact")
    expect(page.get_by_role("heading", name="もう一度始めてください")).to_be_visible()
