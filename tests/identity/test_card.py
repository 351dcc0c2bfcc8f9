"""The My Number card through the stand-in's pages: what it proves, and what is kept of it."""

from typing import Any

import pytest
import redis

from auth.levels import Level
from tests.identity.browsing import Browser
from tests.identity.world import IdentityWorld, Person

ITEMS = {
    "name": "佐藤 美咲",
    "address": "福島県会津若松市中央一丁目99番1号",
    "birthdate": "1988-04-12",
    "sex": "female",
}


async def everything_kept(world: IdentityWorld) -> str:
    """Return all that PostgreSQL and Redis hold, as text."""
    tables = (
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema IN (current_schema(), 'public')"
    )
    kept: list[Any] = []
    for (table,) in await world.bot.query(tables):
        kept += await world.bot.query(f'SELECT t::text FROM "{table}" t')  # noqa: S608
    store = redis.Redis.from_url(world.bot.settings.redis_url, decode_responses=True)
    for key in store.scan_iter("*"):
        kept += [key, store.get(key) if store.type(key) == "string" else store.smembers(key)]
    return str(kept)


def read_card(world: IdentityWorld, browser: Browser, person: Person, user: str = "misaki") -> None:
    world.pass_card(browser, user)
    world.pass_line(browser, person)


async def test_rp_01_the_card_proves_who_it_is_and_the_dialogue_goes_on_where_it_stopped(
    world: IdentityWorld,
) -> None:
    misaki, browser = await world.person(), Browser()
    start = browser.open(await world.link(misaki, "card", "/view_growth_chart"))
    assert "12桁のマイナンバーは使いません" in start
    browser.send("/start")
    world.pass_line(browser, misaki)
    assert "氏名" in browser.page.text
    read_card(world, browser, misaki)
    await world.bot.work()
    standing = await world.identity.standing(misaki.citizen_id)
    assert (standing.level, standing.providers) == (Level.L3_FRESH, ("card",))
    assert world.register.asked == [{"citizen_id": misaki.citizen_id, **ITEMS}]
    assert world.bot.rasa.asked[-1]["payload"] == "/view_growth_chart"
    notice, answer = world.texts(misaki)[-2:]
    assert "マイナンバーカードでの本人確認ができました" in notice
    assert "佐＊＊＊ さま" in notice
    assert answer.startswith("回答")
    assert world.asked_of(world.card) == ["token", "certs", "userinfo"]


async def test_the_four_items_and_the_sub_are_kept_nowhere(world: IdentityWorld) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki, "card")
    world.pass_card(browser)
    waiting = await everything_kept(world)
    world.pass_line(browser, misaki)
    await world.bot.work()
    for kept in (waiting, await everything_kept(world)):
        assert misaki.citizen_id in kept
        for value in (*ITEMS.values(), "美咲", "中央一丁目", "19880412"):
            if value != "female":
                assert value not in kept


async def test_a_card_that_is_known_opens_the_gate_at_once_and_asks_the_register_again(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    await world.linked(misaki, "card")
    browser = Browser()
    browser.open(await world.link(misaki, "card", "/ask_nursery_result"))
    browser.send("/start")
    world.pass_line(browser, misaki)
    world.pass_card(browser)
    assert "LINEのトークに戻ってください" in browser.page.text
    assert browser.url.endswith("/identity/ended/proven")
    await world.bot.work()
    assert world.bot.rasa.asked[-1]["payload"] == "/ask_nursery_result"
    assert "マイナンバーカードでの本人確認ができました。" in world.texts(misaki)
    assert len(world.register.asked) == 2
    assert await world.deeds(misaki) == ["link.card", "login.card"]


async def test_another_persons_card_does_not_open_a_linked_talk(world: IdentityWorld) -> None:
    misaki = await world.person()
    await world.linked(misaki, "card")
    await world.identity.unlink(misaki.citizen_id)
    await world.linked(misaki, "card")
    before = len(world.register.asked)
    browser = await world.begun(misaki, "card")
    world.pass_card(browser, "kenta")
    assert "すでに別のIDとつながっています" in browser.page.text
    assert len(world.register.asked) == before
    assert await world.links(misaki) == [("card", "ended"), ("card", "active")]


async def test_link_08_a_card_moves_to_a_new_phone_and_the_old_talk_is_told_and_locked(
    world: IdentityWorld,
) -> None:
    old, new = await world.person("古い電話"), await world.person("新しい電話")
    await world.linked(old, "card")
    assert await world.level(old) is Level.L3_FRESH
    await world.linked(new, "card")
    assert await world.links(old) == [("card", "ended")]
    assert await world.links(new) == [("card", "active")]
    assert await world.level(old) is Level.L0
    assert "別のLINEとつながりました" in world.texts(old)[-1]
    assert (await world.deeds(old))[-1] == "link.card.moved"
    # The register lets go of the old talk before it is asked about the new one.
    register = [(asked.get("forget"), asked.get("citizen_id")) for asked in world.register.asked]
    assert register[-2:] == [(old.citizen_id, None), (None, new.citizen_id)]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("pending", "市の職員が確かめます"), ("refused", "窓口でお確かめください")],
)
async def test_a_register_that_does_not_know_the_person_is_never_a_guess(
    world: IdentityWorld, outcome: str, words: str
) -> None:
    world.register.outcome = outcome
    misaki = await world.person()
    await world.linked(misaki, "card")
    assert words in world.texts(misaki)[-1]


async def test_a_register_that_is_away_delays_the_link_and_loses_nothing(
    world: IdentityWorld,
) -> None:
    world.register.status = 503
    misaki = await world.person()
    await world.linked(misaki, "card")
    assert await world.links(misaki) == []
    world.register.status = 200
    await world.bot.retry()
    assert await world.links(misaki) == [("card", "active")]
    assert await world.level(misaki) is Level.L3_FRESH


async def test_who_cancels_at_the_card_can_try_again_from_the_talk(world: IdentityWorld) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki, "card")
    browser.send("/cancel")
    assert "取りやめました" in browser.page.text
    await world.bot.work()
    said = world.messages(misaki)[-1]
    assert "取りやめました" in said["text"]
    assert said["quickReply"]["items"][0]["action"]["data"] == "/verify_mynumber"
    assert world.register.asked == []


async def test_tok_22_a_provider_that_does_not_say_that_the_card_was_read_proves_nothing(
    world: IdentityWorld,
) -> None:
    world.card.settings(tell_acr=False)
    misaki = await world.person()
    browser = await world.begun(misaki, "card")
    world.pass_card(browser)
    assert "確認できませんでした" in browser.page.text
    assert await world.level(misaki) is Level.L1
    assert world.register.asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": "佐藤 1234 5678 9018"},
        {"address": {"street_address": "中央1"}},
        {"birthdate": "昭和63年4月12日"},
        {"gender": "9"},
        {"sub": "somebody-else"},
    ],
)
async def test_items_of_an_unknown_shape_or_with_a_my_number_are_refused_and_not_kept(
    world: IdentityWorld, change: dict[str, Any]
) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki, "card")
    world.card.fault("change", path="*/userinfo", set=change, times=1)
    world.pass_card(browser)
    assert browser.url.rsplit("/", 1)[-1] in ("unreadable_items", "refused_login")
    assert world.register.asked == []
    assert await world.links(misaki) == []
    kept = await everything_kept(world)
    assert "5678 9018" not in kept
    assert "123456789018" not in kept


async def test_the_flat_shape_of_the_items_reads_the_same(world: IdentityWorld) -> None:
    world.card.settings(item_shape="flat")
    misaki = await world.person()
    await world.linked(misaki, "card")
    assert world.register.asked == [{"citizen_id": misaki.citizen_id, **ITEMS}]


async def test_after_a_refused_token_the_card_tells_nothing(world: IdentityWorld) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki, "card")
    world.card.fault("id_token", forgery="wrong_nonce", times=1)
    world.pass_card(browser)
    assert "確認できませんでした" in browser.page.text
    assert world.asked_of(world.card) == ["token", "certs"]
    assert world.register.asked == []


async def test_a_link_that_nobody_used_or_finished_is_answered_in_the_talk(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    await world.link(misaki, "card", "/view_growth_chart")
    await world.bot.query("UPDATE identity_ticket SET expires_at = now() - interval '1 s'")
    await world.bot.retry()
    assert "リンクの期限が過ぎました" in world.texts(misaki)[-1]

    browser = await world.begun(misaki, "card")
    digest = await world.bot.one("SELECT digest FROM identity_ticket WHERE state = 'opened'")
    said = len(world.texts(misaki))
    await world.identity.link_expired(digest)
    await world.bot.work()
    assert len(world.texts(misaki)) == said
    await world.bot.query("UPDATE identity_ticket SET used_at = now() - interval '31 min'")
    await world.identity.link_expired(digest)
    await world.bot.work()
    assert "リンクの期限が過ぎました" in world.texts(misaki)[-1]
    assert len(world.texts(misaki)) == said + 1
    assert browser.cookie


async def test_the_keys_of_grants_and_of_the_client_are_published_without_their_secrets(
    world: IdentityWorld,
) -> None:
    for path in ("jwks.json", "card/jwks.json"):
        [key] = (await world.http.get(f"/identity/{path}")).json()["keys"]
        assert (key["kty"], key["alg"], key["use"]) == ("EC", "ES256", "sig")
        assert "d" not in key
    assert (await world.http.get("/identity/my-id/jwks.json")).status_code == 404
    assert (await world.http.get("/identity/nobody/jwks.json")).status_code == 404
