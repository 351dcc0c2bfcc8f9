"""Group chats, rooms and the events that only the control API can cause."""

import json
from typing import Any

import pytest

from tests.emulators.line.definitions import definitions
from tests.emulators.line.running import Emulator
from tests.emulators.line.test_conformity import Checked

TEXT = {"type": "text", "text": "こんにちは"}
Json = dict[str, Any]


@pytest.fixture
def people(emulator: Emulator) -> list[str]:
    found = [emulator.add_user(name) for name in ("花子", "太郎", "次郎")]
    emulator.settle()
    return found


def open_chat(emulator: Emulator, members: list[str], kind: str = "group") -> str:
    body = {"kind": kind, "name": "一丁目の会", "members": members}
    chat_id: str = emulator.control("POST", "/groups", body)["groupId"]
    return chat_id


def events(emulator: Emulator, kind: str = "") -> list[Json]:
    emulator.settle()
    found = [e for r in emulator.bot.received for e in json.loads(r.raw)["events"]]
    return [e for e in found if not kind or e["type"] == kind]


def say(emulator: Emulator, group: str, user_id: str, **message: Any) -> Json:
    body = {"userId": user_id, **message}
    answer: Json = emulator.control("POST", f"/groups/{group}/messages", body)
    return answer


def conforms(event: Json) -> bool:
    request = {"destination": "U" + "0" * 32, "events": [event]}
    return definitions("webhook").problems_of("CallbackRequest", request) == []


def test_the_life_of_a_group(emulator: Emulator, people: list[str]) -> None:
    group = open_chat(emulator, people[:2])
    base = f"/groups/{group}"
    emulator.control("POST", f"{base}/members", {"userIds": [people[2], people[0]]})
    say(emulator, group, people[1], **TEXT)
    emulator.control("POST", f"{base}/members/leave", {"userIds": [people[2]]})
    emulator.control("POST", f"{base}/remove-bot")
    found = [e for e in events(emulator) if e["source"]["type"] == "group"]
    kinds = ["join", "memberJoined", "message", "memberLeft", "leave"]
    assert [event["type"] for event in found] == kinds
    assert all(conforms(event) for event in found)
    assert found[1]["joined"]["members"] == [{"type": "user", "userId": people[2]}]
    assert found[2]["source"] == {"type": "group", "groupId": group, "userId": people[1]}
    assert ["replyToken" in event for event in found] == [True, True, True, False, False]
    refused = emulator.http.post(f"/emulator{base}/messages", json={"userId": people[0], **TEXT})
    assert refused.status_code == 409


@pytest.mark.parametrize("kind", ["group", "room"])
def test_the_account_answers_into_the_chat(
    emulator: Emulator, people: list[str], kind: str
) -> None:
    chat = open_chat(emulator, people, kind)
    say(emulator, chat, people[0], **TEXT)
    token = events(emulator, "message")[0]["replyToken"]
    reply = {"replyToken": token, "messages": [TEXT]}
    assert emulator.call("POST", "/v2/bot/message/reply", reply).status_code == 200
    assert emulator.push(chat, TEXT).status_code == 200
    seen = emulator.control("GET", f"/groups/{chat}/messages")["messages"]
    assert [m["via"] for m in seen] == ["user", "reply", "push"]
    used = emulator.call("GET", "/v2/bot/message/quota/consumption").json()
    assert used == {"totalUsage": 3}
    assert emulator.talk(people[0]) == []


def test_what_line_tells_of_groups_and_rooms(emulator: Emulator, people: list[str]) -> None:
    call = Checked(emulator)
    group, room = open_chat(emulator, people[:2]), open_chat(emulator, people, "room")
    about = call("GET", "/v2/bot/group/{groupId}/summary", groupId=group).json()
    assert about == {"groupId": group, "groupName": "一丁目の会"}
    for kind, chat, size in (("group", group, 2), ("room", room, 3)):
        base, name = f"/v2/bot/{kind}/{{{kind}Id}}", {f"{kind}Id": chat}
        assert call("GET", f"{base}/members/count", **name).json() == {"count": size}
        assert call("GET", f"{base}/members/ids", **name).json()["memberIds"] == people[:size]
        found = call("GET", f"{base}/member/{{userId}}", **name, userId=people[0]).json()
        assert found["displayName"] == "花子"
        call("POST", f"{base}/leave", **name)
        call("GET", f"{base}/members/count", status=404, **name)
    call("GET", "/v2/bot/group/{groupId}/summary", status=400, groupId="x")
    assert emulator.push(group, TEXT).json() == {"message": "Failed to send messages"}


def test_names_behind_an_at_sign_are_mentions(emulator: Emulator, people: list[str]) -> None:
    group = open_chat(emulator, people)
    account = emulator.control("GET", f"/groups/{group}")["account"]
    text = f"😀@太郎 @{account} @All"
    say(emulator, group, people[0], type="text", text=text)
    (event,) = events(emulator, "message")
    assert conforms(event)
    first, second, third = event["message"]["mention"]["mentionees"]
    assert first == {
        "index": 2,
        "length": 3,
        "type": "user",
        "userId": people[1],
        "isSelf": False,
    }
    assert (second["isSelf"], third["type"]) == (True, "all")
    units = text.encode("utf-16-le")
    for found in (first, second, third):
        cut = units[found["index"] * 2 : (found["index"] + found["length"]) * 2]
        assert cut.decode("utf-16-le").startswith("@")


def test_a_text_can_be_edited_by_its_writer_only(emulator: Emulator, people: list[str]) -> None:
    group = open_chat(emulator, people)
    said = say(emulator, group, people[0], **TEXT)
    change = {"userId": people[0], "messageId": said["messageId"], "text": "こんばんは"}
    emulator.control("POST", f"/groups/{group}/edit", change)
    before, after = events(emulator, "message")[0], events(emulator, "messageEdited")[0]
    assert after["message"]["id"] == before["message"]["id"]
    assert after["message"]["text"] == "こんばんは"
    assert after["message"]["quoteToken"] != before["message"]["quoteToken"]
    assert "markAsReadToken" not in after["message"]
    assert after["replyToken"] != before["replyToken"]
    foreign = change | {"userId": people[1]}
    path = f"/emulator/groups/{group}/edit"
    assert emulator.http.post(path, json=foreign).status_code == 404
    seen = emulator.control("GET", f"/groups/{group}/messages")["messages"]
    assert seen[0]["message"]["text"] == "こんばんは"


def test_a_message_in_a_group_can_be_taken_back(emulator: Emulator, people: list[str]) -> None:
    group = open_chat(emulator, people)
    said = say(emulator, group, people[0], **TEXT)
    back = {"userId": people[0], "messageId": said["messageId"]}
    emulator.control("POST", f"/groups/{group}/unsend", back)
    (event,) = events(emulator, "unsend")
    assert conforms(event)
    assert event["unsend"] == {"messageId": said["messageId"]}


@pytest.mark.parametrize(
    ("kind", "content", "token"),
    [
        ("beacon", {"beacon": {"hwid": "d41d8cd98f", "type": "enter"}}, True),
        ("videoPlayComplete", {"videoPlayComplete": {"trackingId": "t-1"}}, True),
        ("membership", {"membership": {"type": "joined", "membershipId": 1}}, True),
        ("activated", {"chatControl": {"expireAt": 1}}, False),
        ("deactivated", {}, False),
    ],
)
def test_events_that_no_page_can_cause(
    emulator: Emulator, user: str, kind: str, content: Json, token: bool
) -> None:
    emulator.control("POST", "/events", {"type": kind, "chatId": user, **content})
    (event,) = events(emulator, kind)
    assert conforms(event)
    assert ("replyToken" in event) is token


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("module", {"module": {"type": "attached", "botId": "U1", "scopes": ["message:send"]}}),
        ("botSuspended", {}),
        ("botResumed", {}),
        ("delivery", {"delivery": {"data": "x" * 16}}),
    ],
)
def test_events_without_a_source(emulator: Emulator, kind: str, content: Json) -> None:
    emulator.control("POST", "/events", {"type": kind, **content})
    (event,) = events(emulator, kind)
    assert conforms(event)
    assert "source" not in event


def test_an_event_that_nobody_knows_goes_out_as_it_is(emulator: Emulator, user: str) -> None:
    body = {"type": "telepathy", "chatId": user, "thought": {"of": "spring"}}
    emulator.control("POST", "/events", body)
    assert events(emulator, "telepathy")[0]["thought"] == {"of": "spring"}
    refused = emulator.http.post("/emulator/events", json={"type": "beacon", "chatId": user})
    assert refused.status_code == 400


def test_on_standby_events_carry_no_reply_token(emulator: Emulator, user: str) -> None:
    emulator.control("POST", f"/users/{user}/standby", {"standby": True})
    emulator.write(user, **TEXT)
    (watched,) = events(emulator, "message")
    assert (watched["mode"], "replyToken" in watched) == ("standby", False)
    base = f"/v2/bot/chat/{user}/control"
    assert emulator.call("POST", f"{base}/acquire", {"ttl": 60}).status_code == 200
    emulator.write(user, **TEXT)
    assert events(emulator, "message")[1]["mode"] == "active"
    assert emulator.call("POST", f"{base}/release").status_code == 200
    assert events(emulator, "activated")[0]["mode"] == "active"
    assert events(emulator, "deactivated")[0]["mode"] == "standby"


def test_one_call_carries_events_of_several_people(emulator: Emulator, people: list[str]) -> None:
    emulator.control("POST", "/settings", {"batch_size": 10})
    for number in range(2):
        for user_id in people:
            emulator.write(user_id, type="text", text=str(number))
    emulator.settle()
    calls = [json.loads(r.raw)["events"] for r in emulator.bot.received[3:]]
    assert max(len(call) for call in calls) > 1
    said = [(e["source"]["userId"], e["message"]["text"]) for call in calls for e in call]
    for user_id in people:
        assert [text for who, text in said if who == user_id] == ["0", "1"]


def test_shuffled_events_all_arrive(emulator: Emulator, user: str) -> None:
    emulator.control("POST", "/settings", {"batch_size": 40, "shuffle": True})
    for number in range(30):
        emulator.write(user, type="text", text=str(number))
    said = [int(e["message"]["text"]) for e in events(emulator, "message")]
    assert sorted(said) == list(range(30))
    assert said != list(range(30))


def test_a_refused_call_of_several_events_comes_again_as_a_whole(
    emulator: Emulator, people: list[str]
) -> None:
    switches = {"batch_size": 10, "redelivery_interval_seconds": 0.05}
    emulator.control("POST", "/settings", switches)
    emulator.bot.status = lambda number: 500 if number == 4 else 200
    for user_id in people:
        emulator.write(user_id, **TEXT)
    emulator.settle()
    first, second = (json.loads(r.raw)["events"] for r in emulator.bot.received[3:5])
    assert [e["webhookEventId"] for e in first] == [e["webhookEventId"] for e in second]
    assert {e["deliveryContext"]["isRedelivery"] for e in second} == {True}


def test_unknown_properties_can_be_added_to_every_event(emulator: Emulator, user: str) -> None:
    emulator.control("POST", "/settings", {"unknown_properties": True})
    emulator.write(user, **TEXT)
    (event,) = events(emulator, "message")
    assert {"unknownProperty"} <= event.keys()
    assert {"unknownProperty"} <= event["message"].keys() & event["source"].keys()
    assert event["message"]["text"] == "こんにちは"


def test_a_stranger_can_be_written_to_for_a_week(emulator: Emulator) -> None:
    body = {"display_name": "通りすがり", "friend": False}
    stranger = emulator.control("POST", "/users", body)["userId"]
    assert events(emulator) == []
    assert emulator.push(stranger, TEXT).status_code == 200
    assert emulator.talk(stranger) == []
    emulator.write(stranger, type="text", text="開いていますか")
    emulator.push(stranger, TEXT)
    emulator.control("POST", "/clock", {"advance_seconds": 7 * 24 * 3600 + 1})
    emulator.push(stranger, TEXT)
    assert [m["from"] for m in emulator.talk(stranger)] == ["user", "bot"]
    assert emulator.call("GET", f"/v2/bot/profile/{stranger}").status_code == 404
