"""Every page on the way of a login in Chromium at a phone's width, through the stand-ins."""

import asyncio
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browsers import ARGUMENTS
from tests.identity.phone import Phone
from tests.identity.world import IdentityWorld, Person


def walk(world: IdentityWorld, person: Person, card: str, my_id: str, pictures: Path) -> None:
    """Link the card, then open a link to My-ID and cancel there, then a used link."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        web = world.bot.settings.public_base_url
        phone = Phone(browser, world.bot.line, web, person.line_user)
        phone.page.goto(card)
        phone.check("マイナンバーカードで本人確認をします")
        phone.page.screenshot(path=pictures / "card.png", full_page=True)
        phone.press("LINEで確認して進む")
        phone.is_me("同意してログイン")
        phone.read_card("佐藤 美咲")
        phone.is_me("連携する")
        phone.page.get_by_text("連携しました").wait_for()

        phone.page.goto(f"{web}/identity/step-up/card")
        phone.check("この先は、ご本人の確認が必要です")
        phone.page.screenshot(path=pictures / "step_up.png", full_page=True)

        phone.page.goto(my_id)
        phone.check("LINEとMy-IDをつなぎます")
        phone.page.screenshot(path=pictures / "my_id.png", full_page=True)
        phone.press("LINEで確認して進む")
        phone.is_me("同意してログイン")
        phone.press("キャンセルして戻る")
        phone.check("取りやめました")
        phone.page.screenshot(path=pictures / "cancelled.png", full_page=True)
        assert phone.complaints == []
        other = Phone(browser, world.bot.line, web, person.line_user)
        other.page.goto(card)
        other.check("このリンクは使えません")
        browser.close()


async def test_every_page_fits_a_phone_and_no_policy_stops_the_way(
    world: IdentityWorld, tmp_path: Path
) -> None:
    misaki = await world.person()
    card, my_id = await world.link(misaki, "card"), await world.link(misaki, "my-id")
    await asyncio.to_thread(walk, world, misaki, card, my_id, tmp_path)
    await world.bot.work()
    assert await world.links(misaki) == [("card", "active")]
