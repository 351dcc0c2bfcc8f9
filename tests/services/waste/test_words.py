"""Days and times of day in residents' words. Today is Tuesday, 24 November 2026."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.day_patterns import Span
from services.waste.parsing import parse_days, parse_time, wants_to_stop

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("今日は何ごみ", "2026-11-24", None),
        ("明日は何のごみの日ですか", "2026-11-25", None),
        ("あしたもえるごみある？", "2026-11-25", None),
        ("あすの朝は", "2026-11-25", None),
        ("明後日", "2026-11-26", None),
        ("しあさっての分", "2026-11-27", None),
        ("三日後のごみ", "2026-11-27", None),
        ("水曜日に出せるのは", "2026-11-25", None),
        ("火曜は", "2026-11-24", None),
        ("月曜の朝", "2026-11-30", None),
        ("来週の水曜日", "2026-12-02", None),
        ("再来週の火曜日", "2026-12-08", None),
        ("来週の収集", "2026-11-30", "2026-12-06"),
        ("今週の資源ごみ", "2026-11-24", "2026-11-29"),
        ("週末", "2026-11-28", "2026-11-29"),
        ("１２月２０日", "2026-12-20", None),
        ("十二月二十日", "2026-12-20", None),
        ("12/31は出せる？", "2026-12-31", None),
        ("1月4日って燃えるごみの日？", "2027-01-04", None),
        ("31日は収集ありますか", "2026-12-31", None),
        ("20日は", "2026-12-20", None),
        ("2月29日", None, None),
        ("大みそか", "2026-12-31", None),
        ("元日は収集ありますか", "2027-01-01", None),
        ("年末年始のごみ", "2026-12-29", "2027-01-03"),
        ("12月の粗大ごみの予定", "2026-12-01", "2026-12-31"),
        ("来月の危険ごみ", "2026-12-01", "2026-12-31"),
        ("今月の古紙", "2026-11-24", "2026-11-30"),
        ("次の粗大ごみ", None, None),
        ("第2火曜なの？", "2026-12-08", None),
        ("毎週木曜ですか", None, None),
        ("アスパラの袋の日", None, None),
        ("何曜日ですか", None, None),
    ],
)
def test_days_are_read_as_residents_mean_them(
    text: str, first: str | None, last: str | None
) -> None:
    expected = None
    if first:
        expected = Span(date.fromisoformat(first), date.fromisoformat(last or first))
    assert parse_days(text, TODAY) == expected


def test_early_in_january_the_turn_of_the_year_is_the_one_under_way() -> None:
    assert parse_days("年始はいつから", date(2027, 1, 2)) == Span(
        date(2027, 1, 1), date(2027, 1, 3)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("夜8時に教えて", time(20)),
        ("20時半", time(20, 30)),
        ("２１：００", time(21)),
        ("午後7時15分", time(19, 15)),
        ("翌朝6:30", time(6, 30)),
        ("朝六時半", time(6, 30)),
        ("よるのくじ", time(21)),
        ("二十時", time(20)),
        ("夕方17時", time(17)),
        ("24時", time(0)),
        ("夜12時", time(0)),
        ("お昼の12時", time(12)),
        ("午後12時30分", time(12, 30)),
        ("20時30分じゃなくて21時", time(21)),
        ("いや、21時にして", time(21)),
        ("20時30分、いや、21時にして", time(21)),
        ("20時、やっぱり19時で", time(19)),
        ("夜8時じゃなくて朝6時", time(6)),
        ("夜8時じゃなくて9時", time(21)),
        ("21時に、城西じゃなくて門田です", time(21)),
        ("20時じゃなくて", None),
        ("深夜2時", time(2)),
        ("夜中の3時", time(3)),
        ("深夜0時", time(0)),
        ("深夜11時", time(23)),
        ("夜5時", time(17)),
        ("昼の2時", time(14)),
        ("昼の11時", time(11)),
        ("午後11時", time(23)),
        ("remind me at 8pm", time(20)),
        ("actually 7 a.m. same day", time(7)),
        ("8:30 p.m.", time(20, 30)),
        ("晚上8点半提醒我", time(20, 30)),
        ("8 giờ tối", time(20)),
        ("às 20h", time(20)),
        ("às 8h da noite", time(20)),
        ("20時間前", None),
        ("8時", None),
        ("25時", None),
        ("お願いします", None),
    ],
)
def test_times_are_read_and_ambiguous_ones_are_not_guessed(
    text: str, expected: time | None
) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明日じゃなくて今日", TODAY),
        ("今日じゃなくて明日のごみ", TODAY + timedelta(days=1)),
        ("明日の、燃えるごみじゃなくてプラは？", TODAY + timedelta(days=1)),
    ],
)
def test_a_day_that_is_taken_back_is_not_meant(text: str, day: date) -> None:
    assert parse_days(text, TODAY) == Span(day, day)


@pytest.mark.parametrize("text", ["ごみの通知をやめたい", "お知らせ停止", "もういらない", "オフ"])
def test_wishes_to_stop_are_recognised(text: str) -> None:
    assert wants_to_stop(text)


@pytest.mark.parametrize("text", ["夜8時に教えて", "前日に知らせて", "通知をお願いします"])
def test_other_wishes_do_not_stop_anything(text: str) -> None:
    assert not wants_to_stop(text)


@given(st.text(max_size=60), st.dates(date(2020, 1, 1), date(2090, 12, 31)))
def test_any_words_are_read_without_failing(text: str, today: date) -> None:
    span = parse_days(text, today)
    assert span is None or today <= span.last
    assert span is None or span.first <= span.last
    parse_time(text)


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["月", "/"]), st.dates(TODAY, TODAY))
def test_impossible_days_are_nobodys_day(month: int, day: int, mark: str, today: date) -> None:
    span = parse_days(f"{month}{mark}{day}日のごみ", today)
    assert span is None or span.last >= today


def test_the_shortest_ways_to_name_a_day_are_read(shared: Path) -> None:
    asked = (shared / "cases/data/18-day-asked-briefly/asks.txt").read_text(encoding="utf-8")
    day = date(2026, 12, 9)
    assert {parse_days(text, date(2026, 11, 30)) for text in asked.splitlines()} == {Span(day, day)}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027年1月4日のごみは", date(2027, 1, 4)),
        ("2025/12/9は何のごみだった？", date(2025, 12, 9)),
        ("２０２８年２月２９日", date(2028, 2, 29)),
    ],
)
def test_a_year_that_is_named_is_meant(text: str, day: date) -> None:
    assert parse_days(text, date(2026, 11, 30)) == Span(day, day)
