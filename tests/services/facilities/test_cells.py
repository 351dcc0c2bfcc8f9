"""The dirt of single cells."""

import pytest

from services.facilities.cells import (
    Box,
    format_hours,
    normalise_code,
    parse_capacity,
    parse_flag,
    parse_position,
    tidy,
)

BOX = Box(south=37.25, north=37.62, west=139.80, east=140.12)


@pytest.mark.parametrize("text", ["1", "1.0", "１", "○", "◯", "〇", "true", "TRUE", "有", " 1 "])
def test_a_flag_is_set_in_all_its_spellings(text: str) -> None:
    assert parse_flag(text) is True


@pytest.mark.parametrize("text", ["", "0", "0.0", "×", "false", "無", "-", "　"])
def test_a_flag_is_not_set_in_all_its_spellings(text: str) -> None:
    assert parse_flag(text) is False


@pytest.mark.parametrize("text", ["2", "△", "一部", "要確認"])
def test_a_flag_that_says_neither_is_not_guessed(text: str) -> None:
    assert parse_flag(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("072028", "072028"),
        ("72028", "072028"),
        ("72028.0", "072028"),
        ("０７２０２８", "072028"),
        ("07202", "072028"),
        ("7202", "072028"),
        ("92011", "092011"),
        ("172022", "172022"),
        ("17202", "172022"),
        ("011002", "011002"),
    ],
)
def test_a_code_regains_its_zero_and_its_check_digit(text: str, code: str) -> None:
    assert normalise_code(text) == code


@pytest.mark.parametrize("text", ["072029", "会津若松市", "", "1", "0720281", "07-2028"])
def test_a_wrong_code_is_none(text: str) -> None:
    assert normalise_code(text) is None


def test_a_position_in_the_city_is_read_in_any_width() -> None:
    assert parse_position("３７．５", " 139.93 ", BOX) == (37.5, 139.93)


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("139.93", "37.5", "swapped"),
        ("0", "139.93", "is 0"),
        ("0.0", "0.0", "is 0"),
        ("", "139.93", "missing"),
        ("37度30分", "139.93", "not a number"),
        ("nan", "139.93", "outside"),
        ("35.68", "139.76", "outside"),
    ],
)
def test_an_impossible_position_has_its_reason(latitude: str, longitude: str, reason: str) -> None:
    position = parse_position(latitude, longitude, BOX)
    assert isinstance(position, str)
    assert reason in position


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("屋内191人／屋外0人(面積の1/2)", 191),
        ("屋内1,371人／屋外5,470人（面積の1/2）", 1371),
        ("屋内2,736人屋外11,700人（面積の1/2）", 2736),
        ("250", 250),
        ("1,200人", 1200),
        ("２５０名", 250),
        ("250.0", 250),
        ("約300人程度", None),
        ("体育館100人、教室200人", None),
        ("", None),
    ],
)
def test_a_capacity_is_a_number_only_where_it_is_clear(text: str, people: int | None) -> None:
    assert parse_capacity(text) == people


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("月火水木金", "08:30", "17:15", ""), "月〜金 8:30〜17:15"),
        (
            ("月火水木金土日", "09:00", "21:30", "年末年始は休み"),
            "毎日 9:00〜21:30（年末年始は休み）",
        ),
        (("月水金", "9:00", "17:00", ""), "月・水・金 9:00〜17:00"),
        (("土日", "9:00:00", "17:00:00", ""), "土・日 9:00〜17:00"),
        (("月火水木金土日", "00:00", "24:00", ""), "毎日 24時間"),
        (("平日のみ", "", "", ""), "平日のみ"),
        (("", "", "", "要予約"), "要予約"),
        (("", "", "", ""), ""),
    ],
)
def test_hours_are_told_in_one_line(cells: tuple[str, str, str, str], line: str) -> None:
    assert format_hours(*cells) == line


def test_names_are_tidied_without_losing_japanese_brackets() -> None:
    assert tidy("鶴ケ城公園（鶴ケ城体育館）　") == "鶴ケ城公園（鶴ケ城体育館）"
    assert tidy("Ｌｉｆｅ希星") == "Life希星"
