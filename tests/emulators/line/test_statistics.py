"""Figures that a bot may ask for, and rich menus of many people at once."""

from datetime import datetime, timedelta

import pytest

from tests.emulators.line.running import Emulator
from tests.emulators.line.test_conformity import NOBODY, Checked, add_menu, menu

TEXT = {"type": "text", "text": "こんにちは"}
INSIGHT = "/v2/bot/insight"
BATCH = "/v2/bot/richmenu/batch"


@pytest.fixture
def call(emulator: Emulator) -> Checked:
    return Checked(emulator)


def today(emulator: Emulator) -> str:
    """The emulator's day in Japan."""
    now = datetime.fromisoformat(emulator.control("GET", "/clock")["now"])
    return (now + timedelta(hours=9)).strftime("%Y%m%d")


def tomorrow(emulator: Emulator) -> None:
    emulator.control("POST", "/clock", {"advance_seconds": 24 * 3600})


def test_deliveries_are_counted_by_the_next_day(call: Checked, emulator: Emulator) -> None:
    people = [emulator.add_user() for _ in range(3)]
    emulator.push(people[0], TEXT)
    body = {"to": people[:2], "messages": [TEXT]}
    emulator.call("POST", "/v2/bot/message/multicast", body)
    emulator.call("POST", "/v2/bot/message/broadcast", {"messages": [TEXT]})
    day = today(emulator)
    path = "/v2/bot/message/delivery/push"
    assert call("GET", path, query=f"?date={day}").json() == {"status": "unready"}
    tomorrow(emulator)
    counts = {
        kind: call("GET", f"/v2/bot/message/delivery/{kind}", query=f"?date={day}").json()
        for kind in ("reply", "push", "multicast", "broadcast")
    }
    assert {kind: found["success"] for kind, found in counts.items()} == {
        "reply": 0,
        "push": 1,
        "multicast": 2,
        "broadcast": 3,
    }
    found = call("GET", f"{INSIGHT}/message/delivery", query=f"?date={day}").json()
    assert (found["apiPush"], found["apiMulticast"], found["apiBroadcast"]) == (1, 2, 3)


def test_dates_are_checked(call: Checked) -> None:
    path = "/v2/bot/message/delivery/push"
    for query in ("", "?date=2026-01-01", "?date=20261301", "?date=x"):
        refused = call("GET", path, status=400, query=query).json()
        assert refused["message"] == "The value for the 'date' parameter is invalid"
    refused = call("GET", f"{INSIGHT}/followers", status=400).json()
    assert refused["details"] == [{"message": "date is required"}]
    old = call("GET", f"{INSIGHT}/followers", query="?date=20180101").json()
    assert old == {"status": "out_of_service"}


def test_followers_and_blocks(call: Checked, emulator: Emulator) -> None:
    people = [emulator.add_user() for _ in range(3)]
    emulator.control("POST", f"/users/{people[0]}/block")
    day = today(emulator)
    tomorrow(emulator)
    found = call("GET", f"{INSIGHT}/followers", query=f"?date={day}").json()
    assert found == {"status": "ready", "followers": 3, "targetedReaches": 2, "blocks": 1}


def test_attributes_are_told_from_twenty_friends_on(call: Checked, emulator: Emulator) -> None:
    body = {"display_name": "市民", "traits": {"gender": "female"}}
    for _ in range(19):
        emulator.control("POST", "/users", body)
    assert call("GET", f"{INSIGHT}/demographic").json() == {"available": False}
    emulator.add_user()
    found = call("GET", f"{INSIGHT}/demographic").json()
    shares = {tile["gender"]: tile["percentage"] for tile in found["genders"]}
    assert shares == {"female": 95.0, "unknown": 5.0}


def test_a_unit_with_fewer_than_twenty_people_tells_nothing(
    call: Checked, emulator: Emulator
) -> None:
    people = [emulator.add_user() for _ in range(20)]
    body = {"messages": [TEXT], "customAggregationUnits": ["gomi"]}
    path = "/v2/bot/message/multicast"
    emulator.call("POST", path, body | {"to": people[:19]})
    day = today(emulator)
    query = f"?customAggregationUnit=gomi&from={day}&to={day}"
    template = f"{INSIGHT}/message/event/aggregation"

    def seen() -> tuple[int | None, int | None]:
        found = emulator.call("GET", template + query).json()
        return found["overview"]["uniqueImpression"], found["messages"][0]["impression"]

    assert seen() == (None, None)
    emulator.call("POST", path, body | {"to": people[19:]})
    assert seen() == (20, 20)
    assert call("GET", "/v2/bot/message/aggregation/info").json() == {
        "numOfCustomAggregationUnits": 1
    }
    names = call("GET", "/v2/bot/message/aggregation/list", query="?limit=1").json()
    assert names == {"customAggregationUnits": ["gomi"]}
    too_long = f"?customAggregationUnit=gomi&from=20260101&to={day}"
    call("GET", template, status=400, query=too_long)


def test_the_thousand_and_first_unit_of_a_month_is_dropped(emulator: Emulator, user: str) -> None:
    for number in range(1001):
        body = {"to": user, "messages": [TEXT], "customAggregationUnits": [f"u{number}"]}
        assert emulator.call("POST", "/v2/bot/message/push", body).status_code == 200
    found = emulator.call("GET", "/v2/bot/message/aggregation/info").json()
    assert found == {"numOfCustomAggregationUnits": 1000}


def test_what_became_of_a_broadcast(call: Checked, emulator: Emulator) -> None:
    for _ in range(20):
        emulator.add_user()
    sent = emulator.call("POST", "/v2/bot/message/broadcast", {"messages": [TEXT, TEXT]})
    request_id = sent.headers["x-line-request-id"]
    path = f"{INSIGHT}/message/event?requestId={request_id}"
    found = emulator.call("GET", path).json()
    assert found["overview"]["delivered"] == 20
    assert found["overview"]["uniqueImpression"] == 20
    assert [message["seq"] for message in found["messages"]] == [1, 2]
    unknown = call("GET", f"{INSIGHT}/message/event", query=f"?requestId={NOBODY}").json()
    assert unknown["overview"] == {"requestId": NOBODY}


def hold(emulator: Emulator, user: str, rich_menu_id: str) -> None:
    path = f"/v2/bot/user/{user}/richmenu/{rich_menu_id}"
    assert emulator.call("POST", path).status_code == 200


def held(emulator: Emulator, user: str) -> str | None:
    found: str | None = (
        emulator.call("GET", f"/v2/bot/user/{user}/richmenu").json().get("richMenuId")
    )
    return found


def test_a_batch_exchanges_menus_for_everybody_who_holds_them(
    call: Checked, emulator: Emulator
) -> None:
    emulator.control("POST", "/settings", {"job_seconds": 100})
    a, b, c = (add_menu(emulator) for _ in range(3))
    people = [emulator.add_user() for _ in range(4)]
    for user, rich_menu_id in zip(people, (a, b, c), strict=False):
        hold(emulator, user, rich_menu_id)
    exchange = [
        {"type": "link", "from": a, "to": b},
        {"type": "link", "from": b, "to": a},
        {"type": "unlink", "from": c},
    ]
    call("POST", "/v2/bot/richmenu/validate/batch", {"operations": exchange})
    started = call("POST", BATCH, {"operations": exchange}, 202)
    query = f"?requestId={started.headers['x-line-request-id']}"
    path = "/v2/bot/richmenu/progress/batch"
    assert call("GET", path, query=query).json()["phase"] == "ongoing"
    assert held(emulator, people[0]) == a
    emulator.control("POST", "/clock", {"advance_seconds": 101})
    done = call("GET", path, query=query).json()
    assert done["phase"] == "succeeded"
    assert done["completedTime"] > done["acceptedTime"]
    assert [held(emulator, user) for user in people] == [b, a, None, None]
    call("GET", path, status=404, query="?requestId=x")


def test_a_batch_that_contradicts_itself_is_refused(call: Checked, emulator: Emulator) -> None:
    a, b = add_menu(emulator), add_menu(emulator)
    bare = emulator.call("POST", "/v2/bot/richmenu", menu()).json()["richMenuId"]
    link = {"type": "link", "from": a, "to": b}
    wrong = {
        "invalid richMenuId": [{"type": "unlink", "from": "richmenu-x"}],
        "is duplicated": [link, link],
        "can't be combined": [link, {"type": "unlinkAll"}],
        "must have image": [{"type": "link", "from": a, "to": bare}],
        "Size must be between 1 and 1000": [],
    }
    for words, operations in wrong.items():
        refused = call("POST", "/v2/bot/richmenu/validate/batch", {"operations": operations}, 400)
        assert words in refused.text


def test_bulk_links_take_effect_a_little_later(call: Checked, emulator: Emulator) -> None:
    emulator.control("POST", "/settings", {"job_seconds": 100})
    rich_menu_id, user = add_menu(emulator), emulator.add_user()
    body = {"richMenuId": rich_menu_id, "userIds": [user, NOBODY]}
    call("POST", "/v2/bot/richmenu/bulk/link", body, 202)
    assert held(emulator, user) is None
    emulator.control("POST", "/clock", {"advance_seconds": 101})
    assert held(emulator, user) == rich_menu_id
    call("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": [user]}, 202)
    emulator.control("POST", "/clock", {"advance_seconds": 101})
    assert held(emulator, user) is None
