"""The district of a town's part, and of a position."""

import pytest

from services.places.rules import (
    Belonging,
    Circle,
    Kind,
    Need,
    Outline,
    Place,
    Position,
    Table,
    districts_of,
    nearest,
    touched,
)

DIVIDED = Place(
    Kind.town,
    "橋本",
    belongs=(Belonging("東", (1, 2)), Belonging("西", rest=True)),
    numbered=True,
    chomes=4,
)
WITH_PARTS = Place(
    Kind.town,
    "黒岩",
    belongs=(Belonging("山", parts=frozenset({"五百山"})), Belonging("里", rest=True)),
)


@pytest.mark.parametrize(
    ("chomes", "districts"),
    [((1,), ("東",)), ((4,), ("西",)), ((2, 3), ("東", "西")), ((), ("東", "西"))],
)
def test_chomes_belong_to_their_line_and_others_to_the_rest(
    chomes: tuple[int, ...], districts: tuple[str, ...]
) -> None:
    found = districts_of(DIVIDED, chomes)
    assert found.districts == districts
    assert found.exists


def test_a_chome_that_there_is_not_leaves_the_town_open() -> None:
    found = districts_of(DIVIDED, (5,))
    assert not found.exists
    assert found.need is Need.chome
    assert set(found.districts) == {"東", "西"}


def test_parts_belong_to_their_line_and_others_to_the_rest() -> None:
    assert districts_of(WITH_PARTS, part="五百山").districts == ("山",)
    assert districts_of(WITH_PARTS, part="大坪").districts == ("里",)
    assert districts_of(WITH_PARTS).need is Need.part


@pytest.mark.parametrize(
    ("latitude", "longitude", "district"),
    [
        (37.4877, 139.9119, "城西"),
        (37.5268, 139.9580, "松長"),
        (37.3640, 139.9100, "大戸"),
        (37.4690, 140.0110, "湊"),
        (37.5445, 139.9744, "河東（八田）"),
        (37.5490, 139.9280, "河東（広田）"),
        (37.4655, 139.8807, "川南"),
        (37.4840, 139.9470, "東山"),
    ],
)
def test_a_position_lies_in_the_district_of_the_nearest_town(
    table: Table, latitude: float, longitude: float, district: str
) -> None:
    near = nearest(table, latitude, longitude)
    assert near.districts[0] == district
    assert near.name
    assert near.distance_m < 1000


def test_near_a_border_both_districts_are_told(table: Table) -> None:
    # Half-way between 城西町 (城西) and 館脇町 (小金井).
    assert len(nearest(table, 37.4829, 139.9175).districts) > 1


def test_outside_the_city_there_is_no_district(table: Table) -> None:
    assert nearest(table, 37.3997, 140.3882).districts == ()
    assert nearest(Table(), 37.5, 139.9).districts == ()


def circle(latitude: float, longitude: float, metres: float) -> Circle:
    return Circle(Position(latitude, longitude), metres)


def test_a_circle_touches_the_districts_with_a_place_in_it_and_the_one_around_its_middle(
    table: Table,
) -> None:
    assert touched(table, circle(37.4877, 139.9119, 50)) == ("城西",), "no known place is so near"
    wide = touched(table, circle(37.4877, 139.9119, 1500))
    assert {"城西", "小金井"} <= set(wide)
    assert "湊" not in wide
    assert set(touched(table, circle(37.49, 139.93, 50_000))) >= {"湊", "大戸", *wide}
    assert touched(table, circle(37.3997, 140.3882, 900)) == (), "it lies in another city"


def test_an_outline_touches_what_lies_within_its_line_whichever_way_it_is_drawn(
    table: Table,
) -> None:
    corners = tuple(
        Position(*corner) for corner in ((37.51, 139.94), (37.51, 139.97), (37.54, 139.97))
    )
    found = touched(table, Outline(corners))
    assert "松長" in found
    assert "湊" not in found
    assert touched(table, Outline(corners[::-1])) == found
    assert not Outline(corners).holds(Position(37.535, 139.945)), "beyond the slanting side"
