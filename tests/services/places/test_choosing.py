"""Short answers to the question which part of a town, or which of some districts."""

import pytest

from services.places.choosing import answer
from services.places.parsing import Reader

NORTH, SOUTH = "門田（北部）", "門田（南部）"
HIROTA, HATTA = "河東（広田）", "河東（八田）"


@pytest.mark.parametrize(
    ("text", "about", "district"),
    [
        ("3丁目です", "柳原町", "城西"),
        ("１丁目", "柳原町", "日新"),
        ("さんちょうめ", "柳原町", "城西"),
        ("4", "柳原町", "城西"),
        ("２です", "柳原町", "日新"),
        ("2-5-1", "橋本", "神指"),
        ("村西です", "門田町飯寺", NORTH),
        ("字上川原", "門田町飯寺", SOUTH),
        ("材木町でした", "柳原町", "城西"),
    ],
)
def test_a_number_or_a_part_answers_for_the_town(
    reader: Reader, text: str, about: str, district: str
) -> None:
    found = answer(reader, text, about)
    assert found.districts == (district,)
    assert found.settled


@pytest.mark.parametrize("text", ["9丁目", "わからない", "明日のごみは？", "2回", "", "はい"])
def test_what_does_not_answer_leaves_the_town_open(reader: Reader, text: str) -> None:
    assert not answer(reader, text, "柳原町").settled


@pytest.mark.parametrize(
    ("text", "among", "district"),
    [
        ("北部のほう", (NORTH, SOUTH), NORTH),
        ("北の方です", (NORTH, SOUTH), NORTH),
        ("南", (NORTH, SOUTH), SOUTH),
        ("なんぶ", (NORTH, SOUTH), SOUTH),
        ("the north", (NORTH, SOUTH), NORTH),
        ("門田（南部）", (NORTH, SOUTH), SOUTH),
        ("八田です", (HIROTA, HATTA), HATTA),
        ("広田", (HIROTA, HATTA), HIROTA),
        ("謹教", ("鶴城", "謹教"), "謹教"),
        ("面川です", (NORTH, SOUTH), SOUTH),
        ("飯寺北1丁目", (NORTH, SOUTH), "小金井"),
    ],
)
def test_one_of_the_districts_offered_is_chosen(
    reader: Reader, text: str, among: tuple[str, ...], district: str
) -> None:
    found = answer(reader, text, among=among)
    assert found.districts == (district,)
    assert found.settled


@pytest.mark.parametrize(
    "text",
    ["門田です", "わからない", "どっちだろう", "北か南", "北部じゃない", "北海道", "はい", "東"],
)
def test_nothing_is_chosen_where_the_words_do_not_choose(reader: Reader, text: str) -> None:
    assert not answer(reader, text, among=(NORTH, SOUTH)).settled
