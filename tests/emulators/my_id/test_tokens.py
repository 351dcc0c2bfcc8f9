"""Codes, tokens, keys and what they open."""

import base64
import hashlib
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.emulators.my_id.conftest import RunningMyId
from tests.emulators.openid.relying_party import Browser, came_back, unpacked


def code_of(my_id: RunningMyId, visitor: Browser, **more: str | None) -> str:
    return came_back(my_id.sign_in(visitor, **more))["code"]


def register(my_id: RunningMyId, **change: Any) -> None:
    (client, *_) = my_id.control("GET", "/clients")["clients"]
    my_id.control("PUT", "/clients", client | change)


@pytest.mark.parametrize(
    "change",
    [
        {"code": "unknown"},
        {"redirect_uri": "https://city.example.jp/"},
        {"code_verifier": "w" * 64},
        {"code_verifier": ""},
        {"code_verifier": "v" * 42},
    ],
)
def test_a_wrong_exchange_is_an_invalid_grant(
    my_id: RunningMyId, visitor: Browser, change: dict[str, str]
) -> None:
    refused = my_id.token(**({"code": code_of(my_id, visitor)} | change))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert refused.headers["cache-control"] == "no-store"


def test_a_failed_exchange_spends_the_code(my_id: RunningMyId, visitor: Browser) -> None:
    code = code_of(my_id, visitor)
    my_id.token(code=code, code_verifier="w" * 64)
    assert my_id.token(code=code).status_code == 400


def test_a_code_that_comes_twice_ends_what_it_opened(my_id: RunningMyId, visitor: Browser) -> None:
    code = code_of(my_id, visitor)
    access_token = my_id.token(code=code).json()["access_token"]
    assert my_id.userinfo(access_token).status_code == 200
    assert my_id.token(code=code).json()["error"] == "invalid_grant"
    refused = my_id.userinfo(access_token)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


def test_an_old_code_is_refused(my_id: RunningMyId, visitor: Browser) -> None:
    code = code_of(my_id, visitor)
    my_id.control("POST", "/clock", {"advance_seconds": 61})
    assert "too old" in my_id.token(code=code).json()["error_description"]


def test_a_code_of_another_client_is_refused(my_id: RunningMyId, visitor: Browser) -> None:
    code = code_of(my_id, visitor)
    register(my_id, client_id="RP2")
    my_id.client_id = "RP2"
    refused = my_id.token(code=code)
    my_id.client_id = "RP00000001"
    assert "another client" in refused.json()["error_description"]


def test_an_access_token_grows_old_and_is_taken_in_the_header_only(
    my_id: RunningMyId, visitor: Browser
) -> None:
    tokens = my_id.token(code=code_of(my_id, visitor)).json()
    assert tokens["expires_in"] == 300
    path = my_id.metadata["userinfo_endpoint"]
    in_query = my_id.http.get(path, params={"access_token": tokens["access_token"]})
    assert in_query.status_code == 401
    my_id.control("POST", "/clock", {"advance_seconds": 301})
    assert my_id.userinfo(tokens["access_token"]).status_code == 401


def test_a_refresh_token_needs_offline_access_and_works_once(
    my_id: RunningMyId, visitor: Browser
) -> None:
    code = code_of(my_id, visitor, scope="openid offline_access")
    old = my_id.token(code=code).json()
    form = {"grant_type": "refresh_token", "refresh_token": old["refresh_token"]}
    fresh = my_id.token(**form).json()
    claims, first = my_id.verified(fresh["id_token"]), my_id.verified(old["id_token"])
    assert (claims["sub"], claims["auth_time"]) == (first["sub"], first["auth_time"])
    assert "nonce" not in claims
    assert my_id.token(**form).json()["error"] == "invalid_grant"
    assert my_id.userinfo(old["access_token"]).status_code == 401


def test_a_refresh_token_grows_old(my_id: RunningMyId, visitor: Browser) -> None:
    code = code_of(my_id, visitor, scope="openid offline_access")
    old = my_id.token(code=code).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": old}
    my_id.control("POST", "/clock", {"advance_seconds": 1801})
    assert my_id.token(**form).json()["error"] == "invalid_grant"


def test_an_access_token_is_a_bearer_token_and_no_other_scheme(
    my_id: RunningMyId, visitor: Browser
) -> None:
    access_token = my_id.token(code=code_of(my_id, visitor)).json()["access_token"]
    path = my_id.metadata["userinfo_endpoint"]
    for scheme, status in (("Basic", 401), ("DPoP", 401), ("bearer", 200)):
        headers = {"Authorization": f"{scheme} {access_token}"}
        assert my_id.http.get(path, headers=headers).status_code == status


def test_a_verifier_has_the_shape_of_rfc_7636_even_if_its_hash_fits(
    my_id: RunningMyId, visitor: Browser
) -> None:
    for verifier in ("v" * 42, "v" * 129, "v" * 50 + "+"):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
        code = code_of(my_id, visitor, code_challenge=challenge.rstrip("="))
        assert my_id.token(code=code, code_verifier=verifier).status_code == 400


def test_the_hash_of_the_access_token_is_in_the_id_token(
    my_id: RunningMyId, visitor: Browser
) -> None:
    tokens = my_id.token(code=code_of(my_id, visitor)).json()
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    expected = base64.urlsafe_b64encode(half).decode().rstrip("=")
    assert my_id.verified(tokens["id_token"])["at_hash"] == expected


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_client_gets_the_algorithm_it_registered(
    my_id: RunningMyId, visitor: Browser, algorithm: str
) -> None:
    register(my_id, id_token_signed_response_alg=algorithm)
    token = my_id.token(code=code_of(my_id, visitor)).json()["id_token"]
    assert unpacked(token)[0]["alg"] == algorithm
    my_id.verified(token)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_client_with_a_secret_must_use_it_as_registered(
    my_id: RunningMyId, visitor: Browser, method: str
) -> None:
    secret = "ganz geheim:ü%"
    register(my_id, token_endpoint_auth_method=method, client_secret=secret)
    code = code_of(my_id, visitor)
    pair = f"{my_id.client_id}:{quote_plus(secret)}"
    basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": my_id.wanted()["redirect_uri"],
        "code_verifier": "v" * 64,
    }
    post = form | {"client_id": my_id.client_id, "client_secret": secret}
    endpoint = my_id.metadata["token_endpoint"]
    answers = {
        "client_secret_basic": lambda: my_id.http.post(endpoint, data=form, headers=basic),
        "client_secret_post": lambda: my_id.http.post(endpoint, data=post),
    }
    right = answers.pop(method)
    (other,) = answers.values()
    wrong = my_id.http.post(endpoint, data=post | {"client_secret": "x"})
    for refused in (other(), wrong, my_id.token(code=code)):
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert right().status_code == 200


def test_the_token_endpoint_reads_the_form_and_nothing_else(
    my_id: RunningMyId, visitor: Browser
) -> None:
    endpoint = my_id.metadata["token_endpoint"]
    in_query = my_id.http.post(endpoint, params={"grant_type": "authorization_code"})
    assert in_query.json() == {
        "error": "invalid_request",
        "error_description": "Missing form parameter: grant_type",
    }
    as_json = my_id.http.post(endpoint, json={"grant_type": "authorization_code"})
    assert as_json.json()["error"] == "invalid_request"
    path = my_id.metadata["token_endpoint"]
    code = {"code": code_of(my_id, visitor)}
    both = my_id.http.post(path, params=code, data={"grant_type": "authorization_code"} | code)
    assert both.json()["error"] == "invalid_request"
    other = my_id.token(grant_type="password")
    assert other.json()["error"] == "unsupported_grant_type"


def test_after_a_rotation_new_tokens_have_the_new_key_and_old_ones_still_verify(
    my_id: RunningMyId, visitor: Browser
) -> None:
    old = my_id.token(code=code_of(my_id, visitor)).json()["id_token"]
    keys = my_id.control("POST", "/keys/rotate", {})["keys"]
    new = my_id.token(code=code_of(my_id, visitor)).json()["id_token"]
    assert unpacked(old)[0]["kid"] != unpacked(new)[0]["kid"] == keys[-1]["kid"]
    my_id.verified(old)
    my_id.verified(new)


def test_a_rotation_can_drop_the_old_keys(my_id: RunningMyId, visitor: Browser) -> None:
    old = unpacked(my_id.token(code=code_of(my_id, visitor)).json()["id_token"])[0]["kid"]
    keys = my_id.control("POST", "/keys/rotate", {"keep_old": False})["keys"]
    assert old not in [key["kid"] for key in keys]
    assert sorted(key["alg"] for key in keys) == ["ES256", "RS256"]
