"""Logging in to the console: one-time passwords, second factors, guessing, what nobody tells."""

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import httpx2
import psycopg
import pytest
import redis.asyncio
from argon2 import PasswordHasher
from sqlalchemy import select, update
from structlog.testing import capture_logs

from auth.permissions import Role
from identity.staff.demonstration import ACCOUNTS, seed
from identity.staff.demonstration import PASSWORD as DEMO_PASSWORD
from identity.staff.models import Account
from identity.staff.passwords import Passwords, WeakPasswordError, check_new
from identity.staff.second_factor import matching_step
from identity.staff.throttle import Throttle, coarse_network, of_account, of_address
from kit.db import Database
from kit.settings import Settings
from tests.identity.staffing import (
    PASSWORD,
    WHY,
    Console,
    recovery_codes_of,
    running_console,
    secret_of,
)
from tests.identity.support import Clock
from tests.kit.test_settings import SAFE


@pytest.fixture
async def cache(settings: Settings) -> AsyncIterator[redis.asyncio.Redis]:
    async with redis.asyncio.from_url(settings.redis_url, decode_responses=True) as client:
        yield client


async def test_a_first_login_enrols_a_second_factor_and_replaces_the_one_time_password(
    console: Console,
) -> None:
    account, one_time = await console.add(Role.operator)
    browser = await console.browser()
    answer = await browser.get("/console/deliveries")
    assert answer.headers["location"] == "/console/login?to=%2Fconsole%2Fdeliveries"
    await browser.get(answer.headers["location"])
    answer = await browser.send("/console/login", login=account.login, password=one_time)
    assert answer.headers["location"] == "/console/enrol"
    page = await browser.get("/console/enrol")
    assert "<svg" in page.text
    assert page.headers["cache-control"] == "no-store"
    secret = secret_of(page)
    assert (await browser.send("/console/enrol", code="000000")).status_code == 401
    page = await browser.send("/console/enrol", code=console.code(secret))
    assert len(set(recovery_codes_of(page))) == 10
    assert not await browser.is_inside()
    await browser.get("/console/password")
    answer = await browser.send("/console/password", password=one_time, again=one_time)
    assert "仮のパスワードとは別" in answer.text
    answer = await browser.send("/console/password", password=PASSWORD, again="b" + PASSWORD)
    assert "一致しません" in answer.text
    answer = await browser.send("/console/password", password=PASSWORD, again=PASSWORD)
    assert answer.headers["location"] == "/console/deliveries"
    page = await browser.get("/console/deliveries")
    assert "試験 花子（市民課）" in page.text


async def test_the_next_login_asks_for_password_and_code(console: Console) -> None:
    _, account, secret = await console.enrolled()
    console.clock.forward(seconds=60)
    browser = await console.browser()
    answer = await browser.log_in(account.login.upper())
    assert answer.headers["location"] == "/console/login/code"
    assert not await browser.is_inside()
    await browser.get("/console/login/code")
    answer = await browser.send("/console/login/code", code=console.code(secret))
    assert answer.headers["location"] == "/console/"
    assert await browser.is_inside()


async def test_no_step_of_a_login_can_be_left_out(console: Console) -> None:
    account, one_time = await console.add()
    browser = await console.browser()
    for path in ("/console/login/code", "/console/enrol", "/console/password"):
        assert (await browser.get(path)).status_code == 410
    await browser.log_in(account.login, one_time)
    for path in ("/console/login/code", "/console/password"):
        assert (await browser.get(path)).status_code == 410
        answer = await browser.send(path, code="1", password=PASSWORD, again=PASSWORD)
        assert answer.status_code == 410
    assert not await browser.is_inside()


async def test_a_login_that_takes_more_than_ten_minutes_begins_anew(console: Console) -> None:
    _, account, secret = await console.enrolled()
    browser = await console.browser()
    await browser.log_in(account.login)
    console.clock.forward(minutes=10)
    answer = await browser.send("/console/login/code", code=console.code(secret))
    assert answer.status_code == 410
    assert "最初からやり直してください" in answer.text


# RFC 6238, appendix B: the last six of its eight digits for SHA-1.
@pytest.mark.parametrize(
    ("instant", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(instant: int, code: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    now = datetime.fromtimestamp(instant, UTC)
    assert matching_step(secret, code, now) == instant // 30
    assert matching_step(secret, f"{code[:3]} {code[3:]}", now) == instant // 30
    assert matching_step(secret, code[:5], now) is None


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (1, True), (2, False)])
async def test_a_telephone_s_clock_may_be_one_step_off(
    console: Console, steps: int, right: bool
) -> None:
    _, account, secret = await console.enrolled()
    console.clock.forward(minutes=5)
    browser = await console.browser()
    await browser.log_in(account.login)
    await browser.get("/console/login/code")
    answer = await browser.send("/console/login/code", code=console.code(secret, steps))
    assert (answer.status_code == 303) is right


async def test_a_code_that_somebody_overlooked_is_worth_nothing_a_second_time(
    console: Console,
) -> None:
    _, account, secret = await console.enrolled()
    console.clock.forward(minutes=5)
    later, earlier = console.code(secret), console.code(secret, -1)
    first, second = await console.browser(), await console.browser()
    for browser in (first, second):
        await browser.log_in(account.login)
        await browser.get("/console/login/code")
    assert (await first.send("/console/login/code", code=later)).status_code == 303
    for spent in (later, earlier):
        answer = await second.send("/console/login/code", code=spent)
        assert answer.status_code == 401
        assert "すでに使われています" in answer.text


async def test_of_two_browsers_with_one_code_one_gets_in(console: Console) -> None:
    _, account, secret = await console.enrolled()
    console.clock.forward(minutes=5)
    browsers = [await console.browser() for _ in range(3)]
    for browser in browsers:
        await browser.log_in(account.login)
        await browser.get("/console/login/code")
    code = console.code(secret)
    answers = await asyncio.gather(*(b.send("/console/login/code", code=code) for b in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 401, 401]


async def test_a_recovery_code_works_once(console: Console) -> None:
    inside, account, _ = await console.enrolled()
    page = await inside.send("/console/account/codes", current=PASSWORD)
    [first, *_, last] = recovery_codes_of(page)
    for code, status in ((first, 303), (first, 401), (last.upper().replace("-", " "), 303)):
        browser = await console.browser()
        await browser.log_in(account.login)
        await browser.get("/console/login/code")
        answer = await browser.send("/console/login/code", code=code)
        assert answer.status_code == status, code
    page = await inside.send("/console/account/codes", current=PASSWORD)
    assert len(recovery_codes_of(page)) == 10
    browser = await console.browser()
    await browser.log_in(account.login)
    await browser.get("/console/login/code")
    old = recovery_codes_of(page)[0][::-1]
    assert (await browser.send("/console/login/code", code=old)).status_code == 401


async def test_earlier_recovery_codes_end_with_the_next_ones(console: Console) -> None:
    inside, account, _ = await console.enrolled()
    old = recovery_codes_of(await inside.send("/console/account/codes", current=PASSWORD))
    new = recovery_codes_of(await inside.send("/console/account/codes", current=PASSWORD))
    assert not set(old) & set(new)
    browser = await console.browser()
    await browser.log_in(account.login)
    await browser.get("/console/login/code")
    assert (await browser.send("/console/login/code", code=old[0])).status_code == 401


async def test_somebody_else_s_recovery_code_is_wrong(console: Console) -> None:
    other, _, _ = await console.enrolled()
    [code, *_] = recovery_codes_of(await other.send("/console/account/codes", current=PASSWORD))
    _, account, _ = await console.enrolled()
    browser = await console.browser()
    await browser.log_in(account.login)
    await browser.get("/console/login/code")
    assert (await browser.send("/console/login/code", code=code)).status_code == 401


async def test_a_stolen_one_time_password_does_not_show_the_secret_of_the_owner(
    console: Console,
) -> None:
    account, one_time = await console.add()
    thief, owner = await console.browser(), await console.browser()
    await thief.log_in(account.login, one_time)
    seen = secret_of(await thief.get("/console/enrol"))
    assert seen == secret_of(await thief.get("/console/enrol"))
    await owner.log_in(account.login, one_time)
    secret = secret_of(await owner.get("/console/enrol"))
    assert seen != secret
    await owner.send("/console/enrol", code=console.code(secret))
    assert (await thief.send("/console/enrol", code=console.code(seen))).status_code == 410


async def test_a_one_time_password_ends_after_three_days(console: Console) -> None:
    account, one_time = await console.add()
    browser = await console.browser()
    console.clock.forward(days=3, seconds=-1)
    assert (await browser.log_in(account.login, one_time)).status_code == 303
    console.clock.forward(seconds=1)
    browser = await console.browser()
    assert (await browser.log_in(account.login, one_time)).status_code == 401


def _comparable(answer: httpx2.Response, login: str) -> str:
    return re.sub(r'name="form_token" value="[^"]+"', "", answer.text.replace(login, "…"))


class NotingHasher(PasswordHasher):
    """Hashes as always, and notes with what it compares."""

    def __init__(self, **parameters: int) -> None:
        super().__init__(**parameters)
        self.checked: list[str] = []

    def verify(self, hash: str, password: str) -> bool:
        self.checked.append(hash)
        return super().verify(hash, password)


async def test_nothing_tells_whether_an_account_exists(settings: Settings, clock: Clock) -> None:
    hasher = NotingHasher(time_cost=1, memory_cost=16, parallelism=1)
    async with running_console(settings, clock, passwords=Passwords(hasher)) as console:
        await _nothing_tells(console, hasher)


async def _nothing_tells(console: Console, hasher: NotingHasher) -> None:
    known, _ = await console.add()
    disabled, one_time = await console.add()
    await console.container.accounts.disable(disabled.id, WHY)
    tries = [
        (known.login, "wrong"),
        (disabled.login, one_time),
        (disabled.login, "wrong"),
        ("nobody" + known.login, "wrong"),
    ]
    answers = []
    for login, password in tries:
        browser = await console.browser()
        answers.append((login, await browser.log_in(login, password)))
    assert {answer.status_code for _, answer in answers} == {401}
    assert len({_comparable(answer, login) for login, answer in answers}) == 1
    assert [known[:28] for known in hasher.checked] == ["$argon2id$v=19$m=16,t=1,p=1$"] * 4
    assert len(set(hasher.checked[1:])) == 1, "what cannot succeed is compared with nobody's hash"


async def test_who_tries_often_has_to_wait_longer_each_time(
    console: Console, cache: redis.asyncio.Redis
) -> None:
    account, one_time = await console.add()
    known = f"*identity:staff-wait:{of_account(account.login).key}"
    waits = []
    for attempt in range(1, 12):
        browser = await console.browser()
        answer = await browser.log_in(account.login, f"wrong {attempt}")
        assert answer.status_code == 401
        if attempt >= 5:
            [wait_key] = await cache.keys(known)
            waits.append(await cache.ttl(wait_key))
            answer = await browser.log_in(account.login, one_time)
            assert answer.status_code == 429, "even the right one has to wait"
            await cache.delete(wait_key)
    assert waits == pytest.approx([30, 60, 120, 240, 480, 900, 900], abs=5)
    assert (await browser.log_in(account.login, one_time)).status_code == 303


async def test_the_pace_is_the_same_for_names_that_nobody_has(console: Console) -> None:
    account, _ = await console.add()
    seen = []
    for login in (account.login, f"no{account.login}"):
        browser = await console.browser()
        answers = [await browser.log_in(login, "wrong") for _ in range(7)]
        seen.append([answer.status_code for answer in answers])
    assert seen[0] == seen[1] == [401] * 5 + [429] * 2


async def test_many_guesses_at_once_are_not_free(console: Console) -> None:
    account, _ = await console.add()
    browsers = [await console.browser() for _ in range(20)]
    for browser in browsers:
        await browser.get("/console/login")
    guesses = (
        browser.send("/console/login", login=account.login, password=f"guess {n}")
        for n, browser in enumerate(browsers)
    )
    answers = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert answers.count(401) == 5
    assert answers.count(429) == 15


async def test_a_success_forgets_the_tries_before(console: Console) -> None:
    _, account, _ = await console.enrolled()
    for _ in range(3):
        browser = await console.browser()
        for _ in range(4):
            assert (await browser.log_in(account.login, "wrong")).status_code == 401
        assert (await browser.log_in(account.login)).status_code == 303


@pytest.mark.parametrize(
    ("first", "second"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:7:7::1", "2001:db8:7:7:ffff::2")],
)
async def test_one_address_cannot_try_name_after_name(
    console: Console, cache: redis.asyncio.Redis, first: str, second: str
) -> None:
    for key in await cache.keys("identity:staff-*:address:*"):
        await cache.delete(key)
    pace = Throttle(console.container.store)
    for _ in range(49):
        await pace.enter(of_address(first))
    browser = await console.browser(first)
    assert (await browser.log_in("nobody-at-all")).status_code == 401
    neighbour, elsewhere = await console.browser(second), await console.browser()
    account, one_time = await console.add()
    assert (await neighbour.log_in(account.login, one_time)).status_code == 429
    assert (await elsewhere.log_in(account.login, one_time)).status_code == 303


async def test_codes_cannot_be_guessed_either(console: Console) -> None:
    _, account, secret = await console.enrolled()
    console.clock.forward(minutes=5)
    browser = await console.browser()
    await browser.log_in(account.login)
    await browser.get("/console/login/code")
    answers = [await browser.send("/console/login/code", code=f"{n:06}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    answer = await browser.send("/console/login/code", code=console.code(secret))
    assert answer.status_code == 429


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
        "my-password-2026",
        "hanako-hanako",
        "x" * 129,
        "ababababababab",
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check_new(password, "hanako")


def test_a_password_is_the_same_however_an_input_method_writes_it() -> None:
    narrow, wide = "ABc123ユキ雪国の朝", "ＡＢｃ１２３ﾕｷ雪国の朝"
    assert check_new(wide, "hanako") == check_new(narrow, "hanako")


async def test_a_hash_costs_what_we_decided_and_production_takes_nothing_cheaper() -> None:
    known = await Passwords.of(Settings()).hashed(PASSWORD)
    assert known.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert await Passwords.of(Settings()).is_right(PASSWORD, known)
    for cheaper in ({"password_hash_kib": 47103}, {"password_hash_passes": 1}):
        with pytest.raises(ValueError, match="PASSWORD_HASH_KIB"):
            Settings.model_validate(SAFE | cheaper)
    assert Settings.model_validate(SAFE).environment == "production"


async def test_a_hash_of_older_parameters_is_renewed_at_the_next_login(
    console: Console, database: Database
) -> None:
    account, one_time = await console.add()
    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(one_time)
    async with database.transaction() as session:
        await session.execute(update(Account).values(password=older))
    browser = await console.browser()
    assert (await browser.log_in(account.login, one_time)).status_code == 303
    async with database.transaction() as session:
        now = await session.scalar(select(Account.password))
    assert now is not None
    assert now.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert (await browser.log_in(account.login, one_time)).status_code == 303


async def test_demonstration_accounts_open_the_demonstration_by_their_password(
    console: Console,
) -> None:
    await seed(console.container.accounts)
    await seed(console.container.accounts)
    added = await console.container.accounts.all()
    assert {account.login for account in added} == {new.login for new in ACCOUNTS}
    assert {role for account in added for role in account.roles} == set(Role)
    browser = await console.browser()
    await browser.log_in("demo-administrator", DEMO_PASSWORD)
    assert await browser.is_inside()


async def test_production_refuses_demonstration_accounts(
    console: Console, settings: Settings, clock: Clock
) -> None:
    await seed(console.container.accounts)
    real = settings.model_copy(update=Settings(**SAFE).model_dump(include=set(SAFE)))
    async with running_console(real, clock) as production:
        browser = await production.browser(base="https://test")
        page = await browser.get("/console/login")
        assert "concierge staff add" in page.text, "nobody who counts is an administrator"
        answer = await browser.log_in("demo-administrator", DEMO_PASSWORD)
        assert answer.status_code == 401
        await production.add(Role.administrator)
        assert "concierge staff add" not in (await browser.get("/console/login")).text


async def test_no_secret_stands_readable_in_the_database_or_in_redis(
    console: Console, settings: Settings, cache: redis.asyncio.Redis
) -> None:
    account, one_time = await console.add()
    browser = await console.browser()
    await browser.log_in(account.login, one_time)
    secret = secret_of(await browser.get("/console/enrol"))
    seen = await _everything(settings, cache)
    codes = recovery_codes_of(await browser.send("/console/enrol", code=console.code(secret)))
    await browser.get("/console/password")
    await browser.send("/console/password", password=PASSWORD, again=PASSWORD)
    assert await browser.is_inside()
    seen += await _everything(settings, cache)
    assert account.login in seen
    planted = [one_time, secret, PASSWORD, browser.cookie, *codes]
    planted += [value.replace("-", "") for value in (one_time, *codes)]
    planted += [secret.encode().hex(), base64.b64encode(secret.encode()).decode()]
    assert [value for value in planted if value in seen] == []


async def _everything(settings: Settings, cache: redis.asyncio.Redis) -> str:
    parts: list[Any] = []
    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        tables = await connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables"
            " WHERE tablename ~ '^(identity|kit)_'"
        )
        for (table,) in await tables.fetchall():
            rows = await connection.execute(f"SELECT row_to_json(t) FROM {table} t")  # noqa: S608
            parts += await rows.fetchall()
    for key in await cache.keys("identity:*"):
        kind = await cache.type(key)
        parts += [key, await (cache.smembers(key) if kind == "set" else cache.get(key))]
    return repr(parts)


async def test_refused_logins_can_be_put_together_without_a_name_in_the_log(
    console: Console,
) -> None:
    account, _ = await console.add()
    browser = await console.browser("203.0.113.77")
    with capture_logs() as lines:
        await browser.log_in(account.login, "wrong")
        await browser.log_in(account.login.upper(), "wrong again")
        await browser.log_in("nobody", "wrong")
    refused = [line for line in lines if line["event"] == "staff_login_refused"]
    assert [line["step"] for line in refused] == ["password"] * 3
    first, second, other = (line["login"] for line in refused)
    assert first == second != other
    assert {line["network"] for line in refused} == {"203.0.113.0/24"}
    written = str(lines)
    assert account.login not in written
    assert "203.0.113.77" not in written
    plain = hashlib.sha256(account.login.encode()).hexdigest()
    assert first not in plain, "without our key nobody finds out whose digest it is"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_a_log_tells_a_network_and_no_subscriber(address: str, network: str) -> None:
    assert coarse_network(address) == network


async def test_behind_our_proxy_one_persons_tries_lock_nobody_else_out(
    settings: Settings, clock: Clock
) -> None:
    behind = settings.model_copy(update={"trusted_proxies": (ip_network("10.0.0.1/32"),)})
    async with running_console(behind, clock) as console:
        account, one_time = await console.add()
        browser = await console.browser("10.0.0.1")
        browser.http.headers["X-Forwarded-For"] = "192.0.2.66, 198.51.100.1"
        for number in range(51):
            answer = await browser.log_in(f"nobody{number}", "wrong")
        assert answer.status_code == 429
        other = await console.browser("10.0.0.1")
        other.http.headers["X-Forwarded-For"] = "198.51.100.2"
        assert (await other.log_in(account.login, one_time)).status_code == 303
