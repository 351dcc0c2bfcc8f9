"""One spelling for names, with the way back to the text as written."""

import pytest

from kit.spelling import spell, spelling_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙田町", "高田町"),
        ("磯﨑", "磯崎"),
        ("渡邉町", "渡辺町"),
        ("條南町", "条南町"),
        ("荒舘", "荒館"),
        ("會津", "会津"),
        ("鹤城", "鶴城"),
        ("花見ヶ丘", "花見が丘"),
        ("花見ケ丘", "花見ヵ丘"),
        ("四ツ谷", "四ッ谷"),
        ("徒之町", "徒の町"),
        ("ｲｯｷ", "いっき"),
        ("ガ", "か\u3099"),
        ("きたあいづ", "きたあいず"),
        ("２ー３", "2－3"),
        ("1〜2", "1～2"),
        ("いっき まち", "いっきまち"),
        ("い\u200bっき", "いっき"),
    ],
)
def test_spellings_of_one_name_compare_equal(one: str, other: str) -> None:
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("一箕", "一着"), ("城西", "城北"), ("かき", "がき"), ("コーヒー", "コヒ")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


def test_a_joint_is_one_only_between_kanji() -> None:
    assert spelling_key("一箕がいい") == "一箕がいい"
    assert spelling_key("これって") == "これって"
    assert spelling_key("ケーキ") == "けーき"


def test_letters_lead_back_to_where_they_stood() -> None:
    text = " ｶﾞｸ 鶴　城"
    spelled = spell(text)
    assert spelled.text == "がく鶴城"
    assert spelled.breaks == {0, 2, 3}
    assert text[slice(*spelled.span(0, 2))] == "ｶﾞｸ"
    assert text[slice(*spelled.span(2, 4))] == "鶴　城"
    assert spelled.is_katakana(0)
    assert not spelled.is_katakana(2)


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "゛", "\u3099", "㍿", "ﷺ"])
def test_strange_texts_keep_their_places(text: str) -> None:
    spelled = spell(text)
    assert len(spelled.text) == len(spelled.starts) == len(spelled.ends)
    assert all(
        0 <= start < end <= len(text)
        for start, end in zip(spelled.starts, spelled.ends, strict=True)
    )
