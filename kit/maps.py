"""Ways and places as an SVG (`kit/map.html`, `drawing`): a map that needs nothing from outside.

Degrees are WGS 84, lengths in the drawing are metres. Pure.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kit.distances import METRES_PER_DEGREE

_MARGIN = 0.06
_SMALLEST_M = 600.0


@dataclass(frozen=True)
class Place:
    """A position in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True)
class Box:
    """A rectangle of degrees, edges included."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, place: Place) -> bool:
        """Whether `place` lies inside."""
        return self.south <= place.lat <= self.north and self.west <= place.lon <= self.east


@dataclass(frozen=True)
class Way:
    """A road: its line, and whether it is drawn as a `main`, a `middle` or a `small` one."""

    line: tuple[Place, ...]
    kind: str


@dataclass(frozen=True)
class Line:
    """A road on the paper: the `d` of its path, its class for the style sheet."""

    d: str
    kind: str


@dataclass(frozen=True)
class Pin:
    """A report as a map shows it: where it is, what it is called, where it leads.

    `kind`: its class for the style sheet: `open`, `taken` (somebody sees to it) or `closed`.
    """

    place: Place
    label: str
    href: str
    kind: str


@dataclass(frozen=True)
class Spot:
    """A pin on the paper."""

    pin: Pin
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """Everything that the template draws. `radius` is that of a spot."""

    width: int
    height: int
    radius: int
    lines: tuple[Line, ...]
    spots: tuple[Spot, ...]
    outside: int
    """So many reports lie beyond the edge."""
    left_out: int = 0
    """So many within it are not among the spots."""


def draw(
    ways: Sequence[Way],
    pins: Sequence[Pin],
    centre: Place,
    *,
    box: Box | None = None,
    whole: bool = False,
    most: int | None = None,
) -> Drawing:
    """Draw ways and pins within `box`; without one where the ways are, or, `whole`, all.

    `most`: so many of the pins, the first ones, become spots.
    """
    view = _Paper(box or _bounds(ways, pins if whole or not ways else (), centre))
    inside = [pin for pin in pins if view.box.holds(pin.place)]
    shown = inside[:most]
    spots = (Spot(pin, *view.at(pin.place)) for pin in shown)
    return Drawing(
        width=view.width,
        height=view.height,
        radius=max(8, view.width // 42),
        lines=tuple(_line(way, view) for way in ways),
        # What is still open lies on top.
        spots=tuple(sorted(spots, key=lambda spot: spot.pin.kind == "open")),
        outside=len(pins) - len(inside),
        left_out=len(inside) - len(shown),
    )


class _Paper:
    """A rectangle of degrees, flattened to metres from its north-west corner."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._east = METRES_PER_DEGREE * math.cos(math.radians((box.south + box.north) / 2))
        self.width, self.height = self.at(Place(box.south, box.east))

    def at(self, place: Place) -> tuple[int, int]:
        """Return metres east and south of the corner."""
        east = (place.lon - self.box.west) * self._east
        return round(east), round((self.box.north - place.lat) * METRES_PER_DEGREE)


def around(pins: Sequence[Pin], centre: Place) -> Box:
    """Return a rectangle that all pins lie in."""
    return _bounds((), pins, centre)


def _bounds(ways: Iterable[Way], pins: Iterable[Pin], centre: Place) -> Box:
    places = [place for way in ways for place in way.line]
    places += [pin.place for pin in pins]
    places = places or [centre]
    lats, lons = [p.lat for p in places], [p.lon for p in places]
    least = _SMALLEST_M / METRES_PER_DEGREE
    high = max(max(lats) - min(lats), least) * (0.5 + _MARGIN)
    wide = max(max(lons) - min(lons), least) * (0.5 + _MARGIN)
    lat, lon = (max(lats) + min(lats)) / 2, (max(lons) + min(lons)) / 2
    return Box(lat - high, lat + high, lon - wide, lon + wide)


def _line(way: Way, view: _Paper) -> Line:
    points = [view.at(place) for place in way.line]
    return Line("M" + "L".join(f"{x} {y}" for x, y in points), way.kind)
