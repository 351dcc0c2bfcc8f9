"""Webhooks: what the bot receives, how it is signed, and what happens when the bot fails."""

import base64
import hashlib
import hmac
import json
from collections import Counter
from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.webhooks import FollowEvent, MessageEvent, PostbackEvent, UnsendEvent

from emulators.line.webhooks import sign
from tests.emulators.line.definitions import definitions
from tests.emulators.line.running import Emulator, Received

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()
MESSAGES: list[dict[str, Any]] = [
    {"type": "text", "text": "ごみの日は？😀"},
    {"type": "text", "text": ""},
    {"type": "sticker"},
    {"type": "sticker", "packageId": "446", "stickerId": "1990", "keywords": ["OK"]},
    {
        "type": "location",
        "latitude": 37.49,
        "longitude": 139.93,
        "title": "城",
        "address": "追手町",
    },
    {"type": "image", "content": PNG},
    {"type": "video", "content": PNG, "duration": 1000},
    {"type": "audio", "content": PNG, "duration": 1000},
    {"type": "file", "content": PNG, "fileName": "a.pdf"},
    {"type": "postback", "data": "a=1", "displayText": "はい"},
    {"type": "postback", "data": "when", "params": {"date": "2026-11-23"}},
]


def event(received: Received) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(received.raw)["events"][0]
    return found


def texts(received: list[Received]) -> list[str]:
    return [event(r)["message"]["text"] for r in received if event(r)["type"] == "message"]


def quick_redelivery(emulator: Emulator, **more: Any) -> None:
    emulator.control("POST", "/settings", {"redelivery_interval_seconds": 0.05} | more)


def test_the_signature_matches_the_published_example() -> None:
    secret = "8c570fa6dd201bb328f1c1eac23a96d8"
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert sign(secret, body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_the_official_parser_accepts_every_webhook(emulator: Emulator, user: str) -> None:
    for message in MESSAGES:
        emulator.write(user, **message)
    own = [m for m in emulator.talk(user) if m["from"] == "user"]
    emulator.control("POST", f"/users/{user}/unsend", {"messageId": own[0]["message"]["id"]})
    parser = WebhookParser(emulator.bot.secret)
    kinds: Counter[type] = Counter()
    for received in emulator.bot.wait(len(MESSAGES) + 2):
        events = parser.parse(received.raw.decode(), received.signature)
        kinds.update(type(e) for e in events)  # type: ignore[arg-type]
    assert kinds == {FollowEvent: 1, MessageEvent: 9, PostbackEvent: 2, UnsendEvent: 1}


def test_every_webhook_fits_the_definitions(emulator: Emulator, user: str) -> None:
    for message in MESSAGES:
        emulator.write(user, **message)
    emulator.control("POST", f"/users/{user}/block")
    emulator.control("POST", f"/users/{user}/unblock")
    for received in emulator.bot.wait(len(MESSAGES) + 3):
        body = json.loads(received.raw)
        assert definitions("webhook").problems_of("CallbackRequest", body) == []


def test_the_signature_covers_exactly_the_bytes_sent(emulator: Emulator, user: str) -> None:
    emulator.write(user, type="text", text="改行\nと\t絵文字👨‍👩‍👧‍👦")
    received = emulator.bot.wait(2)[1]
    digest = hmac.new(emulator.bot.secret.encode(), received.raw, hashlib.sha256).digest()
    assert received.signature == base64.b64encode(digest).decode()
    assert received.headers["content-type"] == "application/json; charset=utf-8"
    assert received.headers["user-agent"] == "LineBotWebhook/2.0"


def test_a_persons_messages_arrive_in_order(emulator: Emulator, user: str) -> None:
    emulator.bot.delay = lambda number: 0.05 if number % 3 == 0 else 0.0
    for number in range(20):
        emulator.write(user, type="text", text=str(number))
    assert texts(emulator.bot.wait(21)) == [str(number) for number in range(20)]


def test_a_refused_webhook_comes_again_with_the_same_ids(emulator: Emulator, user: str) -> None:
    quick_redelivery(emulator)
    emulator.bot.status = lambda number: 500 if number in (2, 3) else 200
    emulator.write(user, type="text", text="一つ目")
    emulator.write(user, type="text", text="二つ目")
    received = emulator.bot.wait(5)[1:]
    first, second, third, other = (event(r) for r in received)
    assert [e["deliveryContext"]["isRedelivery"] for e in (first, second, third, other)] == [
        False,
        True,
        True,
        False,
    ]
    plain = {k: v for k, v in first.items() if k != "deliveryContext"}
    assert plain == {k: v for k, v in third.items() if k != "deliveryContext"}
    assert other["message"]["text"] == "二つ目"
    emulator.settle()
    stats = emulator.control("GET", "/stats")["webhooks"]
    assert (stats["redelivered"], stats["failed"]) == (2, 2)


def test_a_slow_bot_is_given_up_on_and_tried_again(emulator: Emulator, user: str) -> None:
    quick_redelivery(emulator, webhook_timeout_seconds=0.2)
    emulator.bot.delay = lambda number: 1.0 if number == 2 else 0.0
    emulator.write(user, type="text", text="遅い")
    assert len(emulator.bot.wait(3)) == 3
    emulator.settle()
    entries = emulator.control("GET", f"/journal?user={user}")["entries"]
    assert "REQUEST_TIMEOUT" in [entry["reason"] for entry in entries]


def test_without_redelivery_a_refused_webhook_is_lost(emulator: Emulator, user: str) -> None:
    quick_redelivery(emulator, redelivery=False)
    emulator.bot.status = lambda number: 500 if number == 2 else 200
    emulator.write(user, type="text", text="失われる")
    emulator.write(user, type="text", text="届く")
    assert texts(emulator.bot.wait(3)) == ["失われる", "届く"]
    emulator.settle()
    assert emulator.control("GET", "/stats")["webhooks"]["given_up"] == 1


def test_a_redelivered_reply_token_lives_another_minute(emulator: Emulator, user: str) -> None:
    quick_redelivery(emulator)
    emulator.bot.status = lambda number: 500 if number == 2 else 200
    emulator.write(user, type="text", text="やあ")
    token = event(emulator.bot.wait(3)[2])["replyToken"]
    body = {"replyToken": token, "messages": [{"type": "text", "text": "はい"}]}
    assert emulator.call("POST", "/v2/bot/message/reply", body).status_code == 200


def test_blocking_unfollows_and_silences(emulator: Emulator, user: str) -> None:
    emulator.control("POST", f"/users/{user}/block")
    answer = emulator.push(user, {"type": "text", "text": "届きません"})
    assert answer.status_code == 200
    assert emulator.talk(user) == []
    assert emulator.call("GET", f"/v2/bot/profile/{user}").status_code == 404
    assert emulator.http.post(f"/emulator/users/{user}/messages", json={}).status_code == 409
    emulator.control("POST", f"/users/{user}/unblock")
    received = [event(r) for r in emulator.bot.wait(3)]
    assert [e["type"] for e in received] == ["follow", "unfollow", "follow"]
    assert received[2]["follow"] == {"isUnblocked": True}
    assert "replyToken" not in received[1]


def test_an_unsent_message_disappears(emulator: Emulator, user: str) -> None:
    sent = emulator.write(user, type="image", content=PNG)
    path = f"/v2/bot/message/{sent['messageId']}/content"
    assert emulator.call("GET", path).status_code == 200
    emulator.control("POST", f"/users/{user}/unsend", {"messageId": sent["messageId"]})
    assert emulator.talk(user)[0]["message"]["type"] == "unsent"
    assert emulator.call("GET", path).json() == {"message": "The content is gone"}
    assert event(emulator.bot.wait(3)[2])["unsend"] == {"messageId": sent["messageId"]}


def test_any_body_can_be_sent_and_the_answer_is_told(emulator: Emulator) -> None:
    emulator.bot.status = lambda number: 401
    body = {"destination": "U" + "0" * 32, "events": [{"type": "surprise"}]}
    outcome = emulator.control("POST", "/webhooks/raw", {"body": body})
    assert (outcome["statusCode"], outcome["reason"]) == (401, "ERROR_STATUS_CODE")
    received = emulator.bot.wait(1)[0]
    assert json.loads(received.raw) == body
    assert received.signature == sign(emulator.bot.secret, received.raw)


def test_a_raw_text_goes_out_unchanged_with_the_given_signature(emulator: Emulator) -> None:
    emulator.control("POST", "/webhooks/raw", {"body": "{no json", "signature": "wrong"})
    received = emulator.bot.wait(1)[0]
    assert received.raw == b"{no json"
    assert received.signature == "wrong"


def test_the_verification_call_has_no_events(emulator: Emulator) -> None:
    answer = emulator.call("POST", "/v2/bot/channel/webhook/test", {})
    assert answer.json()["success"] is True
    assert json.loads(emulator.bot.wait(1)[0].raw)["events"] == []


@pytest.mark.parametrize(
    "wanted", [{"type": "text"}, {}, {"type": "location"}, {"type": "postback"}]
)
def test_a_message_that_cannot_be_is_refused_and_not_sent(
    emulator: Emulator, user: str, wanted: dict[str, Any]
) -> None:
    answer = emulator.http.post(f"/emulator/users/{user}/messages", json=wanted)
    assert answer.status_code == 400
    assert emulator.talk(user) == []
