"""Lifecycle, priority, slipperiness and categories: the rules that have numbers in them."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from kit.errors import IllegalTransitionError, InvalidInputError
from services.snow.categories import merged, read_categories
from services.snow.lifecycle import OPEN, TRANSITIONS, Status, check_change
from services.snow.priority import DEFAULT_WEIGHTS, Circumstances, Weights, prioritised
from services.snow.slipperiness import Level, Outlook, check_temperature, forecast


def test_the_usual_life_of_a_report_is_allowed() -> None:
    life = [Status.RECEIVED, Status.CHECKING, Status.PLANNED, Status.WORKING, Status.DONE]
    for before, after in pairwise(life):
        check_change(before, after)
    check_change(Status.DONE, Status.CHECKING)


@pytest.mark.parametrize("status", list(Status))
def test_no_step_leads_to_itself_and_every_end_can_be_left(status: Status) -> None:
    assert status not in TRANSITIONS[status]
    assert TRANSITIONS[status]
    if status not in OPEN:
        assert TRANSITIONS[status] & OPEN


def test_a_finished_report_does_not_jump_back_into_work() -> None:
    with pytest.raises(IllegalTransitionError):
        check_change(Status.DONE, Status.WORKING)


def test_what_is_not_ours_names_who_has_it_now() -> None:
    with pytest.raises(InvalidInputError, match="引き継ぎ先"):
        check_change(Status.CHECKING, Status.NOT_OURS, handed_to=" ")
    check_change(Status.CHECKING, Status.NOT_OURS, handed_to="福島県")


def test_a_duplicate_names_another_report() -> None:
    for parent in ("", "S-1"):
        with pytest.raises(InvalidInputError, match="まとめる先"):
            check_change(Status.RECEIVED, Status.DUPLICATE, parent=parent, own="S-1")
    check_change(Status.RECEIVED, Status.DUPLICATE, parent="S-2", own="S-1")


def test_a_report_without_reasons_has_priority_one() -> None:
    priority = prioritised(Circumstances(), Weights())
    assert priority.value == 1
    assert priority.reason == "特別な理由なし"


WORSE = [
    {"severity": "impassable"},
    {"reporters": 2},
    {"road_class": "幹線"},
    {"school_route": True},
    {"care_household": True},
    {"forecast": Level.HIGH},
]


@pytest.mark.parametrize("change", WORSE)
def test_each_reason_raises_the_priority_and_is_named(change: dict[str, object]) -> None:
    priority = prioritised(Circumstances(**change), Weights())  # type: ignore[arg-type]
    assert priority.value > 1
    assert "×" in priority.reason


def test_the_priority_is_the_product_of_what_is_shown() -> None:
    facts = Circumstances("impassable", 4, "幹線", True, False, timedelta(hours=24), Level.MEDIUM)
    priority = prioritised(facts, Weights())
    assert priority.value == pytest.approx(3.0 * 2.0 * 1.5 * 1.5 * 0.5 * 1.2)
    assert priority.reason == (
        "歩けない ×3、4人が報告 ×2、幹線 ×1.5、通学路 ×1.5、24時間前 ×0.5、"
        "つるつる予報「滑りやすい」 ×1.2"
    )


def test_age_never_makes_a_report_vanish() -> None:
    old = prioritised(Circumstances(age=timedelta(days=30)), Weights())
    assert old.value == DEFAULT_WEIGHTS["freshness.lowest"]


def test_a_city_changes_the_weights_it_names() -> None:
    weights = Weights({"school_route": 4.0, "road.国道": 2.0})
    facts = Circumstances(school_route=True, road_class="国道")
    assert prioritised(facts, weights).value == 8


@pytest.mark.parametrize("values", [{"luck": 2.0}, {"school_route": 0.0}, {"road.x": float("nan")}])
def test_a_weight_that_makes_no_sense_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        Weights(values)


@pytest.mark.parametrize(
    ("outlook", "level"),
    [
        (Outlook(1, 8, snow_on_ground_cm=20), Level.LOW),
        (Outlook(-5, 3), Level.LOW),
        (Outlook(-4, 3, snow_on_ground_cm=10), Level.HIGH),
        (Outlook(-4, 3, rain_mm=2), Level.HIGH),
        (Outlook(-1, 3, snow_on_ground_cm=10), Level.MEDIUM),
        (Outlook(-8, -3, snow_on_ground_cm=10), Level.HIGH),
        (Outlook(-8, -3, snow_on_ground_cm=10, new_snow_cm=15), Level.MEDIUM),
        (Outlook(-3, -1, new_snow_cm=2), Level.MEDIUM),
        (Outlook(-8, -3, new_snow_cm=0.5), Level.LOW),
    ],
)
def test_the_level_follows_the_written_rule(outlook: Outlook, level: Level) -> None:
    answer = forecast(outlook)
    assert answer.level is level
    assert answer.reason.endswith("です")


@pytest.mark.parametrize("celsius", [40.0, -60.0, float("nan"), float("inf")])
def test_forty_degrees_in_a_field_for_zero_is_questioned_kindly(celsius: float) -> None:
    with pytest.raises(InvalidInputError, match="もう一度確かめて"):
        check_temperature(celsius)
    with pytest.raises(InvalidInputError):
        Outlook(celsius, celsius)


def test_a_lowest_above_the_highest_temperature_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        Outlook(5, 0)


def test_a_city_adds_and_changes_categories_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "snow").mkdir()
    text = (
        '[[categories]]\ncode = "bear"\nname = "熊"\nradius_m = 500\nreset_by = []\n'
        '[[categories]]\ncode = "ice"\nradius_m = 40\n'
    )
    (tmp_path / "snow" / "categories.toml").write_text(text, encoding="utf-8")
    categories = read_categories(tmp_path)
    assert categories.by_code["bear"].radius_m == 500
    assert categories.by_code["ice"].radius_m == 40
    assert categories.by_code["ice"].name == "凍結・つるつる"


@pytest.mark.parametrize(
    "entry",
    [
        {"code": "x"},
        {"code": "x", "name": "x", "radius_m": 1001},
        {"code": "x", "name": "x", "radius_m": "100"},
        {"code": "x", "name": "x", "age_hours": 0},
        {"code": "x", "name": "x", "reset_by": ["rain"]},
        {"code": "x", "name": "x", "colour": "red"},
    ],
)
def test_a_category_that_makes_no_sense_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        merged([[entry]])
