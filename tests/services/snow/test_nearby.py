import math
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.snow.categories import Categories, read_categories
from services.snow.geometry import Place
from services.snow.lifecycle import OPEN, Status
from services.snow.nearby import OpenReports
from tests.services.snow.duplicates import CATEGORIES, judged
from tests.services.snow.ploughing import START, place

ICE, BERM, UNPLOUGHED, RUTS = (
    CATEGORIES.by_code[code] for code in ("ice", "berm", "unploughed", "ruts")
)
HERE = place(0, 0)
HOUR = timedelta(hours=1)


def known(at: Place = HERE, time: datetime = START, code: str = "ice") -> OpenReports:
    reports = OpenReports()
    reports.file("first", CATEGORIES.by_code[code], at, time)
    return reports


def ids(
    reports: OpenReports, at: Place = HERE, time: datetime = START + HOUR, code: str = "ice"
) -> list[object]:
    return [offer.id for offer in reports.near(CATEGORIES.by_code[code], at, time)]


@pytest.mark.parametrize(
    ("code", "radius"), [("ice", 30), ("berm", 50), ("unploughed", 150), ("ruts", 100)]
)
def test_the_radius_belongs_to_the_type(code: str, radius: float) -> None:
    reports = known(code=code)
    assert ids(reports, place(radius - 1, 0), code=code) == ["first"]
    assert ids(reports, place(0, radius + 1), code=code) == []


def test_only_the_same_type_is_offered() -> None:
    assert ids(known(code="ice"), code="ruts") == []


def test_a_report_is_offered_for_two_days() -> None:
    reports = known()
    assert ids(reports, time=START + 48 * HOUR) == ["first"]
    assert ids(reports, time=START + 48 * HOUR + timedelta(seconds=1)) == []


@pytest.mark.parametrize("status", list(Status))
def test_only_open_reports_are_offered(status: Status) -> None:
    reports = known()
    reports.set_status("first", status)
    assert ids(reports) == (["first"] if status in OPEN else [])


def test_a_reopened_report_is_offered_again() -> None:
    reports = known()
    reports.set_status("first", Status.DONE)
    reports.set_status("first", Status.CHECKING)
    assert ids(reports) == ["first"]


def test_a_plough_that_passes_within_25_metres_ends_the_offer() -> None:
    reports = known()
    reports.passed([place(-300, 24), place(300, 24)], START + HOUR)
    assert ids(reports, time=START + 2 * HOUR) == []
    reports = known()
    reports.passed([place(-300, 27), place(300, 27)], START + HOUR)
    assert ids(reports, time=START + 2 * HOUR) == ["first"]


def test_a_passage_before_the_report_changes_nothing() -> None:
    reports = known()
    reports.passed([place(-300, 0), place(300, 0)], START)
    assert ids(reports) == ["first"]


def test_a_long_diagonal_line_reaches_what_lies_beside_its_middle() -> None:
    reports = known(at=place(1000, 1010))
    reports.passed([place(-3000, -3000), place(4000, 4000)], START + HOUR)
    assert ids(reports, place(1000, 1010), START + 2 * HOUR) == []


def test_a_status_after_a_passage_does_not_bring_the_offer_back() -> None:
    reports = known()
    reports.passed([HERE], START + HOUR)
    reports.set_status("first", Status.WORKING)
    assert ids(reports, time=START + 2 * HOUR) == []


def test_ten_centimetres_of_snow_at_once_end_the_offer_of_what_was_before() -> None:
    reports = known()
    reports.snowed(9.9, START + HOUR)
    reports.snowed(9.9, START + HOUR)
    assert ids(reports, time=START + 2 * HOUR) == ["first"]
    reports.snowed(10, START + 2 * HOUR)
    reports.file("second", ICE, HERE, START + 2 * HOUR)
    assert ids(reports, time=START + 3 * HOUR) == ["second"]


def test_snow_does_not_end_what_it_only_hides() -> None:
    city = read_categories(Path("city/aizuwakamatsu"))
    pothole = city.by_code["pothole"]
    reports = OpenReports()
    reports.file("hole", pothole, HERE, START)
    reports.snowed(30, START + HOUR)
    reports.passed([HERE], START + HOUR)
    assert [offer.id for offer in reports.near(pothole, HERE, START + 500 * HOUR)] == ["hole"]


def test_at_most_five_are_offered_nearest_first_and_newer_before_older() -> None:
    reports = OpenReports()
    for number, metres in enumerate([60, 10, 30, 30, 50, 20, 40]):
        reports.file(number, RUTS, place(metres, 0), START + number * timedelta(minutes=1))
    offers = reports.near(RUTS, HERE, START + HOUR)
    assert [offer.id for offer in offers] == [1, 5, 3, 2, 6]
    assert offers[0].distance_m == pytest.approx(10, abs=0.1)


def test_an_id_is_filed_once() -> None:
    with pytest.raises(ValueError, match="filed already"):
        known().file("first", ICE, HERE, START)


def test_generated_duplicates_are_offered_and_little_else() -> None:
    told = judged(2500)
    assert told.true > 500
    assert told.precision >= 0.98
    assert told.recall >= 0.9


def test_the_grid_finds_what_a_search_without_it_finds() -> None:
    rng = random.Random(11)  # noqa: S311
    reports = OpenReports()
    filed: list[tuple[int, Place]] = []
    for number in range(400):
        at = place(rng.uniform(-400, 400), rng.uniform(-400, 400))
        offers = [offer.id for offer in reports.near(UNPLOUGHED, at, START)]
        near = [(_metres(at, other), -other_id) for other_id, other in filed]
        expected = [-other for metres, other in sorted(near) if metres <= 150][:5]
        assert offers == expected
        reports.file(number, UNPLOUGHED, at, START)
        filed.append((number, at))


def _metres(a: Place, b: Place) -> float:
    cosine = math.sin(math.radians(a.lat)) * math.sin(math.radians(b.lat)) + math.cos(
        math.radians(a.lat)
    ) * math.cos(math.radians(b.lat)) * math.cos(math.radians(b.lon - a.lon))
    return 6_371_008.8 * math.acos(min(1.0, cosine))


def test_every_category_of_the_city_can_be_called_by_each_of_its_words() -> None:
    city: Categories = read_categories(Path("city/aizuwakamatsu"))
    for category in city.all:
        for word in (category.name, category.code, *category.words):
            assert city.named(word) is category
    assert city.named("ｱｲｽﾊﾞｰﾝ") is city.by_code["ice"]
    assert city.named("宇宙人") is None
