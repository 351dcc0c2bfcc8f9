"""Distances on the ground, against known ones."""

import pytest

from kit.distances import great_circle_m


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert great_circle_m(37.0, 139.9, 38.0, 139.9) == pytest.approx(111_195, abs=5)


def test_the_distance_between_two_stations_agrees_with_the_map() -> None:
    tokyo, osaka = (35.681236, 139.767125), (34.702485, 135.495951)
    assert great_circle_m(*tokyo, *osaka) == pytest.approx(403_000, rel=0.005)


def test_a_place_is_no_distance_from_itself() -> None:
    assert great_circle_m(37.4948, 139.9298, 37.4948, 139.9298) == 0
