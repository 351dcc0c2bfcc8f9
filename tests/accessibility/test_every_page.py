"""axe-core over every page of the console and of the citizens: 320, 390, 640 and 1,280 px wide.

The pages are the application's own routes: one that is added is looked at, and one with a name in
its path fails until the furnished city has an address for it.
"""

import io
import os

import pyotp
import pytest
from PIL import Image
from playwright.sync_api import Browser, Error

from tests.accessibility.conftest import BROKEN, Visitor
from tests.accessibility.house import page_routes

# A folder for pictures, where somebody wants to look.
SHOTS = os.environ.get("SHOTS", "")
# Where what is shown hangs on the query.
STATES = (
    "/console/conversations/?queue=mine",
    "/console/conversations/{handoff_id}?done=labelled",
    "/console/conversations/?queue=closed",
    "/console/deliveries?state=failed",
    "/console/frame?sort=-until&page=2",
    "/console/frame?q=ない",
    "/console/frame?view=form",
    "/console/frame?view=states",
    "/my/health/vaccinations?child={child}",
    "/my/health/growth?child={child}",
    "/my/health/diary?child={child}",
    "/my/health/checks?child={child}",
    "/my/health/medication?child={child}",
    "/my/health/images?child={child}",
    "/my/health/sharing?child={child}",
    "/my/health/export?child={child}",
    "/my/nursery/parents?more=true",
    "/nothing",
    "/my/nothing",
    "/console/nothing",
    "/console/staff/nothing",
)
# A page, and the end of the address to which its form is sent with nothing in it.
EMPTY = (
    ("/console/broadcasts/new", "/new"),
    ("/console/conversations/{handoff_id}", "/reply"),
    ("/console/conversations/{handoff_id}", "/notes"),
    ("/console/conversations/{handoff_id}", "/close"),
    ("/console/conversations/{handoff_id}/start", "/start"),
    ("/console/conversations/search", "/search"),
    ("/console/conversations/{handoff_id}/training/{event_id}", "/training/2"),
    ("/console/conversations/replies", "/replies"),
    ("/console/account", "/password"),
    ("/console/faq/new", "/new"),
    ("/console/faq/entries/{entry_id}/retire", "/retire"),
    ("/console/frame?view=form", "/frame"),
    ("/console/reports/weather", "/weather"),
    ("/console/residents/cases/{case_id}", "/1"),
    ("/console/staff/new", "/new"),
    ("/developers/sign-up", "/sign-up"),
    ("/my/contact/change?person=1", "/change"),
    ("/my/health/growth?child={child}", "/growth"),
    ("/my/health/diary?child={child}", "/diary"),
)
# What somebody sees at whose desk nothing waits, or who has no business there.
QUIET = {
    "/console/conversations/": 200,
    "/console/conversations/?queue=mine": 200,
    "/console/conversations/replies": 200,
    "/console/conversations/training": 200,
    "/console/figures/": 200,
    "/console/reports/": 404,
    "/console/staff/": 403,
    "/console/conversations/1": 404,
}
# Seen at a desk alone.
ADD_A_PALE_WORD = """() => {
  const pale = document.createElement("p");
  pale.textContent = "うすい";
  pale.style.color = "#808080";
  const fit = () => { pale.hidden = innerWidth < 1000; };
  addEventListener("resize", fit);
  fit();
  document.querySelector("main").append(pale);
}"""
OUTSIDE = ("/console/login", "/console/", "/developers/", "/identity/account", "/my/settings")
SEND_EMPTY = """end => {
  const form = [...document.querySelectorAll("main form[method=post]")]
    .find(one => new URL(one.action).pathname.endsWith(end));
  for (const field of form.elements)
    if (field.type === "checkbox" || field.type === "radio") field.checked = false;
    else if (field.type !== "hidden" && field.matches("input, textarea, select")) field.value = "";
  form.noValidate = true;
  form.requestSubmit(form.querySelector("#send") ?? form.querySelector("button:not(.unseen)"));
}"""


# Pages of a login under way, which have a test of their own; and what is no page where it is found.
ELSEWHERE = {
    "/console/login/code",
    "/console/enrol",
    "/console/password",
    "/console/sso/{provider}",
    "/console/sso/{provider}/callback",
    "/console/broadcasts/report.csv",
    "/console/conversations/{handoff_id}/media/{media_id}",
    "/my/files/{token}",
    "/my/files/{token}/preview",
    "/console/reports/photos/{photo_id}.jpg",
    "/snow/photos/{photo_id}.jpg",
    "/identity/start",
    "/my/health/diary/photo",
    "/my/health/diary/photos",
    "/my/health/export/photos",
    "/my/health/growth/chart",
    "/my/health/images/study",
    "/my/nursery/letter",
    "/my/nursery/photo",
    "/services/health/shared",
}


@pytest.mark.parametrize("path", page_routes())
def test_axe_finds_nothing_on_any_page(visitor: Visitor, path: str) -> None:
    page = visitor.page
    try:
        answer = page.goto(visitor.house.address(path))
    except Error as error:
        # What is saved, not shown, is no page.
        if "Download is starting" in error.message:
            return
        raise
    assert answer is not None
    if not answer.headers["content-type"].startswith("text/html") or page.url in visitor.seen:
        return
    assert answer.status == 200 or path in ELSEWHERE, "give it an address in house.py"
    visitor.seen.add(page.url)
    assert visitor.judge() == {}


@pytest.mark.parametrize("path", STATES)
def test_axe_finds_nothing_in_other_states(visitor: Visitor, path: str) -> None:
    visitor.page.goto(visitor.house.address(path))
    assert visitor.judge() == {}


@pytest.mark.parametrize("path", BROKEN)
def test_axe_finds_nothing_where_the_program_broke(visitor: Visitor, path: str) -> None:
    answer = visitor.page.goto(path)
    assert answer is not None
    assert answer.status == 500
    assert visitor.judge() == {}


def test_axe_finds_nothing_where_nothing_waits_and_where_nobody_is_let_in(
    visitor: Visitor, browser: Browser
) -> None:
    with visitor.outside(browser, visitor.house.quiet) as quiet:
        wrong = {}
        for path, status in QUIET.items():
            answer = quiet.page.goto(path)
            assert (path, answer and answer.status) == (path, status)
            if found := quiet.judge():
                wrong[path] = found
        assert wrong == {}


@pytest.mark.parametrize(("path", "form"), EMPTY)
def test_axe_finds_nothing_where_a_form_came_back(visitor: Visitor, path: str, form: str) -> None:
    page = visitor.page
    page.goto(visitor.house.address(path))
    with page.expect_navigation():
        page.evaluate(SEND_EMPTY, form)
    assert page.locator("[role=alert]").count() == 1
    assert visitor.judge() == {}


@pytest.mark.parametrize("path", OUTSIDE)
def test_axe_finds_nothing_for_who_is_not_logged_in(
    visitor: Visitor, browser: Browser, path: str
) -> None:
    with visitor.outside(browser) as stranger:
        stranger.page.goto(path)
        assert stranger.judge() == {}


@pytest.mark.parametrize("number", [0, 1], ids=["settings", "login"])
def test_axe_finds_nothing_behind_a_link_from_the_talk(visitor: Visitor, number: int) -> None:
    visitor.page.goto(visitor.house.links[number])
    assert visitor.page.locator("main form").count() == 1
    assert visitor.judge() == {}


def test_axe_finds_nothing_on_the_way_of_a_first_login(visitor: Visitor, browser: Browser) -> None:
    with visitor.outside(browser) as newcomer:
        page = newcomer.page
        page.goto("/console/login")
        page.get_by_label("ログイン名").fill("newcomer")
        page.get_by_label("パスワード").fill(newcomer.house.newcomer)
        page.get_by_role("button", name="ログイン", exact=True).click()
        secret = (page.locator("code.secret").text_content() or "").replace(" ", "")
        assert newcomer.judge() == {}
        page.get_by_label("6桁の数字").fill(
            pyotp.TOTP(secret).at(int(newcomer.house.clock().timestamp()))
        )
        page.get_by_role("button", name="登録する").click()
        page.get_by_role("heading", name="予備コード").wait_for()
        assert newcomer.judge() == {}
        page.get_by_role("link", name="保管しました").click()
        page.get_by_role("heading", name="パスワードの設定").wait_for()
        assert newcomer.judge() == {}


def test_axe_finds_nothing_behind_the_forms_of_the_handbook(visitor: Visitor) -> None:
    page, wrong = visitor.page, {}

    def look(name: str) -> None:
        if SHOTS:
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 844})
                page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        if found := visitor.judge():
            wrong[name] = found

    page.goto(visitor.house.address("/my/health/diary?child={child}"))
    page.get_by_label("日記", exact=True).fill("初めて歩いた")
    page.get_by_role("button", name="記録する").click()
    page.get_by_role("link", name="写真を付ける").first.click()
    photo = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(photo, "JPEG")
    chosen = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    page.get_by_label("写真（JPEG").set_input_files([chosen])
    page.get_by_role("button", name="この写真を付ける").click()
    page.get_by_role("img", name="の日記の写真1枚目").wait_for()
    look("diary-photos")
    page.get_by_role("link", name="日記に戻る").click()
    look("diary")
    page.goto(visitor.house.address("/my/health/pregnancy"))
    look("pregnancy")
    page.get_by_text("妊娠の記録を閉じる").click()
    page.get_by_role("button", name="閉じる").click()
    look("pregnancy-refused")
    page.goto("/console/health/due")
    look("due")
    page.get_by_label("開く理由").fill("案内を送るため")
    page.get_by_role("button", name="記録して一覧を開く").click()
    look("due-names")
    page.goto("/console/health/")
    page.get_by_label("宛名番号").fill("D0000008")
    page.get_by_label("生年月日").fill("1998-02-14")
    page.get_by_label("開く理由").fill("妊婦健診の記録のため")
    look("desk")
    page.get_by_role("button", name="記録して妊娠の記録を開く").click()
    look("desk-pregnancy")
    page.goto("/console/clinics/")
    look("clinics")
    page.goto(visitor.house.address("/my/health/images?child={child}"))
    look("images")
    page.goto("/my/health/")
    look("index")
    assert wrong == {}


def test_a_dialog_asks_once_more_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/console/frame?view=form")
    opener = page.get_by_role("link", name="取りやめる")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="取りやめますか")
    dialog.wait_for()
    assert visitor.judge() == {}
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert opener.evaluate("e => e === document.activeElement")


def test_a_translated_reply_stands_beside_its_original(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(visitor.house.address("/console/conversations/{handoff_id}"))
    page.get_by_label("市民の方への返信").fill("市役所の2階です。")
    page.get_by_role("button", name="英語に訳す").press("Enter")
    page.get_by_label("もとの日本語").wait_for()
    assert page.get_by_label("市民の方への返信（機械翻訳）").input_value().startswith("[en]")
    assert visitor.judge() == {}


def test_what_is_typed_stands_in_the_bubble_beside_it_and_is_counted(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(visitor.house.address("/console/faq/entries/{entry_id}"))
    page.get_by_label("答え（必須）").fill("市役所へどうぞ。")
    bubble = page.locator(".line-bubble")
    assert "市役所へどうぞ。" in (bubble.text_content() or "")
    assert page.get_by_text("8 / 600文字").count() == 1
    page.get_by_label("答え（必須）").fill("長" * 603)
    assert page.get_by_text("3文字多すぎます（600文字まで）").count() == 1
    assert visitor.judge() == {}


def test_the_navigation_tells_what_waits_for_whom(visitor: Visitor) -> None:
    visitor.page.goto("/console/conversations/")
    here = visitor.page.get_by_role("navigation", name="業務").locator("[aria-current]")
    assert (here.text_content() or "").split() == ["職員への相談", "1件"]


def test_what_is_wrong_at_one_size_alone_is_found(visitor: Visitor) -> None:
    visitor.page.goto("/console/frame")
    visitor.page.evaluate(ADD_A_PALE_WORD)
    wrong = visitor.judge()
    assert {size: [rule for rule, *_ in found] for size, found in wrong.items()} == {
        "at 1280 px": ["color-contrast"],
        "in the dark": ["color-contrast"],
    }
