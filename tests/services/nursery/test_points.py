"""Points are data: a worked example per row, and two real shapes of tables that share no code."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.nursery.points import Application, PointsTable, Row, calculate, open_questions
from services.nursery.points_table import PointsTableError, load_points_table, read_points_table

CITY = Path(__file__).parents[3] / "city/aizuwakamatsu/nursery/points.toml"
HERE = Path(__file__).parent / "tables"


def table(path: Path) -> PointsTable:
    return load_points_table(path)


TABLES = {
    "city": table(CITY),
    "saitama": table(HERE / "saitama.toml"),
    "yokohama": table(HERE / "yokohama.toml"),
}
BASIC = [(name, row) for name, each in TABLES.items() for row in each.basic]
ADJUSTMENTS = [(name, row) for name, each in TABLES.items() for row in each.adjustments]


@pytest.mark.parametrize(("name", "row"), BASIC, ids=lambda each: getattr(each, "id", each))
def test_the_worked_example_of_a_basic_row_gives_its_points(name: str, row: Row) -> None:
    points = calculate(TABLES[name], Application((row.example,), {}))
    assert [line.row.id for line in points.lines] == [row.id]
    assert points.base == row.points * TABLES[name].scale


@pytest.mark.parametrize(("name", "row"), ADJUSTMENTS, ids=lambda each: getattr(each, "id", each))
def test_the_worked_example_of_an_adjustment_gives_its_points(name: str, row: Row) -> None:
    points = calculate(TABLES[name], Application((), row.example))
    line = next(line for line in points.lines if line.row.id == row.id)
    where = None if row.at is None else str(row.example[row.at])
    assert (line.points, line.nursery) == (row.points, where)
    assert points.at(where or "anywhere") == sum(each.points for each in points.lines)


def full_time() -> dict[str, Any]:
    return {"reason": "work", "hours_per_month": 168, "days_per_week": 5, "hours_per_day": 8}


def test_saitama_adds_both_parents_and_adjustments() -> None:
    household: dict[str, Any] = {"grandparents": "elsewhere", "returns_from_leave": True}
    points = calculate(TABLES["saitama"], Application((full_time(), full_time()), household))
    assert points.base == 26 + 26 + 4 + 6


def test_yokohama_takes_the_lower_class_of_the_two_before_any_adjustment() -> None:
    part_time: dict[str, Any] = {"reason": "work", "hours_per_month": 70}
    both = calculate(TABLES["yokohama"], Application((full_time(), full_time()), {}))
    household: dict[str, Any] = {
        "single_parent": True,
        "care_now": "unlicensed",
        "siblings": "together",
    }
    one = calculate(TABLES["yokohama"], Application((full_time(), part_time), household))
    assert one.base < both.base
    assert one.base == 4 * 100 + 5 + 3 + 2


def test_of_a_group_only_the_best_row_counts() -> None:
    household: dict[str, Any] = {
        "siblings": "enrolled",
        "sibling_nursery": "A",
        "multiple_birth": True,
    }
    points = calculate(TABLES["yokohama"], Application((), household))
    assert [line.row.group for line in points.lines].count("siblings") == 1


def test_points_of_an_older_sibling_count_at_its_nursery_only() -> None:
    household: dict[str, Any] = {"sibling_enrolled": True, "sibling_nursery": "A"}
    points = calculate(TABLES["city"], Application((full_time(), full_time()), household))
    assert (points.at("A"), points.at("B")) == (44, 40)


def test_among_equals_the_tie_table_decides_in_its_order() -> None:
    def tie(**household: Any) -> tuple[float, ...]:
        return calculate(TABLES["city"], Application((), household)).tie

    poor, rich = tie(municipal_tax=100), tie(municipal_tax=90_000)
    alone = tie(single_parent=True, municipal_tax=90_000)
    assert alone < poor < rich < tie()


def test_a_parent_without_a_reason_gets_nothing() -> None:
    assert calculate(TABLES["city"], Application((full_time(), {}), {})).base == 20
    assert calculate(TABLES["yokohama"], Application((full_time(), {}), {})).base == 0


def test_only_what_can_still_matter_is_asked() -> None:
    city = TABLES["city"]
    asked = open_questions(city, Application(({},), {}))
    assert (0, "reason") in asked
    assert (0, "hours_per_month") not in asked
    working = open_questions(city, Application(({"reason": "work"},), {}))
    assert (0, "hours_per_month") in working
    assert (0, "degree") not in working
    looking = open_questions(city, Application(({"reason": "search"},), {}))
    assert not [fact for parent, fact in looking if parent == 0]
    assert (None, "sibling_nursery") not in looking
    enrolled = open_questions(city, Application((), {"sibling_enrolled": True}))
    assert (None, "sibling_nursery") in enrolled


def test_every_fact_of_the_city_has_a_question_and_its_options_cover_the_values() -> None:
    city = TABLES["city"]
    questions = {question.fact: question for question in city.questions}
    rows = [row.when for row in (*city.basic, *city.adjustments)]
    rows += [rule.when for rule in city.ties]
    for condition in (each for when in rows for each in when):
        options = {value for value, _ in questions[condition.fact].options}
        assert set(condition.values) <= options


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"combine": "average"}, "combine must be one of sum, lowest."),
        ({"fiscal_year": "2026"}, "fiscal_year must be a year."),
        ({"scale": 0}, "scale must be a whole number of 1 or more."),
        ({"basic": []}, "basic needs at least one row."),
        ({"source": ""}, "the table: source must be a text."),
        (
            {"basic": [{"id": "a", "label": "x", "points": 1.5}]},
            "basic 'a': points must be a whole",
        ),
        ({"basic": [{"id": "a", "label": "x", "points": 1}]}, "basic 'a': when must be a table"),
        (
            {"basic": [{"id": "a", "label": "x", "points": 1, "when": {"h": {"over": 3}}}]},
            "basic 'a': h may have min and max, nothing else.",
        ),
        ({"ties": [{"id": "t", "label": "x"}]}, "ties 't': needs either when or fact."),
        ({"questions": [{"fact": "q", "about": "dog"}]}, "questions 'q': about must be parent"),
    ],
)
def test_a_fault_of_a_table_is_named(change: dict[str, Any], sentence: str) -> None:
    document = tomllib.loads(CITY.read_text()) | change
    with pytest.raises(PointsTableError) as caught:
        read_points_table(document)
    assert caught.value.message.startswith(sentence)


def test_a_row_that_stands_twice_is_named() -> None:
    document = tomllib.loads(CITY.read_text())
    document["basic"].append(document["basic"][0])
    with pytest.raises(PointsTableError, match="basic: the id 'work-160' is used twice"):
        read_points_table(document)
