"""The event reader takes anything and loses nobody."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.events import RECORDED_KINDS, Disposition, GroupChat, read_event

NOW = datetime(2026, 11, 23, tzinfo=UTC)
USER = {"type": "user", "userId": "U" + "a" * 32}


def _event(**changes: Any) -> dict[str, Any]:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": 1_795_000_000_000,
        "source": USER,
        "webhookEventId": "01JZ0000000000000000000000",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "0" * 32,
        "message": {"type": "text", "id": "1", "text": "こんにちは"},
    }
    return {k: v for k, v in {**event, **changes}.items() if v is not None}


def test_a_text_message_is_served() -> None:
    event = read_event(_event(), NOW)
    assert event.disposition is Disposition.serve
    assert event.line_user_id == USER["userId"]
    assert event.occurred_at.year == 2026


@pytest.mark.parametrize(
    ("changes", "disposition"),
    [
        ({"type": "somethingNew"}, Disposition.record),
        ({"type": None}, Disposition.unreadable),
        ({"mode": "standby"}, Disposition.record),
        ({"mode": "a mode of next year"}, Disposition.serve),
        ({"source": {"type": "group", "groupId": "C1", "userId": "U1"}}, Disposition.record),
        ({"source": None}, Disposition.unreadable),
        ({"message": None}, Disposition.unreadable),
        ({"message": "text"}, Disposition.unreadable),
        ({"timestamp": "yesterday"}, Disposition.serve),
        ({"timestamp": 10**30}, Disposition.serve),
        ({"replyToken": None}, Disposition.serve),
        ({"message": {"type": "hologram", "id": "2"}}, Disposition.serve),
    ],
)
def test_what_can_be_served_is_served(changes: dict[str, Any], disposition: Disposition) -> None:
    assert read_event(_event(**changes), NOW).disposition is disposition


def test_an_event_without_id_is_recognised_when_it_comes_again() -> None:
    first = read_event(_event(webhookEventId=None), NOW)
    again = _event(webhookEventId=None, deliveryContext={"isRedelivery": True})
    assert read_event(again, NOW).webhook_event_id == first.webhook_event_id


def test_a_my_number_is_masked_before_anything_is_stored() -> None:
    message = {"type": "text", "id": "1", "text": "番号は1234-5678-9018です"}
    event = read_event(_event(message=message), NOW)
    assert event.masked
    assert "5678" not in json.dumps(event.raw)


def test_identifiers_that_look_like_card_numbers_stay_as_they_are() -> None:
    # A message id passed the check of payment cards, and its sender was warned of a number.
    message = {
        "type": "text",
        "id": "4111111111111111",
        "text": "こんにちは",
        "quoteToken": "123456789018",
    }
    event = read_event(_event(message=message), NOW)
    assert not event.masked
    assert event.raw["message"] == message


def test_characters_that_postgresql_cannot_store_are_removed() -> None:
    message = {"type": "text", "id": "1", "text": "a\x00b\ud800c"}
    text = read_event(_event(message=message), NOW).raw["message"]["text"]
    assert text == "ab\ufffdc"


def test_what_lies_deeper_than_anything_of_lines_is_left_out() -> None:
    deep: Any = "words"
    for _ in range(100):
        deep = [deep]
    kept = json.dumps(read_event(_event(new=deep), NOW).raw)
    assert "words" not in kept
    assert kept.count("[") < 40


def test_a_my_number_written_as_a_number_is_masked_too() -> None:
    event = read_event(_event(new=123456789018), NOW)
    assert event.masked
    assert "123456789018" not in json.dumps(event.raw)


def test_a_group_chat_leaves_its_kind_and_ids_and_nobody() -> None:
    source = {"type": "room", "roomId": "R1", "userId": "U1"}
    event = read_event(_event(source=source, unknown="words"), NOW)
    assert event.line_user_id is None
    assert event.group == GroupChat("room", "R1")
    assert event.raw["message"] == {"type": "text", "id": "1"}
    assert set(event.raw) == {*("type", "mode", "timestamp", "webhookEventId", "source", "message")}


@pytest.mark.parametrize("kind", sorted(RECORDED_KINDS))
def test_each_kind_that_starts_no_turn_has_its_reason(kind: str) -> None:
    event = read_event(_event(type=kind), NOW)
    assert (event.disposition, event.reason) == (Disposition.record, RECORDED_KINDS[kind])


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(_json | st.fixed_dictionaries({}, optional=dict.fromkeys(_event(), _json)))
def test_the_reader_never_raises_and_the_result_can_be_stored(value: Any) -> None:
    event = read_event(value, NOW)
    json.dumps(event.raw, allow_nan=False).encode()
