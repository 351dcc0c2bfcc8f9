"""Days in residents' words. Today is Monday, 30 November 2026, unless a test says another day."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from kit.day_patterns import Span
from kit.days import Days, days_in, read_days, without_days
from kit.settings import ROOT

TODAY = date(2026, 11, 30)
EVALUATION = ROOT / "nlu" / "evaluation" / "dates.jsonl"
FLOOR = 0.95


def _days(days: Days) -> str:
    found: set[date] = set()
    for span in days.spans:
        found |= {span.first + timedelta(n) for n in range((span.last - span.first).days + 1)}
    return " ".join(day.isoformat()[5:] for day in sorted(found))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("明日と土曜のごみ", "12-01 12-05"),
        ("きょう、あした、あさって", "11-30 12-01 12-02"),
        ("3日と10日どっちも", "12-03 12-10"),
        ("5、6日", "12-05 12-06"),
        ("12/28から12/30まで", "12-28 12-29 12-30"),
        ("水曜から金曜", "12-02 12-03 12-04"),
        ("明日から二日間", "12-01 12-02"),
        ("再来週の火", "12-15"),
        ("第3水曜は", "12-16"),
        ("来月の第1月曜", "12-07"),
        ("大みそか", "12-31"),
        ("クリスマスイブ", "12-24"),
        ("勤労感謝の日", "11-23"),
        ("next friday", "12-11"),
        ("明天呢", "12-01"),
        ("amanhã", "12-01"),
    ],
)
def test_lists_spans_and_named_days_are_read(text: str, days: str) -> None:
    assert _days(read_days(text, TODAY)) == days


@pytest.mark.parametrize(
    "text", ["2月30日は", "9/31", "十一月三十一日", "13月1日", "2027年2月29日"]
)
def test_days_that_do_not_exist_are_said_so(text: str) -> None:
    days = read_days(text, TODAY)
    assert days.missing
    assert not days.spans


@pytest.mark.parametrize(
    "text", ["毎週木曜", "3日間留守", "7日以内", "2丁目", "八日町です", "日曜大工", "20時に通知"]
)
def test_numbers_and_signs_that_name_no_day_are_left_alone(text: str) -> None:
    assert read_days(text, TODAY) == Days()


def test_the_end_of_a_span_may_lie_in_the_next_year() -> None:
    assert read_days("年末年始", TODAY).spans == (Span(date(2026, 12, 29), date(2027, 1, 3)),)


def test_what_remains_without_the_days_can_be_looked_at() -> None:
    assert without_days("城西の明日と12/9", TODAY).split() == ["城西の", "と"]


def test_sentences_of_other_hands_are_read_as_they_were_meant() -> None:
    lines = Path(EVALUATION).read_text(encoding="utf-8").splitlines()
    right = 0
    for line in map(json.loads, lines):
        read = read_days(line["text"], date.fromisoformat(line["today"]))
        found: list[str] = []
        for span in read.spans:
            found += [
                (span.first + timedelta(n)).isoformat()
                for n in range((span.last - span.first).days + 1)
            ]
        got = "invalid" if read.missing and not found else sorted(set(found)) or "none"
        right += got == line["dates"]
    assert right / len(lines) >= FLOOR


def test_where_a_day_is_named_is_known() -> None:
    words = "明日か12月3日に"
    assert [words[start:end] for start, end, _ in days_in(words, TODAY)] == ["明日", "12月3日"]
