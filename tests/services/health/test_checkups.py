"""Which health checks a child has still to come to, by the city's own ages."""

from datetime import date
from pathlib import Path

import pytest

from kit.settings import ROOT
from kit.tables import ImportReport
from services.health.checkups import CHECK_AGES, CheckAge, due_checks, read_check_ages
from services.health.contract import Vaccination
from services.health.due_list import due_items

BORN = date(2024, 9, 18)
HEAD = "健診,別の名前,月齢から,標準の月齢まで,月齢まで\n"


def demonstration() -> tuple[CheckAge, ...]:
    report = ImportReport("health")
    ages = read_check_ages(ROOT / "city/aizuwakamatsu/health", report)
    assert report.ok
    return ages


def due(on: str, *had: str) -> list[str]:
    found = due_checks(demonstration(), BORN, had, date.fromisoformat(on))
    return [f"{item.what} {item.state}" for item in found]


@pytest.mark.parametrize(
    ("on", "state"),
    [
        # One and a half is reached on the day before: 2026-03-17.
        ("2026-02-14", ""),
        ("2026-02-15", "due_soon"),
        ("2026-03-16", "due_soon"),
        ("2026-03-17", "due"),
        ("2026-05-17", "due"),
        ("2026-05-18", "overdue"),
        ("2026-09-17", "overdue"),
        ("2026-09-18", ""),
    ],
)
def test_a_check_is_due_from_its_age_to_the_last_day_of_it(on: str, state: str) -> None:
    assert due(on) == ([f"1歳6か月児健康診査 {state}"] if state else [])


@pytest.mark.parametrize(
    "name", ["1歳6か月児健康診査", "１歳６ヶ月児健診", "1歳6カ月健診", "1歳 6か月 児健康診断"]
)
def test_a_check_that_was_made_is_not_due_however_it_is_written(name: str) -> None:
    assert due("2026-04-01", name) == []
    assert due("2026-04-01", "3歳児健康診査") == ["1歳6か月児健康診査 due"]


@pytest.mark.parametrize(
    "row", ["1歳児健診,,12,6,14", "1歳児健診,,十二,13,14", ",,12,13,14", "1歳児健診,,12,13,999"]
)
def test_ages_that_cannot_be_are_refused_by_line(row: str, tmp_path: Path) -> None:
    (tmp_path / CHECK_AGES).write_text(HEAD + row + "\n", encoding="utf-8")
    report = ImportReport("health")
    assert read_check_ages(tmp_path, report) == ()
    assert [problem.line for problem in report.problems] == [2]


def test_a_city_without_the_file_lists_vaccinations_alone(tmp_path: Path) -> None:
    assert read_check_ages(tmp_path, ImportReport("health")) == ()


def test_a_record_that_contradicts_itself_is_one_line_to_look_at_and_its_checks_stay() -> None:
    before_birth = Vaccination(vaccine="BCG", date="2020-01-01")
    on = date(2026, 4, 1)
    found = due_items(BORN, "female", [before_birth], demonstration(), on)
    assert [(item.what, item.state) for item in found] == [
        ("", "ask"),
        ("1歳6か月児健康診査", "due"),
    ]
