"""ID tokens: every forgery of the table is refused by one error, and good ones pass."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose import jws
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth import tokens
from auth.jwks import RemoteKeys, verify_with
from auth.tokens import RefusedTokenError, id_token_rules
from kit.errors import UnavailableError
from kit.outbound import provider_client
from tests.emulators.line.running import served
from tests.identity.forgeries import FORGERIES, Scene
from tests.identity.forging import claims, compact, ec_key, header, rsa_key
from tests.identity.support import Clock

ISSUER = "https://idp.example/api/realms/main"
CLIENT = "RP00000001"
SCENE = Scene(ec_key(), ISSUER, CLIENT, nonce="n-1")
RULES = id_token_rules(ISSUER, CLIENT, "ES256")
KEY_SET = {"keys": [rsa_key().jwk(), ec_key().jwk(), ec_key("ec-2").jwk()]}


def check(token: object, key_set: Any = None, **change: Any) -> dict[str, Any]:
    """Check a token as the product does, with the key set at hand."""
    kid = tokens.key_id(token, RULES)
    key = tokens.choose_key(key_set or KEY_SET, kid, "ES256")
    if key is None:
        raise RefusedTokenError("no key")
    expected: dict[str, Any] = {"nonce": "n-1", "access_token": SCENE.access_token} | change
    return tokens.verify(token, key, RULES, datetime.now(UTC), **expected)


def test_an_honest_token_is_accepted() -> None:
    assert check(SCENE.token())["sub"] == "person-1"
    assert check(SCENE.token({"typ": ...}))["sub"] == "person-1"


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_is_refused(name: str) -> None:
    with pytest.raises(RefusedTokenError) as refused:
        check(FORGERIES[name](SCENE))
    assert refused.value.message == RefusedTokenError.__doc__
    assert refused.value.status == 401


def test_tok_08_a_list_of_one_audience_is_accepted() -> None:
    assert check(SCENE.token(aud=[CLIENT], azp=CLIENT))["sub"] == "person-1"


def test_tok_13_the_right_at_hash_is_accepted() -> None:
    # The example of OpenID Connect Core 1.0, A.3 (its signature hash is also SHA-256).
    token = SCENE.token(at_hash="77QmUPtjPfzWtF2AnpK9RQ")
    access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    assert check(token, access_token=access_token)["sub"] == "person-1"


def test_tok_14_without_kid_one_fitting_key_is_used_and_several_are_refused() -> None:
    token = SCENE.token({"kid": ...})
    assert check(token, {"keys": [rsa_key().jwk(), ec_key().jwk()]})["sub"] == "person-1"
    with pytest.raises(RefusedTokenError):
        check(token)


@pytest.mark.parametrize(
    "change",
    [{"use": "enc"}, {"alg": "ES384"}, {"crv": "P-384"}, {"kty": "RSA"}, {"key_ops": ["encrypt"]}],
)
def test_tok_16_a_key_for_something_else_is_not_used(change: dict[str, Any]) -> None:
    with pytest.raises(RefusedTokenError):
        check(SCENE.token(), {"keys": [ec_key().jwk(**change)]})


def test_tok_16_a_short_rsa_key_is_not_used() -> None:
    for bits, accepted in ((1024, False), (2048, True)):
        key = rsa_key(f"rsa-{bits}", bits)
        assert (tokens.choose_key({"keys": [key.jwk()]}, key.kid, "RS256") is not None) == accepted


@pytest.mark.parametrize("key_set", [{"keys": None}, {}, [], "x", {"keys": [None, 1, {"kty": 1}]}])
def test_tok_16_a_malformed_key_set_has_no_key(key_set: Any) -> None:
    assert tokens.choose_key(key_set, None, "ES256") is None


def test_tok_17_keys_of_other_kinds_in_front_do_not_matter() -> None:
    others = [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": ec_key().kid},
        rsa_key().jwk(kid=ec_key().kid),
    ]
    assert check(SCENE.token(), {"keys": [*others, ec_key().jwk()]})["sub"] == "person-1"
    rules = id_token_rules(ISSUER, CLIENT, "RS256")
    token = compact(header(rsa_key()), claims(ISSUER, CLIENT, "n-1"), rsa_key().sign)
    key = tokens.choose_key(
        {"keys": [ec_key().jwk(), *others[:2], rsa_key().jwk()]}, "rsa-1", "RS256"
    )
    assert key is not None
    assert tokens.verify(token, key, rules, datetime.now(UTC), nonce="n-1")["sub"] == "person-1"


@pytest.mark.parametrize(
    ("seconds", "accepted"), [(-60, True), (60, True), (-600, False), (600, False)]
)
def test_rp_19_a_clock_one_minute_off_is_accepted_and_ten_are_not(
    seconds: int, accepted: bool
) -> None:
    token, now = SCENE.token(), datetime.now(UTC) + timedelta(seconds=seconds)
    if accepted:
        assert tokens.verify(token, ec_key().jwk(), RULES, now, nonce="n-1")
        return
    with pytest.raises(RefusedTokenError):
        tokens.verify(token, ec_key().jwk(), RULES, now, nonce="n-1")


@given(st.one_of(st.none(), st.text(), st.binary(), st.integers(), st.lists(st.text())))
def test_whatever_is_no_token_is_refused_by_the_same_error(value: Any) -> None:
    with pytest.raises(RefusedTokenError):
        check(value)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "not text"),
        ("x.y.z", "unreadable"),
        (SCENE.token({"typ": 5}), "typ"),
        (SCENE.token({"kid": 5}), "kid"),
        (SCENE.token({"kid": "k" * 201}), "kid"),
        (SCENE.token({"kid": "../../ec-1"}), "kid"),
        (SCENE.token({"kid": "ec-9"}), "no key"),
        (SCENE.token(sub=5), "sub"),
        (SCENE.token(aud=5), "aud"),
        # Made when it is tried: a token grows old while the suite runs.
        (lambda: SCENE.token(nonce=5), "nonce"),
        (compact(header(ec_key()), [1], ec_key().sign), "not an object"),
    ],
)
def test_the_log_is_told_what_was_wrong(token: object, reason: str) -> None:
    with pytest.raises(RefusedTokenError) as refused:
        check(token() if callable(token) else token)
    assert refused.value.reason == reason


def test_an_empty_nonce_proves_nothing_though_it_is_the_one_that_is_expected() -> None:
    with pytest.raises(RefusedTokenError):
        check(SCENE.token(nonce=""), nonce="")


def test_an_access_token_that_nobody_has_needs_no_hash() -> None:
    assert check(SCENE.token(at_hash="x"), access_token=None)["sub"] == "person-1"


def test_tok_16_a_key_that_is_for_checking_alone_is_used() -> None:
    assert check(SCENE.token(), {"keys": [ec_key().jwk(key_ops=["verify"])]})["sub"] == "person-1"


def test_tok_16_a_key_whose_numbers_are_no_text_is_not_used() -> None:
    assert tokens.choose_key({"keys": [ec_key().jwk(x=5)]}, None, "ES256") is None


def test_a_secret_is_never_taken_out_of_a_key_set_and_never_a_short_one() -> None:
    secret = tokens.secret_key("x" * 32)
    assert tokens.choose_key({"keys": [secret]}, None, "HS256") is None
    rules, now = id_token_rules(ISSUER, CLIENT, "HS256"), datetime.now(UTC)
    long, short = (
        (jws.sign(claims(ISSUER, CLIENT, "n-1"), known, algorithm="HS256"), known)
        for known in ("x" * 16, "x" * 15)
    )
    tokens.verify(long[0], tokens.secret_key(long[1]), rules, now, nonce="n-1")
    with pytest.raises(RefusedTokenError) as refused:
        tokens.verify(short[0], tokens.secret_key(short[1]), rules, now, nonce="n-1")
    assert refused.value.reason == "key"


class Keys:
    """A JWKS address that counts its calls and can be down."""

    def __init__(self) -> None:
        self.keys = [ec_key().jwk()]
        self.calls = 0
        self.down = False
        self.gone = False

    async def get(self, _request: Request) -> Response:
        self.calls += 1
        if self.gone:
            return JSONResponse({"keys": []}, status_code=404)
        return Response(status_code=503) if self.down else JSONResponse({"keys": self.keys})


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with provider_client() as client:
        yield client


async def test_rp_16_unknown_key_ids_cost_one_call_a_minute(http: httpx2.AsyncClient) -> None:
    published, clock = Keys(), Clock()
    with served(lambda _url: Starlette(routes=[Route("/jwks", published.get)])) as url:
        keys = RemoteKeys(f"{url}/jwks", http, clock)
        assert await keys.find("ec-1", "ES256") is not None
        for number in range(100):
            assert await keys.find(f"invented-{number}", "ES256") is None
        assert published.calls == 2
        clock.forward(seconds=61)
        assert await keys.find("invented", "ES256") is None
        assert published.calls == 3


async def test_rp_16_known_keys_work_while_the_provider_is_away(http: httpx2.AsyncClient) -> None:
    published, clock = Keys(), Clock()
    with served(lambda _url: Starlette(routes=[Route("/jwks", published.get)])) as url:
        keys = RemoteKeys(f"{url}/jwks", http, clock)
        published.down = True
        with pytest.raises(UnavailableError):
            await keys.find("ec-1", "ES256")
        published.down = False
        await keys.find("ec-1", "ES256")
        published.down = True
        clock.forward(hours=2)
        token = compact(header(ec_key()), SCENE.claims(), ec_key().sign)
        found = await verify_with(keys, token, RULES, datetime.now(UTC), nonce="n-1")
        assert found["sub"] == "person-1"
        assert await keys.find("ec-2", "ES256") is None


async def test_rp_17_a_new_key_is_fetched_and_one_taken_back_is_dropped(
    http: httpx2.AsyncClient,
) -> None:
    published, clock = Keys(), Clock()
    with served(lambda _url: Starlette(routes=[Route("/jwks", published.get)])) as url:
        keys = RemoteKeys(f"{url}/jwks", http, clock)
        await keys.find("ec-1", "ES256")
        published.keys = [ec_key("ec-2").jwk()]
        assert await keys.find("ec-2", "ES256") is not None
        assert await keys.find("ec-1", "ES256") is None


async def test_rp_17_a_key_that_was_taken_back_is_dropped_within_an_hour(
    http: httpx2.AsyncClient,
) -> None:
    published, clock = Keys(), Clock()
    with served(lambda _url: Starlette(routes=[Route("/jwks", published.get)])) as url:
        keys = RemoteKeys(f"{url}/jwks", http, clock)
        await keys.find("ec-1", "ES256")
        published.keys = [ec_key("ec-2").jwk()]
        clock.forward(minutes=61)
        assert await keys.find("ec-1", "ES256") is None


async def test_rp_16_an_answer_that_is_no_key_set_takes_no_key_away(
    http: httpx2.AsyncClient,
) -> None:
    published, clock = Keys(), Clock()
    with served(lambda _url: Starlette(routes=[Route("/jwks", published.get)])) as url:
        keys = RemoteKeys(f"{url}/jwks", http, clock)
        await keys.find("ec-1", "ES256")
        published.gone = True
        clock.forward(minutes=61)
        assert await keys.find("ec-1", "ES256") is not None


async def test_a_token_whose_key_nobody_publishes_is_refused(http: httpx2.AsyncClient) -> None:
    with served(lambda _url: Starlette(routes=[Route("/jwks", Keys().get)])) as url:
        keys = RemoteKeys(f"{url}/jwks", http, Clock())
        with pytest.raises(RefusedTokenError) as refused:
            await verify_with(keys, SCENE.token({"kid": "ec-9"}), RULES, datetime.now(UTC))
        assert refused.value.reason == "no key"
