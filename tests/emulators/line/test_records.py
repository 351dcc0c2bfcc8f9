"""The journal as a HAR file, and scenarios that can be played again."""

import json
from pathlib import Path
from typing import Any

import pytest

from emulators.json_text import JsonAnswer, to_bytes
from tests.emulators.line.running import Emulator

TEXT = {"type": "text", "text": "こんにちは"}
Json = dict[str, Any]


def answer(emulator: Emulator, number: int, words: str) -> None:
    """Reply to the webhook with that number, as a bot would."""
    token = json.loads(emulator.bot.wait(number)[number - 1].raw)["events"][0]["replyToken"]
    body = {"replyToken": token, "messages": [{"type": "text", "text": words}]}
    assert emulator.call("POST", "/v2/bot/message/reply", body).status_code == 200


def test_the_traffic_is_a_har_file(emulator: Emulator, user: str) -> None:
    other = emulator.add_user()
    emulator.write(user, **TEXT)
    answer(emulator, 3, "はい")
    emulator.push(other, {"type": "text", "text": ""})
    emulator.settle()
    log = emulator.control("GET", "/journal.har")["log"]
    assert log["version"] == "1.2"
    kinds = [
        (e["comment"], e["request"]["method"], e["response"]["status"]) for e in log["entries"]
    ]
    assert kinds.count(("webhook", "POST", 200)) == 3
    assert ("api", "POST", 200) in kinds
    refused = log["entries"][-1]
    assert refused["request"]["url"] == f"{emulator.url}/v2/bot/message/push"
    assert json.loads(refused["request"]["postData"]["text"])["to"] == other
    assert "messages[0].text" in refused["_reason"]
    webhook = next(e for e in log["entries"] if e["comment"] == "webhook")
    assert webhook["request"]["headers"][0]["name"] == "x-line-signature"
    mine = emulator.control("GET", f"/journal.har?user={user}")["log"]["entries"]
    assert 0 < len(mine) < len(log["entries"])


def record(emulator: Emulator) -> Json:
    """A small talk of two people, one of them in a group."""
    hanako, taro = emulator.add_user("花子"), emulator.add_user("太郎")
    emulator.settle()
    said = emulator.write(hanako, **TEXT)
    answer(emulator, 3, "こんにちは、花子さん")
    emulator.control("POST", f"/users/{hanako}/unsend", {"messageId": said["messageId"]})
    body = {"name": "会", "members": [hanako, taro]}
    group = emulator.control("POST", "/groups", body)["groupId"]
    emulator.control("POST", f"/groups/{group}/messages", {"userId": taro, **TEXT})
    emulator.settle()
    found: Json = emulator.control("GET", "/scenario")
    return found


def test_a_scenario_has_names_in_place_of_ids(emulator: Emulator) -> None:
    steps = record(emulator)["steps"]
    done = [step["do"]["path"] for step in steps if "do" in step]
    assert done == [
        "/users",
        "/users",
        "/users/{user1}/messages",
        "/users/{user1}/unsend",
        "/groups",
        "/groups/{group1}/messages",
    ]
    assert steps[3] == {
        "get": {"chat": "{user1}", "message": {"type": "text", "text": "こんにちは、花子さん"}}
    }
    assert steps[4]["do"]["body"] == {"messageId": "{message1}"}
    assert steps[5]["do"]["body"]["members"] == ["{user1}", "{user2}"]


def test_a_scenario_is_played_with_new_people(emulator: Emulator) -> None:
    scenario = record(emulator)
    emulator.control("POST", "/reset")
    steps = [step for step in scenario["steps"] if "do" in step]
    played = emulator.control("POST", "/scenario/replay", {"steps": steps})
    assert (played["done"], played["differences"]) == (6, [])
    people = emulator.control("GET", "/users")["users"]
    assert [p["displayName"] for p in people] == ["花子", "太郎"]
    assert played["names"]["user1"] == people[0]["userId"]
    (group,) = emulator.control("GET", "/groups")["groups"]
    seen = emulator.control("GET", f"/groups/{group['groupId']}/messages")["messages"]
    assert [m["message"]["text"] for m in seen] == ["こんにちは"]


def test_an_answer_that_is_missing_is_a_difference(emulator: Emulator) -> None:
    scenario = record(emulator)
    emulator.control("POST", "/reset")
    played = emulator.control("POST", "/scenario/replay?wait=0.1", scenario)
    expected = {"type": "text", "text": "こんにちは、花子さん"}
    assert played["differences"] == [{"step": 3, "expected": expected, "got": None}]


def test_answers_are_compared_in_their_order(emulator: Emulator, user: str) -> None:
    emulator.write(user, **TEXT)
    for words in ("一", "二"):
        emulator.push(user, {"type": "text", "text": words})
    expected = [
        {"get": {"chat": user, "message": {"type": "text", "text": words}}} for words in "一三"
    ]
    played = emulator.control("POST", "/scenario/replay?wait=0.1", {"steps": expected})
    (difference,) = played["differences"]
    assert (difference["expected"]["text"], difference["got"]["text"]) == ("三", "二")


def test_a_step_without_sense_is_refused(emulator: Emulator) -> None:
    for steps in ([{}], ["x"], "x", [{"get": {"chat": "{user9}", "message": {}}}]):
        refused = emulator.http.post("/emulator/scenario/replay", json={"steps": steps})
        assert refused.status_code == 400
    wrong = {"do": {"method": "POST", "path": "/users/x/block", "body": {}}}
    refused = emulator.http.post("/emulator/scenario/replay", json={"steps": [wrong]})
    assert refused.status_code == 409


def test_a_large_file_is_left_out_of_the_scenario(emulator: Emulator, user: str) -> None:
    emulator.write(user, type="image", content="A" * 20_004)
    steps = emulator.control("GET", "/scenario")["steps"]
    assert steps[-1]["do"]["body"] == {"type": "image"}


@pytest.mark.parametrize("as_text", [False, True])
def test_half_a_character_in_a_webhook_leaves_the_journal_readable(
    emulator: Emulator, shared: Path, as_text: bool
) -> None:
    file = shared / "cases/data/21-emulator-journal-lone-surrogate/body.json"
    text = file.read_text(encoding="utf-8")
    given = {"body": text if as_text else json.loads(text)}
    sent = emulator.http.post("/emulator/webhooks/raw", content=json.dumps(given))
    assert sent.status_code == 200
    assert json.loads(emulator.bot.wait(1)[0].raw) == json.loads(text)
    entry = emulator.control("GET", "/journal")["entries"][-1]
    assert entry["request"]["events"][0]["message"]["text"] == "ごみ\ufffd"
    log = emulator.control("GET", "/journal.har")["log"]
    assert "ごみ\ufffd" in log["entries"][-1]["request"]["postData"]["text"]


def test_any_text_can_be_written_as_json() -> None:
    assert json.loads(to_bytes({"\ud83d": ["a\udc00b", "😀"]})) == {"\ufffd": ["a\ufffdb", "😀"]}
    assert JsonAnswer({"a": "\ud83d"}).body == '{"a":"\ufffd"}'.encode()
