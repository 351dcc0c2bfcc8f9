"""The four items of the card, read strictly, whatever a provider sends."""

from datetime import date
from typing import Any

import pytest

from identity.links.four_items import (
    MAX_TEXT,
    FourItems,
    Sex,
    UnreadableItemsError,
    items_from_json,
    items_to_json,
    masked,
    read_four_items,
)

WHOLE = {"sub": "123456789018", "name": " 山田 花子 ", "gender": "2", "birthdate": "19850315"}
MY_NUMBER = "123456789018"


def test_all_four_are_read_and_the_sub_is_none_of_them() -> None:
    found = read_four_items(WHOLE | {"address": {"formatted": "会津若松市東栄町3"}})
    assert found == FourItems("山田 花子", "会津若松市東栄町3", date(1985, 3, 15), Sex.female)


def test_what_was_not_granted_is_none() -> None:
    assert read_four_items({"sub": "x"}) == FourItems(None, None, None, None)


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", 5),
        ("name", "あ" * (MAX_TEXT + 1)),
        ("address", 5),
        ("address", {"street": "東栄町"}),
        ("birthdate", 19850315),
        ("birthdate", "1985-0315"),
        ("birthdate", "198503-15"),
        ("birthdate", "1985-02-30"),
        ("birthdate", "昭和60年3月15日"),
        ("gender", "4"),
        ("gender", 1),
        ("gender", ["1"]),
    ],
)
def test_what_has_another_shape_is_refused_by_the_name_of_its_item(item: str, value: Any) -> None:
    with pytest.raises(UnreadableItemsError) as refused:
        read_four_items({item: value})
    assert refused.value.item == item


@pytest.mark.parametrize(
    "details",
    [
        {"name": MY_NUMBER},
        {"extra": [{"deep": MY_NUMBER}]},
        {"address": {"formatted": f"東栄町 {MY_NUMBER}"}},
        {MY_NUMBER: "x"},
        {"number": int(MY_NUMBER)},
    ],
)
def test_a_my_number_anywhere_is_refused(details: dict[str, Any]) -> None:
    with pytest.raises(UnreadableItemsError) as refused:
        read_four_items(details)
    assert refused.value.item == "my number"


@pytest.mark.parametrize("birthdate", ["1985-03-15", "19850315"])
def test_both_ways_to_write_a_day_are_read(birthdate: str) -> None:
    assert read_four_items({"birthdate": birthdate}).birthdate == date(1985, 3, 15)


def test_a_text_may_be_as_long_as_it_may_be() -> None:
    assert read_four_items({"name": "あ" * MAX_TEXT}).name == "あ" * MAX_TEXT


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("山田 花子", "山＊＊＊ さま"),
        (" 山田", "山＊＊＊ さま"),
        ("", "お名前の表示なし"),
        ("  ", "お名前の表示なし"),
        (None, "お名前の表示なし"),
    ],
)
def test_of_a_name_one_character_shows(name: str | None, shown: str) -> None:
    assert masked(name) == shown


@pytest.mark.parametrize(
    "items",
    [
        FourItems("山田", "東栄町", date(1985, 3, 15), Sex.male),
        FourItems(None, None, None, None),
    ],
)
def test_what_is_kept_for_lines_answer_comes_back_as_it_was(items: FourItems) -> None:
    assert items_from_json(items_to_json(items)) == items
