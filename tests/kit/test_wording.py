"""Sentences in the language that is spoken, dates and enumerations included."""

from datetime import date, time
from pathlib import Path

import pytest

from kit.wording import (
    LOCALES,
    clock_words,
    day_words,
    language,
    listed,
    load_wording,
    month_day_words,
    spoken_in,
    translated,
)

DAY = date(2026, 11, 24)


def test_japanese_is_spoken_where_nothing_else_is_said() -> None:
    assert language() == "ja"
    assert translated("ごみの日") == "ごみの日"


def test_a_sentence_is_said_in_the_language_of_the_block() -> None:
    with spoken_in(load_wording("en")):
        assert translated("ごみの日") == "Garbage days"
        with spoken_in(load_wording("ja")):
            assert translated("ごみの日") == "ごみの日"
        assert language() == "en"
    assert language() == "ja"


def test_placeholders_are_filled_after_the_translation() -> None:
    with spoken_in(load_wording("pt")):
        said = translated("{area}の次の収集日です。", area="城西 {x}")
    assert said == "城西 {x}: próximos dias de coleta."


def test_braces_in_a_text_without_placeholders_are_left_alone() -> None:
    assert translated("{{7*7}}") == "{{7*7}}"


def test_a_text_of_several_sentences_is_taken_line_by_line() -> None:
    with spoken_in(load_wording("en")):
        assert translated("次の収集\n城西") == "Next collections\n城西"


def test_a_folder_of_the_citys_own_adds_to_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text('msgid "花の日"\nmsgstr "Flower day"\n', encoding="utf-8")
    with spoken_in(load_wording("en", tmp_path)):
        assert translated("花の日") == "Flower day"
        assert translated("ごみの日") == "Garbage days"


@pytest.mark.parametrize(
    ("spoken", "day", "month_day", "clock", "both"),
    [
        ("ja", "11月24日(火)", "11月24日", "20時30分", "洪水・地震"),
        ("easy", "11月24日(火)", "11月24日", "20時30分", "洪水（こうずい）・じしん"),
        ("en", "Tue, Nov 24", "Nov 24", "8:30 PM", "Flood, Earthquake"),
        ("zh", "11月24日周二", "11月24日", "20:30", "洪水、地震"),
        ("vi", "Thứ 3, 24 thg 11", "24 thg 11", "20:30", "Lũ lụt, Động đất"),
        ("pt", "ter., 24 de nov.", "24 de nov.", "20:30", "Enchente, Terremoto"),
    ],
)
def test_days_times_and_lists_are_said_as_readers_write_them(
    spoken: str, day: str, month_day: str, clock: str, both: str
) -> None:
    with spoken_in(load_wording(spoken)):
        assert day_words(DAY) == day
        assert month_day_words(DAY) == month_day
        assert clock_words(time(20, 30)) == clock
        assert listed(["洪水", "地震"], "・") == both


def test_a_full_hour_is_said_without_minutes_in_japanese() -> None:
    assert clock_words(time(8)) == "8時"


def test_there_are_six_languages() -> None:
    assert list(LOCALES) == ["ja", "easy", "en", "zh", "vi", "pt"]
