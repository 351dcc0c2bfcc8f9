"""The attacks on linking from a talk (knowledge file, 2.3): each fails, and leaves nothing."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
import redis

from auth.levels import Level
from auth.store import Store
from identity.contract import AccountLink
from identity.login.sessions import Sessions
from identity.oidc.authorization_requests import AuthorizationRequests
from kit.clock import system_clock
from kit.errors import UnavailableError
from tests.bot.world import body_of
from tests.identity.browsing import Browser
from tests.identity.world import PASSWORD, IdentityWorld, Person


def nonce_of(dialog: str) -> str:
    return parse_qs(urlsplit(dialog).query)["nonce"][0]


async def test_link_02_a_forwarded_link_stops_at_line_before_the_victim_logs_in_anywhere(
    world: IdentityWorld,
) -> None:
    attacker, victim = await world.person("A"), await world.person("B")
    browser = Browser()
    browser.open(await world.link(attacker, "my-id"))
    browser.send("/start")
    world.pass_line(browser, victim)
    assert "ご本人のLINEではありません" in browser.page.text
    assert world.asked_of(world.my_id) == []
    await world.bot.work()
    assert await world.links(attacker) == await world.links(victim) == []
    assert "別の方のLINEで開かれました" in world.texts(attacker)[-1]
    assert await world.deeds(attacker) == ["login.other_person"]
    assert await world.level(attacker) is Level.L0
    web = world.bot.settings.public_base_url
    assert "もう一度始めてください" in browser.open(f"{web}/identity/step-up/card")


async def test_link_02_the_same_holds_for_a_link_to_the_card(world: IdentityWorld) -> None:
    attacker, victim = await world.person("A"), await world.person("B")
    browser = Browser()
    browser.open(await world.link(attacker, "card"))
    browser.send("/start")
    world.pass_line(browser, victim)
    assert "ご本人のLINEではありません" in browser.page.text
    assert world.card.journal() == []


async def test_link_03_a_forwarded_address_of_the_provider_ends_in_the_wrong_browser(
    world: IdentityWorld,
) -> None:
    attacker, victim = await world.person("A"), Browser()
    own = Browser()
    own.open(await world.link(attacker, "my-id"))
    own.send("/start")
    own.http.follow_redirects = False
    world.pass_line(own, attacker)
    callback = own.page.headers["location"]
    authorization = own.http.get(callback).headers["location"]
    victim.open(authorization)
    world.pass_my_id(victim)
    assert "もう一度始めてください" in victim.page.text
    assert world.asked_of(world.my_id) == []
    assert await world.links(attacker) == []


async def test_link_03_with_the_attackers_cookie_planted_lines_dialog_still_tells_them_apart(
    world: IdentityWorld,
) -> None:
    attacker, victim = await world.person("A"), await world.person("B")
    own = await world.begun(attacker)
    browser = Browser()
    browser.http.cookies.set("identity", own.cookie, domain="127.0.0.1")
    browser.open(own.url)
    world.pass_my_id(browser)
    assert "/dialog/bot/accountLink?" in browser.url
    assert "ほかの人のものです" in world.pass_line(browser, victim)
    await world.bot.work()
    assert await world.links(attacker) == await world.links(victim) == []
    assert "ご本人の確認ができませんでした" in world.texts(attacker)[-1]
    assert await world.deeds(attacker) == ["link.refused"]
    assert await world.level(attacker) is Level.L1


async def test_link_05_a_nonce_counts_once_however_many_events_bring_it(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki)
    world.pass_my_id(browser)
    nonce = nonce_of(browser.url)
    event = AccountLink(nonce=nonce, succeeded=True, citizen_id=misaki.citizen_id)
    await asyncio.gather(*(world.identity.account_linked(event) for _ in range(5)))
    await world.identity.account_linked(event)
    await world.bot.work()
    assert await world.links(misaki) == [("my-id", "active")]
    assert len([t for t in world.texts(misaki) if "つなぎました" in t]) == 1
    assert await world.deeds(misaki) == ["link.my-id"]


async def test_link_05_an_invented_nonce_changes_nothing(world: IdentityWorld) -> None:
    misaki = await world.person()
    for nonce in ("AAAAAAAAAAAAAAAAAAAAAA", "x", "あ" * 20, "0" * 255):
        link = {"result": "ok", "nonce": nonce}
        world.bot.line.post("events", type="accountLink", chatId=misaki.line_user, link=link)
    for link in ({}, {"nonce": 1, "result": "ok"}, {"nonce": "x" * 300, "result": "ok"}):
        world.bot.line.post("events", type="accountLink", chatId=misaki.line_user, link=link)
    await world.bot.work()
    assert await world.links(misaki) == []
    left = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"
    assert await world.bot.one(left) == 0


async def test_link_05_a_nonce_is_bound_to_the_citizen_it_was_made_for(
    world: IdentityWorld,
) -> None:
    misaki, other = await world.person(), await world.person("別人")
    browser = await world.begun(misaki)
    world.pass_my_id(browser)
    event = AccountLink(nonce=nonce_of(browser.url), succeeded=True, citizen_id=other.citizen_id)
    await world.identity.account_linked(event)
    assert await world.links(misaki) == await world.links(other) == []


async def test_link_06_a_failed_link_is_told_and_the_nonce_is_spent(world: IdentityWorld) -> None:
    misaki, other = await world.person(), await world.person("別人")
    browser = await world.begun(misaki)
    world.pass_my_id(browser)
    nonce = nonce_of(browser.url)
    world.pass_line(browser, other)
    await world.bot.work()
    assert "ご本人の確認ができませんでした" in world.texts(misaki)[-1]
    late = AccountLink(nonce=nonce, succeeded=True, citizen_id=misaki.citizen_id)
    await world.identity.account_linked(late)
    assert await world.links(misaki) == []


async def test_link_07_a_forged_event_is_refused_and_a_replayed_one_counts_once(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki)
    world.pass_my_id(browser)
    event = {
        "type": "accountLink",
        "webhookEventId": "01FORGED",
        "timestamp": 1_700_000_000_000,
        "mode": "active",
        "source": {"type": "user", "userId": misaki.line_user},
        "link": {"result": "ok", "nonce": nonce_of(browser.url)},
    }
    body = body_of(event)
    assert _deliver(world, body, "bm90IGl0") == 401
    await world.bot.work()
    assert await world.links(misaki) == []
    secret = world.bot.settings.line_channel_secret.get_secret_value().encode()
    signature = base64.b64encode(hmac.digest(secret, body, hashlib.sha256)).decode()
    assert [_deliver(world, body, signature) for _ in range(3)] == [200, 200, 200]
    await world.bot.work()
    assert await world.links(misaki) == [("my-id", "active")]
    assert len([t for t in world.texts(misaki) if "つなぎました" in t]) == 1


def _deliver(world: IdentityWorld, body: bytes, signature: str) -> int:
    url = f"{world.bot.settings.public_base_url}/line/webhook"
    headers = {"X-Line-Signature": signature, "Content-Type": "application/json"}
    return httpx2.post(url, content=body, headers=headers, trust_env=False).status_code


async def test_link_15_a_group_can_neither_start_a_login_nor_see_one(world: IdentityWorld) -> None:
    misaki, other = await world.person(), await world.person("町内会の人")
    members = [misaki.line_user, other.line_user]
    group = world.bot.line.post("groups", kind="group", name="町内会", members=members)["groupId"]
    before = len(world.bot.rasa.asked)
    for user in members:
        words = {"userId": user, "type": "text", "text": "My-IDを連携したい"}
        world.bot.line.post(f"groups/{group}/messages", **words)
        tap = {"userId": user, "type": "postback", "data": "/link_my_id"}
        world.bot.line.post(f"groups/{group}/messages", **tap)
    await world.bot.work()
    assert len(world.bot.rasa.asked) == before
    assert await world.bot.query("SELECT 1 FROM identity_ticket") == []
    await world.linked(misaki)
    heard = world.bot.line.get(f"groups/{group}/messages")["messages"]
    assert all("つなぎました" not in str(message) for message in heard)


async def test_after_a_refused_token_nothing_further_is_asked_and_nothing_is_kept(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    forgeries = ("wrong_nonce", "wrong_aud", "unsigned", "bad_signature", "hmac_with_public_key")
    for forgery in forgeries:
        browser = await world.begun(misaki)
        world.my_id.fault("id_token", forgery=forgery, times=1)
        before = len(world.asked_of(world.my_id))
        world.pass_my_id(browser)
        assert "確認できませんでした" in browser.page.text
        assert "userinfo" not in world.asked_of(world.my_id)[before:]
    await world.bot.work()
    assert await world.links(misaki) == []
    assert await world.level(misaki) is Level.L1


async def two_cards_at_the_dialog(world: IdentityWorld, person: Person) -> tuple[Browser, Browser]:
    """Read Kenta's card in one browser and Misaki's in another, and leave both dialogs open."""
    first, second = await world.begun(person, "card"), await world.begun(person, "card")
    world.pass_card(first, "kenta")
    world.pass_card(second, "misaki")
    assert "/dialog/bot/accountLink?" in second.url
    return first, second


async def test_link_16_the_second_of_two_cards_at_lines_dialog_changes_nothing_anywhere(
    world: IdentityWorld,
) -> None:
    person = await world.person()
    first, second = await two_cards_at_the_dialog(world, person)
    world.pass_line(first, person)
    await world.bot.work()
    asked = list(world.register.asked)
    world.pass_line(second, person)
    await world.bot.work()
    assert "何も変わっていません" in world.texts(person)[-1]
    assert await world.links(person) == [("card", "active")]
    assert world.register.asked == asked, "the register is not asked about a refused card"


async def test_link_16_a_refusal_leaves_the_talk_of_the_cards_owner_as_it_was(
    world: IdentityWorld,
) -> None:
    attacker, victim = await world.person("A"), await world.person("B")
    await world.linked(victim, "card")
    first, second = await two_cards_at_the_dialog(world, attacker)
    world.pass_line(first, attacker)
    await world.bot.work()
    world.pass_line(second, attacker)
    await world.bot.work()
    assert {"forget": victim.citizen_id} not in world.register.asked
    assert await world.links(victim) == [("card", "active")]
    assert await world.level(victim) is Level.L3_FRESH


async def test_link_16_of_two_dialogs_confirmed_at_once_one_card_counts(
    world: IdentityWorld,
) -> None:
    person = await world.person()
    events = [
        AccountLink(nonce=nonce_of(b.url), succeeded=True, citizen_id=person.citizen_id)
        for b in await two_cards_at_the_dialog(world, person)
    ]
    await asyncio.gather(*(world.identity.account_linked(event) for event in events))
    assert await world.links(person) == [("card", "active")]
    assert len(world.register.asked) == 1


@pytest.mark.parametrize("ending", ["unlink", "suspend"])
async def test_link_17_a_dialog_that_was_open_before_an_ending_links_nothing_after_it(
    world: IdentityWorld, ending: str
) -> None:
    misaki = await world.person()
    await world.linked(misaki)
    browser = await world.begun(misaki, "card")
    world.pass_card(browser)
    if ending == "unlink":
        await world.identity.unlink(misaki.citizen_id)
    else:
        await world.identity.unfollowed(misaki.citizen_id)
    world.pass_line(browser, misaki)
    await world.bot.work()
    assert ("card", "active") not in await world.links(misaki)
    assert world.register.asked in ([], [{"forget": misaki.citizen_id}])
    assert await world.level(misaki) is Level.L0


async def test_link_17_a_dialog_of_a_browser_that_was_logged_out_links_nothing(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki)
    world.pass_my_id(browser)
    sessions = Sessions(Store(world.bot.settings), system_clock)
    [session] = await sessions.of(misaki.citizen_id)
    await sessions.end(session)
    world.pass_line(browser, misaki)
    await world.bot.work()
    assert await world.links(misaki) == []


async def test_link_18_an_unlink_that_redis_refuses_changes_nothing_and_a_repeated_one_is_whole(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    await world.linked(misaki, "card")
    store = redis.Redis.from_url(world.bot.settings.redis_url)
    store.config_set("maxmemory-policy", "noeviction")
    store.config_set("maxmemory", "1")
    try:
        with pytest.raises(UnavailableError):
            await world.identity.unlink(misaki.citizen_id)
        assert await world.links(misaki) == [("card", "active")]
    finally:
        store.config_set("maxmemory", "0")
    await world.identity.unlink(misaki.citizen_id)
    assert await world.links(misaki) == [("card", "ended")]
    assert await world.level(misaki) is Level.L0


async def test_link_18_an_unlink_of_what_has_ended_still_ends_sessions_and_grants(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    await world.linked(misaki, "card")
    grant = await world.identity.grant(
        misaki.citizen_id, "services/residents", ("residents:people:read",), Level.L3
    )
    await world.bot.query("UPDATE identity_link SET state = 'ended'")
    await world.identity.unlink(misaki.citizen_id)
    assert await world.level(misaki) is Level.L0
    assert world.register.asked[-1] == {"forget": misaki.citizen_id}
    answer = await world.http.get(
        "/services/residents/people", headers={"Authorization": f"Bearer {grant}"}
    )
    assert answer.status_code == 401


ANSWERS = 6


def answered_at_once(browser: Browser, url: str) -> list[httpx2.Response]:
    """Bring a provider's answer several times at once, as a browser that was tapped twice does."""
    cookies = dict(browser.http.cookies)

    def bring(_: int) -> httpx2.Response:
        with httpx2.Client(cookies=cookies, timeout=20, trust_env=False) as http:
            return http.get(url)

    with ThreadPoolExecutor(ANSWERS) as threads:
        return list(threads.map(bring, range(ANSWERS)))


@pytest.fixture
def all_look_first(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have every answer looked at before the first of them counts, from the call on."""
    look, take = AuthorizationRequests.look, AuthorizationRequests.take
    looked, all_have = [], asyncio.Event()

    async def looking(self: Any, state: str, session: str) -> Any:
        looked.append(await look(self, state, session))
        if len(looked) == ANSWERS:
            all_have.set()
        return looked[-1]

    async def taking(self: Any, state: str) -> Any:
        await asyncio.wait_for(all_have.wait(), 10)
        return await take(self, state)

    def begin() -> None:
        monkeypatch.setattr(AuthorizationRequests, "look", looking)
        monkeypatch.setattr(AuthorizationRequests, "take", taking)

    return begin


async def test_link_19_an_answer_that_comes_several_times_at_once_refuses_no_link(
    world: IdentityWorld, all_look_first: Callable[[], None]
) -> None:
    misaki = await world.person()
    browser = await world.begun(misaki)
    browser.send("/login", user_id="misaki", password=PASSWORD)
    browser.http.follow_redirects = False
    browser.send("/consent")
    while "/callback" not in (callback := browser.page.headers["location"]):
        browser.open(urljoin(browser.url, callback))
    all_look_first()
    answers = await asyncio.to_thread(answered_at_once, browser, callback)
    onward = [a.headers["location"] for a in answers if "accountLink" in str(a.headers)]
    assert len(onward) == 1, [answer.status_code for answer in answers]
    await world.bot.work()
    states = await world.bot.query("SELECT state FROM identity_ticket")
    assert [state for (state,) in states] == ["opened"]
    [answered] = [answer for answer in answers if "accountLink" in str(answer.headers)]
    browser.http.cookies.update(answered.cookies)
    browser.http.follow_redirects = True
    browser.open(onward[0])
    world.pass_line(browser, misaki)
    await world.bot.work()
    assert await world.links(misaki) == [("my-id", "active")]
    states = await world.bot.query("SELECT state FROM identity_ticket")
    assert [state for (state,) in states] == ["done"]
