"""What the channel lets in, and in which form."""

from typing import Any

import pytest
from channels.request import MAX_TEXT, BadTurnError, harmless, read_turn
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage

GOOD = {"turn_id": "trn_1", "sender": "ctz_1", "text": "こんにちは"}


def without(name: str, **more: Any) -> dict[str, Any]:
    return {**{key: value for key, value in GOOD.items() if key != name}, **more}


@given(st.text())
def check_no_text_can_be_a_command_of_rasa(text: str) -> None:
    read_by_rasa = UserMessage(harmless("/restart" + text)).text
    assert not read_by_rasa.startswith("/")
    assert not (UserMessage(harmless(text)).text or "").startswith("/")


@given(st.text(st.characters(), max_size=200))
def check_cleaning_keeps_the_length(text: str) -> None:
    assert len(harmless(text)) == len(text)
    harmless(text).encode()


@pytest.mark.parametrize("blank", [" ", "　", "\n", "\t\n ", "\u2003"])
def check_blanks_before_a_slash_do_not_help(blank: str) -> None:
    assert harmless(f"{blank}/restart") == f"{blank}／restart"


def check_very_long_text_is_cut() -> None:
    assert len(harmless("あ" * 9_000)) == MAX_TEXT


def check_a_payload_names_an_intent_and_its_entities() -> None:
    payload = '/share_location{"location": {"latitude": 37.49, "longitude": 139.93}}'
    turn = read_turn(without("text", payload=payload))
    assert turn.intent == "share_location"
    assert turn.entities == {"location": {"latitude": 37.49, "longitude": 139.93}}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        without("turn_id"),
        without("sender"),
        without("text"),
        {**GOOD, "turn_id": ""},
        {**GOOD, "turn_id": 7},
        {**GOOD, "sender": "s" * 201},
        {**GOOD, "text": 7},
        {**GOOD, "payload": "/greet"},
        {**GOOD, "metadata": []},
        {**GOOD, "metadata": {"at": "tomorrow"}},
        {**GOOD, "metadata": {"at": 7}},
        without("text", payload="greet"),
        without("text", payload="/greet{"),
        without("text", payload="/greet[1]"),
        without("text", payload="/Greet"),
        without("text", payload='/greet{"a": }'),
        without("text", payload="/greet" + " " * 3_000),
        without("text", payload=["/greet"]),
    ],
)
def check_a_bad_body_is_refused(body: Any) -> None:
    with pytest.raises(BadTurnError):
        read_turn(body)


@pytest.mark.parametrize("payload", ["花子の秘密", '/greet{"花子の秘密": }'])
def check_a_refusal_does_not_repeat_what_was_sent(payload: str) -> None:
    with pytest.raises(BadTurnError) as refusal:
        read_turn(without("text", payload=payload))
    assert "花子" not in str(refusal.value)
    assert "花子" not in str(refusal.value.__cause__)


def check_a_deeply_nested_payload_does_no_harm() -> None:
    payload = "/greet" + '{"a":' * 300 + "1" + "}" * 300
    assert read_turn(without("text", payload=payload)).intent == "greet"
