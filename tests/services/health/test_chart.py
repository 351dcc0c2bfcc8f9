"""The growth chart: where things are drawn, and the same in words."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from services.health.chart import MONTH_DAYS, growth_chart
from services.health.chart_words import Measured, age_words
from services.health.growth_tables import CREDIT, rows

BORN = date(2025, 1, 1)
SVG = "{http://www.w3.org/2000/svg}"
SOME = [Measured(date(2025, 8, 10), 8.2), Measured(BORN, 3.0), Measured(date(2025, 3, 5), 5.6)]


def _circles(svg: str) -> list[tuple[float, float, str]]:
    found = ElementTree.fromstring(svg).findall(f"{SVG}circle")  # noqa: S314
    return [(float(c.get("cx", "")), float(c.get("cy", "")), c.get("fill", "")) for c in found]


def test_the_drawing_has_a_name_and_words_for_those_who_hear_it() -> None:
    chart = growth_chart(SOME, kind="weight", sex="female", birth=BORN)
    root = ElementTree.fromstring(chart.svg)  # noqa: S314
    assert root.get("role") == "img"
    names = {element.get("id"): element.text for element in root if element.get("id")}
    told = [names[name] for name in (root.get("aria-labelledby") or "").split()]
    assert told == ["体重のグラフ", " ".join(chart.words)]
    assert len(chart.words) == 3
    assert "2025年8月10日（7か月）: 8.2kg" in chart.words[2]
    assert "パーセンタイル" in chart.words[2]


def test_points_stand_in_the_order_of_days_and_of_weight() -> None:
    circles = _circles(growth_chart(SOME, kind="weight", sex="female", birth=BORN).svg)
    assert [x for x, _, _ in circles] == sorted(x for x, _, _ in circles)
    assert [y for _, y, _ in circles] == sorted((y for _, y, _ in circles), reverse=True)


def test_a_child_on_the_median_in_the_middle_of_a_band_stands_on_the_curve() -> None:
    row = next(row for row in rows("female", "weight").bands if row.start == 6)
    day = BORN + timedelta(days=round(6.5 * MONTH_DAYS))
    chart = growth_chart([Measured(day, row.values[3])], kind="weight", sex="female", birth=BORN)
    x, y, _ = _circles(chart.svg)[0]
    median = re.search(
        r'<path d="M ([^"]+)" fill="none" stroke="#5b6b7d" stroke-width="1.6"', chart.svg
    )
    assert median
    points = [tuple(map(float, point.split())) for point in median.group(1).split(" L ")]
    assert min(abs(x - px) + abs(y - py) for px, py in points) < 1


def test_nothing_is_drawn_between_day_4_and_day_30() -> None:
    svg = growth_chart(SOME, kind="height", sex="male", birth=BORN).svg
    starts = {float(found) for found in re.findall(r'fill="none"|d="M ([\d.]+) ', svg) if found}
    assert min(starts) > 60


def test_a_child_born_early_is_drawn_at_both_ages() -> None:
    due = date(2025, 3, 1)
    chart = growth_chart(SOME, kind="weight", sex="female", birth=BORN, due=due)
    fills = [fill for _, _, fill in _circles(chart.svg)]
    assert fills.count("#ffffff") == 2  # the day of birth lies before the expected one
    assert "出産予定日" in chart.svg
    assert "修正月齢" in chart.words[2]


def test_without_a_sex_there_are_points_and_no_curves() -> None:
    chart = growth_chart(SOME, kind="weight", sex=None, birth=BORN)
    assert len(_circles(chart.svg)) == 3
    assert "<path" not in chart.svg
    assert "性別" in chart.words[0]


@pytest.mark.parametrize("kind", ["weight", "height", "head_circumference"])
@pytest.mark.parametrize("days", [0, 20, 300, 700, 2000, 4000])
def test_a_chart_is_drawn_at_every_age(kind: str, days: int) -> None:
    measured = Measured(BORN + timedelta(days=days), 10.0)
    chart = growth_chart([measured], kind=kind, sex="male", birth=BORN)
    for x, y, _ in _circles(chart.svg):
        assert 0 <= x <= 360
        assert 0 <= y <= 440
    assert CREDIT in chart.svg


def test_an_empty_chart_says_so() -> None:
    chart = growth_chart([], kind="height", sex="male", birth=BORN)
    assert chart.words == ["まだ記録がありません。"]
    assert _circles(chart.svg) == []


def test_ages_are_said_in_days_months_and_years() -> None:
    ages = [date(2025, 1, 21), date(2025, 2, 1), date(2028, 3, 1)]
    assert [age_words(BORN, day) for day in ages] == ["生後20日", "1か月", "3歳2か月"]
