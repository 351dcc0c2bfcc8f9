"""A disaster through every real process: telegrams, the compose desk, a beast near the fields."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from concierge.local_stack import LocalStack
from tests.emulators.conftest import ARGUMENTS
from tests.support import DEMO_PASSWORD, Line

DESKTOP = {"width": 1280, "height": 900}
# A step goes through six processes, and the machine may be busy.
PATIENCE = 60_000
INSIDE, OUTSIDE = "神指 花子（川のそば）", "湊 太郎（川から遠い）"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


def opened(browser: Browser, address: str, login: str = "") -> Page:
    page = browser.new_context(viewport=DESKTOP, locale="ja-JP", base_url=address).new_page()
    page.set_default_timeout(20_000)
    if login:
        page.goto("/console/login")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(DEMO_PASSWORD)
        page.locator("main button[type=submit]").click()
    return page


def test_a_telegram_sequence_is_played_and_only_those_at_the_river_hear_of_it(
    browser: Browser, stack: LocalStack, tmp_path: Path
) -> None:
    """Issued, raised, lifted in part, over: each once to who lives there, nothing to the other."""
    board = opened(browser, stack.line)
    board.goto("/board")
    board.get_by_text("災害の電文を流す").click()
    scene = board.get_by_role("group", name="阿賀川の洪水予報")
    scene.get_by_role("button", name="見る人を加える").click()
    talks = {name: board.frame_locator(f"iframe[title='{name}の画面']") for name in (INSIDE, OUTSIDE)}
    for talk in talks.values():
        expect(talk.get_by_text("送らない時間：なし").last).to_be_visible(timeout=PATIENCE)
    steps = (
        (r"^1\. 発表", "【レベル３氾濫警報】"),
        (r"^2\. 引き上げ", "【レベル４氾濫危険警報】"),
        (r"^3\. 一部解除", "前より下がりました"),
        (r"^4\. 解除", "【解除】氾濫"),
    )
    for button, said in steps:
        scene.get_by_role("button", name=re.compile(button)).click()
        expect(talks[INSIDE].get_by_text(said)).to_have_count(1, timeout=PATIENCE)
    board.screenshot(path=tmp_path / "board.png")
    assert _warnings(talks[INSIDE]) == 4
    assert _warnings(talks[OUTSIDE]) == 0
    line = Line(stack.line)
    for name, count in ((INSIDE, 4), (OUTSIDE, 0)):
        [user] = [u for u in line.get("users")["users"] if u["displayName"] == name]
        told = [m for m in line.from_bot(user["userId"]) if m["via"] == "multicast"]
        assert len(told) == count
    board.context.close()


def _warnings(talk: FrameLocator) -> int:
    return talk.get_by_text(re.compile("阿賀川河川事務所")).count()
