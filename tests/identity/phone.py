"""A phone: one person's LINE, and Chromium at the pages on the way of a login."""

from playwright.sync_api import Browser, Page

from tests.browsers import PHONE
from tests.support import Line

SLOW = 20_000


class Phone:
    """One person's LINE and browser; the browser's complaints fail the test."""

    def __init__(self, browser: Browser, line: Line, web: str, user: str) -> None:
        self.line = line
        self.web = web
        self.user = user
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
        actions += said.get("template", {}).get("actions", [])
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
        # Cookies know no ports, so the stand-ins' are seen as well.
        theirs = ("my_id_stand_in",)
        found = self.page.context.cookies(self.web)
        return {c["name"]: dict(c) for c in found if c["name"] not in theirs}

    def texts(self) -> list[str]:
        return self.line.words_of_bot(self.user)

    def log_in_at_my_id(self, user: str) -> None:
        self.page.get_by_label("ユーザーID").fill(user)
        self.page.get_by_label("パスワード").fill("demo-my-id")
        self.press("ログイン")
        self.press("同意して進む")

    def read_card(self, name: str) -> None:
        self.press("同意して進む")
        self.page.get_by_label("暗証番号").fill("1234")
        self.press("次へ")
        self.page.get_by_role("button", name=name).click()
