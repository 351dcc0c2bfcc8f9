"""What an event means as a turn."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.turns.input import (
    ATTACHMENT,
    GREETING,
    PHOTO,
    image_set,
    read_turn,
    said_text,
    says_unblocked,
)
from bot.turns.rasa import TurnInput


def _message(**message: Any) -> TurnInput | None:
    return read_turn("message", {"message": message})


def test_words_go_to_rasa_as_they_are() -> None:
    assert _message(type="text", text="/restart を押した") == TurnInput(text="/restart を押した")


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\u200d", "\x01\x02", "　", None, 7])
def test_a_text_without_anything_to_see_is_answered_like_a_sticker(text: Any) -> None:
    assert _message(type="text", text=text) == ATTACHMENT


def test_a_photo_is_an_attachment_that_says_so() -> None:
    assert _message(type="image", id="1") == PHOTO
    assert PHOTO.payload is not None
    assert PHOTO.payload.startswith("/share_attachment{")


@pytest.mark.parametrize("kind", ["sticker", "video", "audio", "file", "hologram"])
def test_what_cannot_be_read_is_an_attachment(kind: str) -> None:
    assert _message(type=kind, id="1") == ATTACHMENT


def test_emoji_alone_are_words() -> None:
    assert _message(type="text", text="😀") == TurnInput(text="😀")


def test_a_place_is_rounded_to_about_ten_metres() -> None:
    said = _message(type="location", latitude=37.4947123, longitude=139.9299987)
    assert said is not None
    assert said.payload == '/share_location{"location": {"latitude": 37.4947, "longitude": 139.93}}'


@pytest.mark.parametrize("latitude", [91, "37.5", None, True, float("inf")])
def test_an_impossible_place_is_answered_like_a_sticker(latitude: Any) -> None:
    assert _message(type="location", latitude=latitude, longitude=139) == ATTACHMENT


def test_only_a_tap_names_an_intent() -> None:
    data = '/ask_waste_day{"waste_area": "城西"}'
    assert read_turn("postback", {"postback": {"data": data}}) == TurnInput(payload=data)
    assert read_turn("postback", {"postback": {"data": "rm -rf /"}}) == ATTACHMENT
    assert read_turn("postback", {"postback": {}}) == ATTACHMENT


@pytest.mark.parametrize(
    "params",
    [
        {"newRichMenuAliasId": "concierge-ja-safety", "status": "SUCCESS"},
        {"status": "RICHMENU_ALIAS_ID_NOTFOUND"},
        {"status": "FAILED"},
    ],
)
def test_a_tab_of_the_menu_is_no_turn(params: Any) -> None:
    postback = {"data": "concierge-ja-safety", "params": params}
    assert read_turn("postback", {"postback": postback}) is None


def test_a_language_tapped_on_the_menu_is_the_language_of_the_answers_too() -> None:
    data = '/change_language{"language": "en"}'
    params = {"newRichMenuAliasId": "concierge-en-life", "status": "SUCCESS"}
    postback = {"data": data, "params": params}
    assert read_turn("postback", {"postback": postback}) == TurnInput(payload=data)


@pytest.mark.parametrize("params", [None, {}, {"date": "2026-11-24"}, "x"])
def test_other_postbacks_stay_turns(params: Any) -> None:
    postback = {"data": "/help", "params": params}
    assert read_turn("postback", {"postback": postback}) == TurnInput(payload="/help")


def test_a_follower_is_greeted_and_other_states_start_no_turn() -> None:
    assert read_turn("follow", {"follow": {"isUnblocked": False}}) == GREETING
    assert read_turn("follow", {"follow": "x"}) == GREETING
    assert read_turn("unfollow", {}) is None
    assert read_turn("unsend", {"unsend": {"messageId": "1"}}) is None


def test_nothing_is_said_while_another_module_holds_the_chat() -> None:
    assert read_turn("follow", {"mode": "standby"}) is None


def test_who_had_blocked_the_account_is_told_apart() -> None:
    assert says_unblocked({"follow": {"isUnblocked": True}})
    assert not any(says_unblocked(raw) for raw in ({}, {"follow": "x"}, {"follow": {}}))


def test_images_of_one_set_have_its_id() -> None:
    assert image_set({"message": {"type": "image", "imageSet": {"id": "E1", "index": 1}}}) == "E1"
    for message in (None, "x", {}, {"imageSet": "x"}, {"imageSet": {"id": 7}}):
        assert image_set({"message": message}) is None


@pytest.mark.parametrize("number", [1, 2, 3])
def test_emoji_of_lines_own_are_no_words(shared: Path, number: int) -> None:
    said = _emoji_message(shared, number)
    turn = read_turn("message", {"message": said})
    assert turn is not None
    assert turn.text.replace("😀", "") == "明日のごみは何？"
    assert said_text({"message": said}) == turn.text


def test_a_message_of_emoji_only_is_like_a_sticker(shared: Path) -> None:
    assert read_turn("message", {"message": _emoji_message(shared, 4)}) == ATTACHMENT


@pytest.mark.parametrize(
    "emojis",
    [
        [{"index": 1, "length": 2}],
        [{"index": -1, "length": 9}],
        [{"index": 0}],
        [{"index": True, "length": "2"}],
        ["?"],
        {"index": 0},
        [{"index": 90, "length": 9}],
    ],
)
def test_words_are_never_cut_for_a_place_that_holds_no_emoji(emojis: object) -> None:
    message = {"type": "text", "text": "明日(あす)のごみは", "emojis": emojis}
    turn = read_turn("message", {"message": message})
    assert turn is not None
    assert turn.text == "明日(あす)のごみは"


def _emoji_message(shared: Path, number: int) -> dict[str, Any]:
    file = shared / f"cases/data/13-line-emoji-placeholder/event-{number}.json"
    message: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return message
