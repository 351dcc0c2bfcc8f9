"""Names are folded to one spelling for comparison."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.text import Folded, fold_name, kanji_number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙田町", "高田町"),
        ("磯﨑", "磯崎"),
        ("渡邊", "渡邉"),
        ("霞ヶ関", "霞が関"),
        ("霞ケ関", "霞ヶ関"),
        ("四ツ谷", "四ッ谷"),
        ("久ノ浜", "久之浜"),
        ("塚口町１丁目", "塚口町一丁目"),
        ("荒舘", "荒館"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_a_number_in_a_name_stays_unless_it_counts_blocks() -> None:
    assert fold_name("一の坂町") == "一の坂町"
    assert fold_name("上目黒二十一丁目") == "上目黒21丁目"


@pytest.mark.parametrize(("text", "value"), [("十", 10), ("二十一", 21), ("二〇", 20), ("九", 9)])
def test_numbers_in_kanji_are_read(text: str, value: int) -> None:
    assert kanji_number(text) == value


@given(st.text(max_size=60))
def test_any_text_can_be_folded(text: str) -> None:
    fold_name(text)


def test_folded_words_know_how_they_were_written() -> None:
    words = Folded("ﾊﾟｰﾄと　３０歳").replaced(re.compile(r"\s+"), lambda _: "")
    assert words.words == "ぱーとと30歳"
    assert words.as_written(0, 3) == "ﾊﾟｰﾄ"
    assert words.as_written(4, 7) == "３０歳"


def test_a_replaced_number_is_written_as_it_was() -> None:
    words = Folded("二十一日に会う").replaced(re.compile("二十一"), lambda _: "21")
    assert words.words == "21日に会う"
    assert words.as_written(0, 3) == "二十一日"


@given(st.text())
def test_whatever_was_written_comes_back_whole(text: str) -> None:
    words = Folded(text)
    assert words.as_written(0, len(words.words)) == text
