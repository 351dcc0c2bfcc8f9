"""DATE: the worked examples of `data/date_vectors.csv`, by the kind of reckoning."""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.health.dates import (
    after_days,
    after_months,
    after_months_and_a_half,
    parse_day,
    parse_month,
    reach,
)
from services.health.pregnancy import rsv_window
from services.health.rules import parse_bound

VECTORS = Path(__file__).parent / "data" / "date_vectors.csv"


def _rows() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _start(text: str) -> date:
    found = re.search(r"\d{4}-\d{2}-\d{2}", text)
    assert found
    return date.fromisoformat(found.group())


def _number(text: str) -> int:
    rest = re.sub(r"\d{4}-\d{2}-\d{2}", "", text)
    found = re.search(r"\d+", rest)
    assert found
    return int(found.group())


def _bound(words: str, day: date) -> date:
    bound = parse_bound(words)
    assert bound
    return bound(day)


def _years(row: dict[str, str]) -> list[date]:
    return [reach(_start(row["input"]), 12 * _number(row["input"]))]


def _one_year(row: dict[str, str]) -> list[date]:
    return [reach(_start(row["input"]), 12)]


def _months(row: dict[str, str]) -> list[date]:
    return [reach(_start(row["input"]), _number(row["input"]))]


def _window(row: dict[str, str]) -> list[date]:
    first, last = re.findall(r"(\d+)m", row["input"])
    return [reach(_start(row["input"]), int(first)), reach(_start(row["input"]), int(last))]


def _days_gap(row: dict[str, str]) -> list[date]:
    return [after_days(_start(row["input"]), _number(row["input"]))]


def _months_gap(row: dict[str, str]) -> list[date]:
    return [after_months(_start(row["input"]), _number(row["input"]))]


def _half_gap(row: dict[str, str]) -> list[date]:
    return [after_months_and_a_half(_start(row["input"]), _number(row["input"]))]


def _rota(row: dict[str, str]) -> list[date]:
    found = re.search(r"(\d+)w(\d)d", row["input"])
    assert found
    days = 7 * int(found.group(1)) + int(found.group(2))
    return [_bound(f"{days}d", _start(row["input"]))]


def _school(row: dict[str, str]) -> list[date]:
    day = _start(row["input"])
    return [_bound("preschool start", day), _bound("preschool end", day)]


def _hpv(row: dict[str, str]) -> list[date]:
    day = _start(row["input"])
    return [_bound("fy12 start", day), _bound("fy16 end", day)]


def _rsv(row: dict[str, str]) -> list[date]:
    due = _start(row["input"])
    return [_bound("-84d", due), rsv_window(due)[1]]


READINGS: dict[str, Callable[[dict[str, str]], list[date]]] = {
    "reach_years": _years,
    "reach_years_leap": _years,
    "last_day_until_1y": _one_year,
    "first_day_from_1y": _one_year,
    "reach_months": _months,
    "reach_months_no_such_day": _months,
    "window_months": _window,
    "gap_days_min": _days_gap,
    "gap_days_max": _days_gap,
    "gap_months_min": _months_gap,
    "gap_months_min_leap": _months_gap,
    "gap_month_half_min": _half_gap,
    "rota_week_day": _rota,
    "mr2_window": _school,
    "hpv_window": _hpv,
    "rsv_maternal_window": _rsv,
}


def test_there_are_thirty_one_vectors() -> None:
    assert len(_rows()) == 31


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["id"])
def test_a_worked_example_comes_out_as_printed(row: dict[str, str]) -> None:
    expected = [date.fromisoformat(day) for day in row["expected"].split()]
    assert READINGS[row["kind"]](row) == expected


@pytest.mark.parametrize("year", range(1996, 2041, 4))
def test_a_child_born_on_a_leap_day_turns_each_age_at_the_end_of_february(year: int) -> None:
    birth = date(year, 2, 29)
    for age in range(1, 17):
        turned = reach(birth, 12 * age)
        assert turned == date(year + age, 2, 28)


def test_ages_rise_by_the_day_of_birth_and_never_skip_a_month() -> None:
    start = date(2023, 1, 1)
    for offset in range(800):
        birth = start + timedelta(days=offset)
        months = [reach(birth, month) for month in range(25)]
        assert months == sorted(set(months))
        assert reach(birth, 12) <= reach(birth + timedelta(days=1), 12)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-2-3", "20260203", "2026-W01-1", "", None, 7])
def test_only_a_real_day_written_in_full_is_a_day(text: object) -> None:
    assert parse_day(text) is None


def test_a_month_alone_has_a_first_and_a_last_day() -> None:
    assert parse_month("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert parse_month("2024-13") is None
