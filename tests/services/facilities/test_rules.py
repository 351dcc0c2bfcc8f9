"""Distances, directions, and which places suit a need."""

import pytest

from messages.hazards import Hazard
from services.facilities.contract import Kind
from services.facilities.rules import (
    Record,
    direction,
    nearest,
    suitable,
    walk_minutes,
)

HERE = (37.5000, 139.9300)


def site(name: str, latitude: float, longitude: float, *hazards: Hazard) -> Record:
    return Record(Kind.emergency_site, name, name, latitude, longitude, hazards=hazards)


@pytest.mark.parametrize(
    ("north", "east", "expected"),
    [
        (1, 0, "北"),
        (1, 1.26, "北東"),
        (0, 1, "東"),
        (-1, 1.26, "南東"),
        (-1, 0, "南"),
        (-1, -1.26, "南西"),
        (0, -1, "西"),
        (1, -1.26, "北西"),
        (1, -0.1, "北"),
    ],
)
def test_the_direction_is_the_way_to_walk(north: float, east: float, expected: str) -> None:
    there = (HERE[0] + north * 0.01, HERE[1] + east * 0.01)
    assert direction(*HERE, *there) == expected


@pytest.mark.parametrize(("metres", "minutes"), [(0, 1), (80, 1), (81, 2), (800, 10)])
def test_walking_takes_a_minute_for_80_metres_begun(metres: float, minutes: int) -> None:
    assert walk_minutes(metres) == minutes


def test_a_site_that_is_not_designated_for_the_hazard_is_never_named() -> None:
    near = site("川沿いの公園", 37.5001, 139.9300, Hazard.earthquake)
    far = site("高台の学校", 37.5200, 139.9300, Hazard.flood)
    found = nearest([near, far], *HERE, Kind.emergency_site, (Hazard.flood,)).found
    assert [f.record.name for f in found] == ["高台の学校"]


def test_every_hazard_of_the_question_must_be_covered() -> None:
    quake = site("広場", 37.50, 139.93, Hazard.earthquake)
    both = site("学校", 37.52, 139.93, Hazard.earthquake, Hazard.landslide)
    hazards = (Hazard.earthquake, Hazard.landslide)
    assert suitable([quake, both], Kind.emergency_site, hazards) == [both]


def test_without_a_hazard_sites_good_for_quake_and_flood_come_first() -> None:
    quake = site("広場", 37.5001, 139.93, Hazard.earthquake)
    both = site("学校", 37.5100, 139.93, Hazard.earthquake, Hazard.flood)
    assert suitable([quake, both], Kind.emergency_site) == [both]


def test_without_a_hazard_any_site_is_better_than_none() -> None:
    quake = site("広場", 37.5001, 139.93, Hazard.earthquake)
    assert suitable([quake], Kind.emergency_site) == [quake]


def test_heavy_rain_prefers_sites_that_a_river_does_not_reach_either() -> None:
    low = site("低地の広場", 37.5001, 139.93, Hazard.inland_flood)
    high = site("学校", 37.5100, 139.93, Hazard.inland_flood, Hazard.flood)
    assert suitable([low, high], Kind.emergency_site, (Hazard.inland_flood,)) == [high]


def test_a_hazard_for_which_the_city_designates_nothing_is_told_as_such() -> None:
    selection = nearest(
        [site("広場", *HERE, Hazard.fire)], *HERE, Kind.emergency_site, (Hazard.tsunami,)
    )
    assert (selection.found, selection.designated) == ((), False)


def test_shelters_are_not_narrowed_by_hazards() -> None:
    shelter = Record(Kind.shelter, "s", "小学校", *HERE)
    assert nearest([shelter], *HERE, Kind.shelter, (Hazard.flood,)).found[0].record is shelter


def test_somebody_more_than_30_kilometres_away_is_told_so() -> None:
    selection = nearest([site("広場", *HERE, Hazard.flood)], 37.80, 139.93, Kind.emergency_site)
    assert (selection.found, selection.outside_city) == ((), True)


def test_places_come_nearest_first_and_no_more_than_asked_for() -> None:
    records = [site(str(n), 37.50 + n / 1000, 139.93) for n in (3, 1, 4, 2)]
    found = nearest(records, *HERE, Kind.emergency_site, limit=2).found
    assert [f.record.name for f in found] == ["1", "2"]


def test_a_category_leaves_only_its_own_places() -> None:
    library = Record(Kind.facility, "1", "図書館", *HERE, categories=("図書館", "トイレ"))
    park = Record(Kind.facility, "2", "公園", *HERE, categories=("公園",))
    assert suitable([library, park], Kind.facility, category="トイレ") == [library]


def test_an_empty_list_finds_nothing_and_blames_nobody() -> None:
    selection = nearest([], *HERE, Kind.facility)
    assert (selection.found, selection.outside_city, selection.designated) == ((), False, True)
