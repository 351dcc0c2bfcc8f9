"""Two families apply from the talk, the desk allocates among 600 others, each reads why."""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from concierge.local_stack import LocalStack
from identity.staff.demonstration import PASSWORD
from kit.clock import system_clock
from kit.db import Database
from services.nursery.applications import Files
from services.nursery.demonstration import add_others
from tests.browsers import PHONE
from tests.journeys.test_record_in_the_talk import Handset, press, read_card
from tests.services.nursery.test_photos import jpeg, printed
from tests.support import city_database

SHOTS = os.environ.get("SHOTS", "")
ROUND = "2027-04"
FAMILIES = (("NGUYEN THI MAI", "デモ藤原こども園"), ("渡邊 惠子", "デモ日新こども園"))


@pytest.fixture
def handsets(browser: Browser, stack: LocalStack) -> Iterator[list[Handset]]:
    opened: list[Handset] = []
    yield opened
    for handset in opened:
        handset.context.close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look, and check that nothing is wider than a phone."""
    page.wait_for_load_state()
    page.locator("body").wait_for()
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


def test_two_families_apply_and_each_reads_the_result_with_its_reasons(
    handsets: list[Handset],
    browser: Browser,
    stack: LocalStack,
) -> None:
    for number, (holder, wish) in enumerate(FAMILIES):
        handsets.append(Handset(browser, stack))
        apply(handsets[-1], stack, holder, wish, shots=not number)
    # The browser has a loop of its own in this thread.
    ThreadPoolExecutor(1).submit(asyncio.run, others(stack)).result()
    officer, second = desk(browser, stack, "demo-nursery"), desk(browser, stack, "demo-nursery-2")
    review(officer, stack)
    with city_database(stack.plan.settings, autocommit=True) as database:
        database.execute("UPDATE nursery_round SET closes_at = now()")
    decide(officer, second, stack)
    for handset, (holder, _) in zip(handsets, FAMILIES, strict=True):
        read_result(handset, stack, holder)


def apply(handset: Handset, stack: LocalStack, holder: str, wish: str, *, shots: bool) -> None:
    """Go from the talk over the card to the receipt."""
    handset.say("保育園を申し込みたいです")
    handset.hears("締め切りは")
    page = handset.up_to_provider("カードで本人確認")
    press(page, "同意して進む")
    read_card(page, holder, "1234")
    handset.is_me(page, "連携する")
    expect(page.get_by_text("連携しました")).to_be_visible()
    page.close()
    handset.hears("申し込みのページを開きます")
    page = handset.open("申し込みのページ")
    seen = (lambda name: shoot(page, name)) if shots else (lambda _: None)
    seen("mine-first")
    page.get_by_role("link", name="入力を始める").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    seen("children")
    press(page, "保存して次へ")
    for parent in (1, 2):
        page.get_by_label(f"保護者{parent}：保育が必要な理由").select_option("work")
    press(page, "保存して次へ")
    expect(page.get_by_text("もう少し伺います")).to_be_visible()
    for parent in (1, 2):
        page.get_by_label(f"保護者{parent}：1か月に何時間").fill("168")
    seen("parents")
    press(page, "保存して次へ")
    page.get_by_label("ひとり親世帯ですか").select_option("False")
    seen("household")
    press(page, "保存して次へ")
    while page.get_by_text("もう少し伺います").count():
        press(page, "保存して次へ")
    for group in page.get_by_role("group").all():
        group.get_by_label("第1希望").select_option(label=wish)
        group.get_by_label("第2希望").select_option(label="デモ鶴城保育園")
    seen("wishes")
    page.get_by_role("button", name="保存して次へ").click()
    page.get_by_label("同じ園に入れるときだけ入る").check()
    seen("siblings")
    press(page, "保存して次へ")
    photograph(page, stack, seen)
    page.get_by_role("group").nth(1).get_by_label("郵送する").check()
    seen("papers")
    press(page, "保存して次へ")
    expect(page.get_by_text("就労（月160時間以上）").first).to_be_visible()
    seen("confirm")
    page.get_by_role("button", name="この内容で申し込む").dblclick()
    expect(page.get_by_role("status")).to_have_text("申し込みを受け付けました。")
    expect(page.get_by_text("受付番号")).to_have_count(1)
    seen("receipt")
    page.close()


def photograph(page: Page, stack: LocalStack, seen: Callable[[str], None]) -> None:
    """Hand in the first paper by camera; the page then knows that it comes so."""
    page.get_by_role("link", name="就労証明書の写真を付ける").first.click()
    today = datetime.now(stack.plan.settings.timezone).date()
    page.get_by_label("書類に書かれている証明日").fill((today - timedelta(days=9)).isoformat())
    photo = FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=jpeg(printed()))
    page.get_by_label("写真（JPEG か PNG、1枚）").set_input_files(photo)
    press(page, "この写真を付ける")
    expect(page.get_by_role("status")).to_have_text("写真を付けました。")
    seen("photos")
    page.get_by_role("link", name="書類の一覧に戻る").click()
    expect(page.get_by_role("group").first.get_by_label("写真で出す")).to_be_checked()


async def others(stack: LocalStack) -> None:
    database = Database(stack.plan.settings)
    try:
        assert (
            await add_others(Files(database, system_clock, stack.plan.settings), ROUND, 600, 3)
            > 500
        )
    finally:
        await database.close()


def desk(browser: Browser, stack: LocalStack, login: str) -> Page:
    page = staff_page(browser, stack, login)
    page.get_by_role("navigation", name="業務").get_by_role(
        "link", name="保育所などの利用調整"
    ).click()
    return page


def staff_page(browser: Browser, stack: LocalStack, login: str) -> Page:
    """Return the console's home of a member of staff."""
    page = browser.new_context(locale="ja-JP").new_page()
    page.goto(f"{stack.web}/console/login")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    press(page, "ログイン")
    expect(page.get_by_role("link", name="アカウント")).to_be_visible()
    return page


def review(page: Page, stack: LocalStack) -> None:
    """Confirm every row of both applications, and ask one family for a paper."""
    page.get_by_role("link", name="確認待ちの一覧").click()
    addresses = [
        str(link.get_attribute("href")) for link in page.get_by_role("listitem").locator("a").all()
    ]
    sheets = [address for address in addresses if "/applications/" in address]
    assert len(sheets) == len(FAMILIES)
    for number, address in enumerate(sheets):
        page.goto(stack.web + address)
        expect(page.get_by_text("NGUYEN")).to_have_count(0)
        rows = page.get_by_role("button", name="を確認する").count()
        for row in range(rows):
            page.get_by_role("button", name="を確認する").nth(row).click()
            expect(page.get_by_role("status")).to_have_text("記録しました。")
        if not number:
            page.get_by_role("button", name="就労証明書が足りないことを知らせる").first.click()
            expect(page.get_by_role("status")).to_contain_text("LINEに")
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / "sheet.png"), full_page=True)
    page.goto(f"{stack.web}/console/nursery/")


def decide(officer: Page, second: Page, stack: LocalStack) -> None:
    """Freeze, allocate, approve by somebody else, and release."""
    home = f"{stack.web}/console/nursery/"
    press(officer, "締め切って固定する")
    press(officer, "利用調整を計算する")
    verified = officer.get_by_text("検証済み・承認待ち")
    for _ in range(60):
        if verified.count():
            break
        officer.wait_for_timeout(500)
        officer.goto(home)
    officer.get_by_role("button", name="の結果を承認する").click()
    expect(officer.get_by_text("別の職員が承認してください")).to_be_visible()
    if SHOTS:
        officer.screenshot(path=str(Path(SHOTS) / "rounds.png"), full_page=True)
    second.goto(home)
    second.get_by_role("button", name="の結果を承認する").click()
    expect(second.get_by_role("status")).to_contain_text("承認しました")
    press(second, "結果を公表して知らせる")
    expect(second.get_by_role("status")).to_contain_text("公表しました")


def read_result(handset: Handset, stack: LocalStack, holder: str) -> None:
    handset.hears("申し込みの結果が出ました")
    page = handset.open("結果のページを開く")
    expect(page.get_by_role("heading", name="結果")).to_be_visible()
    expect(
        page.get_by_text("内定しました").or_(page.get_by_text("いちばん低い点数")).first
    ).to_be_visible()
    mine, foreign = ("NGUYEN", "渡辺") if holder.startswith("NGUYEN") else ("渡辺", "NGUYEN")
    expect(page.get_by_text(mine).first).to_be_visible()
    expect(page.get_by_text(foreign)).to_have_count(0)
    shoot(page, f"result-{mine}")
    with page.expect_download() as letter:
        page.get_by_role("link", name="結果のお知らせ（PDF）").click()
    assert letter.value.path().read_bytes().startswith(b"%PDF-")
    page.close()
    talk = handset.chat.get_by_role("log")
    for word in ("NGUYEN", "渡辺", "内定", "デモ藤原"):
        expect(talk.get_by_text(word)).to_have_count(0)
    # The house has one of each holder, and other journeys link them too.
    handset.say("連携を解除したい")
    handset.tap("連携だけ外す")
    handset.hears("連携を外しました")
