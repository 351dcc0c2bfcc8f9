"""Where ploughs were: positions cleaned, cut into stretches and joined to paths. Pure."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise

from services.snow.geometry import XY, Id, Place, apart, between
from services.snow.network import Match, Network

BRIDGED_SECONDS = 60.0
"""A longer silence is not bridged: nothing is claimed about it."""

BLADE_SECONDS = 15.0
"""A change of the blade between positions farther apart can have been anywhere."""

CONTINUED_SECONDS = 10.0
"""So long a plough is taken to go on as it was when its track begins or ends."""

FASTEST_M_S = 30.0
"""No plough drives 108 km/h: a position that needs more, there and back, is a mistake."""

# Positions so near in time and place are averaged: noise shrinks where a plough is slow.
_SMOOTHED_SECONDS = 60.0
_SMOOTHED_METRES = 15.0

_STANDING_SECONDS = 40.0

_STEP_M = 10.0


@dataclass(frozen=True)
class Fix:
    """One position that a plough reported."""

    vehicle: Id
    time: datetime
    place: Place
    down: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A position on the plane; `time` in seconds since 1970."""

    time: float
    xy: XY
    down: bool


class Edge(Enum):
    """Why a stretch begins or ends where it does."""

    TRACK = "the track begins or ends"
    SILENCE = "nothing was heard for long"
    BLADE = "the blade changed"


@dataclass(frozen=True)
class Stretch:
    """Positions in order of time without a long silence, blade down.

    Where the blade changed at an edge, the first position on the other side belongs to it too: the
    change was somewhere on the way. `down_from` and `down_to` are the first and last time with the
    blade down.
    """

    points: tuple[Point, ...]
    begins: Edge
    ends: Edge
    down_from: float
    down_to: float


def cleaned(fixes: Iterable[Fix], network: Network) -> list[Point]:
    """Return one vehicle's positions in order of time, each time once, without leaps."""
    by_time = {fix.time.timestamp(): fix for fix in fixes}
    points = [
        Point(time, network.plane.xy(fix.place), fix.down) for time, fix in sorted(by_time.items())
    ]
    kept: list[Point] = points[:1]
    for number in range(1, len(points)):
        after = points[number + 1] if number + 1 < len(points) else None
        if after is None or not _leaps(kept[-1], points[number], after):
            kept.append(points[number])
    return kept


def _leaps(before: Point, point: Point, after: Point) -> bool:
    """Tell whether a position alone is far off: out of reach from both its neighbours."""
    there = apart(before.xy, point.xy) > FASTEST_M_S * (point.time - before.time)
    back = apart(point.xy, after.xy) > FASTEST_M_S * (after.time - point.time)
    straight = apart(before.xy, after.xy) <= FASTEST_M_S * (after.time - before.time)
    return there and back and straight


def stretches(points: Sequence[Point]) -> Iterator[Stretch]:
    """Yield the stretches of a track with the blade down."""
    first = 0
    while first < len(points):
        last = first
        while last + 1 < len(points) and _goes_on(points[last], points[last + 1]):
            last += 1
        if points[first].down:
            yield _stretch(points, first, last)
        first = last + 1


def _stretch(points: Sequence[Point], first: int, last: int) -> Stretch:
    begins = _edge(points, first - 1, first)
    ends = _edge(points, last + 1, last)
    low = first - 1 if begins is Edge.BLADE else first
    high = last + 1 if ends is Edge.BLADE else last
    times = points[first].time, points[last].time
    return Stretch(tuple(points[low : high + 1]), begins, ends, *times)


def _edge(points: Sequence[Point], outside: int, inside: int) -> Edge:
    if not 0 <= outside < len(points):
        return Edge.TRACK
    silence = abs(points[outside].time - points[inside].time)
    return Edge.BLADE if silence <= BLADE_SECONDS else Edge.SILENCE


def _goes_on(before: Point, after: Point) -> bool:
    return after.time - before.time <= BRIDGED_SECONDS and before.down == after.down


def smoothed(points: Sequence[Point]) -> list[Point]:
    """Average each position with its neighbours, as many before as after, while they are near.

    Where a plough stands still, all its positions become one.
    """
    result = _averaged(points)
    for first, last in _stands(points):
        xy = _mean([point.xy for point in points[first : last + 1]])
        for number in range(first, last + 1):
            result[number] = Point(points[number].time, xy, points[number].down)
    return result


def _stands(points: Sequence[Point]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of positions that stay around their mean for long."""
    first = 0
    while first < len(points):
        last, centre = first, points[first].xy
        while last + 1 < len(points) and apart(points[last + 1].xy, centre) <= _SMOOTHED_METRES:
            last += 1
            centre = between(centre, points[last].xy, 1 / (last - first + 1))
        if last > first and points[last].time - points[first].time >= _STANDING_SECONDS:
            yield first, last
        first = last + 1


def _mean(points: Sequence[XY]) -> XY:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _averaged(points: Sequence[Point]) -> list[Point]:
    result = []
    for number, point in enumerate(points):
        around = [point.xy]
        for reach in range(1, min(number, len(points) - 1 - number) + 1):
            before, after = points[number - reach], points[number + reach]
            if max(point.time - before.time, after.time - point.time) > _SMOOTHED_SECONDS:
                break
            if max(apart(before.xy, point.xy), apart(after.xy, point.xy)) <= _SMOOTHED_METRES:
                around += [before.xy, after.xy]
        result.append(Point(point.time, _mean(around), point.down))
    return result


def path(stretch: Stretch, network: Network) -> list[tuple[float, XY]]:
    """Return the way of a stretch as (time, point), steps of at most ten metres.

    Between positions it follows the roads where they lead there without a detour, so that a
    bridged silence or a corner goes through the junctions.
    """
    points = _continued(smoothed(stretch.points), stretch)
    matches = [network.near(point.xy) for point in points]
    way = [(points[0].time, points[0].xy)]
    for number in range(len(points) - 1):
        before, after = points[number], points[number + 1]
        corners = _turned(points, matches, number)
        if not corners and apart(before.xy, after.xy) > _STEP_M:
            corners = _corners(before, after, matches[number], matches[number + 1], network)
        way.extend(_timed(before, after, corners))
    return way


def _continued(points: list[Point], stretch: Stretch) -> list[Point]:
    """Continue a track by one step at its own speed where it begins and where it ends.

    It was on its way before the first position was due, and after the last one.
    """
    before = _beyond(points[:4]) if stretch.begins is Edge.TRACK else []
    after = _beyond(points[:-5:-1]) if stretch.ends is Edge.TRACK else []
    return [*before, *points, *after]


def _beyond(points: Sequence[Point]) -> list[Point]:
    """Return the point that comes before the first of some points, at their mean speed."""
    if len(points) < 2:
        return []
    edge, turning = points[0], points[:3][-1]
    length = apart(edge.xy, turning.xy)
    if length == 0:
        return []
    speed = apart(edge.xy, points[-1].xy) / abs(edge.time - points[-1].time)
    step = edge.time - points[1].time
    seconds = math.copysign(min(abs(step), CONTINUED_SECONDS), step)
    beyond = between(edge.xy, turning.xy, -speed * abs(seconds) / length)
    return [Point(edge.time + seconds, beyond, edge.down)]


def _corners(
    before: Point, after: Point, starts: list[Match], ends: list[Match], network: Network
) -> list[XY]:
    """Return the corners of the likeliest way along roads between two positions."""
    straight = apart(before.xy, after.xy)
    limit = 2 * straight + 60
    best, corners = limit, list[XY]()
    for start in starts[:4]:
        for end in ends[:4]:
            beside = 2 * (start.away + end.away)
            if beside >= best:
                continue
            metres, way = network.route(start, end, limit)
            if metres + beside < best:
                best, corners = metres + beside, way
    return corners


def _turned(points: Sequence[Point], matches: Sequence[list[Match]], number: int) -> list[XY]:
    """Return the end of a section where a plough must have turned there between two positions.

    At its own speed it came to the end and back before it was heard again.
    """
    if not 0 < number < len(points) - 2 or not (matches[number] and matches[number + 1]):
        return []
    start, end = matches[number][0], matches[number + 1][0]
    if start.section is not end.section:
        return []
    before, after = points[number - 1], points[number + 2]
    came = start.along - start.section.spot(before.xy)[0]
    went = start.section.spot(after.xy)[0] - end.along
    if came * went >= 0 or min(abs(came), abs(went)) < _STEP_M:
        return []
    turning = points[number + 1].time - points[number].time
    slowest = min(
        abs(came) / (points[number].time - before.time),
        abs(went) / (after.time - points[number + 1].time),
    )
    rest = start.along + end.along
    if came > 0:
        rest = 2 * start.section.length - rest
    return [start.section.ends[came > 0]] if rest <= slowest * turning + _STEP_M else []


def _timed(before: Point, after: Point, corners: Sequence[XY]) -> Iterator[tuple[float, XY]]:
    """Yield (time, point) from `before` (left out) to `after`, at one speed over the corners."""
    line = [before.xy, *corners, after.xy]
    total = sum(apart(a, b) for a, b in pairwise(line))
    run = 0.0
    for a, b in pairwise(line):
        length = apart(a, b)
        count = max(1, math.ceil(length / _STEP_M))
        for step in range(1, count + 1):
            share = (run + length * step / count) / total if total else 1.0
            yield before.time + share * (after.time - before.time), between(a, b, step / count)
        run += length
