"""Linking a login to a talk, through the stand-ins' real pages, with a plain browser."""

from identity.contract import Level
from tests.identity.browsing import Browser
from tests.identity.world import IdentityWorld


async def test_link_01_the_whole_way_in_one_browser_ends_with_a_masked_name_and_an_undo(
    world: IdentityWorld,
) -> None:
    misaki, browser = await world.person(), Browser()
    start = browser.open(await world.link(misaki, "my-id"))
    assert "会津若松市の公式LINEと、あなたのMy-IDをつなぎます" in start
    browser.send("/start")
    world.pass_line(browser, misaki)
    world.pass_my_id(browser)
    assert "/dialog/bot/accountLink?" in browser.url
    assert await world.links(misaki) == []
    assert "連携しました" in world.pass_line(browser, misaki)
    await world.bot.work()
    assert await world.links(misaki) == [("my-id", "active")]
    notice = world.messages(misaki)[-1]
    assert "My-IDをつなぎました" in notice["text"]
    assert "佐＊＊＊ さま" in notice["text"]
    assert "美咲" not in notice["text"]
    undo = notice["quickReply"]["items"][0]["action"]
    assert undo["label"] == "取り消す"
    assert undo["data"].startswith('/undo_link{"identity_link": "lnk_')
    standing = await world.identity.standing(misaki.citizen_id)
    assert (standing.level, standing.providers) == (Level.L2, ("my-id",))


async def test_link_previews_that_fetch_the_link_use_nothing_up(world: IdentityWorld) -> None:
    misaki, browser = await world.person(), Browser()
    url = await world.link(misaki, "my-id")
    for _ in range(3):
        assert Browser().open(url).count("<form") == 1
    browser.open(url)
    assert browser.cookie == ""
    browser.send("/start")
    assert browser.url.startswith(world.bot.line.url)


async def test_the_card_proves_who_it_is_in_this_browser_and_the_talk_goes_on(
    world: IdentityWorld,
) -> None:
    misaki, browser = await world.person(), Browser()
    browser.open(await world.link(misaki, "card", "/view_growth_chart"))
    browser.send("/start")
    world.pass_line(browser, misaki)
    world.pass_card(browser)
    world.pass_line(browser, misaki)
    await world.bot.work()
    standing = await world.identity.standing(misaki.citizen_id)
    assert (standing.level, standing.providers) == (Level.L3_FRESH, ("card",))
    assert world.bot.rasa.asked[-1]["payload"] == "/view_growth_chart"
    first = world.messages(misaki)[-2 if len(world.messages(misaki)) > 1 else -1]
    assert "マイナンバーカードでの本人確認ができました" in str(world.messages(misaki)), first
