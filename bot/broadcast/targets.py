"""Whom a broadcast is for, by a place on the ground: the districts that a shape touches.

A shape without a district is a mistake of whoever drew it, and never stands for everybody.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kit.errors import NotFoundError, UnavailableError
from services.disaster.contract import DisasterClient, RiverSection
from services.places.contract import Around, PlacesClient, Point, Shape

FARTHEST_M, MOST_CORNERS = 20_000, 100

CENTRE = "中心は、市内の町名・施設名か、「37.4948, 139.9298」のような緯度と経度で入力してください。"
METRES = f"半径は、1から{FARTHEST_M}までの数字（メートル）で入力してください。"
CORNERS = (
    f"かどは、1行に1つ「緯度, 経度」で、3つから{MOST_CORNERS}まで入力してください。"
    "読めない行があります。"
)
RIVER = "川の区間を選んでください。"
NOWHERE = "この範囲に、市の地区がありません。だれにも届かないため、範囲を確かめてください。"
AWAY = "いまは地区を調べられません。少し待つか、地区の名前で選んでください。"

_NUMBER = r"([-+]?\d{1,3}(?:\.\d+)?)"
_POSITION = re.compile(rf"\s*{_NUMBER}\s*[,、\s]\s*{_NUMBER}\s*")


class How(StrEnum):
    """How an author says where a broadcast goes; the form's values."""

    all = "all"
    some = "some"
    around = "around"
    outline = "outline"
    river = "river"


@dataclass(frozen=True)
class Target:
    """The districts that are told, and in words how they were found."""

    areas: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class NoTarget:
    """What has to be corrected, and at which field."""

    field: str
    words: str


def read_position(text: str) -> Point | None:
    """Return a position written as two numbers of degrees, None for anything else."""
    found = _POSITION.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Point(latitude=latitude, longitude=longitude)


class Targets:
    """Finds the districts of shapes and of sections of rivers."""

    def __init__(self, places: PlacesClient, disaster: DisasterClient) -> None:
        """Both know the city's own data."""
        self._places = places
        self._disaster = disaster

    async def rivers(self) -> Sequence[RiverSection]:
        """Return the sections to choose from; none where nothing is known of any."""
        try:
            return (await self._disaster.rivers()).sections
        except (NotFoundError, UnavailableError):
            return ()

    async def around(self, centre: str, metres: str) -> Target | NoTarget:
        """Return the districts within so many metres of a place, by its name or its degrees."""
        plain = unicodedata.normalize("NFKC", metres).strip()
        if not (plain.isascii() and plain.isdigit() and 1 <= int(plain[:9]) <= FARTHEST_M):
            return NoTarget("metres", METRES)
        try:
            middle = read_position(centre) or await self._named(centre)
            if middle is None:
                return NoTarget("centre", CENTRE)
            shape = Shape(around=Around(middle=middle, metres=int(plain)))
            return await self._touched(shape, f"{centre.strip()}から{int(plain)}m", "centre")
        except UnavailableError:
            return NoTarget("where", AWAY)

    async def outline(self, corners: str) -> Target | NoTarget:
        """Return the districts within a line through corners, one a line of the text."""
        found = [read_position(line) for line in corners.splitlines() if line.strip()]
        points = tuple(point for point in found if point is not None)
        if len(points) < len(found) or not 3 <= len(points) <= MOST_CORNERS:
            return NoTarget("corners", CORNERS)
        try:
            words = f"{len(points)}つのかどで囲んだ範囲"
            return await self._touched(Shape(outline=points), words, "corners")
        except UnavailableError:
            return NoTarget("where", AWAY)

    async def river(self, code: str) -> Target | NoTarget:
        """Return the districts along a section of a river."""
        for section in await self.rivers():
            if section.code == code and section.districts:
                return Target(section.districts, f"{section.name}の区間")
        return NoTarget("river", RIVER)

    async def _named(self, text: str) -> Point | None:
        found = [p for p in (await self._places.resolve(text.strip())).places if p.position]
        return found[0].position if found and text.strip() else None

    async def _touched(self, shape: Shape, words: str, field: str) -> Target | NoTarget:
        found = (await self._places.touched(shape)).districts
        return Target(found, words) if found else NoTarget(field, NOWHERE)
