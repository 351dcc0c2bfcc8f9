"""What residents write, and the districts that it may mean (`phrases.jsonl`).

A line holds `text`, the `districts` that may be meant, `settled` where one is beyond doubt,
`unknown` names, places taken back (`corrected_from`), and `asked` where the question was open.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from services.places.parsing import Reader
from services.places.resolution import resolve

LINES = Path(__file__).with_name("phrases.jsonl").read_text("utf-8").splitlines()
PHRASES: list[dict[str, Any]] = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase["text"])
def test_a_phrase_means_its_districts(reader: Reader, phrase: dict[str, Any]) -> None:
    found = resolve(reader, phrase["text"], asked=phrase.get("asked", False))
    assert set(found.districts) == set(phrase["districts"])
    assert found.settled is phrase.get("settled", False)
    assert [name.text for name in found.unknown] == phrase.get("unknown", [])
    assert [place.name for place in found.corrected_from] == phrase.get("corrected_from", [])


def test_places_are_told_where_they_stand_in_the_text_as_written(reader: Reader) -> None:
    text = "　えっと、ｲｯｷﾏﾁ 亀賀２丁目です"
    (place,) = resolve(reader, text).places
    assert text[place.start : place.end] == place.text == "ｲｯｷﾏﾁ 亀賀２丁目"
    text = "住所は 会津若松市材木町１ー３ー38 です"
    (place,) = resolve(reader, text).places
    assert text[place.start : place.end] == place.text == "会津若松市材木町１"
    assert (place.name, place.reading) == ("材木町1丁目", "ザイモクマチ")


def test_a_part_is_named_as_it_is_written_officially(reader: Reader) -> None:
    (place,) = resolve(reader, "一箕町大字八幡字牛が墓244-5").places
    assert place.name == "一箕町八幡字牛ケ墓"


def test_districts_within_the_town_named_are_told(reader: Reader) -> None:
    (place,) = resolve(reader, "一箕町です").places
    assert place.districts == ("一箕",)
    assert place.exceptions == ("松長",)
    assert not place.settled


@pytest.mark.parametrize(
    ("text", "need"),
    [("柳原町", "chome"), ("門田町黒岩", "part"), ("栄町", "resident"), ("緑町", "")],
)
def test_it_is_told_what_decides_between_districts(reader: Reader, text: str, need: str) -> None:
    assert resolve(reader, text).places[0].need == need


def test_the_home_of_not_home_is_never_settled(reader: Reader) -> None:
    (place,) = resolve(reader, "母は駅前町なんですけど").places
    assert place.not_home
    assert not place.settled
    assert resolve(reader, "母と来ました。私は駅前町です").settled


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("謹教です", True),
        ("えーっと、うちは材木町2丁目3-4です", True),
        ("謹教の明日のごみ", False),
        ("新田町です", True),
        ("わからない", False),
    ],
)
def test_whole_means_that_nothing_else_is_said(reader: Reader, text: str, whole: bool) -> None:
    assert resolve(reader, text).whole is whole


def test_an_unknown_town_offers_what_it_resembles_and_takes_nothing(reader: Reader) -> None:
    found = resolve(reader, "柳原2丁目です")
    assert found.places == ()
    assert found.unknown[0].similar == ("柳原町",)


def test_a_place_outside_is_named_and_nothing_behind_it_is_taken_for_ours(reader: Reader) -> None:
    found = resolve(reader, "郡山の大町と中央")
    assert found.unknown[0].elsewhere == "郡山市"
    assert "日新" not in found.districts
    assert not found.settled


@pytest.mark.parametrize("text", ["", " ", "　\u200b", "\x00", "\ud83d", "😀" * 50, "町" * 900])
def test_strange_texts_are_read_without_an_error(reader: Reader, text: str) -> None:
    assert resolve(reader, text).places == ()
