"""Rendering keeps every limit of LINE's and loses no text."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run_with
from hypothesis import strategies as st
from PIL import Image

from bot.messages.render import render
from bot.messages.speakers import person, program
from bot.messages.split import split_text
from concierge.app import build_web
from kit.settings import Settings
from kit.text import utf16_length
from messages.neutral import Card, Cards, Confirm, Fact, OpenLink, Payload, Say, ShareLocation, Text
from tests.emulators.line.definitions import Definitions
from tests.support import Line, line_emulator

PROGRAM = program(Settings(environment="test"))

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
    max_size=13,
).map(tuple)
_card = st.builds(
    Card,
    title=_words,
    subtitle=_words,
    facts=st.lists(st.builds(Fact, label=_words, value=_words), max_size=6).map(tuple),
    note=_words,
    choices=_choices.map(lambda choices: choices[:3]),
)
_answers = st.one_of(
    st.builds(Say, label=_words, text=_words),
    st.builds(Payload, label=_words, payload=st.just("/affirm")),
)
_message = st.one_of(
    st.builds(Text, text=_words | st.text(min_size=1, max_size=20_000), choices=_choices),
    st.builds(
        Confirm,
        text=_words | st.text(min_size=1, max_size=400),
        yes=_answers,
        no=_answers,
        choices=_choices,
    ),
    st.builds(
        Cards,
        summary=_words | st.text(min_size=1, max_size=2_000),
        cards=st.lists(_card, min_size=1, max_size=10).map(tuple),
        choices=_choices,
    ),
)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Line]:
    with line_emulator() as line:
        line.post("limits", call="*", count=1_000_000)
        yield line


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return Definitions("messaging-api")


def _strings(value: Any) -> Iterator[str]:
    """Return every string that LINE shows or reads aloud."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, str | dict | list) and not isinstance(value, str):
            yield from _strings(inner)


def _said(message: Any) -> Iterator[str]:
    """Return every piece of text that an action wanted to say."""
    if isinstance(message, Text | Confirm):
        yield message.text
    if isinstance(message, Confirm):
        yield from (message.yes.label, message.no.label)
    if isinstance(message, Cards):
        yield message.summary
        for card in message.cards:
            yield from (card.title, card.subtitle, card.note)
            for fact in card.facts:
                yield from (fact.label, fact.value)
            yield from (choice.label for choice in card.choices)
    yield from (choice.label for choice in message.choices)


def _squeezed(text: str) -> str:
    return "".join(text.split())


@run_with(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(messages=st.lists(_message, min_size=1, max_size=4))
def test_every_call_is_within_line_s_definitions_and_limits_and_loses_no_text(
    messages: list[Any], emulator: Line, definitions: Definitions
) -> None:
    calls = render(messages, PROGRAM)
    for call in calls:
        body = {"replyToken": "0" * 32, "messages": call}
        assert definitions.problems_of("ReplyMessageRequest", body) == []
        # The emulator knows the limits of the reference that the definitions leave out.
        assert emulator.refusal("/v2/bot/message/validate/reply", {"messages": call}) is None
    shown = _squeezed("".join(text for call in calls for text in _strings(call)))
    for text in (text for message in messages for text in _said(message)):
        assert _squeezed(text) in shown


def test_a_message_that_breaks_a_limit_would_be_noticed(emulator: Line) -> None:
    message = {"type": "text", "text": "あ" * 5001}
    assert emulator.refusal("/v2/bot/message/validate/reply", {"messages": [message]})


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
    calls = render([Text(text="a", choices=(choice,)), Text(text="b")], PROGRAM)
    assert "quickReply" not in calls[0][0]
    assert calls[0][1]["quickReply"]["items"][0]["action"]["data"] == "/affirm"


def test_more_than_five_messages_become_several_calls() -> None:
    assert [len(call) for call in render([Text(text=str(n)) for n in range(7)], PROGRAM)] == [5, 2]


@pytest.mark.parametrize("size", [40_000, 4_000])
def test_cards_too_large_for_flex_are_said_in_words(size: int) -> None:
    cards = tuple(Card(title=f"場所{n}", note="あ" * (size // 10)) for n in range(10))
    [call, *_] = render([Cards(summary="十か所", cards=cards)], PROGRAM)
    kinds = {message["type"] for message in call}
    assert kinds == ({"text"} if size > 20_000 else {"flex"})


def test_the_choices_of_all_messages_move_under_the_last_one_each_once() -> None:
    yes, no = Payload(label="はい", payload="/affirm"), Payload(label="いいえ", payload="/deny")
    first, last = Text(text="a", choices=(yes, no)), Text(text="b", choices=(no,))
    [[_, message]] = render([first, last], PROGRAM)
    labels = [item["action"]["label"] for item in message["quickReply"]["items"]]
    assert labels == ["はい", "いいえ"]


def test_a_label_that_line_shortens_is_said_in_full() -> None:
    label = "市民課と支所と市民センターで住民票の写しを受け取る"
    choice = Payload(label=label, payload="/ask_certificate")
    [[_, words]] = render([Text(text="どれですか", choices=(choice,))], PROGRAM)
    assert words["text"] == f"・{label}"
    assert words["quickReply"]["items"][0]["action"]["label"].endswith("…")


def test_a_shortened_label_that_stands_in_the_text_is_not_said_again() -> None:
    label = "1. 市民課と支所と市民センターで住民票の写しを受け取る"
    choice = Payload(label=label, payload="/ask_certificate")
    [[message]] = render([Text(text=f"どれですか\n{label}", choices=(choice,))], PROGRAM)
    assert message["quickReply"]["items"][0]["action"]["label"].endswith("…")


def test_choices_beyond_thirteen_are_said_in_words() -> None:
    choices = [Payload(label=f"選択{n}", payload="/help") for n in range(16)]
    [call] = render(
        [Text(text="a", choices=tuple(choices[:8])), Text(text="b", choices=tuple(choices[8:]))],
        PROGRAM,
    )
    assert call[-1]["text"] == "・選択13\n・選択14\n・選択15"
    assert len(call[-1]["quickReply"]["items"]) == 13


def test_a_short_question_stays_in_the_talk_with_its_two_answers() -> None:
    yes, no = Payload(label="はい", payload="/affirm"), Payload(label="いいえ", payload="/deny")
    [[message]] = render([Confirm(text="ごみの日のことですか？", yes=yes, no=no)], PROGRAM)
    assert message["template"]["type"] == "confirm"
    assert message["altText"] == "ごみの日のことですか？"


def test_every_message_says_whether_a_program_or_a_person_speaks() -> None:
    production = Settings(environment="test", public_base_url="https://city.example.jp")
    texts = [Text(text="a"), Text(text="b")]
    names = [
        {message["sender"]["name"] for message in render(texts, speaker)[0]}
        for speaker in (program(production), person(production, "佐藤　花子", "市民課"))
    ]
    assert names == [{"ご案内係（自動応答）"}, {"佐藤（市民課）"}]
    assert program(production).icon_url == "https://city.example.jp/static/line/program.png"
    assert PROGRAM.icon_url is None


async def test_the_icons_are_square_pictures_that_line_takes(settings: Settings) -> None:
    transport = httpx2.ASGITransport(app=build_web(settings))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        for name in ("program", "staff"):
            picture = (await http.get(f"/static/line/{name}.png")).raise_for_status()
            width, height = Image.open(BytesIO(picture.content)).size
            assert width == height
            assert len(picture.content) < 1_000_000


def test_a_link_that_line_refuses_becomes_words_and_spoils_no_message() -> None:
    broken = OpenLink(label="くわしく見る", url="https://")
    spaced = OpenLink(label="案内", url="https://example.jp/案 内")
    card = Card(title="市民会館", choices=(broken, spaced))
    [call] = render([Cards(summary="1. 市民会館", cards=(card,), choices=(broken,))], PROGRAM)
    [button] = call[0]["contents"]["footer"]["contents"]
    assert button["action"]["uri"] == "https://example.jp/%E6%A1%88%20%E5%86%85"
    assert call[1]["text"] == "・くわしく見る https://"
    assert "quickReply" not in call[1]
