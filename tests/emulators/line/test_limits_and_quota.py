"""Rate limits, the monthly allowance, and the table of retry keys."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from emulators.line.rate_limits import PUBLISHED
from tests.emulators.line.definitions import definitions
from tests.emulators.line.running import Emulator

TEXT = {"type": "text", "text": "こんにちは"}
RATE = {"message": "The API rate limit has been exceeded. Try again later."}
MONTH = {"message": "You have reached your monthly limit."}
FILES = ("messaging-api", "manage-audience", "insight", "channel-access-token")


@pytest.fixture
def emulator(emulator: Emulator) -> Iterator[Emulator]:
    """The running emulator; the published limits are in force again afterwards."""
    yield emulator
    emulator.control("DELETE", "/limits")


def limit(emulator: Emulator, call: str, count: int, seconds: float = 3600) -> None:
    body = {"call": call, "count": count, "seconds": seconds}
    emulator.control("POST", "/limits", body)


def test_every_published_limit_belongs_to_a_call_of_line() -> None:
    known = {f"{m} {path}" for name in FILES for m, path in definitions(name).operations()}
    assert set(PUBLISHED) - known == set()


def test_a_bucket_runs_empty_and_refills_with_time(emulator: Emulator, user: str) -> None:
    limit(emulator, "POST /v2/bot/message/push", 2, 60)
    statuses = [emulator.push(user, TEXT).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert emulator.push(user, TEXT).json() == RATE
    assert "2 calls of POST /v2/bot/message/push in 60 s" in emulator.last_reason()
    emulator.control("POST", "/clock", {"advance_seconds": 31})
    assert [emulator.push(user, TEXT).status_code for _ in range(2)] == [200, 429]


def test_people_share_a_bucket_and_other_calls_have_their_own(emulator: Emulator) -> None:
    template = "GET /v2/bot/profile/{userId}"
    limit(emulator, template, 1)
    people = [emulator.add_user() for _ in range(2)]
    paths = [f"/v2/bot/profile/{user_id}" for user_id in people]
    assert [emulator.call("GET", path).status_code for path in paths] == [200, 429]
    assert emulator.call("GET", "/v2/bot/info").status_code == 200


def test_the_fourth_rich_menu_batch_of_an_hour_waits(emulator: Emulator) -> None:
    body = {"operations": [{"type": "unlinkAll"}]}
    statuses = [emulator.call("POST", "/v2/bot/richmenu/batch", body).status_code for _ in range(4)]
    assert statuses == [202, 202, 202, 429]


def test_one_limit_can_be_set_for_all_calls_and_taken_back(emulator: Emulator) -> None:
    limit(emulator, "*", 1)
    assert [emulator.call("GET", "/v2/bot/info").status_code for _ in range(2)] == [200, 429]
    emulator.control("DELETE", "/limits")
    assert emulator.call("GET", "/v2/bot/info").status_code == 200


@pytest.mark.parametrize("body", [{"call": "*"}, {"call": "*", "count": 1, "seconds": 0}, {}])
def test_a_limit_that_means_nothing_is_refused(emulator: Emulator, body: dict[str, Any]) -> None:
    assert emulator.http.post("/emulator/limits", json=body).status_code == 400


def test_a_refused_call_without_a_token_takes_nothing(emulator: Emulator) -> None:
    limit(emulator, "GET /v2/bot/info", 1)
    assert emulator.http.get("/v2/bot/info").status_code == 401
    assert emulator.call("GET", "/v2/bot/info").status_code == 200


def test_the_allowance_counts_recipients_and_starts_anew_each_month(emulator: Emulator) -> None:
    people = [emulator.add_user() for _ in range(3)]
    emulator.control("POST", "/settings", {"monthly_quota": 4})
    body = {"to": people, "messages": [TEXT, TEXT]}
    first = emulator.call("POST", "/v2/bot/message/multicast", body)
    second = emulator.call("POST", "/v2/bot/message/multicast", body)
    assert (first.status_code, second.status_code, second.json()) == (200, 429, MONTH)
    assert "3 of 4 messages used, 3 more wanted" in emulator.last_reason()
    assert emulator.push(people[0], TEXT).status_code == 200
    assert emulator.push(people[0], TEXT).json() == MONTH
    emulator.control("POST", "/clock", {"advance_seconds": 31 * 24 * 3600})
    assert emulator.push(people[0], TEXT).status_code == 200


def test_who_cannot_be_reached_costs_nothing(emulator: Emulator, user: str) -> None:
    emulator.control("POST", "/settings", {"monthly_quota": 1})
    emulator.control("POST", f"/users/{user}/block")
    assert emulator.push(user, TEXT).status_code == 200
    used = emulator.call("GET", "/v2/bot/message/quota/consumption").json()
    assert used == {"totalUsage": 0}


def test_the_journal_tells_when_a_repetition_is_another_request(
    emulator: Emulator, user: str
) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert emulator.push(user, TEXT, **key).status_code == 200
    assert emulator.push(user, TEXT | {"text": "別の話"}, **key).status_code == 409
    assert emulator.last_reason().endswith("but with another body")
    body = {"messages": [TEXT]}
    assert emulator.call("POST", "/v2/bot/message/broadcast", body, **key).status_code == 409
    assert emulator.last_reason().endswith("but on /v2/bot/message/push")


def test_a_key_lives_from_its_first_request_even_when_that_was_refused(
    emulator: Emulator, user: str
) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    emulator.control("POST", "/settings", {"monthly_quota": 0})
    assert emulator.push(user, TEXT, **key).status_code == 429
    emulator.control("POST", "/settings", {"monthly_quota": None})
    emulator.control("POST", "/clock", {"advance_seconds": 24 * 3600 - 10})
    assert emulator.push(user, TEXT, **key).status_code == 200
    assert emulator.push(user, TEXT, **key).status_code == 409
    emulator.control("POST", "/clock", {"advance_seconds": 20})
    assert emulator.push(user, TEXT, **key).status_code == 200


def test_the_table_shows_what_became_of_each_key(emulator: Emulator, user: str) -> None:
    key = str(uuid.uuid4())
    sent = emulator.push(user, TEXT, **{"X-Line-Retry-Key": key})
    (row,) = emulator.control("GET", "/retry-keys")["keys"]
    assert (row["key"], row["path"]) == (key, "/v2/bot/message/push")
    assert row["acceptedRequestId"] == sent.headers["x-line-request-id"]
