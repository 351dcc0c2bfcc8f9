"""Kana in Latin letters, and one key for their spellings."""

import pytest

from kit.romaji import hepburn, latin_key


@pytest.mark.parametrize(
    ("kana", "latin"),
    [
        ("ギョウニンマチ", "gyouninmachi"),
        ("じょうさい", "jousai"),
        ("イッキマチ", "ikkimachi"),
        ("マッチ", "matchi"),
        ("オウギマチ", "ougimachi"),
        ("ビャッコ", "byakko"),
        ("ツツミ", "tsutsumi"),
        ("フジワラ", "fujiwara"),
        ("オートマチ", "ootomachi"),
        ("チュウオウ", "chuuou"),
    ],
)
def test_kana_become_hepburn(kana: str, latin: str) -> None:
    assert hepburn(kana) == latin


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gyōnin-machi", "gyouninmachi"),
        ("Gyonin Machi", "GYOUNIN-MATI"),
        ("Zyosai", "Jōsai"),
        ("Tuzumi", "Tsuzumi"),
        ("Omachi", "Ōmachi"),
        ("Oh-machi", "Ohmachi"),
        ("Shimbashi", "Shinbashi"),
        ("Fujiwara", "Huziwara"),
        ("Kyōwa", "Kyowa"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert latin_key(one) == latin_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Josai", "Johoku"), ("Hata", "Hatta"), ("Ikki", "Iki")]
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert latin_key(one) != latin_key(other)
