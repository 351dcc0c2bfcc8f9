"""Places and the districts they belong to. Pure: the table is given, nothing is read or stored."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from kit.distances import great_circle_m

OUT_OF_CITY_M = 3_000
"""A position farther than this from every known place of the city is taken as outside."""
BORDER_M = 150
"""Another district this little farther away may be the right one as well."""


class Kind(StrEnum):
    """What a name names."""

    district = "district"
    town = "town"
    part = "part"
    """A 小字 of a town."""
    landmark = "landmark"
    postal_code = "postal_code"
    elsewhere = "elsewhere"
    """A place outside the city."""
    city = "city"
    """The city itself or its prefecture: it only introduces an address."""
    ignored = "ignored"
    """An everyday word in which no place is named."""


@dataclass(frozen=True)
class Belonging:
    """To which district a town, or a part of it, belongs.

    Without `chomes`, `parts` and `rest` the whole town is meant; several such lines mean that the
    town is divided and nobody but the resident can tell. `rest` takes what no other line names.
    """

    district: str
    chomes: tuple[int, int] | None = None
    parts: frozenset[str] = frozenset()
    rest: bool = False


@dataclass(frozen=True)
class Position:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Part:
    """A 小字 as it is written officially, and its position."""

    name: str
    position: Position


@dataclass(frozen=True, eq=False)
class Place:
    """One name of the table. `chomes`: how many 丁目 there are; None where not known or none."""

    kind: Kind
    name: str
    reading: str = ""
    romaji: str = ""
    belongs: tuple[Belonging, ...] = ()
    parent: str = ""
    """The town that the name continues (一箕町 of 一箕町亀賀), empty for none."""
    reading_after_parent: str = ""
    postal_code: str = ""
    numbered: bool = False
    """Whether the town has 丁目."""
    chomes: int | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    """Its 小字 by their spelling keys."""
    exceptions: tuple[str, ...] = ()
    """Other districts that towns within this one belong to."""
    position: Position | None = None
    other_names: tuple[str, ...] = ()

    @property
    def districts(self) -> tuple[str, ...]:
        """Return every district that the place or a part of it belongs to."""
        return tuple(dict.fromkeys(line.district for line in self.belongs))


class Need(StrEnum):
    """What decides between the districts of a place that is divided."""

    nothing = ""
    chome = "chome"
    part = "part"
    resident = "resident"
    """Nothing in the table does: ask which district."""


@dataclass(frozen=True)
class Found:
    """The districts that may be meant, and what would decide between them.

    `exists` is False where the town has no such 丁目.
    """

    districts: tuple[str, ...]
    need: Need = Need.nothing
    exists: bool = True


def districts_of(place: Place, chomes: tuple[int, ...] = (), part: str = "") -> Found:
    """Return the district of a place, of its 丁目 or of its 小字 (given as its spelling key)."""
    if place.chomes is not None and any(not 1 <= n <= place.chomes for n in chomes):
        return Found(place.districts, Need.chome, exists=False)
    lines = _lines_of_part(place, part) if part else _lines_of_chomes(place, chomes)
    if chomes and not lines:
        return Found(place.districts, Need.chome, exists=False)
    districts = tuple(dict.fromkeys(line.district for line in lines or place.belongs))
    if len(districts) == 1:
        # A calendar that names only 目黒一丁目 does not say where 目黒 as such belongs.
        only = [line.chomes for line in place.belongs]
        numbers = {n for span in only if span for n in span}
        return Found(
            districts,
            Need.chome if not chomes and len(numbers) == 1 and all(only) else Need.nothing,
        )
    return Found(districts, _need(place, chomes, part))


def _lines_of_part(place: Place, part: str) -> list[Belonging]:
    named = [line for line in place.belongs if part in line.parts]
    return named or [x for x in place.belongs if not x.parts and x.chomes is None]


def _lines_of_chomes(place: Place, chomes: tuple[int, ...]) -> list[Belonging]:
    if not chomes:
        return list(place.belongs)
    whole = [x for x in place.belongs if x.chomes is None and not x.rest]
    rest = [x for x in place.belongs if x.chomes is None and x.rest]
    lines: list[Belonging] = []
    for number in chomes:
        named = [x for x in place.belongs if x.chomes and x.chomes[0] <= number <= x.chomes[1]]
        lines += named or rest or whole
    return lines


def _need(place: Place, chomes: tuple[int, ...], part: str) -> Need:
    if not chomes and any(line.chomes for line in place.belongs):
        return Need.chome
    if not part and any(line.parts for line in place.belongs):
        return Need.part
    return Need.resident


@dataclass(frozen=True)
class Table:
    """Everything that is known of a city's places.

    `weak` are spelling keys of names that are surnames or everyday words too; `vague` of words that
    only point to somewhere (駅前) and are never sure.
    """

    districts: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    weak: frozenset[str] = frozenset()
    vague: frozenset[str] = frozenset()
    demonstration: bool = False


@dataclass(frozen=True)
class Near:
    """The district of a position, nearest first; several near a border, none outside the city."""

    districts: tuple[str, ...]
    name: str = ""
    """The nearest place of the table."""
    distance_m: float = 0.0


def nearest(table: Table, latitude: float, longitude: float) -> Near:
    """Return the district whose known places lie nearest to a position."""
    here = Position(latitude, longitude)
    best: dict[str, tuple[float, str]] = {}
    for place, position, part in _points(table.places):
        distance = distance_m(here, position)
        for district in districts_of(place, part=part).districts:
            if distance < best.get(district, (math.inf, ""))[0]:
                best[district] = (distance, place.name)
    ranked = sorted(best.items(), key=lambda item: item[1][0])
    if not ranked or ranked[0][1][0] > OUT_OF_CITY_M:
        return Near(())
    closest, name = ranked[0][1]
    near = tuple(d for d, (distance, _) in ranked if distance <= closest + BORDER_M)
    return Near(near, name, closest)


def _points(places: Iterable[Place]) -> Iterable[tuple[Place, Position, str]]:
    for place in places:
        if place.kind not in (Kind.district, Kind.town):
            continue
        if place.position is not None:
            yield place, place.position, ""
        for key, part in place.parts.items():
            yield place, part.position, key


def distance_m(a: Position, b: Position) -> float:
    """Return the great-circle distance in metres (haversine)."""
    return great_circle_m(a.latitude, a.longitude, b.latitude, b.longitude)


@dataclass(frozen=True)
class Circle:
    """Everything within so many metres."""

    middle: Position
    metres: float

    def holds(self, position: Position) -> bool:
        """Whether a position lies in it."""
        return distance_m(self.middle, position) <= self.metres


@dataclass(frozen=True)
class Outline:
    """Everything within a line through its corners, which closes by itself."""

    corners: tuple[Position, ...]

    @property
    def middle(self) -> Position:
        """The mean of its corners."""
        count = len(self.corners)
        return Position(
            sum(corner.latitude for corner in self.corners) / count,
            sum(corner.longitude for corner in self.corners) / count,
        )

    def holds(self, position: Position) -> bool:
        """Whether a position lies in it: a ray to the east meets the line an odd number of times.

        A city is small: degrees are taken as a plane.
        """
        inside = False
        for a, b in pairwise((*self.corners, self.corners[0])):
            if (a.latitude > position.latitude) == (b.latitude > position.latitude):
                continue
            share = (position.latitude - a.latitude) / (b.latitude - a.latitude)
            if position.longitude < a.longitude + share * (b.longitude - a.longitude):
                inside = not inside
        return inside


def touched(table: Table, shape: Circle | Outline) -> tuple[str, ...]:
    """Return the districts with a known place in a shape, and the one around its middle.

    A danger is told to a whole district rather than to too few; none outside the city.
    """
    found = {
        district
        for place, position, part in _points(table.places)
        if shape.holds(position)
        for district in districts_of(place, part=part).districts
    }
    middle = nearest(table, shape.middle.latitude, shape.middle.longitude).districts[:1]
    return tuple(sorted({*found, *middle}))
