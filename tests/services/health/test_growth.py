"""GROW-01 to GROW-08: the percentile of a measurement, and the honest refusals."""

import csv
from datetime import date, timedelta

import pytest

from services.health.dates import after_months
from services.health.growth import (
    Answer,
    Measure,
    at_both_ages,
    percentile_of,
    standing,
)
from services.health.growth_tables import CREDIT, PERCENTILES
from services.health.rules import DATA
from services.health.wording import growth_words

BORN = date(2020, 1, 10)
_DAYS = {"birth": 0, "day1": 1, "day2": 2, "day3": 3, "day4": 4, "day30": 30}


def _rows() -> list[dict[str, str]]:
    with (DATA / "growth_percentiles_2023.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _days_of(row: dict[str, str]) -> list[date]:
    """First, middle and last day of the row's age."""
    if row["band_kind"] != "month_band":
        return [BORN + timedelta(days=_DAYS[row["band_kind"]])]
    first = after_months(BORN, int(row["age_months_from_inclusive"]))
    last = after_months(BORN, int(row["age_months_to_exclusive"])) - timedelta(days=1)
    return [first, first + (last - first) // 2, last]


def _ask(**changes: object) -> Answer:
    measure = {"sex": "male", "birth_date": "2025-01-01", "date": "2025-08-10"}
    return percentile_of(measure | {"kind": "weight", "value": 8.2} | changes)


@pytest.mark.parametrize("row", _rows(), ids=lambda r: f"{r['measure']}-{r['sex']}-{r['p50']}")
def test_each_printed_value_is_its_own_percentile(row: dict[str, str]) -> None:
    for day in _days_of(row):
        for percent in PERCENTILES:
            value = float(row[f"p{percent}"])
            measure = Measure(row["sex"], BORN, day, row["measure"], value)
            assert standing(measure).percentile == pytest.approx(percent, abs=0.1)


def test_the_shipped_tables_have_all_rows() -> None:
    assert len(_rows()) == 138


def _place(answer: Answer) -> float:
    """The percentile as a number, also outside the curves."""
    outside = {"<3": 0.0, ">97": 100.0}
    assert answer.percentile is not None
    if isinstance(answer.percentile, str):
        return outside[answer.percentile]
    return answer.percentile


@pytest.mark.parametrize("days", [0, 30, 400])
def test_a_heavier_child_never_stands_lower(days: int) -> None:
    day = BORN + timedelta(days=days)
    weights = [2 + step / 50 for step in range(500)]
    found = [standing(Measure("male", BORN, day, "weight", weight)) for weight in weights]
    places = [_place(answer) for answer in found if answer.percentile is not None]
    assert places == sorted(places)
    assert len(set(places)) > 20


def test_the_same_weight_never_stands_higher_in_an_older_child() -> None:
    days = [after_months(BORN, 1) + timedelta(days=step) for step in range(300)]
    found = [standing(Measure("female", BORN, day, "weight", 7.0)) for day in days]
    places = [_place(answer) for answer in found]
    assert places == sorted(places, reverse=True)
    assert all(answer.note for answer in found)


def test_every_value_compared_with_a_band_says_which_band() -> None:
    note = _ask().note
    assert note is not None
    assert "7" in note
    assert "8 months" in note
    assert _ask(date="2025-01-01", value=3).note is None


def test_days_without_a_table_have_no_reference() -> None:
    for days in (5, 6, 17, 28, 29):
        day = (date(2025, 1, 1) + timedelta(days=days)).isoformat()
        assert _ask(date=day, value=3.5).reason == "no_reference"
    assert _ask(date="2025-01-31", value=4.2).percentile is not None


@pytest.mark.parametrize(
    ("kind", "value", "last", "after"),
    [
        ("weight", 20, "2031-06-30", "2031-07-01"),
        ("height", 115, "2031-06-30", "2031-07-01"),
        ("head_circumference", 49, "2027-12-31", "2028-01-01"),
    ],
)
def test_after_the_last_age_there_is_no_reference(
    kind: str, value: float, last: str, after: str
) -> None:
    assert _ask(kind=kind, value=value, date=last).percentile is not None
    assert _ask(kind=kind, value=value, date=after).reason == "no_reference"


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("weight", 8200, "unit"),
        ("weight", 82, "unit"),
        ("weight", 0.82, "unit"),
        ("height", 700, "unit"),
        ("height", 0.7, "unit"),
        ("height", 7.0, "unit"),
        ("head_circumference", 440, "unit"),
        ("head_circumference", 4.4, "unit"),
        ("weight", 1e9, "value"),
        ("weight", 0, "value"),
        ("weight", -8, "value"),
        ("weight", True, "value"),
        ("weight", "8.2", "value"),
        ("weight", float("nan"), "value"),
        ("weight", None, "value"),
    ],
)
def test_a_slip_of_the_unit_and_an_impossible_number_are_caught(
    kind: str, value: object, reason: str
) -> None:
    answer = _ask(kind=kind, value=value)
    assert (answer.percentile, answer.reason) == (None, reason)


def test_a_small_preterm_newborn_is_believed() -> None:
    assert _ask(date="2025-01-01", value=0.8).percentile == "<3"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sex": None}, "sex"),
        ({"sex": "M"}, "sex"),
        ({"kind": "bmi"}, "kind"),
        ({"kind": ["weight"]}, "kind"),
        ({"date": "2025-02-30"}, "date"),
        ({"date": "2024-12-31"}, "date"),
        ({"birth_date": None}, "date"),
    ],
)
def test_a_refusal_names_what_is_wrong(changes: dict[str, object], reason: str) -> None:
    assert _ask(**changes).printed() == {"percentile": None, "edition": "2023", "reason": reason}


def test_a_file_that_is_no_object_is_refused() -> None:
    assert percentile_of([1]).reason == "kind"


def test_both_ages_are_shown_for_a_child_born_early() -> None:
    born, due = date(2025, 1, 1), date(2025, 3, 1)
    measure = Measure("female", born, date(2025, 8, 10), "weight", 6.5)
    both = at_both_ages(measure, due)
    assert both.corrected is not None
    assert isinstance(both.chronological.percentile, float)
    assert isinstance(both.corrected.percentile, float)
    assert both.corrected.percentile > both.chronological.percentile


def test_a_child_born_at_term_has_one_age() -> None:
    measure = Measure("female", date(2025, 1, 1), date(2025, 8, 10), "weight", 6.5)
    assert at_both_ages(measure, date(2025, 1, 21)).corrected is None
    assert at_both_ages(measure, None).corrected is None


def test_before_the_expected_birth_there_is_no_corrected_reference() -> None:
    measure = Measure("female", date(2025, 1, 1), date(2025, 2, 10), "weight", 2.5)
    corrected = at_both_ages(measure, date(2025, 3, 1)).corrected
    assert corrected is not None
    assert corrected.reason == "no_reference"


@pytest.mark.parametrize("value", [4.0, 15.0])
def test_outside_the_curves_the_words_are_calm_and_name_whom_to_ask(value: float) -> None:
    words = growth_words(_ask(value=value))
    assert "保健師" in words
    assert all(hard not in words for hard in ("異常", "危険", "安全", "病気"))


def test_the_edition_and_the_credit_are_shown() -> None:
    assert _ask().printed()["edition"] == "2023"
    assert "2023年" in growth_words(_ask())
    assert "こども家庭庁" in CREDIT
