"""Audiences and narrowcasts: what happens in the background, and when."""

import json
from typing import Any

import pytest

from tests.emulators.line.running import Emulator
from tests.emulators.line.test_conformity import NOBODY, Checked

TEXT = {"type": "text", "text": "大雨に注意"}
AUDIENCE = "/v2/bot/audienceGroup"
ONE = f"{AUDIENCE}/{{audienceGroupId}}"
PROGRESS = "/v2/bot/message/progress/narrowcast"
Json = dict[str, Any]


@pytest.fixture
def call(emulator: Emulator) -> Checked:
    """A caller that checks answers; background work waits for the clock of the test."""
    emulator.control("POST", "/settings", {"job_seconds": 100})
    return Checked(emulator)


def later(emulator: Emulator, seconds: float = 101) -> None:
    emulator.control("POST", "/clock", {"advance_seconds": seconds})


def people(emulator: Emulator, count: int, **traits: str) -> list[str]:
    body = {"display_name": "市民", "traits": traits}
    return [emulator.control("POST", "/users", body)["userId"] for _ in range(count)]


def audience(call: Checked, members: list[str]) -> int:
    """An audience that is ready."""
    body = {"description": "東山地区", "audiences": [{"id": user} for user in members]}
    group_id: int = call("POST", f"{AUDIENCE}/upload", body, 202).json()["audienceGroupId"]
    later(call.emulator, 201)
    return group_id


def start(call: Checked, status: int = 202, **more: Any) -> str:
    """Send a narrowcast; returns its request id."""
    body = {"messages": [TEXT], **more}
    answer = call("POST", "/v2/bot/message/narrowcast", body, status)
    return str(answer.headers["x-line-request-id"])


def to(*group_ids: int) -> Json:
    return {"type": "operator", "or": [_audience(group_id) for group_id in group_ids]}


def _audience(group_id: int) -> Json:
    return {"type": "audience", "audienceGroupId": group_id}


def progress(call: Checked, request_id: str) -> Json:
    found: Json = call("GET", PROGRESS, query=f"?requestId={request_id}").json()
    return found


def received(emulator: Emulator, user_ids: list[str]) -> list[str]:
    return [user for user in user_ids if emulator.talk(user)]


def test_an_audience_becomes_ready_in_two_steps(call: Checked, emulator: Emulator) -> None:
    members = people(emulator, 2)
    body = {"description": "東山地区", "audiences": [{"id": user} for user in members]}
    made = call("POST", f"{AUDIENCE}/upload", body, 202).json()
    number = {"audienceGroupId": str(made["audienceGroupId"])}
    assert len(number["audienceGroupId"]) == 13

    def states() -> tuple[str, str, int]:
        found = call("GET", ONE, **number).json()
        group, (job,) = found["audienceGroup"], found["jobs"]
        return group["status"], job["jobStatus"], group["audienceCount"]

    assert states() == ("IN_PROGRESS", "QUEUED", 0)
    later(emulator)
    assert states() == ("IN_PROGRESS", "WORKING", 0)
    later(emulator)
    assert states() == ("READY", "FINISHED", 2)
    later(emulator, 181 * 24 * 3600)
    assert states()[0] == "EXPIRED"


def test_audiences_can_be_listed_changed_and_deleted(call: Checked, emulator: Emulator) -> None:
    group_id = audience(call, people(emulator, 1))
    number = str(group_id)
    more = {"audienceGroupId": group_id, "audiences": [{"id": people(emulator, 1)[0]}]}
    call("PUT", f"{AUDIENCE}/upload", more, 202)
    later(emulator, 201)
    name = {"description": "門田地区"}
    call("PUT", f"{ONE}/updateDescription", name, audienceGroupId=number)
    listed = call("GET", f"{AUDIENCE}/list", query="?page=1&description=門田").json()
    assert [(a["description"], a["audienceCount"]) for a in listed["audienceGroups"]] == [
        ("門田地区", 2)
    ]
    call("GET", f"{AUDIENCE}/list", status=400, query="?page=0")
    call("DELETE", ONE, status=202, audienceGroupId=number)
    gone = call("GET", ONE, status=400, audienceGroupId=number).json()
    assert gone["details"] == [{"message": "AUDIENCE_GROUP_NOT_FOUND"}]


def test_an_audience_can_be_uploaded_as_a_file(call: Checked, emulator: Emulator) -> None:
    members = people(emulator, 2)
    path = f"{AUDIENCE}/upload/byFile"
    file = {"file": ("ids.txt", "\n".join(members).encode(), "text/plain")}
    fields = {"description": "名簿"}
    made = emulator.http.post(path, data=fields, files=file, headers=emulator.bearer)
    call.check("POST", path, made)
    group_id = str(made.json()["audienceGroupId"])
    added = {"file": ("more.txt", people(emulator, 1)[0].encode(), "text/plain")}
    number = {"audienceGroupId": group_id}
    again = emulator.http.put(path, data=number, files=added, headers=emulator.bearer)
    assert (made.status_code, again.status_code) == (202, 202)
    later(emulator, 201)
    found = call("GET", ONE, **number).json()
    assert (found["audienceGroup"]["audienceCount"], len(found["jobs"])) == (3, 2)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"description": "x", "audiences": [{"id": "U1"}]}, "INVALID_AUDIENCE_ID_FORMAT"),
        ({"description": "x" * 121}, "Length must be between 1 and 120"),
        ({}, "must be specified"),
    ],
)
def test_a_wrong_audience_is_refused(call: Checked, body: Json, detail: str) -> None:
    answer = call("POST", f"{AUDIENCE}/upload", body, 400).json()
    assert answer["details"][0]["message"].endswith(detail)


def test_an_audience_may_start_empty(call: Checked) -> None:
    body = {"description": "あとで", "audiences": None, "uploadDescription": None}
    call("POST", f"{AUDIENCE}/upload", body, 202)


@pytest.mark.parametrize("traits", [{"gender": ["male"]}, ["male"]])
def test_traits_are_texts(emulator: Emulator, traits: Any) -> None:
    assert emulator.http.post("/emulator/users", json={"traits": traits}).status_code == 400


def test_an_eleventh_open_job_of_an_audience_waits(call: Checked, emulator: Emulator) -> None:
    group_id = audience(call, people(emulator, 1))
    body = {"audienceGroupId": group_id, "audiences": []}
    statuses = [emulator.call("PUT", f"{AUDIENCE}/upload", body).status_code for _ in range(11)]
    assert statuses == [202] * 10 + [429]


def test_a_narrowcast_waits_sends_and_is_done(call: Checked, emulator: Emulator) -> None:
    inside, outside = people(emulator, 3), people(emulator, 2)
    emulator.control("POST", f"/users/{inside[2]}/block")
    group_id = audience(call, inside)
    request_id = start(call, recipient=_audience(group_id))
    assert progress(call, request_id)["phase"] == "waiting"
    later(emulator)
    assert progress(call, request_id)["phase"] == "sending"
    assert received(emulator, inside) == []
    later(emulator)
    done = progress(call, request_id)
    assert (done["phase"], done["successCount"], done["targetCount"]) == ("succeeded", 2, 2)
    assert done["acceptedTime"] < done["completedTime"]
    assert received(emulator, inside + outside) == inside[:2]
    assert emulator.talk(inside[0])[0]["via"] == "narrowcast"
    later(emulator, 15 * 24 * 3600)
    call("GET", PROGRESS, status=404, query=f"?requestId={request_id}")


def test_audiences_combine_with_and_or_not(call: Checked, emulator: Emulator) -> None:
    both, first, second, none = people(emulator, 4)
    a, b = audience(call, [both, first]), audience(call, [both, second])
    either_not_both = {
        "type": "operator",
        "and": [to(a, b), {"type": "operator", "not": both_of(a, b)}],
    }
    start(call, recipient=either_not_both)
    later(emulator, 201)
    assert received(emulator, [both, first, second, none]) == [first, second]


def both_of(a: int, b: int) -> Json:
    return {"type": "operator", "and": [_audience(a), _audience(b)]}


def test_attributes_choose_people_by_their_traits(call: Checked, emulator: Emulator) -> None:
    emulator.control("POST", "/settings", {"narrowcast_reach": 2})
    young = people(emulator, 1, gender="female", age="age_20")
    old = people(emulator, 1, gender="female", age="age_60")
    man = people(emulator, 1, gender="male", age="age_60")
    unknown = people(emulator, 1)
    women = {"type": "gender", "oneOf": ["female"]}
    grown = {"type": "age", "gte": "age_50"}
    wanted = {"type": "operator", "and": [women, grown]}
    start(call, filter={"demographic": wanted})
    later(emulator, 201)
    assert received(emulator, young + old + man + unknown) == old


def test_attributes_need_many_friends(call: Checked, emulator: Emulator) -> None:
    people(emulator, 3, gender="male")
    women = {"demographic": {"type": "gender", "oneOf": ["female"]}}
    refused = call("POST", "/v2/bot/message/narrowcast", {"messages": [TEXT], "filter": women}, 403)
    assert refused.json() == {"message": "Your account does not have enough friends"}
    emulator.control("POST", "/settings", {"narrowcast_reach": 3})
    request_id = start(call, filter=women)
    later(emulator, 201)
    failed = progress(call, request_id)
    assert (failed["phase"], failed["errorCode"]) == ("failed", 2)


def test_a_running_narrowcast_keeps_its_share_of_the_allowance(
    call: Checked, emulator: Emulator
) -> None:
    members = people(emulator, 3)
    emulator.control("POST", "/settings", {"monthly_quota": 4})
    group_id = audience(call, members[:1])
    start(call, recipient=_audience(group_id))
    assert emulator.push(members[0], TEXT).status_code == 200
    full = emulator.push(members[0], TEXT)
    assert full.json() == {"message": "You have reached your monthly limit."}
    assert "3 reserved by a narrowcast" in emulator.last_reason()
    later(emulator, 201)
    assert emulator.push(members[0], TEXT).status_code == 200
    used = emulator.call("GET", "/v2/bot/message/quota/consumption").json()
    assert used == {"totalUsage": 3}


def test_a_part_can_be_sent_or_forbidden(call: Checked, emulator: Emulator) -> None:
    members = people(emulator, 3)
    emulator.control("POST", "/settings", {"monthly_quota": 2})
    start(call, status=429)
    forbidden = {"upToRemainingQuota": True, "forbidPartialDelivery": True}
    first = start(call, limit=forbidden)
    later(emulator, 201)
    assert progress(call, first)["errorCode"] == 5
    second = start(call, limit={"upToRemainingQuota": True})
    later(emulator, 201)
    assert progress(call, second)["successCount"] == 2
    assert len(received(emulator, members)) == 2
    start(call, status=400, limit={"forbidPartialDelivery": True})


def test_a_repeated_narrowcast_is_sent_once(call: Checked, emulator: Emulator) -> None:
    (member,) = people(emulator, 1)
    key = {"X-Line-Retry-Key": "123e4567-e89b-12d3-a456-426614174000"}
    body = {"messages": [TEXT]}
    path = "/v2/bot/message/narrowcast"
    first = emulator.call("POST", path, body, **key)
    again = emulator.call("POST", path, body, **key)
    assert (first.status_code, again.status_code) == (202, 409)
    later(emulator, 201)
    assert len(emulator.talk(member)) == 1


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        ({"type": "audience", "audienceGroupId": 1}, "Invalid audience group id: 1"),
        ({"type": "redelivery", "requestId": NOBODY}, f"Invalid request id: {NOBODY}"),
        ({"type": "operator"}, "The request body has 1 error(s)"),
        ({"type": "telepathy"}, "The request body has 1 error(s)"),
    ],
)
def test_a_wrong_recipient_is_refused(call: Checked, recipient: Json, words: str) -> None:
    body = {"messages": [TEXT], "recipient": recipient}
    refused = call("POST", "/v2/bot/message/narrowcast", body, 400)
    assert refused.json()["message"] == words


def test_who_saw_a_broadcast_can_be_written_to_again(call: Checked, emulator: Emulator) -> None:
    first = people(emulator, 60)
    sent = emulator.call("POST", "/v2/bot/message/broadcast", {"messages": [TEXT]})
    request_id = sent.headers["x-line-request-id"]
    late = people(emulator, 1)
    body = {"description": "読んだ人", "requestId": request_id}
    made = call("POST", f"{AUDIENCE}/imp", body, 202).json()
    taps = call("POST", f"{AUDIENCE}/click", {**body, "clickUrl": "https://example.jp/"}, 202)
    later(emulator, 201)
    seen = start(call, recipient=_audience(made["audienceGroupId"]))
    tapped = start(call, recipient=_audience(taps.json()["audienceGroupId"]))
    again = start(call, recipient={"type": "redelivery", "requestId": request_id})
    later(emulator, 201)
    assert progress(call, seen)["successCount"] == 60
    assert progress(call, tapped)["errorCode"] == 4
    assert progress(call, again)["successCount"] == 60
    assert received(emulator, late) == []
    assert len(emulator.talk(first[0])) == 3


def test_background_work_is_done_without_anybody_asking(emulator: Emulator) -> None:
    emulator.control("POST", "/settings", {"job_seconds": 0.05})
    (member,) = people(emulator, 1)
    emulator.call("POST", "/v2/bot/message/narrowcast", {"messages": [TEXT]})
    assert emulator.talk(member, wait=10)[0]["via"] == "narrowcast"
    assert json.loads(emulator.bot.wait(1)[0].raw)["events"][0]["type"] == "follow"
