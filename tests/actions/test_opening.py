"""When a facility is open, read from the line on its card."""

from datetime import date, datetime, time

import jpholiday
import pytest

from actions.city import load_city
from actions.facilities.elsewhere_parsing import NAMES, elsewhere
from actions.facilities.hours_parsing import (
    asks_opening,
    names_only_a_day,
    next_open,
    on_day,
    read_opening,
    state_at,
)
from actions.facilities.messages import not_ours
from actions.matters.nouns_parsing import has_its_noun
from actions.talking.farewell_parsing import is_farewell, tells_personal_data
from kit.settings import Settings

LIBRARY = "火〜日 9:00〜19:00（土日祝は18:00まで。月曜・年末年始は休み）"
OFFICE = "月〜金 8:30〜17:15（祝日・年末年始は休み）"
GYM = "毎日 9:00〜21:00（毎月第3月曜・年末年始は休み）"
YEAR_END = load_city(Settings(environment="test").city_dir).general_desk.closed_on


@pytest.mark.parametrize(
    ("line", "day", "closes", "reason"),
    [
        (LIBRARY, date(2026, 12, 1), time(19), ""),
        (LIBRARY, date(2026, 11, 30), None, "weekday"),
        (LIBRARY, date(2026, 12, 5), time(18), ""),
        (LIBRARY, date(2026, 12, 29), None, "year_end"),
        (OFFICE, date(2026, 11, 23), None, "holiday"),
        (OFFICE, date(2026, 12, 5), None, "weekday"),
        (OFFICE, date(2026, 12, 28), time(17, 15), ""),
        (OFFICE, date(2027, 1, 3), None, "year_end"),
        (GYM, date(2026, 12, 21), None, "weekday"),
        (GYM, date(2026, 12, 14), time(21), ""),
    ],
)
def test_weekly_days_holidays_and_the_turn_of_the_year_close_a_place(
    line: str, day: date, closes: time | None, reason: str
) -> None:
    opening = read_opening(line)
    assert opening is not None
    found = on_day(opening, day, jpholiday.is_holiday, YEAR_END)
    assert (found.closes, found.reason) == (closes, reason)
    assert found.is_open == (not reason)


def test_after_the_turn_of_the_year_the_next_open_day_is_named() -> None:
    opening = read_opening(LIBRARY)
    assert opening is not None
    found = next_open(opening, date(2026, 12, 29), jpholiday.is_holiday, YEAR_END)
    assert found is not None
    assert found.day == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("hour", "state"), [(8, "before"), (9, "open"), (18, "open"), (19, "after")]
)
def test_the_hour_decides_whether_it_is_open_now(hour: int, state: str) -> None:
    opening = read_opening(LIBRARY)
    assert opening is not None
    day = on_day(opening, date(2026, 12, 1), jpholiday.is_holiday, YEAR_END)
    assert state_at(day, datetime(2026, 12, 1, hour)) == state


def test_a_bare_day_is_told_from_a_question() -> None:
    assert names_only_a_day("土曜は？")
    assert not names_only_a_day("土曜のごみは？")


def test_a_line_that_tells_no_hours_is_not_guessed_at() -> None:
    assert read_opening("お問い合わせください") is None
    assert read_opening("") is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("図書館は何時まで", True),
        ("今日あいてる？", True),
        ("is it open on sunday", True),
        ("図書館はどこ", False),
        ("本を借りたい", False),
    ],
)
def test_words_about_hours_are_told_from_others(text: str, asks: bool) -> None:
    assert asks_opening(text) is asks


@pytest.mark.parametrize(
    ("intent", "text", "has"),
    [
        ("ask_nursery_vacancy", "今日空いてる？", False),
        ("ask_nursery_vacancy", "1歳の空きのある保育園", True),
        ("apply_nursery", "介護の申し込み", False),
        ("ask_oncall_clinic", "今日診てくれるとこ", True),
        ("view_checkup_record", "結果を見たい", False),
        ("ask_waste_day", "明日", True),
        ("apply_nursery", "/apply_nursery", True),
    ],
)
def test_a_skill_needs_its_own_noun(intent: str, text: str, has: bool) -> None:
    assert has_its_noun(intent, text) is has


def test_every_kind_of_place_elsewhere_has_its_words() -> None:
    assert elsewhere("一番近いコンビニは？") == "convenience"
    assert elsewhere("図書館") == ""
    assert all("市の施設ではない" in not_ours(kind).text for kind in NAMES)


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("もういいわ", True),
        ("やっぱりやめとく", True),
        ("no thanks", True),
        ("図書館はいいですか", False),
        ("やめる手続きは", False),
    ],
)
def test_a_farewell_is_told_from_a_question(text: str, leaves: bool) -> None:
    assert is_farewell(text) is leaves


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("080-1234-5678です", True),
        ("1234 5678 9012", True),
        ("0242-39-1111", False),
        ("12/9", False),
    ],
)
def test_a_number_that_belongs_nowhere_in_a_talk_is_seen(text: str, tells: bool) -> None:
    assert tells_personal_data(text) is tells
