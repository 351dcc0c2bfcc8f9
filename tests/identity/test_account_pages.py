"""The account's pages on a phone: they fit, are read and tapped, and need no more than keys."""

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from identity.account.pages import EXPORT_PAGE
from identity.audit.log import Actor, AuditEntry, record
from identity.contract import ACCESS_PAGE, ACCOUNT_PAGE, DELETE_PAGE
from tests.browsers import ARGUMENTS, PHONE
from tests.identity.world import IdentityWorld, Person

PAGES = (ACCOUNT_PAGE, ACCESS_PAGE, EXPORT_PAGE, DELETE_PAGE)
LOOK = """() => {
  const visible = [...document.querySelectorAll('a:not(.skip), button, input:not([type=hidden])')];
  const target = e => (e.type === 'checkbox' ? e.closest('.tick') : e).getBoundingClientRect();
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    const own = rgb(getComputedStyle(e).backgroundColor);
    return own[3] === 0 ? (e.parentElement ? behind(e.parentElement) : [255, 255, 255]) : own;
  };
  const ratio = e => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const words = [...document.querySelectorAll('main *')].filter(e =>
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  return {
    width: document.documentElement.scrollWidth,
    small: visible.filter(e => target(e).height < 44).map(e => e.outerHTML),
    unnamed: visible.filter(e => !(e.innerText || '').trim() && !(e.labels || []).length)
      .map(e => e.outerHTML),
    headings: [...document.querySelectorAll('h1, h2, h3')].map(e => Number(e.tagName[1])),
    pale: words.filter(e => ratio(e) < 4.5).map(e => e.outerHTML),
    language: document.documentElement.lang,
  };
}"""


@pytest.fixture
async def misaki(world: IdentityWorld) -> Person:
    person = await world.person()
    deeds = (
        AuditEntry(
            person.citizen_id, "residents:case:read", Actor.staff, "市民課 stf_1", "照合のため"
        ),
        AuditEntry(person.citizen_id, "link.suspended", Actor.program, reason="unfollowed"),
    )
    async with world.bot.database.transaction() as session:
        for entry in deeds:
            await record(session, entry, world.bot.now())
    return person


@pytest.fixture
async def phone(world: IdentityWorld, misaki: Person) -> AsyncIterator[Page]:
    """A phone on which the card was read a moment ago."""
    await world.linked(misaki, "my-id")
    cookie = (await world.linked(misaki, "card")).cookie
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        web = world.bot.settings.public_base_url
        context = await chromium.new_context(base_url=web, viewport=PHONE, locale="ja-JP")
        await context.add_cookies([{"name": "identity", "value": cookie, "url": web}])
        yield await context.new_page()
        await chromium.close()


async def test_every_page_fits_a_phone_and_can_be_read_and_tapped(phone: Page) -> None:
    for path in PAGES:
        await phone.goto(path)
        for width in (PHONE["width"], 320):
            await phone.set_viewport_size(PHONE | {"width": width})
            seen: dict[str, Any] = await phone.evaluate(LOOK)
            assert seen["width"] <= width, path
            assert (seen["small"], seen["unnamed"], seen["pale"]) == ([], [], []), path
            headings = seen["headings"]
            assert headings.count(1) == 1
            assert headings[0] == 1
            assert all(after - before <= 1 for before, after in pairwise(headings))
            assert seen["language"] == "ja"


async def test_a_citizen_agrees_and_changes_their_mind(phone: Page) -> None:
    await phone.goto(ACCOUNT_PAGE)
    row = phone.get_by_role("listitem").filter(has_text="サービスをよくするための利用")
    await row.get_by_role("button", name="同意する").click()
    await expect(phone.get_by_role("status")).to_have_text("同意の設定を変えました。")
    await expect(row).to_contain_text("同意済み")
    await row.get_by_role("button", name="同意をやめる").click()
    await expect(row).to_contain_text("同意をやめました")


async def test_a_citizen_takes_everything_out_as_a_file(phone: Page) -> None:
    await phone.goto(ACCOUNT_PAGE)
    await phone.get_by_role("link", name="お預かりの情報を取り出す").click()
    async with phone.expect_download() as download:
        await phone.get_by_role("button", name="ファイルを受け取る").click()
    assert (await download.value).suggested_filename.endswith(".json")


async def test_everything_is_deleted_by_keyboard_alone_after_one_question(
    world: IdentityWorld, misaki: Person, phone: Page
) -> None:
    await phone.goto(DELETE_PAGE)
    delete = phone.get_by_role("button", name="情報をすべて消す")
    await delete.focus()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("alert")).to_contain_text("消えるものを確かめました")
    box = phone.get_by_role("checkbox", name="消えるものを確かめました")
    await box.focus()
    assert await box.evaluate("e => getComputedStyle(e).outlineWidth") == "4px"
    await phone.keyboard.press("Space")
    await phone.keyboard.press("Tab")
    await expect(delete).to_be_focused()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("消去しました")
    assert await world.links(misaki) == []
