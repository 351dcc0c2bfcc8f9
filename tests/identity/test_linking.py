"""Linking a login to a talk, through the stand-ins' real pages, with a plain browser."""

import httpx2

from auth.levels import Level
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
    # A question with buttons: they are still there when the dialogue has gone on.
    notice = world.messages(misaki)[-1]["template"]
    assert "My-IDをつなぎました" in notice["text"]
    assert "佐＊＊＊ さま" in notice["text"]
    assert "美咲" not in notice["text"]
    undo = notice["actions"][0]
    assert undo["label"] == "取り消す"
    link_id = undo["data"].removeprefix('/undo_link{"identity_link": "').removesuffix('"}')
    standing = await world.identity.standing(misaki.citizen_id)
    assert (standing.level, standing.providers) == (Level.L2, ("my-id",))
    assert await world.deeds(misaki) == ["link.my-id"]

    assert await world.identity.unlink(misaki.citizen_id, link_id) == 1
    assert await world.links(misaki) == [("my-id", "ended")]
    assert await world.level(misaki) is Level.L0


async def test_link_previews_that_fetch_the_link_use_nothing_up(world: IdentityWorld) -> None:
    misaki, browser = await world.person(), Browser()
    url = await world.link(misaki, "my-id")
    for _ in range(3):
        assert Browser().open(url).count("<form") == 1
    browser.open(url)
    assert browser.cookie == ""
    browser.send("/start")
    assert browser.url.startswith(world.bot.line.url)


async def test_link_04_a_link_works_once_and_for_ten_minutes(world: IdentityWorld) -> None:
    misaki = await world.person()
    url = await world.link(misaki, "my-id")
    first, second = Browser(), Browser()
    first.open(url)
    second.open(url)
    first.send("/start")
    second.send("/start")
    assert "このリンクは使えません" in second.page.text
    assert second.page.status_code == 404

    late = Browser()
    late.open(await world.link(misaki, "my-id"))
    await world.bot.query("UPDATE identity_ticket SET expires_at = now() - interval '1 s'")
    late.send("/start")
    assert "このリンクは使えません" in late.page.text


async def test_old_links_go_when_a_new_one_is_made(world: IdentityWorld) -> None:
    misaki, other = await world.person(), await world.person("別人")
    await world.link(misaki, "my-id")
    await world.link(other, "my-id")
    await world.bot.query("UPDATE identity_ticket SET created_at = now() - interval '25 h'")
    await world.link(misaki, "my-id")
    await world.link(misaki, "my-id")
    kept = await world.bot.query("SELECT citizen_id FROM identity_ticket")
    assert sorted(c for (c,) in kept) == sorted([misaki.citizen_id] * 2 + [other.citizen_id])


async def test_only_the_newest_links_of_a_citizen_work_and_the_others_end_silently(
    world: IdentityWorld,
) -> None:
    misaki, other = await world.person(), await world.person("別の人")
    links = [await world.link(other, "card", "/view_growth_chart")]
    links += [await world.link(misaki, "card", "/view_growth_chart") for _ in range(8)]
    answers = [httpx2.get(link, trust_env=False).status_code for link in links]
    assert answers == [200, *[404] * 3, *[200] * 5]
    said = len(world.texts(misaki))
    await world.bot.query("UPDATE identity_ticket SET expires_at = now() - interval '1 s'")
    await world.bot.retry()
    assert len(world.texts(misaki)) == said + 5


async def test_link_09_unlinking_ends_sessions_and_links_under_way(world: IdentityWorld) -> None:
    misaki = await world.person()
    await world.linked(misaki)
    under_way = Browser()
    under_way.open(await world.link(misaki, "my-id"))
    assert await world.identity.unlink(misaki.citizen_id) == 1
    assert await world.links(misaki) == [("my-id", "ended")]
    assert await world.level(misaki) is Level.L0
    assert await world.identity.grant(misaki.citizen_id, "x", ("x",), Level.L1) is None
    under_way.send("/start")
    assert "このリンクは使えません" in under_way.page.text
    assert await world.identity.unlink(misaki.citizen_id) == 0


async def test_link_10_blocking_suspends_and_only_a_login_makes_it_count_again(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    await world.linked(misaki)
    world.bot.line.post(f"users/{misaki.line_user}/block")
    await world.bot.work()
    assert await world.links(misaki) == [("my-id", "suspended")]
    assert await world.level(misaki) is Level.L0
    world.bot.line.post(f"users/{misaki.line_user}/unblock")
    await world.bot.work()
    assert await world.links(misaki) == [("my-id", "suspended")]

    browser = await world.begun(misaki)
    world.pass_my_id(browser)
    assert "確認ができました" in browser.page.text
    assert await world.links(misaki) == [("my-id", "active")]
    assert await world.level(misaki) is Level.L2


async def test_link_10_whoever_blocks_between_two_steps_goes_no_further(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki)
    world.bot.line.post(f"users/{misaki.line_user}/block")
    await world.bot.work()
    world.pass_my_id(browser)
    assert "もう一度始めてください" in browser.page.text
    assert world.asked_of(world.my_id) == []


async def test_link_12_the_session_gets_a_new_id_at_every_step_and_the_old_one_is_worthless(
    world: IdentityWorld,
) -> None:
    misaki, browser = await world.person(), Browser()
    seen = [browser.cookie]
    browser.open(await world.link(misaki, "my-id"))
    browser.send("/start")
    seen.append(browser.cookie)
    world.pass_line(browser, misaki)
    seen.append(browser.cookie)
    world.pass_my_id(browser)
    seen.append(browser.cookie)
    assert len(set(seen)) == 4
    web = world.bot.settings.public_base_url
    for old in seen[1:3]:
        thief = Browser()
        thief.http.cookies.set("identity", old, domain="127.0.0.1")
        assert "もう一度始めてください" in thief.open(f"{web}/identity/step-up/card")


async def test_link_13_two_taps_two_tabs_and_the_way_back_end_in_one_link(
    world: IdentityWorld,
) -> None:
    misaki, browser = await world.person(), Browser()
    url = await world.link(misaki, "my-id")
    browser.open(url)
    start = browser.page
    browser.send("/start")
    browser.page = start
    browser.send("/start")
    world.pass_line(browser, misaki)
    browser.open(url)
    assert "つなぎます" in browser.page.text
    browser.send("/start")
    world.pass_line(browser, misaki)
    world.pass_my_id(browser)
    dialog = browser.page
    world.pass_line(browser, misaki)
    browser.page = dialog
    assert "すでに使われています" in world.pass_line(browser, misaki)
    await world.bot.work()
    assert await world.links(misaki) == [("my-id", "active")]
    assert len([t for t in world.texts(misaki) if "つなぎました" in t]) == 1
    browser.open(url)
    assert "このリンクは使えません" in browser.page.text


async def test_link_08_a_second_line_account_for_the_same_login_is_refused_and_the_first_is_told(
    world: IdentityWorld,
) -> None:
    misaki, other = await world.person(), await world.person("別の電話")
    await world.linked(misaki)
    browser = await world.begun(other)
    world.pass_my_id(browser)
    assert "別のLINEとつながっています" in browser.page.text
    await world.bot.work()
    assert await world.links(other) == []
    assert await world.links(misaki) == [("my-id", "active")]
    assert "別のLINEにつなごうとした人がいます" in world.texts(misaki)[-1]
    assert "ご本人の確認ができませんでした" in world.texts(other)[-1]


async def test_link_08_a_family_phone_has_one_login_until_it_is_unlinked(
    world: IdentityWorld,
) -> None:
    family = await world.person("家族のスマホ")
    await world.linked(family)
    browser = await world.begun(family)
    world.pass_my_id(browser, "kenta")
    assert "すでに別のIDとつながっています" in browser.page.text
    assert await world.links(family) == [("my-id", "active")]
    assert await world.level(family) is Level.L2
    await world.identity.unlink(family.citizen_id)
    await world.linked(family, user="kenta")
    assert await world.links(family) == [("my-id", "ended"), ("my-id", "active")]
    assert "鈴＊＊＊ さま" in world.texts(family)[-1]


async def test_link_14_logins_of_different_providers_are_never_merged_by_name_or_mail(
    world: IdentityWorld,
) -> None:
    phone, tablet = await world.person(), await world.person("タブレット")
    await world.linked(phone, "my-id", "misaki")
    await world.linked(tablet, "card", "misaki")
    assert await world.links(phone) == [("my-id", "active")]
    assert await world.links(tablet) == [("card", "active")]


async def test_who_cancels_at_the_provider_is_told_on_the_page_and_in_the_talk(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki)
    browser.send("/cancel")
    assert "取りやめました" in browser.page.text
    assert "code=" not in browser.url
    assert "state=" not in browser.url
    await world.bot.work()
    said = world.messages(misaki)[-1]
    assert "取りやめました" in said["text"]
    assert said["quickReply"]["items"][0]["action"]["data"] == "/link_my_id"
