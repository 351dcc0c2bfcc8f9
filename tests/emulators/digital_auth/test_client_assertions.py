"""`private_key_jwt`: what a client must send to prove who it is, and all that is refused."""

import base64
import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.jose.jws import compact
from emulators.jose.keys import EcKey, RsaKey
from tests.emulators.digital_auth.conftest import RunningDigitalAuth
from tests.emulators.openid.relying_party import Browser, came_back
from tests.emulators.serving import served


def reason(app: RunningDigitalAuth, **form: str) -> str:
    """Why the client is refused; the code is not touched by that."""
    answer = app.token(code="unknown", **form)
    assert answer.json()["error"] == "invalid_client", answer.text
    assert answer.status_code == 401
    return str(answer.json()["error_description"])


def is_taken(app: RunningDigitalAuth, assertion: str) -> bool:
    """Whether the client got as far as its code."""
    error: str = app.token(code="unknown", client_assertion=assertion).json()["error"]
    assert error in ("invalid_grant", "invalid_client")
    return error == "invalid_grant"


def test_the_issuer_and_the_token_endpoint_are_good_audiences(app: RunningDigitalAuth) -> None:
    endpoint = app.metadata["token_endpoint"]
    assert is_taken(app, app.assertion())
    assert is_taken(app, app.assertion(aud=endpoint))
    app.settings(assertion_audience="token_endpoint")
    assert is_taken(app, app.assertion(aud=endpoint))
    assert not is_taken(app, app.assertion())
    app.settings(assertion_audience="issuer")
    assert is_taken(app, app.assertion())
    assert not is_taken(app, app.assertion(aud=endpoint))


def test_an_audience_is_one_text_and_never_a_list(app: RunningDigitalAuth) -> None:
    for audience in ([app.issuer], [app.issuer, "https://evil.example"], None, 1, f"{app.issuer}/"):
        assert "aud must be one text" in reason(app, client_assertion=app.assertion(aud=audience))


def test_an_assertion_works_once(app: RunningDigitalAuth) -> None:
    assertion = app.assertion()
    assert is_taken(app, assertion)
    assert reason(app, client_assertion=assertion) == "the jti was used before"
    assert not is_taken(app, app.assertion(jti=app_jti(assertion)))


def app_jti(assertion: str) -> str:
    claims = assertion.split(".")[1]
    jti: str = json.loads(base64.urlsafe_b64decode(claims + "=="))["jti"]
    return jti


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-300, False), (0, False), (5, True), (295, True), (400, False)]
)
def test_an_assertion_lives_between_now_and_five_minutes(
    app: RunningDigitalAuth, seconds: int, taken: bool
) -> None:
    assert is_taken(app, app.assertion(exp=app.now() + seconds)) is taken


@pytest.mark.parametrize("name", ["iat", "nbf"])
@pytest.mark.parametrize(("seconds", "taken"), [(-600, True), (8, True), (70, False)])
def test_a_clock_that_is_a_little_fast_is_forgiven(
    app: RunningDigitalAuth, name: str, seconds: int, taken: bool
) -> None:
    change = {name: app.now() + seconds, "exp": app.now() + 200}
    assert is_taken(app, app.assertion(**change)) is taken


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": "RP00000009"},
        {"sub": ["RP00000001"]},
        {"iss": None},
        {"iss": "https://evil.example"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 256},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": 1e300},
        {"iat": "now"},
        {"nbf": {}},
    ],
)
def test_a_claim_that_is_missing_or_wrong_is_refused(
    app: RunningDigitalAuth, change: dict[str, Any]
) -> None:
    assert not is_taken(app, app.assertion(**change))


def test_only_the_registered_key_and_es256_are_taken(app: RunningDigitalAuth) -> None:
    claims = {
        "iss": "RP00000001",
        "sub": "RP00000001",
        "aud": app.issuer,
        "jti": "1",
        "exp": app.now() + 30,
    }
    kid = app.key.jwk()["kid"]
    stranger, rsa = EcKey(), RsaKey()
    refused = {
        "wrong": compact({"alg": "ES256", "kid": kid}, claims, stranger.sign),
        "kid": compact({"alg": "ES256", "kid": stranger.jwk()["kid"]}, claims, stranger.sign),
        "ES256": compact({"alg": "RS256", "kid": kid}, claims, rsa.sign),
        "must be signed": compact({"alg": "none"}, claims, lambda _message: b""),
        "token": "a.b.c",
    }
    for words, assertion in refused.items():
        assert words in reason(app, client_assertion=assertion)
    assert is_taken(app, compact({"alg": "ES256"}, claims, app.key.sign))


def test_the_form_must_name_the_kind_of_assertion_and_no_other_client(
    app: RunningDigitalAuth,
) -> None:
    assert "client_assertion_type" in reason(app, client_assertion_type="x")
    assert "not the one" in reason(app, client_id="RP00000009")
    assert app.token(code="unknown", client_id="RP00000001").json()["error"] == "invalid_grant"


def test_a_secret_is_no_way_in(app: RunningDigitalAuth) -> None:
    form = {"grant_type": "authorization_code", "client_id": "RP00000001", "client_secret": ""}
    answer = app.http.post(app.metadata["token_endpoint"], data=form)
    assert answer.json()["error"] == "invalid_client"
    refused = app.control(
        "PUT",
        "/clients",
        {
            "client_id": "RP3",
            "client_name": "別",
            "redirect_uris": ["https://a.example/"],
            "token_endpoint_auth_method": "client_secret_post",
            "client_secret": "x",
        },
        status=400,
    )
    assert "private_key_jwt" in refused["error"]["message"]


def test_after_a_refused_client_the_code_still_works(
    app: RunningDigitalAuth, visitor: Browser
) -> None:
    code = came_back(app.verify(visitor))["code"]
    assert app.token(code=code, client_assertion=app.assertion(aud="x")).status_code == 401
    assert app.token(code=code).status_code == 200


def test_keys_are_read_where_the_client_publishes_them(app: RunningDigitalAuth) -> None:
    keys: list[Any] = []

    async def publish(_request: Request) -> Response:
        return JSONResponse({"keys": keys})

    with served(lambda _url: Starlette(routes=[Route("/jwks.json", publish)])) as url:
        (client, *_) = app.control("GET", "/clients")["clients"]
        app.control("PUT", "/clients", client | {"jwks": None, "jwks_uri": f"{url}/jwks.json"})
        assert "kid names none" in reason(app)
        keys.append(app.key.jwk())
        assert is_taken(app, app.assertion())
    assert "could not be read" in reason(app)
