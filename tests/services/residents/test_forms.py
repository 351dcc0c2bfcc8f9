"""Names and addresses are equal however they are written, and differ where people differ."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.residents.characters import FOLDED
from services.residents.normal_forms import address_form, name_form, resembles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋　邦夫", "高橋 邦夫"),
        ("渡邊 惠子", "渡辺恵子"),
        ("渡邉 惠子", "渡辺恵子"),
        ("山﨑 亮", "山崎　亮"),
        ("NGUYEN THI MAI", "Ｎｇｕｙｅｎ　Ｔｈｉ Mai"),
        ("ｻﾄｳ ﾛｰｽﾞ", "サトウ　ロ－ズ"),
        ("辻󠄀 神", "辻 神"),
        ("サ゛ビエル マリア", "ザビエル マリア"),
        ("𠮷田 德", "吉田 徳"),
    ],
)
def test_one_name_written_in_two_ways(one: str, other: str) -> None:
    assert name_form(one) == name_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("斎藤", "斉藤"),
        ("佐藤 キヨ", "佐藤 きよ"),
        ("伊藤 大輔", "伊藤 大介"),
        ("大坂", "大阪"),
    ],
)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert name_form(one) != name_form(other)


@pytest.mark.parametrize(
    "written",
    [
        "福島県会津若松市中央一丁目99番1号",
        "福島県会津若松市中央１丁目９９番１号",
        "会津若松市中央1-99-1",
        "会津若松市中央１－９９－１",
        "会津若松市中央１ー９９ー１",
        "会津若松市 中央一丁目九十九番一号",
        "会津若松市中央一丁目九九番地一",
        "会津若松市中央一－九九－一",
        "會津若松市中央1丁目99番地の1",
    ],
)
def test_one_lot_with_a_block_number(written: str) -> None:
    assert address_form(written) == "会津若松市中央1-99-1"


@pytest.mark.parametrize(
    "written",
    [
        "福島県会津若松市一箕町大字亀賀字藤原999番地の3",
        "会津若松市一箕町大字亀賀字藤原９９９番地３",
        "会津若松市一箕町亀賀字藤原999-3",
        "会津若松市一箕町亀賀藤原999の3",
        "会津若松市一箕町大字亀賀字藤原九百九十九番地の三",
        "会津若松市一箕町大字亀賀字藤原九百九十九の三",
    ],
)
def test_one_lot_in_a_village_of_old(written: str) -> None:
    assert address_form(written) == "会津若松市一箕町亀賀藤原999-3"


def test_rooms_and_small_kana_of_place_names() -> None:
    assert address_form("扇町99番地5 コーポ会津１０１号室") == address_form("扇町99-5コ－ポ会津101")
    assert address_form("鶴ヶ城の里3番") == address_form("鶴ケ城ノ里3")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中央一丁目99番1号", "中央一丁目9番91号"),
        ("中央一丁目1番11号", "中央一丁目11番1号"),
        ("中央一丁目99番1号", "中央二丁目99番1号"),
        ("三本松1番", "本松31番"),
        ("扇町99番地5", "扇町99番地"),
        ("扇町99番地5 101号室", "扇町99番地5 102号室"),
    ],
)
def test_two_lots_stay_two(one: str, other: str) -> None:
    assert address_form(one) != address_form(other)


def test_a_place_whose_name_is_a_number_keeps_it() -> None:
    assert address_form("会津若松市一箕町三本松2番地") == "会津若松市一箕町三本松2"


def test_characters_that_the_card_could_not_write_are_left_open() -> None:
    full = name_form("髙橋 邦夫")
    assert resembles(name_form("〓橋　邦夫"), full)
    assert resembles(full, name_form("＊橋　邦夫"))
    assert not resembles(name_form("〓橋 邦男"), full)
    assert not resembles(name_form("〓橋 邦"), full)
    assert not resembles(name_form("〓〓〓夫"), full), "a name of blanks would be a guess"


@given(st.text(max_size=40))
@example("U¨")
def test_a_form_is_a_form_already(text: str) -> None:
    assert name_form(name_form(text)) == name_form(text)


@given(st.integers(1, 9), st.integers(1, 999), st.integers(1, 99))
def test_any_lot_is_read_in_digits_and_kanji(town: int, block: int, house: int) -> None:
    def kanji(number: int) -> str:
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))

    spoken = f"城北町{kanji(town)}丁目{kanji(block)}番{kanji(house)}号"
    assert address_form(spoken) == address_form(f"城北町{town}-{block}-{house}")


def test_no_character_is_folded_twice() -> None:
    assert not {ord(to) for to in FOLDED.values()} & FOLDED.keys()
