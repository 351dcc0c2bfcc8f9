"""The city's own roads and the reports on them as an SVG: a map that needs nothing from outside.

Lengths in the drawing are metres. Pure.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.snow.geometry import METRES_PER_DEGREE, Box, Place
from services.snow.roads import Road

_MARGIN = 0.06
_SMALLEST_M = 600.0
_CLASSES = {"幹線": "main", "補助幹線": "middle"}


@dataclass(frozen=True)
class Line:
    """A road: the `d` of its path, its class for the style sheet, its name."""

    d: str
    kind: str
    name: str


@dataclass(frozen=True)
class Pin:
    """A report as a map shows it: where it is, what it is called, where it leads."""

    place: Place
    label: str
    href: str
    is_open: bool


@dataclass(frozen=True)
class Spot:
    """A pin on the paper."""

    pin: Pin
    x: int
    y: int

    @property
    def kind(self) -> str:
        """Its class for the style sheet."""
        return "open" if self.pin.is_open else "closed"


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
    roads: Sequence[Road],
    pins: Sequence[Pin],
    centre: Place,
    *,
    box: Box | None = None,
    whole: bool = False,
    most: int | None = None,
) -> Drawing:
    """Draw roads and pins within `box`; without one where the roads are, or, `whole`, all.

    `most`: so many of the pins, the first ones, become spots.
    """
    view = _Paper(box or _bounds(roads, pins if whole or not roads else (), centre))
    inside = [pin for pin in pins if view.box.holds(pin.place)]
    shown = inside[:most]
    spots = (Spot(pin, *view.at(pin.place)) for pin in shown)
    return Drawing(
        width=view.width,
        height=view.height,
        radius=max(8, view.width // 42),
        lines=tuple(_line(road, view) for road in roads),
        # What is still open lies on top.
        spots=tuple(sorted(spots, key=lambda spot: spot.pin.is_open)),
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


def _bounds(roads: Iterable[Road], pins: Iterable[Pin], centre: Place) -> Box:
    places = [place for road in roads for place in road.line]
    places += [pin.place for pin in pins]
    places = places or [centre]
    lats, lons = [p.lat for p in places], [p.lon for p in places]
    least = _SMALLEST_M / METRES_PER_DEGREE
    high = max(max(lats) - min(lats), least) * (0.5 + _MARGIN)
    wide = max(max(lons) - min(lons), least) * (0.5 + _MARGIN)
    lat, lon = (max(lats) + min(lats)) / 2, (max(lons) + min(lons)) / 2
    return Box(lat - high, lat + high, lon - wide, lon + wide)


def _line(road: Road, view: _Paper) -> Line:
    points = [view.at(place) for place in road.line]
    d = "M" + "L".join(f"{x} {y}" for x, y in points)
    kind = _CLASSES.get(str(road.properties.get("road_class")), "small")
    return Line(d, kind, str(road.properties.get("name") or ""))
