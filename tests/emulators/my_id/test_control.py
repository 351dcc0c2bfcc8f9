"""The control API: faults, journal, people, and what it refuses."""

import json
from typing import Any

import httpx2
import pytest

from emulators.residents import register
from tests.emulators.my_id.conftest import RunningMyId
from tests.emulators.openid.relying_party import BACK, Browser, came_back, unpacked


def tokens_of(my_id: RunningMyId, visitor: Browser) -> dict[str, Any]:
    code = came_back(my_id.sign_in(visitor))["code"]
    tokens: dict[str, Any] = my_id.token(code=code).json()
    return tokens


def test_a_server_error_strikes_as_often_as_ordered_and_nothing_is_done(
    my_id: RunningMyId, visitor: Browser
) -> None:
    code = came_back(my_id.sign_in(visitor))["code"]
    my_id.fault("answer", path="*/token", status=503, body="<h1>down</h1>", times=2)
    for _ in range(2):
        broken = my_id.token(code=code)
        assert (broken.status_code, broken.text) == (503, "<h1>down</h1>")
        assert broken.headers["content-type"].startswith("text/html")
    assert my_id.token(code=code).status_code == 200


def test_latency_makes_a_client_wait(my_id: RunningMyId) -> None:
    my_id.fault("latency", path="/jwks.json", milliseconds=2000)
    endpoint = my_id.metadata["jwks_uri"]
    with pytest.raises(httpx2.ReadTimeout):
        my_id.http.get(endpoint, timeout=0.2)
    my_id.control("DELETE", "/faults")
    assert my_id.http.get(endpoint, timeout=5).status_code == 200


def test_metadata_keys_and_claims_can_be_changed(my_id: RunningMyId, visitor: Browser) -> None:
    my_id.fault("change", path="/.well-known/*", set={"issuer": "https://evil.example"})
    assert my_id.metadata["issuer"] == "https://evil.example"
    my_id.control("DELETE", "/faults")
    access_token = tokens_of(my_id, visitor)["access_token"]
    my_id.fault("change", path="/userinfo", set={"sub": "another"}, remove=["name"])
    assert my_id.userinfo(access_token).json() == {"sub": "another"}
    my_id.fault("change", path="/jwks.json", set={"keys": None})
    assert my_id.http.get(my_id.metadata["jwks_uri"]).json() == {"keys": None}


def test_what_the_browser_carries_back_can_be_changed(my_id: RunningMyId, visitor: Browser) -> None:
    my_id.fault("callback", set={"iss": "https://evil.example"}, remove=["state"], times=1)
    back = came_back(my_id.sign_in(visitor))
    assert back["iss"] == "https://evil.example"
    assert "state" not in back
    assert came_back(my_id.authorize(visitor))["iss"] == my_id.issuer


@pytest.mark.parametrize(
    ("forgery", "claim", "value"),
    [
        ("wrong_nonce", "nonce", "another-nonce"),
        ("wrong_aud", "aud", "another-client"),
        ("wrong_iss", "iss", "https://another-issuer.example"),
        ({"claims": {"exp": None}}, "exp", None),
    ],
)
def test_a_wrong_claim_is_issued_once_with_a_right_signature(
    my_id: RunningMyId, visitor: Browser, forgery: object, claim: str, value: object
) -> None:
    my_id.fault("id_token", forgery=forgery, times=1)
    assert my_id.verified(tokens_of(my_id, visitor)["id_token"])[claim] == value
    assert my_id.verified(tokens_of(my_id, visitor)["id_token"])[claim] != value


def test_an_expired_token_is_two_hours_old(my_id: RunningMyId, visitor: Browser) -> None:
    my_id.fault("id_token", forgery="expired")
    claims = my_id.verified(tokens_of(my_id, visitor)["id_token"])
    assert 6800 < my_id.now() - claims["exp"] < 7200
    assert claims["exp"] - claims["iat"] == 300


def test_the_journal_tells_what_was_called_and_keeps_no_secret(
    my_id: RunningMyId, visitor: Browser
) -> None:
    before = my_id.control("GET", "/journal")["next"]
    code = came_back(my_id.sign_in(visitor))["code"]
    tokens = my_id.token(code=code).json()
    my_id.userinfo(tokens["access_token"])
    entries = my_id.control("GET", f"/journal?after={before}")["entries"]
    paths = [entry["path"] for entry in entries if "well-known" not in entry["path"]]
    assert paths[0] == "/authorize"
    assert paths[-2:] == ["/token", "/userinfo"]
    asked = next(entry for entry in entries if entry["path"] == "/authorize")
    assert asked["query"]["state"] == "state-1"
    exchanged = next(entry for entry in entries if entry["path"] == "/token")
    assert exchanged["client_id"] == my_id.client_id
    assert exchanged["assertion"]["claims"]["aud"] == my_id.issuer
    everything = str(entries)
    for secret in (code, "v" * 64, "demo-my-id", tokens["access_token"], tokens["id_token"]):
        assert secret not in everything


def test_the_register_is_told(my_id: RunningMyId) -> None:
    told = my_id.control("GET", "/register")["residents"]
    assert told == json.loads(json.dumps(register()))


def test_a_refusal_stands_in_the_journal_with_its_reason(my_id: RunningMyId) -> None:
    my_id.token(code="unknown")
    last = my_id.journal()[-1]
    assert (last["status"], last["reason"]) == (400, "invalid_grant: the code is unknown")


def test_an_account_can_be_added_and_changed(my_id: RunningMyId, visitor: Browser) -> None:
    my_id.control("POST", "/users", {"user_id": "neu", "name": "新井 一", "password": "geheim"})
    my_id.control("POST", "/users", {"user_id": "neu", "name": "二"}, status=409)
    where = my_id.begin(visitor)
    assert "新井 一" in my_id.login(visitor, where, "neu", "geheim").text
    my_id.control("PATCH", "/users/neu", {"user_id": "alt"}, status=400)
    my_id.control("PATCH", "/users/nobody", {}, status=404)
    my_id.control("PATCH", "/users/neu", {"locked": "yes"}, status=400)


def test_a_reset_forgets_people_tokens_and_faults_but_not_keys(
    my_id: RunningMyId, visitor: Browser
) -> None:
    tokens = tokens_of(my_id, visitor)
    my_id.control("PATCH", "/users/misaki", {"locked": True})
    my_id.fault("answer")
    my_id.control("POST", "/clock", {"advance_seconds": 999})
    my_id.control("POST", "/reset")
    assert my_id.userinfo(tokens["access_token"]).status_code == 401
    assert came_back(my_id.authorize(visitor, prompt="none"))["error"] == "login_required"
    assert my_id.control("GET", "/faults") == {"faults": []}
    my_id.verified(tokens["id_token"])
    assert not my_id.control("GET", "/users")["users"][0]["locked"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/faults", {"kind": "flood"}),
        ("POST", "/faults", {"kind": "answer", "statsu": 1}),
        ("POST", "/faults", {"kind": "answer", "status": "500"}),
        ("POST", "/faults", {"kind": "id_token", "forgery": "nice"}),
        ("POST", "/faults", {"kind": "id_token", "forgery": {"pem": "x"}}),
        ("POST", "/settings", {"code_seconds": "60"}),
        ("POST", "/settings", {"unknown": 1}),
        ("POST", "/keys/rotate", {"algorithm": "HS256"}),
        ("POST", "/clock", {}),
        ("POST", "/forge", {"secret_base64": "?"}),
        ("PUT", "/clients", {"client_id": "x"}),
        ("PUT", "/clients", {"client_id": "", "client_name": "x", "redirect_uris": [BACK]}),
    ],
)
def test_what_means_nothing_is_refused_with_a_reason(
    my_id: RunningMyId, method: str, path: str, body: object
) -> None:
    assert my_id.control(method, path, body, status=400)["error"]["message"]


@pytest.mark.parametrize("body", [b"[]", b"{", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(my_id: RunningMyId, body: bytes) -> None:
    assert my_id.http.post("/emulator/faults", content=body).status_code == 400


def test_pages_of_other_sites_may_not_use_the_control_api(my_id: RunningMyId) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    assert my_id.http.post("/emulator/reset", headers=foreign).status_code == 403


def test_secrets_of_clients_are_not_shown(my_id: RunningMyId) -> None:
    client = {
        "client_id": "other",
        "client_name": "別",
        "redirect_uris": [BACK],
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret": "ganz-geheim",
    }
    assert "ganz-geheim" not in str(my_id.control("PUT", "/clients", client))
    assert "ganz-geheim" not in str(my_id.control("GET", "/clients"))


def test_a_forged_token_names_its_key(my_id: RunningMyId) -> None:
    current = my_id.control("GET", "/keys")["keys"]
    kid = next(key["kid"] for key in current if key["alg"] == "RS256")
    token = my_id.control("POST", "/forge", {"algorithm": "RS256", "claims": {"a": 1}})["token"]
    assert unpacked(token) == ({"typ": "JWT", "alg": "RS256", "kid": kid}, {"a": 1})
    assert my_id.verified(token) == {"a": 1}


def test_half_a_character_leaves_the_stand_in_readable(my_id: RunningMyId) -> None:
    order = b'{"kind": "change", "path": "/userinfo", "set": {"name": "\\ud83d"}}'
    assert my_id.http.post("/emulator/faults", content=order).status_code == 200
    assert "\ufffd" in my_id.http.get("/emulator/faults").text
    my_id.control("DELETE", "/faults")
