"""Staff sessions: limits, new ids, form tokens, and how they end."""

import asyncio
import base64
import hashlib
import json
from datetime import timedelta

import httpx2
import pytest
import redis.asyncio

from auth.permissions import Role
from auth.store import Store
from concierge.app import build_web
from identity.staff.logins import LoginOverError, WrongLoginError
from identity.staff.models import Account
from identity.staff.sessions import StaffSessions, Stage
from kit.settings import Settings
from tests.identity.staffing import PASSWORD, WHY, Console, running_console
from tests.identity.support import Clock


async def test_a_session_ends_after_30_idle_minutes(console: Console) -> None:
    browser, _, _ = await console.enrolled()
    console.clock.forward(minutes=29, seconds=59)
    assert await browser.is_inside()
    console.clock.forward(minutes=30)
    assert not await browser.is_inside()


async def test_a_session_ends_after_eight_hours_however_busy(console: Console) -> None:
    browser, _, _ = await console.enrolled()
    for _ in range(19):
        console.clock.forward(minutes=25)
        assert await browser.is_inside()
    console.clock.forward(minutes=4, seconds=59)
    assert await browser.is_inside()
    console.clock.forward(seconds=1)
    assert not await browser.is_inside()


async def test_each_step_of_a_login_has_a_new_id_and_the_old_one_is_worthless(
    console: Console,
) -> None:
    _, account, secret = await console.enrolled()
    console.clock.forward(seconds=60)
    browser = await console.browser()
    seen = []
    await browser.get("/console/login")
    seen.append(browser.cookie)
    await browser.log_in(account.login)
    seen.append(browser.cookie)
    await browser.get("/console/login/code")
    await browser.send("/console/login/code", code=console.code(secret))
    assert await browser.is_inside()
    assert browser.cookie not in seen
    assert len(set(seen)) == 2
    for old in seen:
        planted = await console.browser()
        planted.http.cookies.set("staff", old)
        assert not await planted.is_inside()
        assert (await planted.get("/console/login/code")).status_code == 410


async def test_without_redis_nobody_is_inside_and_nobody_gets_in(
    console: Console, settings: Settings, clock: Clock
) -> None:
    browser, _, _ = await console.enrolled()
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:9"})
    async with running_console(away, clock) as broken:
        lost = await broken.browser()
        lost.http.cookies.set("staff", browser.cookie)
        for path in ("/console/", "/console/account", "/console/login"):
            answer = await lost.get(path)
            assert answer.status_code == 503
            assert "今は表示できません" in answer.text


async def test_sessions_are_listed_and_ended_one_by_one_or_all_at_once(console: Console) -> None:
    first, account, secret = await console.enrolled()
    second, third = await console.inside(account, secret), await console.inside(account, secret)
    page = await first.get("/console/account")
    assert page.text.count("ログアウトさせる</button>") == 3
    assert page.text.count("このブラウザ") == 1
    [digest] = [
        session.digest
        for session in await console.container.sessions.of(
            account.id, await _epoch(console, account)
        )
        if session.form_token == second.token
    ]
    await first.send("/console/account/sessions/end", session=digest)
    assert not await second.is_inside()
    assert await third.is_inside()
    await first.send("/console/account/sessions/end", session="others")
    assert not await third.is_inside()
    assert await first.is_inside()


async def _epoch(console: Console, account: Account) -> int:
    return (await console.container.accounts.get(account.id)).epoch


async def test_nobody_ends_somebody_else_s_session(console: Console) -> None:
    victim, account, _ = await console.enrolled()
    other, _, _ = await console.enrolled()
    [session] = await console.container.sessions.of(account.id, await _epoch(console, account))
    await other.send("/console/account/sessions/end", session=session.digest)
    assert await victim.is_inside()


async def test_logging_out_ends_the_session_itself(console: Console) -> None:
    browser, _, _ = await console.enrolled()
    cookie = browser.cookie
    page = await browser.send("/console/logout")
    assert "ログアウトしました" in page.text
    browser.http.cookies.set("staff", cookie)
    assert not await browser.is_inside()


async def test_a_changed_password_ends_every_other_session(console: Console) -> None:
    first, account, secret = await console.enrolled()
    second = await console.inside(account, secret)
    new, before = "磐梯山の夏はとてもすずしい", first.cookie
    await first.get("/console/account")
    page = await first.send("/console/account/password", current="x", password=new, again=new)
    assert "今のパスワードが違います" in page.text
    sent = {"current": PASSWORD, "password": new, "again": new}
    slip = await first.send("/console/account/password", **sent | {"again": f"{new}。"})
    assert slip.status_code == 422
    answer = await first.send("/console/account/password", **sent)
    assert answer.headers["location"] == "/console/account?done=password"
    assert first.cookie != before
    assert await first.is_inside()
    assert not await second.is_inside()
    browser = await console.browser()
    assert (await browser.log_in(account.login)).status_code == 401
    assert (await browser.log_in(account.login, new)).status_code == 303


@pytest.mark.parametrize("what", ["disable", "change", "reset"])
async def test_all_sessions_end_when_an_account_is_disabled_reset_or_has_other_roles(
    console: Console, what: str
) -> None:
    first, account, secret = await console.enrolled()
    second = await console.inside(account, secret)
    bystander, _, _ = await console.enrolled()
    accounts = console.container.accounts
    if what == "change":
        await accounts.change(account.id, account.name, [Role.supervisor], ["市民課"], WHY)
    elif what == "disable":
        await accounts.disable(account.id, WHY)
        await accounts.enable(account.id, WHY)
    else:
        await accounts.reset(account.id, WHY)
    assert not await first.is_inside()
    assert not await second.is_inside()
    assert await bystander.is_inside()


async def test_a_login_under_way_ends_with_the_account(console: Console) -> None:
    _, account, secret = await console.enrolled()
    console.clock.forward(minutes=1)
    browser = await console.browser()
    await browser.log_in(account.login)
    await browser.get("/console/login/code")
    await console.container.accounts.disable(account.id, WHY)
    answer = await browser.send("/console/login/code", code=console.code(secret))
    assert answer.status_code == 410


FORMS = [
    ("/console/account/password", {"current": PASSWORD, "password": "x", "again": "x"}),
    ("/console/account/codes", {"current": PASSWORD}),
    ("/console/account/sessions/end", {"session": "others"}),
    ("/console/logout", {}),
    ("/console/staff/new", {"login": "planted", "name": "x", "role": "administrator"}),
]


@pytest.mark.parametrize(("path", "form"), FORMS)
async def test_a_form_from_another_site_changes_nothing(
    console: Console, path: str, form: dict[str, str]
) -> None:
    browser, account, secret = await console.enrolled(Role.administrator)
    other = await console.inside(account, secret)
    for token in ({}, {"form_token": ""}, {"form_token": other.token}):
        answer = await browser.http.post(path, data=form | token)
        assert answer.status_code == 403
        assert "画面が古くなっています" in answer.text
    assert await browser.is_inside()
    assert await other.is_inside()
    assert len(await console.container.accounts.all()) == 1


async def test_a_login_form_needs_the_page_it_came_from(console: Console) -> None:
    account, one_time = await console.add()
    browser = await console.browser()
    form = {"login": account.login, "password": one_time, "form_token": "x"}
    assert (await browser.http.post("/console/login", data=form)).status_code == 410
    await browser.get("/console/login")
    assert (await browser.http.post("/console/login", data=form)).status_code == 403


async def test_the_cookie_is_bound_to_this_host_and_https(settings: Settings, clock: Clock) -> None:
    secure = settings.model_copy(update={"public_base_url": "https://city.example"})
    async with running_console(secure, clock) as console:
        browser = await console.browser(base="https://city.example")
        cookie = (await browser.get("/console/login")).headers["set-cookie"]
        assert cookie.startswith("__Host-staff=")
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts
        assert not any(part.startswith("domain") for part in parts)
        account, one_time = await console.add()
        assert (await browser.log_in(account.login, one_time)).status_code == 303


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example", "/console/..//evil", "/identity/", "/console/?x=1"],
)
async def test_a_login_leads_to_pages_of_the_console_alone(console: Console, to: str) -> None:
    browser = await console.browser()
    await browser.http.get("/console/login", params={"to": to})
    account, secret = await _enrolled_account(console)
    await browser.log_in(account.login)
    await browser.get("/console/login/code")
    answer = await browser.send("/console/login/code", code=console.code(secret))
    assert answer.headers["location"] == "/console/"


async def _enrolled_account(console: Console) -> tuple[Account, str]:
    _, account, secret = await console.enrolled()
    console.clock.forward(minutes=1)
    return account, secret


async def test_redis_knows_neither_cookies_nor_names(console: Console, settings: Settings) -> None:
    browser, account, _ = await console.enrolled()
    async with redis.asyncio.from_url(settings.redis_url, decode_responses=True) as cache:
        kept = []
        for key in await cache.keys("*identity:staff-session*"):
            kind = await cache.type(key)
            kept += [key, str(await (cache.smembers(key) if kind == "set" else cache.get(key)))]
    everything = "\n".join(kept)
    assert account.id in everything
    for planted in (browser.cookie, account.login, account.name):
        assert planted not in everything


async def test_sess_06_a_staff_session_written_or_moved_in_redis_lets_nobody_in(
    console: Console, settings: Settings
) -> None:
    browser, _, _ = await console.enrolled(Role.administrator)
    prefix = f"{settings.city}:identity:staff-session:"
    own = hashlib.sha256(browser.cookie.encode()).hexdigest()
    store = Store(settings)
    forged = json.dumps(await store.get(f"staff-session:{own}")).encode()
    await store.close()
    planted = await console.browser()
    planted.http.cookies.set("staff", "made-up")
    place = prefix + hashlib.sha256(b"made-up").hexdigest()
    async with redis.asyncio.from_url(settings.redis_url) as cache:
        moved = await cache.get(prefix + own)
        for value in (moved, forged, base64.b64encode(forged)):
            await cache.set(place, value)
            assert not await planted.is_inside()
    assert await browser.is_inside()


async def test_pages_for_others_need_no_login(settings: Settings) -> None:
    app = build_web(settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        for path in ("/readyz", "/metrics", "/healthz"):
            assert (await http.get(path)).status_code == 200
        asked = {"cookie": "any"}
        answer = await http.post("/identity/internal/staff/members", json=asked)
        assert answer.status_code == 401, "what rooms ask each other needs their token"


async def test_a_session_that_is_ended_while_it_climbs_is_over(store: Store, clock: Clock) -> None:
    sessions = StaffSessions(store, clock)
    for _ in range(30):
        _, guest = await sessions.start("PC", "/console/")
        inside = await sessions.climb(guest, Stage.inside, "stf_1", 0)
        assert inside is not None
        climbed, _ = await asyncio.gather(
            sessions.climb(inside[1], Stage.inside, "stf_1", 0), sessions.end(inside[1])
        )
        if climbed is not None:
            assert await sessions.read(climbed[0]) is None
        assert await sessions.of("stf_1", 0) == []


async def test_pages_that_offer_a_second_factor_at_once_offer_the_same_one(
    store: Store, clock: Clock
) -> None:
    sessions = StaffSessions(store, clock)
    for _ in range(30):
        cookie, guest = await sessions.start("PC", "/console/")
        offers = [
            sessions.change(guest.digest, lambda held, s=f"secret {i}": held.offering(s))
            for i in range(3)
        ]
        first, second, third, *_ = await asyncio.gather(
            *offers, sessions.read(cookie), sessions.read(cookie)
        )
        kept = await sessions.read(cookie)
        assert first is not None
        assert second is not None
        assert third is not None
        assert kept is not None
        assert {first.secret, second.secret, third.secret} == {kept.secret}
        assert kept.secret


async def test_what_is_over_climbs_no_step_and_is_listed_nowhere(
    store: Store, clock: Clock
) -> None:
    sessions = StaffSessions(store, clock)
    _, guest = await sessions.start("PC", "/console/")
    _, inside = await sessions.climb(guest, Stage.inside, "stf_1", 0) or ("", guest)
    assert await sessions.of("stf_1", 0) == [inside]
    await store.add("staff-sessions:stf_2", inside.digest, timedelta(hours=1))
    assert await sessions.of("stf_2", 0) == [], "a session is its own account's, wherever it stands"
    clock.forward(minutes=30)
    assert await sessions.of("stf_1", 0) == []
    clock.forward(minutes=-1)
    await store.drop(f"staff-session:{inside.digest}")
    assert await sessions.of("stf_1", 0) == []
    for over in (guest, inside):
        assert await sessions.climb(over, Stage.inside, "stf_1", 0) is None


async def test_no_step_takes_the_session_of_another_one_or_of_nobody(console: Console) -> None:
    browser, account, _ = await console.enrolled()
    logins, sessions = console.container.logins, console.container.sessions
    inside = await sessions.read(browser.cookie)
    assert inside is not None
    with pytest.raises(LoginOverError):
        await logins.with_code(inside, "123456", "")
    with pytest.raises(LoginOverError):
        await logins.offer_factor(inside)
    _, guest = await sessions.start("PC", "/console/")
    with pytest.raises(WrongLoginError):
        await logins.with_single_sign_on(guest, "stf_nobody")
    await sessions.end(guest)
    with pytest.raises(LoginOverError):
        await logins.with_single_sign_on(guest, account.id)


async def test_a_factor_is_offered_and_set_in_a_login_that_goes_on_alone(console: Console) -> None:
    account, one_time = await console.add()
    logins, sessions = console.container.logins, console.container.sessions
    _, guest = await sessions.start("PC", "/console/")
    _, waiting = await logins.with_password(guest, account.login, one_time, "")
    with pytest.raises(LoginOverError):
        await logins.enrol(waiting, "123456", "")
    await sessions.end(waiting)
    with pytest.raises(LoginOverError):
        await logins.offer_factor(waiting)
