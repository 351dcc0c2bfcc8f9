"""Rendering keeps every limit of LINE's and loses no text."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.contract import Card, Cards, Fact, OpenLink, Payload, Say, ShareLocation, Text
from bot.messages.render import render, to_json
from bot.messages.split import split_text
from kit.text import grapheme_length, utf16_length

FAMILY = "👨‍👩‍👧‍👦"
_words = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["葛󠄀城市", FAMILY * 20, "שלום", "あ" * 200]
)
_choices = st.lists(
    st.one_of(
        st.builds(Say, label=_words, text=_words),
        st.builds(Payload, label=_words, payload=st.just('/ask_waste_day{"area": "城西"}')),
        st.builds(OpenLink, label=_words, url=st.just("https://example.jp/")),
        st.builds(ShareLocation, label=_words),
    ),
    max_size=20,
).map(tuple)
_card = st.builds(
    Card,
    title=_words,
    subtitle=_words,
    facts=st.lists(st.builds(Fact, label=_words, value=_words), max_size=6).map(tuple),
    note=_words,
    choices=_choices.map(lambda choices: choices[:3]),
)
_message = st.builds(
    Text, text=_words | st.text(min_size=1, max_size=12_000), choices=_choices
) | st.builds(
    Cards,
    summary=_words,
    cards=st.lists(_card, min_size=1, max_size=10).map(tuple),
    choices=_choices,
)


def _labels(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["label"]] if isinstance(value.get("label"), str) else []
        return own + [label for inner in value.values() for label in _labels(inner)]
    if isinstance(value, list):
        return [label for inner in value for label in _labels(inner)]
    return []


@settings(max_examples=60, deadline=None)
@given(st.lists(_message, min_size=1, max_size=4))
def test_no_limit_of_line_is_ever_broken(messages: list[Any]) -> None:
    for call in render(messages):
        assert 1 <= len(call) <= 5
        for message in call:
            assert len(message.get("quickReply", {"items": [0]})["items"]) <= 13
            if message["type"] == "text":
                assert 1 <= utf16_length(message["text"]) <= 5000
            else:
                assert 1 <= utf16_length(message["altText"]) <= 1500
                bubble = message["contents"]["type"] == "bubble"
                assert (
                    len(to_json([message["contents"]]).encode())
                    <= (30_000 if bubble else 50_000) + 2
                )
            assert all(1 <= grapheme_length(label) <= 40 for label in _labels(message))
            items = message.get("quickReply", {"items": []})["items"]
            assert all(grapheme_length(item["action"]["label"]) <= 20 for item in items)


@given(st.text(min_size=1, max_size=3000), st.integers(min_value=2, max_value=400))
def test_splitting_loses_nothing(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert "".join(parts) == text
    assert all(utf16_length(part) <= limit for part in parts)


def test_a_long_text_is_split_at_a_sentence_end() -> None:
    text = "これは文です。" * 1000
    parts = split_text(text, 5000)
    assert all(part.endswith("。") for part in parts)


def test_a_family_emoji_is_not_torn_apart() -> None:
    assert all(set(part) == set(FAMILY) for part in split_text(FAMILY * 100, 50))


def test_only_the_last_message_carries_the_quick_replies() -> None:
    choice = Payload(label="はい", payload="/affirm")
    calls = render([Text(text="a", choices=(choice,)), Text(text="b")])
    assert "quickReply" not in calls[0][0]
    assert calls[0][1]["quickReply"]["items"][0]["action"]["data"] == "/affirm"


def test_more_than_five_messages_become_several_calls() -> None:
    assert [len(call) for call in render([Text(text=str(n)) for n in range(7)])] == [5, 2]


@pytest.mark.parametrize("size", [40_000, 4_000])
def test_cards_too_large_for_flex_are_said_in_words(size: int) -> None:
    cards = tuple(Card(title=f"場所{n}", note="あ" * (size // 10)) for n in range(10))
    [call, *_] = render([Cards(summary="十か所", cards=cards)])
    kinds = {message["type"] for message in call}
    assert kinds == ({"text"} if size > 20_000 else {"flex"})
