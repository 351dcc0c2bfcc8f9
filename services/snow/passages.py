"""Which sections of road a plough cleared from end to end, and when. Pure.

A passage is one plough, blade down, from one end of a section to the other. The path of each
stretch (`tracks.path`) is laid beside every section that it comes near to; what counts is that it
is at one end and then at the other, beside the section all the while, and that no other road fits
much better. Turning, a change of the blade inside and standing still never bring it to both ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from services.snow.geometry import XY, Id, apart, foot
from services.snow.network import Match, Network
from services.snow.roads import Section
from services.snow.tracks import Edge, Fix, Stretch, cleaned, path, stretches

_AT_END_M = 20.0
_AT_END_SHARE = 0.2
"""So near an end, in metres and in shares of the section, a plough has reached it."""

_BROKEN_OFF_M = {Edge.SILENCE: 5.0, Edge.BLADE: 13.0, Edge.TRACK: 12.0}
"""The same where the stretch breaks off there. After a silence nobody knows how it went on; a blade
was mostly lifted at the junction, and the first position with it up is a little noisy."""

_EXCURSION_SECONDS = 10.0
"""So long a path may leave a section's surroundings: one bad position."""

_LEFT_END_M = 15.0
_LEFT_OUTWARDS_M = 5.0
"""So much farther from an end than "at the end" a plough has to be before it can come back."""

_REACHED_M = 2.0
_SAME_APPROACH_M = 1.0
"""So near an end it is reached; where a path never comes so near, its nearest points count."""

_RIVAL_M2 = 60.0
"""So much smaller the mean squared distance to other roads may be."""
_PARALLEL = 0.8
"""Cosine: a road that crosses is no rival."""

_COVERED_SHARE = 0.8
_MOVED_SHARE = 0.6


@dataclass(frozen=True)
class Passage:
    """One plough cleared one section from end to end."""

    section: Id
    vehicle: Id
    entered: datetime
    left: datetime


@dataclass(frozen=True, slots=True)
class _Step:
    """One point of a path beside a section, the `number`th. `roads` are all that are near it."""

    number: int
    time: float
    xy: XY
    along: float
    away: float
    roads: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class _Visit:
    """A time at an end (0 or 1) of a section: when it was first and last nearest to it."""

    end: int
    first: float
    last: float


def passages(fixes: Iterable[Fix], network: Network) -> list[Passage]:
    """Return the passages of all vehicles, in order of time; the order of `fixes` is free."""
    by_vehicle: dict[Id, list[Fix]] = {}
    for fix in fixes:
        by_vehicle.setdefault(fix.vehicle, []).append(fix)
    found = [passage for own in by_vehicle.values() for passage in of_vehicle(own, network)]
    found.sort(key=lambda passage: (passage.entered, str(passage.vehicle), str(passage.section)))
    return found


def of_vehicle(fixes: Sequence[Fix], network: Network) -> list[Passage]:
    """Return the passages of the one vehicle that all of `fixes` are of, by section."""
    return follow(fixes, network)[0]


def follow(fixes: Sequence[Fix], network: Network) -> tuple[list[Passage], datetime | None]:
    """Return one vehicle's passages, and since when it is beside what it has not left yet.

    The second is None where the blade is up, or no road is near.
    """
    found = []
    zone = fixes[0].time.tzinfo if fixes else None
    since: float | None = None
    points = cleaned(fixes, network)
    for stretch in stretches(points):
        way = path(stretch, network)
        for section, steps in _beside(way, network).items():
            for together in _unbroken(steps):
                for entered, left in _of_section(section, together, stretch):
                    times = (datetime.fromtimestamp(time, zone) for time in (entered, left))
                    found.append(Passage(section.id, fixes[0].vehicle, *times))
            if stretch.down_to == points[-1].time and steps[-1].number == len(way) - 1:
                since = together[0].time if since is None else min(since, together[0].time)
    return found, None if since is None else datetime.fromtimestamp(since, zone)


def _beside(way: Sequence[tuple[float, XY]], network: Network) -> dict[Section, list[_Step]]:
    """Return the points of a path by the sections that they are near to."""
    found: dict[Section, list[_Step]] = {}
    for number, (time, xy) in enumerate(way):
        roads = tuple(network.near(xy))
        for road in roads:
            step = _Step(number, time, xy, road.along, road.away, roads)
            found.setdefault(road.section, []).append(step)
    return found


def _unbroken(steps: Sequence[_Step]) -> Iterator[Sequence[_Step]]:
    """Cut where the path left the section's surroundings for longer than a bad position."""
    begin = 0
    for number in range(1, len(steps) + 1):
        if number == len(steps) or _away(steps[number - 1], steps[number]):
            yield steps[begin:number]
            begin = number


def _away(before: _Step, after: _Step) -> bool:
    jumped = after.number - before.number > 1
    return jumped and after.time - before.time > _EXCURSION_SECONDS


def _of_section(
    section: Section, steps: Sequence[_Step], stretch: Stretch
) -> Iterator[tuple[float, float]]:
    """Yield (entered, left) of each passage of one section."""
    last: _Visit | None = None
    for visit in _visits(section, steps, stretch):
        if last is not None and (section.closed or visit.end != last.end):
            entered, left = last.last, visit.first
            on_it = [step for step in steps if entered <= step.time <= left]
            down = left > stretch.down_from and entered < stretch.down_to
            if entered < left and down and _went_through(section, on_it):
                # Times are of what was heard, also where the path goes on a little beyond it.
                heard = stretch.points[0].time, stretch.points[-1].time
                yield max(entered, heard[0]), min(left, heard[1])
        last = visit


def _visits(section: Section, steps: Sequence[_Step], stretch: Stretch) -> Iterator[_Visit]:
    """Yield when the path was at an end of the section, in order of time."""
    groups: list[tuple[int, int, int]] = []
    limit = min(_AT_END_M, _AT_END_SHARE * section.length)
    for number, step in enumerate(steps):
        end = _end(section, step, limit)
        if end is None:
            continue
        if groups and groups[-1][0] == end and _stayed(section, steps, groups[-1], number, limit):
            groups[-1] = end, groups[-1][1], number
        else:
            groups.append((end, number, number))
    for end, first, last in _reaching(section, steps, groups, limit):
        visit = _visit(section, steps, first, last, end)
        if _seen(section, visit, steps, stretch):
            yield visit


def _reaching(
    section: Section,
    steps: Sequence[_Step],
    groups: Sequence[tuple[int, int, int]],
    limit: float,
) -> Iterator[tuple[int, int, int]]:
    """Yield the groups without those that only noise brought near an end, beside a real visit."""
    for end, together in groupby(groups, key=lambda group: group[0]):
        visits = list(together)
        nearest = [
            min(_from_end(section, step, end) for step in steps[first : last + 1])
            for _, first, last in visits
        ]
        for visit, rest in zip(visits, nearest, strict=True):
            if rest <= max(limit / 2, min(nearest)):
                yield visit


def _end(section: Section, step: _Step, limit: float) -> int | None:
    if step.along <= limit:
        return 0
    if section.length - step.along <= limit:
        return 0 if section.closed else 1
    return None


def _stayed(
    section: Section, steps: Sequence[_Step], group: tuple[int, int, int], number: int, limit: float
) -> bool:
    """Tell whether the path kept near the end since the group's last step."""
    between = steps[group[2] : number + 1]
    if any(after.number - before.number > 1 for before, after in pairwise(between)):
        return False
    goal = section.ends[group[0]]
    for step in between:
        inside = _from_end(section, step, group[0]) > _LEFT_OUTWARDS_M
        if apart(step.xy, goal) > limit + (_LEFT_END_M if inside else _LEFT_OUTWARDS_M):
            return False
    return True


def _from_end(section: Section, step: _Step, end: int) -> float:
    rest = section.length - step.along
    if section.closed:
        return min(step.along, rest)
    return rest if end else step.along


def _visit(section: Section, steps: Sequence[_Step], first: int, last: int, end: int) -> _Visit:
    """Return when a path first and last reached an end, of those steps that are near it.

    Who waits just before an end reaches it on going on; who waits just behind it had reached it.
    """
    near = range(first, last + 1)
    least = min(_from_end(section, steps[number], end) for number in near)
    limit = max(_REACHED_M, least + _SAME_APPROACH_M)
    reached = [number for number in near if _from_end(section, steps[number], end) <= limit]
    goal = section.ends[end]
    arrival = _nearest_time(goal, steps[max(0, reached[0] - 1) : reached[0] + 1])
    departure = _nearest_time(goal, steps[reached[-1] : reached[-1] + 2])
    return _Visit(end, arrival, max(arrival, departure))


def _nearest_time(goal: XY, steps: Sequence[_Step]) -> float:
    """Return when a path of one or two steps was nearest to a point."""
    before, after = steps[0], steps[-1]
    share, _ = foot(goal, before.xy, after.xy)
    return before.time + share * (after.time - before.time)


def _seen(section: Section, visit: _Visit, steps: Sequence[_Step], stretch: Stretch) -> bool:
    """Tell whether the plough was seen to reach the end, where the track breaks off at it."""
    begins = visit.first <= stretch.points[0].time
    ends = visit.last >= stretch.points[-1].time
    if not (begins or ends):
        return True
    step, edge = (steps[0], stretch.begins) if begins else (steps[-1], stretch.ends)
    limit = min(_BROKEN_OFF_M[edge], _AT_END_SHARE * section.length)
    return _from_end(section, step, visit.end) <= limit


def _went_through(section: Section, steps: Sequence[_Step]) -> bool:
    """Tell whether a path between the two ends is one along the section."""
    if not steps:
        return False
    moved = abs(steps[-1].along - steps[0].along)
    if not section.closed and moved < _MOVED_SHARE * section.length:
        return False
    return _covers(section, steps) and not _has_rival(section, steps)


def _covers(section: Section, steps: Sequence[_Step]) -> bool:
    pieces = max(1, min(20, int(section.length / 15)))
    seen = {min(pieces - 1, int(step.along / section.length * pieces)) for step in steps}
    return len(seen) >= _COVERED_SHARE * pieces


def _has_rival(section: Section, steps: Sequence[_Step]) -> bool:
    """Tell whether other roads of the same direction fit a path much better."""
    gained = sum(step.away**2 - _nearest(section, step) ** 2 for step in steps)
    return gained > _RIVAL_M2 * len(steps)


def _nearest(section: Section, step: _Step) -> float:
    if step.roads[0].section is section:
        return step.away
    x, y = section.heading(step.along)
    for road in step.roads:
        if road.away >= step.away:
            break
        east, north = road.section.heading(road.along)
        if abs(x * east + y * north) >= _PARALLEL:
            return road.away
    return step.away
