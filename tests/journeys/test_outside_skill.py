"""A skill in JavaScript with no code of ours, from its registration to an answer on the phone."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from concierge.local_stack import LocalStack, free_port
from kit.settings import ROOT
from tests.journeys.test_record_in_the_talk import Handset, press
from tests.services.developers.test_quickstart import Shell, commands, decide
from tests.support import DEMO_PASSWORD, NODE, staff_browser

EXAMPLE = ROOT / "examples" / "bicycle-stations"
MANIFEST = json.loads((EXAMPLE / "manifest.json").read_text())
LAPTOP = {"width": 1280, "height": 900}


@pytest.fixture
def shell() -> Iterator[Shell]:
    shell = Shell()
    yield shell
    shell.close()


def test_who_copies_the_quickstart_word_for_word_has_an_answer_in_the_emulator(
    browser: Browser, stack: LocalStack, shell: Shell
) -> None:
    staff = staff_browser(stack)
    sign_up, make_key, start, check, clean_up = commands(staff.get("/developers/quickstart").text)
    shell.enter(sign_up)
    accounts = re.findall(r"people/(dev_[0-9a-f]+)", staff.get("/console/developers/").text)
    decide(staff, f"people/{accounts[0]}", state="approved", desk="市民課")
    shell.enter(make_key)
    shell.enter(start)
    assert shell.enter(check)[:2] == ["checked", "sandbox"]
    for state in ("approved", "live"):
        decide(staff, "skills/bicycle-stations", state=state)
    phone = Handset(browser, stack)
    phone.say("シェアサイクルの台数を教えて")
    phone.hears("デモ自転車の会")
    phone.hears("どのステーションの空きを見ますか。")
    phone.tap("秋葉原公園")
    expect(phone.chat.get_by_role("log").get_by_text("借りられる自転車").last).to_be_visible()
    assert shell.enter(clean_up) == ["disabled"]
    phone.say("シェアサイクルの台数")
    phone.hears("うまく理解できませんでした")
    phone.context.close()


def test_the_javascript_example_goes_its_whole_way_in_the_browser(
    browser: Browser, stack: LocalStack
) -> None:
    laptop = browser.new_context(viewport=LAPTOP, locale="ja-JP", base_url=stack.web)
    laptop.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    page = laptop.new_page()
    port = free_port()
    url = f"http://127.0.0.1:{port}/answer"
    own = {"id": "bicycles-in-chromium", "title": "貸し自転車の残り", "url": url}
    words = "貸し自転車の残りの台数"
    manifest = {**MANIFEST, **own, "triggers": [words]}

    _log_in(page, _sign_up(page))
    _as_staff(page, "/console/developers/", "「あいづ輪業」を承認する")
    page.goto("/developers/account")
    page.get_by_label("マニフェスト（JSON）").fill(json.dumps(manifest, ensure_ascii=False))
    press(page, "登録する")
    with _example(page.locator("code.secret").inner_text(), port):
        press(page, "自動チェックを受ける")
        _seen(page, "checked")
        press(page, "サンドボックスに移す")
        press(page, "送る")
        press(page, "秋葉原公園")
        expect(page.get_by_role("log").get_by_text("4台")).to_be_visible()
        _seen(page, "sandbox")
        skill = f"/console/developers/skills/{own['id']}"
        _as_staff(page, skill, "内容を承認する")
        press(page, "市民に公開する")
        _seen(page, "live")

        phone = Handset(browser, stack)
        phone.say(words)
        phone.hears("「貸し自転車の残り」の答えです（提供：あいづ輪業）。")
        phone.tap("飯田橋サクラテラス（早稲田通り）")
        answer = phone.chat.get_by_role("log")
        expect(answer.get_by_text("3台", exact=True).last).to_be_visible()
        phone.hears("2022/06/29 0:00の台数です（出典：ドコモ・バイクシェア")
        _seen(phone.chat, "phone")

        page.goto(skill)
        press(page, "すぐに停止する")
        phone.say(words)
        phone.hears("うまく理解できませんでした")
        phone.context.close()
    laptop.close()


def _sign_up(page: Page) -> str:
    page.goto("/developers/sign-up")
    page.get_by_label("お名前").fill("あいづ輪業")
    page.get_by_label("メールアドレス").fill("dev@example.jp")
    page.get_by_label("使いみち").fill("貸し自転車の残りを知らせます")
    press(page, "登録する")
    return page.locator("code.secret").inner_text()


def _log_in(page: Page, secret: str) -> None:
    page.goto("/developers/")
    page.get_by_label("アカウントの鍵").fill(secret)
    press(page, "ログイン")
    expect(page.get_by_text("承認を待っています")).to_be_visible()


def _as_staff(page: Page, path: str, button: str) -> None:
    """Press a button of the console, logging in where that is still to be done."""
    page.goto(path)
    if page.locator("input[name=password]").count():
        page.locator("input[name=login]").fill("demo-supervisor")
        page.locator("input[name=password]").fill(DEMO_PASSWORD)
        page.locator("main button[type=submit]").click()
        page.goto(path)
    press(page, button)


@contextmanager
def _example(secret: str, port: int) -> Iterator[None]:
    environment = {"SKILL_SECRET": secret, "PORT": str(port)}
    process = subprocess.Popen(
        [NODE, EXAMPLE / "server.mjs"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert str(port) in process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _seen(page: Page, name: str) -> None:
    if folder := os.environ.get("PAGES_SEEN"):
        page.screenshot(path=Path(folder) / f"skill-{name}.png", full_page=True)
