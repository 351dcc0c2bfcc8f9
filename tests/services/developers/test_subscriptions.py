"""Subscriptions to open data: made with a key, told of changes alone, signed, and given up."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from kit.db import Database
from kit.settings import Settings
from services.developers.subscription_rules import (
    ENTITIES_AT_ONCE,
    GIVEN_UP_AFTER,
    MOST_SUBSCRIPTIONS,
    changed,
)
from services.developers.subscriptions import Subscriptions
from services.disaster.models import DisasterOrder
from tests.services.developers.skill import HOSTILE, Skill, serving
from tests.services.developers.world import API, World

PATH = "/ngsi-v2/subscriptions"


def now() -> datetime:
    """The real time: whoever is told looks at that of a signature."""
    return datetime.now(UTC).replace(microsecond=0)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def subscriber() -> Iterator[Skill]:
    with serving() as skill:
        yield skill


@pytest.fixture
async def world(settings: Settings, database: Database, hand: Hand) -> AsyncIterator[World]:
    world = World(settings, hand)
    yield world
    await world.close()


@pytest.fixture
async def staff(world: World) -> httpx2.AsyncClient:
    return await world.staff()


@pytest.fixture
async def api(world: World, staff: httpx2.AsyncClient) -> httpx2.AsyncClient:
    key = await world.developer(staff, scopes=["data:subscribe"])
    return world.browser(Authorization=f"Bearer {key}")


def asked(url: str, **changes: Any) -> dict[str, Any]:
    told = {
        "description": "避難情報",
        "subject": {"entities": [{"idPattern": ".*", "type": "Alert"}]},
        "notification": {"http": {"url": url}, "attrs": ["description", "level"]},
    }
    return {**told, **changes}


async def subscribed(api: httpx2.AsyncClient, subscriber: Skill, **changes: Any) -> str:
    answer = await api.post(PATH, json=asked(subscriber.url, **changes))
    assert answer.status_code == 201, answer.text
    subscriber.secret = answer.json()["secret"]
    assert answer.headers["location"] == f"{PATH}/{answer.json()['id']}"
    return str(answer.json()["id"])


async def order(world: World, place: str, word: str = "避難指示", level: int = 4) -> None:
    """Let the city order something for a place, as L-Alert tells it."""
    async with world.app.state.container.get(Database).transaction() as session:
        session.add(
            DisasterOrder(
                lane="actual",
                document_id=f"{place} {word}",
                revision=1,
                place=place,
                word=word,
                level=level,
                districts=[],
                whole_city=False,
                active=True,
                reported_at=now(),
            )
        )


async def look(world: World) -> None:
    await world.app.state.container.get(Subscriptions).look()


async def test_a_subscriber_hears_of_what_is_new_once_and_signed(
    world: World, api: httpx2.AsyncClient, subscriber: Skill
) -> None:
    await order(world, "城西")
    made = await subscribed(api, subscriber)
    await look(world)
    [heard] = subscriber.heard
    assert heard.headers["ngsiv2-attrsformat"] == "normalized"
    assert heard.content["subscriptionId"] == made
    [entity] = heard.content["data"]
    assert entity["type"] == "Alert"
    assert entity["description"]["value"] == "避難指示"
    assert set(entity) == {"id", "type", "description", "level"}
    await look(world)
    assert len(subscriber.heard) == 1
    await order(world, "門田")
    await look(world)
    assert [one["id"] for one in subscriber.heard[1].content["data"]] == [
        "urn:ngsi-ld:Alert:order:%E9%96%80%E7%94%B0"
    ]
    [told] = (await api.get(PATH)).json()
    assert (told["status"], told["notification"]["timesSent"]) == ("active", 2)


async def test_a_condition_and_key_values_narrow_what_is_told(
    world: World, api: httpx2.AsyncClient, subscriber: Skill
) -> None:
    subject = {
        "entities": [{"type": "Alert"}],
        "condition": {"attrs": ["level"], "expression": {"q": "level==5"}},
    }
    wanted = {"http": {"url": subscriber.url}, "attrsFormat": "keyValues"}
    await subscribed(api, subscriber, subject=subject, notification=wanted)
    await order(world, "城西")
    await order(world, "門田", "緊急安全確保", 5)
    await look(world)
    [heard] = subscriber.heard
    assert [one["description"] for one in heard.content["data"]] == ["緊急安全確保"]


async def test_what_was_not_taken_is_told_again_and_in_the_end_given_up(
    world: World, api: httpx2.AsyncClient, subscriber: Skill
) -> None:
    made = await subscribed(api, subscriber)
    await order(world, "城西")
    subscriber.reply = HOSTILE["status 500"][0]
    for _ in range(GIVEN_UP_AFTER + 1):
        await look(world)
    assert len(subscriber.heard) == GIVEN_UP_AFTER
    told = (await api.get(f"{PATH}/{made}")).json()
    assert told["status"] == "failed"
    assert told["notification"]["lastFailureReason"] == "bad_status"
    subscriber.reply = None
    assert (await api.patch(f"{PATH}/{made}", json={"status": "active"})).status_code == 204
    await look(world)
    assert subscriber.heard[-1].content["data"][0]["description"]["value"] == "避難指示"


async def test_throttling_rest_the_end_of_a_key_and_expiry_keep_it_silent(
    world: World, api: httpx2.AsyncClient, subscriber: Skill, hand: Hand
) -> None:
    until = (now() + timedelta(hours=1)).isoformat()
    made = await subscribed(api, subscriber, throttling=300, expires=until)
    await order(world, "城西")
    await look(world)
    await order(world, "門田")
    await look(world)
    assert len(subscriber.heard) == 1
    hand.now += timedelta(minutes=5)
    await api.patch(f"{PATH}/{made}", json={"status": "inactive"})
    await look(world)
    assert len(subscriber.heard) == 1
    await api.patch(f"{PATH}/{made}", json={"status": "active"})
    await look(world)
    assert len(subscriber.heard) == 2
    await order(world, "湊")
    hand.now += timedelta(hours=1)
    await look(world)
    assert len(subscriber.heard) == 2
    assert (await api.get(f"{PATH}/{made}")).json()["status"] == "expired"


async def test_with_its_key_a_subscription_ends(
    world: World, api: httpx2.AsyncClient, subscriber: Skill, hand: Hand
) -> None:
    from sqlalchemy import text

    await subscribed(api, subscriber)
    await order(world, "城西")
    async with world.app.state.container.get(Database).transaction() as session:
        await session.execute(text("UPDATE developers_key SET revoked_at = now()"))
    await look(world)
    assert subscriber.heard == []
    refused = await api.get(PATH)
    assert (refused.status_code, refused.json()["error"]) == (401, "Unauthorized")


async def test_a_subscription_is_its_owners_alone_and_can_be_deleted(
    world: World, staff: httpx2.AsyncClient, api: httpx2.AsyncClient, subscriber: Skill
) -> None:
    made = await subscribed(api, subscriber)
    key = await world.developer(staff, scopes=["data:subscribe"])
    other = world.browser(Authorization=f"Bearer {key}")
    assert (await other.get(PATH)).json() == []
    for answer in (
        await other.get(f"{PATH}/{made}"),
        await other.patch(f"{PATH}/{made}", json={"status": "inactive"}),
        await other.delete(f"{PATH}/{made}"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (404, "NotFound")
    assert (await api.delete(f"{PATH}/{made}")).status_code == 204
    assert (await api.get(PATH)).json() == []


async def test_a_key_without_the_scope_subscribes_to_nothing(
    world: World, staff: httpx2.AsyncClient, subscriber: Skill
) -> None:
    key = await world.developer(staff, scopes=["skills:read"])
    bearer = {"Authorization": f"Bearer {key}"}
    answer = await world.http.post(PATH, json=asked(subscriber.url), headers=bearer)
    assert (answer.status_code, answer.json()["error"]) == (403, "Forbidden")
    assert (await world.http.get(f"{API}/skills", headers=bearer)).status_code == 200


BAD: list[tuple[dict[str, Any], str]] = [
    ({"notification": {"http": {"url": "http://example.jp/n"}}}, "notification.http.url"),
    ({"notification": {"http": {"url": "ftp://example.jp/n"}}}, "notification.http.url"),
    ({"subject": {"entities": [{"idPattern": "S-.*", "type": "Alert"}]}}, "idPattern"),
    ({"subject": {"entities": [{"id": "x"}]}}, "subject.entities.0.type"),
    ({"subject": {"entities": []}}, "subject.entities"),
    ({"expires": "2020-01-01T00:00:00Z"}, "expires"),
    ({"expires": "2030-01-01T00:00:00"}, "expires"),
    ({"throttling": -1}, "throttling"),
    (
        {
            "subject": {
                "entities": [{"type": "Alert"}],
                "condition": {"expression": {"q": "level>>4"}},
            }
        },
        "q takes",
    ),
    ({"notification": {"mqtt": {"url": "mqtt://x"}}}, "notification.http"),
]


async def test_what_is_not_answered_is_refused_by_its_name(api: httpx2.AsyncClient) -> None:
    for changes, named in BAD:
        answer = await api.post(PATH, json=asked("https://example.jp/n", **changes))
        assert (answer.status_code, answer.json()["error"]) == (400, "BadRequest"), named
        assert named in answer.json()["description"]


async def test_an_inside_address_gets_no_notification(
    settings: Settings, database: Database, hand: Hand, subscriber: Skill
) -> None:
    world = World(settings.model_copy(update={"skills_on_this_machine": False}), hand)
    key = await world.developer(await world.staff(), scopes=["data:subscribe"])
    api = world.browser(Authorization=f"Bearer {key}")
    made = await subscribed(api, subscriber)
    await order(world, "城西")
    await look(world)
    assert subscriber.heard == []
    told = (await api.get(f"{PATH}/{made}")).json()["notification"]
    assert told["lastFailureReason"] == "refused_address"
    await world.close()


async def test_one_developer_has_so_many_subscriptions_and_no_more(
    api: httpx2.AsyncClient, subscriber: Skill
) -> None:
    for _ in range(MOST_SUBSCRIPTIONS):
        await subscribed(api, subscriber)
    refused = await api.post(PATH, json=asked(subscriber.url))
    assert refused.status_code == 409


def test_many_changes_come_in_parts_and_what_went_is_told_when_it_comes_again() -> None:
    every = [{"id": f"e{n}", "type": "T", "a": n} for n in range(ENTITIES_AT_ONCE + 5)]
    told, known = changed(every, {}, ())
    assert len(told) == ENTITIES_AT_ONCE
    rest, known = changed(every, known, ())
    assert [one["id"] for one in rest] == [f"e{n}" for n in range(ENTITIES_AT_ONCE, len(every))]
    assert changed(every, known, ())[0] == []
    _, fewer = changed(every[1:], known, ())
    assert [one["id"] for one in changed(every, fewer, ())[0]] == ["e0"]
    _, watched = changed(every[:1], {}, ("a",))
    assert changed([{**every[0], "b": 1}], watched, ("a",))[0] == []
    assert changed([{**every[0], "a": 1}], watched, ("a",))[0]
