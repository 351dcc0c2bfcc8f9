"""The relying party against an independent provider; after a refusal nothing more is asked."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from auth.store import Store
from identity.keys import KeyRing
from identity.oidc.authorization_requests import AuthorizationRequests
from identity.oidc.relying_party import (
    CancelledLoginError,
    ExpiredLoginError,
    RefusedLoginError,
    RelyingParty,
)
from kit.clock import system_clock
from tests.identity.conftest import MakeParty
from tests.identity.forging import Json, Key, ec_key
from tests.identity.honest import CALLBACK, Honest, Query, honest_provider, private_jwk
from tests.identity.support import Clock

BROWSER = "digest-of-this-browser"
CLIENT_KEY = Key(ec_key("client").private, "client")


@pytest.fixture(scope="module")
def _honest() -> Iterator[Honest]:
    with honest_provider({"keys": [CLIENT_KEY.jwk()]}) as honest:
        yield honest


@pytest.fixture
def honest(_honest: Honest) -> Honest:
    """The provider with nothing asked of it yet."""
    _honest.person()
    _honest.log()
    return _honest


class OwnKey(KeyRing):
    """A key ring that signs with the key which the provider was told at its start."""

    def __init__(self) -> None:
        pass

    async def current(self, purpose: str) -> Json:
        assert purpose == "client:honest"
        return private_jwk(CLIENT_KEY)


@pytest.fixture
def keys() -> KeyRing:
    return OwnKey()


async def log_in(party: RelyingParty, honest: Honest) -> Query:
    """Go to the provider and come back; return the callback's parameters."""
    url = await party.begin(BROWSER, {"purpose": "test"})
    query = await asyncio.to_thread(honest.visit, url)
    honest.log()
    return query


async def refused(party: RelyingParty, query: Query, browser: str = BROWSER) -> None:
    with pytest.raises(RefusedLoginError):
        await party.finish(query, browser)


async def test_rp_01_a_login_tells_who_it_was_and_the_four_items(
    honest: Honest, party: MakeParty
) -> None:
    rp = party(honest.url)
    login = await rp.finish(await log_in(rp, honest), BROWSER)
    assert len(login.subject) == 64
    assert login.acr == "aal3"
    assert login.details["name"] == "会津花子"
    assert login.details["address"] == {"formatted": "福島県会津若松市東栄町3-46"}
    assert (login.details["birthdate"], login.details["gender"]) == ("1985-03-15", "female")
    assert login.granted == {"openid", "name", "address", "birthdate", "gender"}
    assert login.login_request == {"purpose": "test"}
    assert abs((login.authenticated_at - system_clock()).total_seconds()) < 60
    assert honest.log() == ["POST /token", "GET /jwks", "GET /me"]


async def test_rp_01_basic_authentication_and_rs256_work_where_they_are_registered(
    honest: Honest, party: MakeParty
) -> None:
    basic: dict[str, Any] = {"authentication": "client_secret_basic", "algorithm": "RS256"}
    rp = party(honest.url, client_id="basic-rs256", acr_values="", **basic)
    assert (await rp.finish(await log_in(rp, honest), BROWSER)).subject == "hanako"


async def test_rp_02_every_request_has_its_own_state_nonce_and_verifier(
    party: MakeParty, store: Store
) -> None:
    authorization_requests, provider = (
        AuthorizationRequests(store),
        party("https://idp.example").provider,
    )
    made = [await authorization_requests.begin(provider, BROWSER, {}, 0) for _ in range(1000)]
    for values in (
        [state for state, _ in made],
        [flow.nonce for _, flow in made],
        [flow.verifier for _, flow in made],
    ):
        assert len(set(values)) == 1000
        # 43 characters of base64 carry 256 bits.
        assert min(map(len, values)) >= 43


async def test_rp_03_a_missing_other_or_reused_state_is_refused(
    honest: Honest, party: MakeParty
) -> None:
    rp = party(honest.url)
    query = await log_in(rp, honest)
    await refused(rp, [pair for pair in query if pair[0] != "state"])
    await refused(rp, [(k, "other" if k == "state" else v) for k, v in query])
    await refused(rp, [*query, ("state", "second")])
    assert honest.log() == []
    await rp.finish(query, BROWSER)


async def test_rp_04_another_browser_cannot_finish_a_login(
    honest: Honest, party: MakeParty
) -> None:
    rp = party(honest.url)
    query = await log_in(rp, honest)
    await refused(rp, query, "another-browser")
    await refused(rp, query)
    assert honest.log() == []


async def test_rp_05_a_callback_works_once(honest: Honest, party: MakeParty) -> None:
    rp = party(honest.url)
    query = await log_in(rp, honest)
    results = await asyncio.gather(
        *(rp.finish(query, BROWSER) for _ in range(5)), return_exceptions=True
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert honest.log().count("POST /token") == 1


@pytest.mark.parametrize("iss", [None, "https://evil.example", ""])
async def test_rp_06_a_callback_of_another_issuer_calls_nobody(
    honest: Honest, party: MakeParty, iss: str | None
) -> None:
    rp = party(honest.url)
    query = [pair for pair in await log_in(rp, honest) if pair[0] != "iss"]
    await refused(rp, query if iss is None else [*query, ("iss", iss)])
    assert honest.log() == []


async def test_rp_06_an_issuer_that_is_sent_unasked_must_be_right_too(
    honest: Honest, party: MakeParty
) -> None:
    rp = party(honest.url, names_issuer=False)
    query = await log_in(rp, honest)
    await refused(rp, [(k, "https://evil.example" if k == "iss" else v) for k, v in query])
    assert honest.log() == []


async def test_rp_07_who_says_no_is_told_so_and_the_state_is_spent(
    honest: Honest, party: MakeParty
) -> None:
    honest.person(refuses=True)
    rp = party(honest.url)
    query = await log_in(rp, honest)
    with pytest.raises(CancelledLoginError):
        await rp.finish(query, BROWSER)
    await refused(rp, query)
    assert honest.log() == []


async def test_rp_08_a_code_that_is_too_old_asks_for_another_try(
    honest: Honest, party: MakeParty
) -> None:
    rp = party(honest.url)
    query = await log_in(rp, honest)
    # For the provider, a code it has never seen and one it has dropped are the same.
    with pytest.raises(ExpiredLoginError):
        await rp.finish([(k, "expired" if k == "code" else v) for k, v in query], BROWSER)
    assert honest.log() == ["POST /token"]


async def test_rp_10_less_than_was_asked_for_is_granted(honest: Honest, party: MakeParty) -> None:
    honest.person(account="taro", scopes=["openid", "name", "birthdate", "gender"])
    rp = party(honest.url)
    login = await rp.finish(await log_in(rp, honest), BROWSER)
    assert "address" not in login.granted
    assert "address" not in login.details
    assert login.details["name"] == "会津花子"


async def test_rp_11_the_provider_refuses_a_replayed_assertion(
    honest: Honest, party: MakeParty, http: httpx2.AsyncClient
) -> None:
    rp = party(honest.url)
    endpoint = (await rp.endpoints()).token
    assertion = await rp._assertion(endpoint)
    form = {
        "grant_type": "authorization_code",
        "code": "unknown",
        "redirect_uri": CALLBACK,
        "client_id": "RP00000001",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    first = await http.post(endpoint, data=form)
    second = await http.post(endpoint, data=form)
    assert [a.json()["error"] for a in (first, second)] == ["invalid_grant", "invalid_client"]


async def test_rp_14_another_redirect_address_is_refused_by_the_provider(
    honest: Honest, party: MakeParty
) -> None:
    url = await party(honest.url).begin(BROWSER)
    asked = parse_qs(urlsplit(url).query)
    assert asked["redirect_uri"] == [CALLBACK]
    with pytest.raises(AssertionError, match="no callback but 400"):
        await asyncio.to_thread(honest.visit, url.replace("callback", "callback%2Fx"))


async def test_rp_16_a_provider_whose_keys_are_known_is_asked_for_them_once(
    honest: Honest, party: MakeParty
) -> None:
    rp = party(honest.url)
    for _ in range(3):
        await rp.finish(await log_in(rp, honest), BROWSER)
    assert "GET /jwks" not in honest.log()


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_rp_19_a_clock_ten_minutes_off_is_refused_before_user_info(
    honest: Honest, party: MakeParty, clock: Clock, minutes: int
) -> None:
    basic: dict[str, Any] = {"authentication": "client_secret_basic", "algorithm": "RS256"}
    rp = party(honest.url, client_id="basic-rs256", acr_values="", **basic)
    query = await log_in(rp, honest)
    clock.forward(minutes=minutes)
    await refused(rp, query)
    assert "GET /me" not in honest.log()
