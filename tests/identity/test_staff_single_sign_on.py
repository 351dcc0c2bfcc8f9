"""Single sign-on of staff, against a provider that we did not write (oidc-provider from npm)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from pydantic import SecretStr, ValidationError

from auth.permissions import Role
from identity.oidc.providers import Kind, Provider, load_providers, load_staff_providers
from identity.staff.accounts import BadAccountError, Warrant
from identity.staff.approvals import NotWaitingError, OwnRequestError
from identity.staff.single_sign_on import AlreadyLinkedError
from kit.errors import NotFoundError
from kit.settings import Settings
from tests.identity.honest import SECRET, Honest, Query, honest_provider
from tests.identity.staffing import WHY, Browser, Console, running_console
from tests.identity.support import Clock

CALLBACK = "http://127.0.0.1:8000/console/sso/city/callback"


@pytest.fixture(scope="module")
def _honest() -> Iterator[Honest]:
    with honest_provider({"keys": []}, CALLBACK) as honest:
        yield honest


@pytest.fixture
def honest(_honest: Honest) -> Honest:
    """The provider with nothing asked of it yet."""
    _honest.person()
    _honest.log()
    return _honest


def described(issuer: str, **change: Any) -> dict[str, Any]:
    """Return a staff provider as a city's identity.toml would have it."""
    usual = {
        "name": "city",
        "title": "市の認証基盤",
        "kind": "staff",
        "issuer": issuer,
        "client_id": "basic-rs256",
        "scopes": ["openid"],
        "algorithm": "RS256",
        "authentication": "client_secret_basic",
        "acr_values": "aal3",
    }
    return usual | change


def with_secret(settings: Settings) -> Settings:
    return settings.model_copy(update={"identity_secrets": {"city": SecretStr(SECRET)}})


@pytest.fixture
async def console(honest: Honest, settings: Settings, clock: Clock) -> AsyncIterator[Console]:
    city = Provider.model_validate(described(honest.url))
    async with running_console(with_secret(settings), clock, {"city": city}) as console:
        yield console


async def come_back(browser: Browser, honest: Honest) -> Query:
    """Go to the provider and come back; return the callback's parameters."""
    page = await browser.get("/console/login")
    assert "市の認証基盤でログイン" in page.text
    answer = await browser.get("/console/sso/city")
    assert answer.status_code == 303
    return await asyncio.to_thread(honest.visit, answer.headers["location"])


async def call_back(browser: Browser, query: Query) -> httpx2.Response:
    return await browser.get(f"/console/sso/city/callback?{urlencode(query)}")


async def test_whom_an_administrator_linked_gets_in_without_our_password(
    console: Console, honest: Honest
) -> None:
    administrator, _, _ = await console.enrolled(Role.administrator)
    account, _ = await console.add(Role.supervisor)
    one = f"/console/staff/{account.id}"
    await administrator.get(one)
    sent = {"provider": "city", "subject": "hanako"}
    assert "変更の理由を" in (await administrator.send(f"{one}/link", **sent)).text
    answer = await administrator.send(f"{one}/link", **sent, reason="統合認証の開始")
    assert answer.status_code == 303
    browser = await console.browser()
    query = await come_back(browser, honest)
    before = browser.cookie
    answer = await call_back(browser, query)
    assert answer.headers["location"] == "/console/"
    assert browser.cookie != before
    assert account.login in (await browser.get("/console/account")).text


async def test_whom_nobody_linked_stays_outside_whatever_their_name(
    console: Console, honest: Honest
) -> None:
    await console.add(Role.administrator)
    browser = await console.browser()
    answer = await call_back(browser, await come_back(browser, honest))
    assert answer.status_code == 403
    assert "登録されていません" in answer.text
    assert not await browser.is_inside()


async def test_a_disabled_account_stays_outside(console: Console, honest: Honest) -> None:
    account, _ = await console.add()
    await console.container.single_sign_ons.link(account.id, "city", "hanako", WHY)
    await console.container.accounts.disable(account.id, WHY)
    browser = await console.browser()
    answer = await call_back(browser, await come_back(browser, honest))
    assert answer.status_code == 403
    assert "シングルサインオンを確認できませんでした" in answer.text
    assert not await browser.is_inside()


async def test_a_login_that_another_browser_began_is_refused(
    console: Console, honest: Honest
) -> None:
    account, _ = await console.add()
    await console.container.single_sign_ons.link(account.id, "city", "hanako", WHY)
    mine, theirs = await console.browser(), await console.browser()
    query = await come_back(mine, honest)
    await theirs.get("/console/login")
    honest.log()
    answer = await call_back(theirs, query)
    assert answer.status_code == 403
    assert "シングルサインオンを確認できませんでした" in answer.text
    assert honest.log() == [], "nothing is asked of the provider after a refusal"
    assert not await theirs.is_inside()


async def test_a_login_comes_back_once(console: Console, honest: Honest) -> None:
    account, _ = await console.add()
    await console.container.single_sign_ons.link(account.id, "city", "hanako", WHY)
    browser = await console.browser()
    query = await come_back(browser, honest)
    assert (await call_back(browser, query)).status_code == 303
    again = await console.browser()
    await again.get("/console/login")
    assert (await call_back(again, query)).status_code == 403


async def test_a_login_without_the_second_factor_that_the_city_asks_for_is_refused(
    honest: Honest, settings: Settings, clock: Clock
) -> None:
    stricter = Provider.model_validate(described(honest.url, acr_values="aal2"))
    async with running_console(with_secret(settings), clock, {"city": stricter}) as console:
        account, _ = await console.add()
        await console.container.single_sign_ons.link(account.id, "city", "hanako", WHY)
        browser = await console.browser()
        answer = await call_back(browser, await come_back(browser, honest))
        assert answer.status_code == 403
        assert not await browser.is_inside()


async def test_who_says_no_at_the_provider_stays_outside(console: Console, honest: Honest) -> None:
    honest.person(refuses=True)
    browser = await console.browser()
    answer = await call_back(browser, await come_back(browser, honest))
    assert answer.status_code == 403
    assert not await browser.is_inside()


async def test_unlinking_ends_the_sessions(console: Console, honest: Honest) -> None:
    account, _ = await console.add()
    links = console.container.single_sign_ons
    await links.link(account.id, "city", "hanako", WHY)
    browser = await console.browser()
    await call_back(browser, await come_back(browser, honest))
    assert await browser.is_inside()
    await links.unlink(account.id, "city", WHY)
    assert not await browser.is_inside()
    assert await links.linked(account.id) == []
    answer = await call_back(browser, await come_back(browser, honest))
    assert answer.status_code == 403


async def test_a_person_at_the_provider_belongs_to_one_account(console: Console) -> None:
    links = console.container.single_sign_ons
    one, _ = await console.add()
    other, _ = await console.add()
    await links.link(one.id, "city", "hanako", WHY)
    await links.link(one.id, "city", "hanako", WHY)
    with pytest.raises(AlreadyLinkedError):
        await links.link(other.id, "city", "hanako", WHY)
    with pytest.raises(BadAccountError):
        await links.link(other.id, "city", "会津 花子", WHY)
    assert await links.linked(other.id) == []


async def test_the_keys_of_the_console_are_published_for_the_provider(console: Console) -> None:
    browser = await console.browser()
    [key] = (await browser.get("/console/sso/city/jwks.json")).json()["keys"]
    assert (key["kty"], key["alg"]) == ("EC", "ES256")
    assert "d" not in key
    assert (await browser.get("/console/sso/other/jwks.json")).status_code == 404


async def test_an_unknown_provider_is_no_page(console: Console) -> None:
    browser = await console.browser()
    await browser.get("/console/login")
    assert (await browser.get("/console/sso/other")).status_code == 404


def test_a_staff_provider_has_to_prove_a_second_factor() -> None:
    with pytest.raises(ValidationError, match="acr_values"):
        Provider.model_validate(described("https://login.city.example", acr_values=""))


LINE = """
[[providers]]
name = "line"
title = "LINE"
kind = "line"
issuer = "https://access.line.me"
client_id = "1"
scopes = ["openid"]
algorithm = "HS256"
authentication = "client_secret_post"

[[providers]]
name = "city"
title = "市の認証基盤"
kind = "staff"
issuer = "https://login.city.example"
client_id = "console"
scopes = ["openid"]
algorithm = "RS256"
authentication = "client_secret_basic"
acr_values = "aal2"
"""


def test_citizens_are_never_sent_to_the_provider_of_staff(tmp_path: Path) -> None:
    settings = Settings(environment="test", cities_dir=tmp_path)
    assert load_staff_providers(settings) == {}
    settings.city_dir.mkdir(parents=True)
    (settings.city_dir / "identity.toml").write_text(LINE, encoding="utf-8")
    assert list(load_providers(settings)) == ["line"]
    assert [one.kind for one in load_staff_providers(settings).values()] == [Kind.staff]


async def test_linking_a_strong_account_takes_a_second_administrator(
    settings: Settings, clock: Clock
) -> None:
    provider = Provider.model_validate(described("https://login.city.example"))
    async with running_console(settings, clock, {"city": provider}) as console:
        links, approvals = console.container.single_sign_ons, console.container.approvals
        one, other = [
            Warrant((await console.add(Role.administrator))[0].id, "異動") for _ in range(2)
        ]
        strong, _ = await console.add(Role.approver)
        await links.link(strong.id, "city", "person-9", one)
        assert await links.linked(strong.id) == []
        [asked] = await approvals.waiting(strong.id)
        with pytest.raises(OwnRequestError):
            await approvals.approve(asked.id, one)
        await approvals.approve(asked.id, other)
        assert await links.linked(strong.id) == ["city"]
        with pytest.raises(NotWaitingError):
            await approvals.approve(asked.id + 1, other)
        weak, _ = await console.add()
        for staff_id in (weak.id, "stf_nobody"):
            with pytest.raises(NotFoundError):
                await links.unlink(staff_id, "city", one)
        with pytest.raises(NotFoundError):
            await links.link("stf_nobody", "city", "person-8", one)
