"""Distances and lines on the ground. Degrees are WGS 84, lengths are metres.

A town is small: on the sphere of the mean radius, flattened around one latitude, lengths of some
hundred metres are right to a few per mille, which is far below what a phone's position is worth.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kit.distances import METRES_PER_DEGREE, great_circle_m
from kit.maps import Box, Place

__all__ = ["METRES_PER_DEGREE", "Box", "Place"]

Id = str | int
"""What files name a section, a vehicle or a report with; given back as it came."""

XY = tuple[float, float]
"""Metres east and north of a plane's origin."""


def distance_m(a: Place, b: Place) -> float:
    """Return the length of the great circle between two places (haversine)."""
    return great_circle_m(a.lat, a.lon, b.lat, b.lon)


class Plane:
    """The surroundings of one place, flattened."""

    def __init__(self, origin: Place) -> None:
        """Place (0, 0) at `origin`."""
        self._origin = origin
        self._east = METRES_PER_DEGREE * max(0.01, math.cos(math.radians(origin.lat)))

    def xy(self, place: Place) -> XY:
        """Return metres east and north of the origin."""
        east = (place.lon - self._origin.lon) * self._east
        return east, (place.lat - self._origin.lat) * METRES_PER_DEGREE

    def place(self, point: XY) -> Place:
        """Return the place of a point."""
        lat = self._origin.lat + point[1] / METRES_PER_DEGREE
        return Place(lat, self._origin.lon + point[0] / self._east)


def apart(a: XY, b: XY) -> float:
    """Return the distance of two points of a plane."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def between(a: XY, b: XY, share: float) -> XY:
    """Return the point that lies `share` (0–1) of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def foot(point: XY, start: XY, end: XY) -> tuple[float, float]:
    """Return (share of the way from `start` to `end`, distance) of the nearest point between."""
    east, north = end[0] - start[0], end[1] - start[1]
    square = east * east + north * north
    if square == 0:
        return 0.0, apart(point, start)
    share = ((point[0] - start[0]) * east + (point[1] - start[1]) * north) / square
    share = min(1.0, max(0.0, share))
    beside = (start[0] + share * east - point[0], start[1] + share * north - point[1])
    return share, math.hypot(*beside)


def distance_to_line_m(place: Place, line: Sequence[Place]) -> float:
    """Return how far `place` is from a line of one or more positions."""
    plane = Plane(place)
    points = [plane.xy(position) for position in line]
    if len(points) == 1:
        return apart((0.0, 0.0), points[0])
    return min(foot((0.0, 0.0), a, b)[1] for a, b in pairwise(points))


def steps(start: XY, end: XY, longest: float) -> Iterator[XY]:
    """Yield points from `start` (left out) to `end` (included), at most `longest` apart."""
    count = max(1, math.ceil(apart(start, end) / longest))
    for step in range(1, count + 1):
        yield between(start, end, step / count)
