"""Whom a place on the ground stands for; a mistake is said at its field and is never everybody."""

from typing import Any

import pytest

from bot.broadcast.targets import NoTarget, Target, Targets, read_position
from services.disaster.contract import RiverSection, RiverSections
from services.places.contract import Districts, Point, Resolution, Shape


class Places:
    """The places of a city with one district, around 37.5 north and 139.9 east."""

    def __init__(self) -> None:
        self.asked: list[Shape] = []

    async def touched(self, shape: Shape) -> Districts:
        self.asked.append(shape)
        inside = shape.around is None or shape.around.middle.latitude < 38
        return Districts(districts=("城西",) if inside else ())

    async def resolve(self, _text: str) -> Resolution:
        return Resolution()


class Rivers:
    async def rivers(self) -> RiverSections:
        known = RiverSection(code="8", name="阿賀川", districts=("神指",))
        return RiverSections(sections=(known, RiverSection(code="9", name="湯川", districts=())))


@pytest.fixture
def targets() -> Any:
    return Targets(Places(), Rivers())  # type: ignore[arg-type]


def test_a_position_is_read_however_it_was_copied() -> None:
    for text in ("37.5, 139.9", "37.5,139.9", "３７．５、１３９．９", " 37.5  139.9 "):
        assert read_position(text) == Point(latitude=37.5, longitude=139.9)
    for text in ("", "城西", "37.5", "91, 139.9", "37.5, 181", "37.5, 139.9, 1"):
        assert read_position(text) is None


@pytest.mark.parametrize(
    ("centre", "metres", "field"),
    [
        ("37.5, 139.9", "", "metres"),
        ("37.5, 139.9", "0", "metres"),
        ("37.5, 139.9", "20001", "metres"),
        ("37.5, 139.9", "-5", "metres"),
        ("どこか", "800", "centre"),
        ("", "800", "centre"),
        ("39.0, 139.9", "800", "centre"),
    ],
)
async def test_what_cannot_be_a_circle_in_the_city_is_said_at_its_field(
    targets: Targets, centre: str, metres: str, field: str
) -> None:
    found = await targets.around(centre, metres)
    assert isinstance(found, NoTarget)
    assert found.field == field


async def test_circles_outlines_and_rivers_stand_for_districts(targets: Targets) -> None:
    assert await targets.around("37.5, 139.9", "８００") == Target(("城西",), "37.5, 139.9から800m")
    outline = "37.5,139.9\n37.6,139.9\n\n37.6,140.0\n"
    assert await targets.outline(outline) == Target(("城西",), "3つのかどで囲んだ範囲")
    for broken in ("", "37.5,139.9\n37.6,139.9", f"{outline}どこか"):
        assert isinstance(await targets.outline(broken), NoTarget)
    assert await targets.river("8") == Target(("神指",), "阿賀川の区間")
    for unknown in ("", "7", "9"):
        assert isinstance(await targets.river(unknown), NoTarget), "nobody lives along it"
