"""LINE Login and LIFF: codes, tokens, signatures and what they open."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from emulators.jose import p256
from tests.emulators.line.definitions import definitions
from tests.emulators.line.running import Emulator

BACK = "https://city.example.jp/login/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()
Json = dict[str, Any]


def client(emulator: Emulator) -> dict[str, str]:
    """The login channel's credentials when nothing else was asked for."""
    secret = emulator.settings.line_channel_secret.get_secret_value()
    return {"client_id": f"{emulator.settings.line_channel_id}1", "client_secret": secret}


def wanted(emulator: Emulator, **more: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": client(emulator)["client_id"],
        "redirect_uri": BACK,
        "state": "s1",
        "scope": "openid profile",
        "nonce": "n1",
        "code_challenge": CHALLENGE.rstrip("="),
        "code_challenge_method": "S256",
        **more,
    }


def agree(emulator: Emulator, user: str, **more: str) -> dict[str, str]:
    """Press the button of the consent page; returns what comes back to the website."""
    form = wanted(emulator) | {"userId": user, "choice": "yes"} | more
    answer = emulator.http.post("/oauth2/v2.1/authorize", data=form)
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == BACK
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def redeem(emulator: Emulator, code: str, **more: str) -> httpx2.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    body = form | {"code_verifier": VERIFIER} | client(emulator) | more
    return emulator.http.post("/oauth2/v2.1/token", data=body)


def sign_in(emulator: Emulator, user: str, **more: str) -> Json:
    tokens: Json = redeem(emulator, agree(emulator, user, **more)["code"]).json()
    return tokens


def verify(emulator: Emulator, id_token: str, **more: str) -> httpx2.Response:
    form = {"id_token": id_token, "client_id": client(emulator)["client_id"]} | more
    return emulator.http.post("/oauth2/v2.1/verify", data=form)


def unpacked(part: str) -> Json:
    found: Json = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_the_consent_page_asks_who_is_there(emulator: Emulator, user: str) -> None:
    params = wanted(emulator, bot_prompt="normal")
    shown = emulator.http.get("/oauth2/v2.1/authorize", params=params)
    assert f'value="{user}"' in shown.text
    assert "友だちに追加する" in shown.text
    policy = shown.headers["content-security-policy"]
    assert "form-action" not in policy


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "1"},
        {"response_type": "token"},
        {"state": ""},
        {"scope": "openid everything"},
        {"redirect_uri": "http://city.example.jp/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://["},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_wrong_request_sends_nobody_anywhere(
    emulator: Emulator, user: str, change: dict[str, str]
) -> None:
    params = wanted(emulator, **change)
    assert emulator.http.get("/oauth2/v2.1/authorize", params=params).status_code == 400
    form = params | {"userId": user, "choice": "yes"}
    assert emulator.http.post("/oauth2/v2.1/authorize", data=form).status_code == 400


def test_a_web_sign_in_from_page_to_profile(emulator: Emulator, user: str) -> None:
    back = agree(emulator, user)
    assert back["state"] == "s1"
    tokens = redeem(emulator, back["code"]).json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 30 * 24 * 3600)
    head, claims, signature = tokens["id_token"].split(".")
    assert unpacked(head)["alg"] == "HS256"
    secret = client(emulator)["client_secret"].encode()
    expected = hmac.digest(secret, f"{head}.{claims}".encode(), "sha256")
    assert base64.urlsafe_b64encode(expected).decode().rstrip("=") == signature
    found = unpacked(claims)
    assert found["iss"] == "https://access.line.me"
    assert (found["sub"], found["nonce"], found["name"]) == (user, "n1", "花子")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert emulator.http.get("/v2/profile", headers=bearer).json()["userId"] == user
    status = emulator.http.get("/friendship/v1/status", headers=bearer)
    assert status.json() == {"friendFlag": True}


def test_who_says_no_is_sent_back_with_an_error(emulator: Emulator, user: str) -> None:
    back = agree(emulator, user, choice="no")
    assert (back["error"], back["state"]) == ("access_denied", "s1")


def test_a_code_works_once_and_for_ten_minutes(emulator: Emulator, user: str) -> None:
    code = agree(emulator, user)["code"]
    assert redeem(emulator, code).status_code == 200
    assert redeem(emulator, code).json()["error"] == "invalid_grant"
    late = agree(emulator, user)["code"]
    emulator.control("POST", "/clock", {"advance_seconds": 601})
    assert redeem(emulator, late).status_code == 400


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"redirect_uri": f"{BACK}2"}, "invalid_grant"),
        ({"client_secret": "x"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused(
    emulator: Emulator, user: str, change: dict[str, str], error: str
) -> None:
    answer = redeem(emulator, agree(emulator, user)["code"], **change)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nonce": "n2"}, "Invalid IdToken Nonce."),
        ({"client_id": "1"}, "Invalid IdToken Audience."),
        ({"user_id": "U" + "0" * 32}, "Invalid IdToken Subject Identifier."),
    ],
)
def test_an_id_token_is_verified_in_every_respect(
    emulator: Emulator, user: str, change: dict[str, str], words: str
) -> None:
    token = sign_in(emulator, user)["id_token"]
    assert verify(emulator, token, nonce="n1", user_id=user).json()["sub"] == user
    refused = verify(emulator, token, **change)
    assert (refused.status_code, refused.json()["error_description"]) == (400, words)


def test_an_id_token_expires_after_an_hour(emulator: Emulator, user: str) -> None:
    token = sign_in(emulator, user)["id_token"]
    emulator.control("POST", "/clock", {"advance_seconds": 3601})
    assert verify(emulator, token).json()["error_description"] == "IdToken expired."


def test_a_changed_id_token_is_refused(emulator: Emulator, user: str) -> None:
    head, claims, signature = sign_in(emulator, user)["id_token"].split(".")
    other = unpacked(claims) | {"sub": "U" + "0" * 32}
    forged = base64.urlsafe_b64encode(json.dumps(other).encode()).decode().rstrip("=")
    assert verify(emulator, f"{head}.{forged}.{signature}").status_code == 400
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    assert verify(emulator, f"{none}.{claims}.").status_code == 400
    assert verify(emulator, "a.b.c").json()["error_description"] == "Invalid IdToken."


def test_an_access_token_is_verified_refreshed_and_revoked(emulator: Emulator, user: str) -> None:
    tokens = sign_in(emulator, user)

    def check(token: str) -> int:
        params = {"access_token": token}
        return emulator.http.get("/oauth2/v2.1/verify", params=params).status_code

    assert check(tokens["access_token"]) == 200
    emulator.control("POST", "/clock", {"advance_seconds": 31 * 24 * 3600})
    assert check(tokens["access_token"]) == 400
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = emulator.http.post("/oauth2/v2.1/token", data=form | client(emulator)).json()
    assert check(fresh["access_token"]) == 200
    emulator.http.post("/oauth2/v2.1/revoke", data={"access_token": fresh["access_token"]})
    assert check(fresh["access_token"]) == 400


def test_a_channel_token_is_verified_at_the_same_address(emulator: Emulator) -> None:
    form = {"grant_type": "client_credentials", **client(emulator)}
    form["client_id"] = emulator.settings.line_channel_id
    token = emulator.http.post("/oauth2/v3/token", data=form).json()["access_token"]
    answer = emulator.http.get("/oauth2/v2.1/verify", params={"access_token": token}).json()
    assert answer["client_id"] == emulator.settings.line_channel_id


def test_signing_in_can_make_a_friend(emulator: Emulator) -> None:
    body = {"display_name": "通りすがり", "friend": False}
    stranger = emulator.control("POST", "/users", body)["userId"]
    back = agree(emulator, stranger, bot_prompt="aggressive", addFriend="yes")
    assert back["friendship_status_changed"] == "true"
    again = agree(emulator, stranger, bot_prompt="aggressive", addFriend="yes")
    assert again["friendship_status_changed"] == "false"
    assert json.loads(emulator.bot.wait(1)[0].raw)["events"][0]["type"] == "follow"


def test_deauthorizing_ends_every_session_of_a_person(emulator: Emulator, user: str) -> None:
    first, second = sign_in(emulator, user), sign_in(emulator, user)
    body = {"userAccessToken": first["access_token"]}
    assert emulator.call("POST", "/user/v1/deauthorize", body).status_code == 204
    bearer = {"Authorization": f"Bearer {second['access_token']}"}
    assert emulator.http.get("/v2/profile", headers=bearer).status_code == 401


def test_without_the_scope_there_is_no_profile(emulator: Emulator, user: str) -> None:
    tokens = sign_in(emulator, user, scope="openid")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert emulator.http.get("/v2/profile", headers=bearer).status_code == 403
    found = emulator.http.get("/oauth2/v2.1/userinfo", headers=bearer).json()
    assert found["sub"] == user


def test_discovery_names_this_machine(emulator: Emulator) -> None:
    found = emulator.http.get("/.well-known/openid-configuration").json()
    assert found["issuer"] == "https://access.line.me"
    keys = emulator.http.get(found["jwks_uri"]).json()["keys"]
    assert [key["crv"] for key in keys] == ["P-256"]


def add_app(emulator: Emulator) -> str:
    body = {"view": {"type": "full", "url": "https://city.example.jp/app"}}
    liff_id: str = emulator.call("POST", "/liff/v1/apps", body).json()["liffId"]
    return liff_id


def test_liff_apps_can_be_managed(emulator: Emulator) -> None:
    liff_id = add_app(emulator)
    path = f"/liff/v1/apps/{liff_id}"
    assert emulator.call("PUT", path, {"view": {"type": "tall"}}).status_code == 200
    listed = emulator.call("GET", "/liff/v1/apps").json()
    assert definitions("liff").problems_of("GetAllLiffAppsResponse", listed) == []
    views = {app["liffId"]: app["view"] for app in listed["apps"]}
    assert views[liff_id] == {"type": "tall", "url": "https://city.example.jp/app"}
    view = {"type": "full", "url": "https://city.example.jp/app"}
    for wrong in (
        {"view": view | {"type": "huge"}},
        {"view": view | {"url": "http://["}},
        {"view": view, "scope": 1},
    ):
        assert emulator.call("POST", "/liff/v1/apps", wrong).status_code == 400
    assert emulator.call("DELETE", path).status_code == 200
    assert emulator.call("DELETE", path).status_code == 404


def test_a_liff_app_gets_an_es256_token_that_the_public_key_verifies(
    emulator: Emulator, user: str
) -> None:
    liff_id = add_app(emulator)
    page = emulator.http.get(f"/liff/{liff_id}/menu?a=1")
    assert 'name="query" value="a=1"' in page.text
    form = {"userId": user, "choice": "yes", "query": "a=1"}
    answer = emulator.http.post(f"/liff/{liff_id}/menu", data=form)
    address = urlsplit(answer.headers["location"])
    assert parse_qs(address.query) == {"liff.state": ["/menu?a=1"]}
    token = parse_qs(address.fragment)["id_token"][0]
    assert verify(emulator, token).json()["sub"] == user
    signed, _, signature = token.rpartition(".")
    (key,) = emulator.http.get("/oauth2/v2.1/certs").json()["keys"]
    assert unpacked(signed.partition(".")[0])["kid"] == key["kid"]
    x, y = (int.from_bytes(base64.urlsafe_b64decode(key[c] + "=")) for c in "xy")
    raw = base64.urlsafe_b64decode(signature + "==")
    assert p256.verify((x, y), signed.encode(), raw)
    assert not p256.verify((x, y), signed.encode() + b"x", raw)
