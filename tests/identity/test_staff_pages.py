"""The console's pages of staff accounts in Chromium, without scripts, on a phone and a desktop."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from auth.permissions import Role
from concierge.app import build_web
from concierge.staff import NewAccount, add
from kit.clock import system_clock
from kit.settings import Settings
from tests.browsers import PHONE
from tests.emulators.serving import served
from tests.identity.staffing import PASSWORD

DESKTOP = {"width": 1280, "height": 900}
ADMINISTRATOR = NewAccount("akiko", "管理 秋子", (Role.administrator,), ("総務課",))

WIDTH_OF = "(e, part) => (part ? e.querySelector(part) : e).getBoundingClientRect().width"

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: the browser's driver holds this thread's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture
def site(settings: Settings) -> Iterator[Settings]:
    with served(lambda url: build_web(_at(settings, url))) as url:
        yield _at(settings, url)


def _at(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"public_base_url": url})


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param, locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


class Tour:
    """Somebody who walks through the pages and looks at each."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def look(self, heading: str, title: str = "") -> None:
        """Check what holds for every page."""
        page = self.page
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page).to_have_title(f"{title or heading} | 市民コンシェルジュ 職員用")
        width = page.viewport_size["width"] if page.viewport_size else 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width, heading
        for control in page.locator("input:not([type=hidden]), select, button, a.button").all():
            box = control.bounding_box()
            least = 24 if control.get_attribute("type") == "checkbox" else 44
            assert box is not None
            assert box["height"] >= least, (heading, control.evaluate("e => e.outerHTML"))
        unnamed = "es => es.filter(e => e.labels.length === 0).map(e => e.outerHTML)"
        assert page.locator("input:not([type=hidden]), select").evaluate_all(unnamed) == []
        ids = page.locator("[id]").evaluate_all("es => es.map(e => e.id)")
        assert len(ids) == len(set(ids)), ids

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def log_in(self, login: str, password: str) -> None:
        self.page.goto(f"{self.url}/console/")
        self.look("職員用ログイン")
        self.page.get_by_label("ログイン名").fill(login)
        self.page.get_by_label("パスワード").fill(password)
        self.press("ログイン")

    def enrol(self) -> None:
        page = self.page
        self.look("認証アプリの登録")
        picture = page.get_by_role("img", name="二次元コード")
        # Browsers cut off what does not fit; nobody could scan the rest.
        frame, dots = (picture.evaluate(WIDTH_OF, part) for part in ("", "path.qrline"))
        assert 150 < dots < frame
        secret = (page.locator("code.secret").text_content() or "").replace(" ", "")
        page.get_by_label("6桁の数字").fill(pyotp.TOTP(secret).at(int(system_clock().timestamp())))
        self.press("登録する")
        self.look("予備コード")
        expect(page.locator(".codes li")).to_have_count(10)
        page.get_by_role("link", name="保管しました").click()

    def choose_password(self) -> None:
        self.look("パスワードの設定")
        self.page.get_by_label("新しいパスワード", exact=True).fill(PASSWORD)
        self.page.get_by_label("新しいパスワード（もう一度）").fill(PASSWORD)
        self.press("設定する")


def test_an_administrator_s_first_day(page: Page, site: Settings) -> None:
    password = run(add(site, ADMINISTRATOR, "最初の管理者"))
    tour = Tour(page, site.public_base_url)
    tour.log_in("akiko", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("パスワードが違います")
    tour.log_in("akiko", password)
    tour.enrol()
    tour.choose_password()
    tour.look("待っている仕事")
    expect(page.get_by_role("navigation", name="ログイン中の職員")).to_contain_text(
        "管理 秋子（総務課）"
    )
    page.get_by_role("navigation", name="業務").get_by_role("link", name="職員の管理").click()
    tour.look("職員の管理")
    page.get_by_role("link", name="職員を追加する").click()
    tour.look("職員の追加")
    page.get_by_label("ログイン名").fill("hanako")
    page.get_by_label("氏名").fill("会津 花子")
    page.get_by_label("窓口担当").check()
    page.get_by_label("税務課", exact=True).check()
    page.get_by_label("理由").fill("4月の異動")
    tour.press("追加する")
    tour.look("仮のパスワード")
    page.get_by_role("link", name="渡しました").click()
    tour.look("会津 花子（hanako）", "hanako")
    page.locator("#disable-reason").fill("まちがえて追加")
    tour.press("利用を停止する")
    expect(page.get_by_text("利用を停止しています")).to_be_visible()
    page.goto(f"{tour.url}/console/staff/changes")
    tour.look("変更の記録")
    expect(page.get_by_role("row").nth(1)).to_contain_text("まちがえて追加")
    page.get_by_role("link", name="アカウント", exact=True).click()
    tour.look("アカウント")
    tour.press("ログアウト")
    tour.look("ログアウトしました")
    tour.log_in("akiko", PASSWORD)
    tour.look("確認の数字")
    page.goto(f"{tour.url}/console/staff/")
    tour.look("職員用ログイン")
