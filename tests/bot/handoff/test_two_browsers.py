"""Two members of staff in two browsers, a citizen at the emulator, and a third at another desk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.console.talk_page import PATH
from bot.handoff import wording
from tests.bot.handoff.people import TAX, People
from tests.browsers import ARGUMENTS
from tests.emulators.line.test_conformity import png
from tests.support import DEMO_PASSWORD

SIZES = {"sato": (1280, 900), "suzuki": (390, 844), "tanaka": (390, 844)}
SLOW = 20_000


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def at_the_desk(
    people: People, chromium: Browser, login: str, *desks: str
) -> AsyncIterator[Page]:
    """Log somebody in; the page's own complaints fail the test."""
    await people.account(login, *desks)
    width, height = SIZES[login]
    context = await chromium.new_context(
        viewport={"width": width, "height": height},
        locale="ja-JP",
        base_url=people.world.settings.public_base_url,
    )
    page = await context.new_page()
    page.set_default_timeout(SLOW)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"/console/login?to={PATH}/")
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(DEMO_PASSWORD)
    await page.locator("main button[type=submit]").click()
    await page.goto(f"{PATH}/")
    yield page
    assert complaints == []
    await context.close()


UNSOUND = """() => {
  const wrong = [];
  const name = e => (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent
    || e.alt || e.querySelector("img")?.alt || "").trim();
  const hidden = e => e.type === "hidden" || e.closest("[aria-hidden=true]")
    || !e.getClientRects().length;
  for (const e of document.querySelectorAll("input, select, textarea, button, a, img, summary"))
    if (!hidden(e) && !name(e)) wrong.push("no name: " + e.outerHTML.slice(0, 200));
  const touched = "main button, main select, main summary, main textarea";
  for (const e of document.querySelectorAll(touched))
    if (!hidden(e) && e.getBoundingClientRect().height < 44) wrong.push("small: " + name(e));
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  if (new Set(ids).size < ids.length) wrong.push("an id twice: " + ids.sort());
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  if (document.documentElement.scrollWidth > innerWidth)
    wrong.push("too wide: " + document.documentElement.scrollWidth);
  return wrong;
}"""


async def sound(page: Page) -> None:
    """Everything has its name and its size, and fits, at 320 px, too."""
    usual = page.viewport_size
    assert usual is not None
    for width in (320, usual["width"]):
        await page.set_viewport_size({"width": width, "height": usual["height"]})
        assert await page.evaluate(UNSOUND) == []


async def test_two_compete_one_wins_and_the_talk_comes_to_its_end(
    people: People, chromium: Browser
) -> None:
    async with (
        at_the_desk(people, chromium, "sato") as sato,
        at_the_desk(people, chromium, "suzuki") as suzuki,
        at_the_desk(people, chromium, "tanaka", TAX) as tanaka,
    ):
        user = await people.citizen()
        for page in (sato, suzuki, tanaka):
            await expect(page.locator("#live-state")).to_have_text("自動で更新しています")
        await people.asks(user)
        for page in (sato, suzuki):
            # Nobody reloads anything.
            await expect(page.get_by_role("link", name="人と話したい")).to_be_visible()
            await sound(page)
        await expect(tanaka.get_by_text("いま待っている方はいません。")).to_be_visible()
        await asyncio.gather(
            *(page.get_by_role("button", name="の対応を始める").click() for page in (sato, suzuki))
        )
        winner, loser = await _by_outcome(sato, suzuki)
        await expect(loser.get_by_role("alert")).to_contain_text("先に対応を始めました")
        await sound(loser)
        await _they_talk(people, winner, user)
        await _forward(winner)
        await people.world.work()
        await expect(tanaka.get_by_role("link", name="人と話したい")).to_be_visible()
        await tanaka.get_by_role("button", name="の対応を始める").click()
        await _end(people, tanaka, user)
        await people.says(user, "ごみの日は？")
        assert (await people.heard(user))[-1].startswith("回答")
        grip = await people.grip(user)
        await people.taps(user, wording.rate_payload(grip.handoff_id, 3))
        await tanaka.goto("/console/figures/")
        await expect(tanaka.get_by_text("回答1件（終わった1件のうち）")).to_be_visible()
        row = tanaka.get_by_role("row", name="満足", exact=False).first
        await expect(row).to_contain_text("1")
        await sound(tanaka)


async def _by_outcome(*pages: Page) -> tuple[Page, Page]:
    """Return who holds the conversation, and who came too late."""
    for page in pages:
        await page.get_by_role("heading", level=1).wait_for()
    titles = [await page.get_by_role("heading", level=1).text_content() for page in pages]
    assert sorted(map(str, titles)) == ["1番の会話", "先に対応が始まっています"]
    return (pages[0], pages[1]) if titles[0] == "1番の会話" else (pages[1], pages[0])


async def _they_talk(people: People, page: Page, user: str) -> None:
    await sound(page)
    # By keyboard alone: the help, and the way that it shows to the canned replies.
    await page.keyboard.press("Alt+h")
    help_ = page.get_by_role("dialog", name="キーボード操作")
    await expect(help_.get_by_role("row", name="Alt + K")).to_contain_text("定型文")
    await sound(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+k")
    await expect(page.get_by_label("定型文")).to_be_focused()
    await page.get_by_label("定型文").select_option("ask")
    await page.get_by_role("button", name="入れる").click()
    text = page.get_by_label("市民の方への返信")
    await text.fill((await text.input_value()).replace("〔うかがいたいこと〕", "お住まいの区"))
    await page.get_by_role("button", name="送信する").click()
    await expect(page.locator("#live")).to_contain_text("お住まいの区について")
    assert "お住まいの区について" in (await people.heard(user))[-1]
    await expect(page.locator(".entry.by-staff .state")).to_contain_text("送信済み")
    await text.fill("電話は 090-1234-5678 です")
    await people.says(user, "城西です")
    # It arrives by itself, and what is being written stays.
    await expect(page.locator("#live")).to_contain_text("城西です")
    await expect(text).to_have_value("電話は 090-1234-5678 です")
    await text.press("Control+Enter")
    await expect(page.get_by_role("alert")).to_contain_text("電話番号")
    await expect(text).to_have_value("電話は 090-1234-5678 です")
    await sound(page)
    assert "090" not in str(await people.heard(user))
    # The page that an error has left is as alive as any other.
    people.world.send_file(user, "image", png(40, 30))
    await people.world.work()
    image = page.get_by_role("img", name="市民が送った画像")
    await expect(image).to_be_visible()
    await expect(image).to_have_js_property("naturalWidth", 40)
    await people.says(user, "もしもし")
    await expect(page.locator("#live")).to_contain_text("もしもし")
    await _send_a_picture(people, page, user)


async def _send_a_picture(people: People, page: Page, user: str) -> None:
    await page.get_by_text("画像・書類（PDF）を送る").click()
    picture = {"name": "map.png", "mimeType": "image/png", "buffer": png(60, 30)}
    await page.get_by_label("ファイル", exact=True).set_input_files(picture)
    await page.get_by_label("個人情報がうつっていないことを確かめました").check()
    await sound(page)
    await page.get_by_role("button", name="ファイルを送る").click()
    await people.world.work()
    image = page.get_by_role("img", name="職員が送った画像")
    await expect(image).to_have_js_property("naturalWidth", 60)
    message = people.world.line.from_bot(user)[-1]["message"]
    assert message["type"] == "image"
    async with httpx2.AsyncClient(trust_env=False) as line:
        answer = await line.get(message["originalContentUrl"])
    assert answer.content.startswith(b"\xff\xd8\xff")


async def _forward(page: Page) -> None:
    await page.get_by_label("引きつぐ課").select_option(TAX)
    await page.get_by_label("引きつぎのメモ").fill("課税の件です")
    await page.get_by_role("button", name="引きつぐ").click()
    await expect(page.get_by_text("担当している会話はありません。")).to_be_visible()


async def _end(people: People, page: Page, user: str) -> None:
    await expect(page.get_by_text("課税の件です")).to_be_visible()
    await page.get_by_label("市民の方への返信").fill("確認しました。")
    await page.get_by_role("button", name="送信する").click()
    await expect(page.locator("#live")).to_contain_text("確認しました。")
    await page.get_by_label("終わりかた").select_option("answered")
    await sound(page)
    await page.get_by_role("button", name="会話を終える").click()
    await expect(page.get_by_text("担当している会話はありません。")).to_be_visible()
    heard = await people.heard(user)
    assert heard[-2] == "確認しました。"
    assert heard[-1].startswith("職員との会話を終わりました。")
