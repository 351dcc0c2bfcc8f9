"""A person with a phone proves who they are: the talk, Chromium, and behind it every process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from concierge.harness import House
from tests.emulators.conftest import ARGUMENTS, PHONE
from tests.support import Line

SLOW = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


class Phone:
    """One person's LINE and browser; the browser's complaints fail the test."""

    def __init__(self, browser: Browser, house: House, name: str) -> None:
        self.house = house
        self.line = Line(house.line)
        self.user = self.line.add_user(name)
        self.line.wait_for_bot(self.user, 1)
        context = browser.new_context(viewport=PHONE, locale="ja-JP", timezone_id="Asia/Tokyo")
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SLOW)
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))

    def say(self, words: str) -> dict[str, str]:
        """Write into the talk; return what the answer offers to open or tap, by its label."""
        before = len(self.line.from_bot(self.user))
        self.line.say(self.user, words)
        return self.offers(before)

    def offers(self, before: int) -> dict[str, str]:
        said = self.line.wait_for_bot(self.user, before + 1)[-1]["message"]
        actions = [item["action"] for item in said.get("quickReply", {}).get("items", [])]
        return {a["label"]: a.get("uri") or a.get("data") or "" for a in actions}

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def is_me(self, answer: str) -> None:
        """Answer LINE's page as this person."""
        self.page.get_by_label("この端末を使っている人").select_option(self.user)
        self.press(answer)

    def check(self, heading: str) -> None:
        """What holds for each of our pages: it fits, can be touched, and names the city."""
        page = self.page
        page.get_by_role("heading", level=1, name=heading).wait_for()
        assert page.get_by_text("会津若松市").count()
        for width in (320, PHONE["width"]):
            page.set_viewport_size({"width": width, "height": PHONE["height"]})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main select')]"
            ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
        )
        assert small == []
        for name, cookie in self.cookies().items():
            assert name == "identity"
            assert cookie["httpOnly"]
            assert cookie["sameSite"] == "Lax"

    def cookies(self) -> dict[str, dict[str, object]]:
        port = self.house.plan.ports.web
        own = ("identity", "__Host-identity", "my_session")
        found = self.page.context.cookies(f"http://127.0.0.1:{port}")
        return {c["name"]: dict(c) for c in found if c["name"] in own}

    def texts(self) -> list[str]:
        return [str(m["message"].get("text", "")) for m in self.line.from_bot(self.user)]


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[Phone]:
    phone = Phone(browser, house, "みさき")
    yield phone
    phone.page.context.close()
    assert phone.complaints == []


def log_in_at_my_id(phone: Phone, user: str) -> None:
    phone.page.get_by_label("ユーザーID").fill(user)
    phone.page.get_by_label("パスワード").fill("demo-my-id")
    phone.press("ログイン")
    phone.press("同意して進む")


def test_my_id_is_linked_from_the_talk_and_undone_with_one_tap(phone: Phone) -> None:
    offers = phone.say("My-IDを連携したい")
    phone.page.goto(offers["My-IDとつなぐ"])
    phone.check("LINEとMy-IDをつなぎます")
    phone.press("LINEで確認して進む")
    phone.is_me("同意してログイン")
    log_in_at_my_id(phone, "misaki")
    before = len(phone.texts())
    phone.is_me("連携する")
    phone.page.get_by_text("連携しました").wait_for()
    offers = phone.offers(before)
    assert "佐＊＊＊ さま" in phone.texts()[-1]
    phone.line.tap(phone.user, offers["取り消す"])
    phone.line.wait_for_bot(phone.user, before + 2)
    assert "取り消しました" in phone.texts()[-1]


def test_the_card_is_asked_for_and_the_dialogue_goes_on_by_itself(phone: Phone) -> None:
    offers = phone.say("マイナンバーカードで本人確認したい")
    phone.page.goto(offers["カードで本人確認"])
    phone.check("マイナンバーカードで本人確認をします")
    phone.press("LINEで確認して進む")
    phone.is_me("同意してログイン")
    phone.press("同意して進む")
    phone.page.get_by_label("暗証番号").fill("1234")
    phone.press("次へ")
    before = len(phone.texts())
    phone.page.get_by_role("button", name="佐藤 美咲").click()
    phone.is_me("連携する")
    phone.page.get_by_text("連携しました").wait_for()
    phone.line.wait_for_bot(phone.user, before + 1)
    assert any("マイナンバーカードでの本人確認ができました" in text for text in phone.texts())
