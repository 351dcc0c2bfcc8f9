"""Access tokens, reply tokens and retry keys: how long they live, and how often they work."""

import json
import uuid
from typing import Any

import pytest

from tests.emulators.line.running import Emulator

TEXT = {"type": "text", "text": "こんにちは"}
FORM = {"grant_type": "client_credentials", "client_id": "1650000000"}


def issue(emulator: Emulator, path: str = "/oauth2/v3/token", **more: str) -> Any:
    secret = emulator.settings.line_channel_secret.get_secret_value()
    return emulator.http.post(path, data=FORM | {"client_secret": secret} | more)


def reply_token(emulator: Emulator, user: str, number: int = 2) -> str:
    """Let the user write, and return the token that came with the webhook."""
    emulator.write(user, type="text", text="やあ")
    raw = emulator.bot.wait(number)[number - 1].raw
    token: str = json.loads(raw)["events"][0]["replyToken"]
    return token


def reply(emulator: Emulator, token: str, **headers: str) -> Any:
    body = {"replyToken": token, "messages": [TEXT]}
    return emulator.call("POST", "/v2/bot/message/reply", body, **headers)


def advance(emulator: Emulator, seconds: float) -> None:
    emulator.control("POST", "/clock", {"advance_seconds": seconds})


def info(emulator: Emulator, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return emulator.http.get("/v2/bot/info", headers=headers).status_code


def test_a_stateless_token_lives_fifteen_minutes(emulator: Emulator) -> None:
    answer = issue(emulator).json()
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 900
    assert info(emulator, answer["access_token"]) == 200
    advance(emulator, 14 * 60)
    assert info(emulator, answer["access_token"]) == 200
    advance(emulator, 61)
    assert info(emulator, answer["access_token"]) == 401
    assert emulator.last_reason() == "the access token is expired"


def test_a_forged_token_is_refused(emulator: Emulator) -> None:
    token = issue(emulator).json()["access_token"]
    head, claims, _ = token.split(".")
    assert info(emulator, f"{head}.{claims}.{'A' * 43}") == 401
    assert emulator.last_reason() == "the access token is unknown"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "1"}, "invalid_client"),
        ({"grant_type": "password"}, "invalid_request"),
    ],
)
def test_wrong_credentials_get_an_oauth_error(
    emulator: Emulator, change: dict[str, str], error: str
) -> None:
    answer = issue(emulator, **change)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_a_short_lived_token_can_be_verified_and_revoked(emulator: Emulator) -> None:
    token = issue(emulator, "/v2/oauth/accessToken").json()["access_token"]
    verified = emulator.http.post("/v2/oauth/verify", data={"access_token": token})
    assert verified.json()["expires_in"] > 29 * 24 * 3600
    assert info(emulator, token) == 200
    assert emulator.http.post("/v2/oauth/revoke", data={"access_token": token}).status_code == 200
    assert info(emulator, token) == 401


def test_a_stateless_token_cannot_be_revoked(emulator: Emulator) -> None:
    token = issue(emulator).json()["access_token"]
    emulator.http.post("/v2/oauth/revoke", data={"access_token": token})
    assert info(emulator, token) == 200


def test_the_oldest_of_more_than_thirty_short_lived_tokens_is_dropped(emulator: Emulator) -> None:
    tokens = [issue(emulator, "/v2/oauth/accessToken").json()["access_token"] for _ in range(31)]
    assert info(emulator, tokens[0]) == 401
    assert info(emulator, tokens[1]) == 200


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}])
def test_without_a_bearer_token_every_call_is_refused(
    emulator: Emulator, header: dict[str, str]
) -> None:
    answer = emulator.http.get("/v2/bot/info", headers=header)
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("Authentication failed.")
    assert uuid.UUID(answer.headers["x-line-request-id"])


def test_a_reply_token_works_once(emulator: Emulator, user: str) -> None:
    token = reply_token(emulator, user)
    first = reply(emulator, token)
    assert first.status_code == 200
    assert len(first.json()["sentMessages"]) == 1
    second = reply(emulator, token)
    assert second.status_code == 400
    assert second.json() == {"message": "Invalid reply token"}
    assert emulator.last_reason() == "the reply token was used before"
    seen = [m["message"]["text"] for m in emulator.talk(user) if m["from"] == "bot"]
    assert seen == ["こんにちは"]


def test_a_reply_token_lives_one_minute(emulator: Emulator, user: str) -> None:
    early, late = (reply_token(emulator, user, number) for number in (2, 3))
    advance(emulator, 55)
    assert reply(emulator, early).status_code == 200
    advance(emulator, 10)
    assert reply(emulator, late).status_code == 400
    assert "it lives 60 s" in emulator.last_reason()


def test_a_reply_token_that_nobody_gave_out_is_refused(emulator: Emulator) -> None:
    assert reply(emulator, "0" * 32).json() == {"message": "Invalid reply token"}


def test_a_refused_reply_spends_its_token(emulator: Emulator, user: str) -> None:
    token = reply_token(emulator, user)
    body = {"replyToken": token, "messages": []}
    assert emulator.call("POST", "/v2/bot/message/reply", body).status_code == 400
    assert reply(emulator, token).json() == {"message": "Invalid reply token"}


def test_a_reply_takes_no_retry_key(emulator: Emulator, user: str) -> None:
    token = reply_token(emulator, user)
    key = str(uuid.uuid4())
    assert reply(emulator, token, **{"X-Line-Retry-Key": key}).status_code == 400


def test_a_repeated_push_is_delivered_once_and_answered_409(emulator: Emulator, user: str) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    first = emulator.push(user, TEXT, **key)
    again = emulator.push(user, TEXT, **key)
    assert first.status_code == 200
    assert again.status_code == 409
    assert again.json() == {
        "message": "The retry key is already accepted",
        "sentMessages": first.json()["sentMessages"],
    }
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert again.headers["x-line-request-id"] != first.headers["x-line-request-id"]
    assert len([m for m in emulator.talk(user) if m["via"] == "push"]) == 1


def test_a_retry_key_is_forgotten_after_a_day(emulator: Emulator, user: str) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert emulator.push(user, TEXT, **key).status_code == 200
    advance(emulator, 24 * 3600 - 10)
    assert emulator.push(user, TEXT, **key).status_code == 409
    advance(emulator, 20)
    assert emulator.push(user, TEXT, **key).status_code == 200


def test_a_refused_push_does_not_use_its_retry_key_up(emulator: Emulator, user: str) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert emulator.push(user, TEXT | {"text": ""}, **key).status_code == 400
    assert emulator.push(user, TEXT, **key).status_code == 200


def test_a_retry_key_must_be_a_uuid(emulator: Emulator, user: str) -> None:
    assert emulator.push(user, TEXT, **{"X-Line-Retry-Key": "1"}).status_code == 400


@pytest.mark.parametrize("path", ["multicast", "broadcast"])
def test_a_repeated_sending_to_many_is_answered_409_without_messages(
    emulator: Emulator, user: str, path: str
) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    body = {"messages": [TEXT]} | ({"to": [user]} if path == "multicast" else {})
    statuses = [emulator.call("POST", f"/v2/bot/message/{path}", body, **key) for _ in range(2)]
    assert [answer.status_code for answer in statuses] == [200, 409]
    assert statuses[1].json() == {"message": "The retry key is already accepted"}
