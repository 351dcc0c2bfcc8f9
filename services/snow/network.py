"""The road network: sections found by place and joined at their ends. Pure."""

import heapq
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from services.snow.geometry import XY, Place, Plane, apart
from services.snow.roads import JOINED_M, Road, Section

REACH_M = 30.0
"""So far from a section's line a position may still be of a vehicle on it."""

_CELL_M = 60.0
_SAMPLE_M = 15.0

Node = int


@dataclass(frozen=True, slots=True)
class Match:
    """A section near a position: metres from its beginning, metres beside it."""

    section: Section
    along: float
    away: float


@dataclass(frozen=True, slots=True)
class Leg:
    """How a junction is reached: metres in all, the junction before, the section from there."""

    metres: float
    before: Node
    section: Section


class Network:
    """All sections of a city."""

    def __init__(self, roads: Iterable[Road]) -> None:
        """Build the index and the graph. Raises ValueError when there is no road at all."""
        roads = tuple(roads)
        if not roads:
            raise ValueError("there is no road")
        self.plane = Plane(_middle(roads))
        self.sections = tuple(Section(road, self.plane) for road in roads)
        self._cells: dict[tuple[int, int], list[Section]] = {}
        self._corners: list[XY] = []
        self._corner_cells: dict[tuple[int, int], list[Node]] = {}
        self._links: list[list[tuple[Node, Section]]] = []
        self._nodes: dict[Section, tuple[Node, Node]] = {}
        for section in self.sections:
            self._index(section)
            self._link(section)

    def near(self, point: XY) -> list[Match]:
        """Return the sections within reach of a point, nearest first."""
        found = []
        for section in self._cells.get(_cell(point), ()):
            along, away = section.spot(point)
            if away <= REACH_M:
                found.append(Match(section, along, away))
        found.sort(key=lambda match: match.away)
        return found

    def match(self, section: Section, point: XY) -> Match:
        """Return where on a section a point is, however far away."""
        along, away = section.spot(point)
        return Match(section, along, away)

    def route(self, start: Match, end: Match, limit: float) -> tuple[float, list[XY]]:
        """Return (metres, corners on the way) of the shortest way from one match to another.

        Metres are infinite where there is no way of at most `limit` metres between junctions.
        """
        if start.section is end.section:
            way = start.section.part(start.along, end.along)
            return abs(start.along - end.along), way
        best: tuple[float, list[XY]] = (math.inf, [])
        for leaving, out in self._exits(start):
            legs = self._search(leaving, limit)
            for entering, into in self._exits(end):
                metres = 0.0 if leaving == entering else _metres(legs.get(entering))
                metres += abs(start.along - out) + abs(end.along - into)
                if metres < best[0]:
                    way = start.section.part(start.along, out)
                    way += self._way(leaving, entering, legs)
                    best = metres, way + end.section.part(into, end.along)
        return best

    def _search(self, start: Node, limit: float) -> dict[Node, Leg]:
        """Return how to come from a junction to those around it (Dijkstra)."""
        done: dict[Node, Leg] = {}
        order = count()
        heap = [
            (section.length, next(order), other, Leg(section.length, start, section))
            for other, section in self._links[start]
        ]
        heapq.heapify(heap)
        while heap:
            metres, _, node, leg = heapq.heappop(heap)
            if node in done or node == start or metres > limit:
                continue
            done[node] = leg
            for other, section in self._links[node]:
                farther = Leg(metres + section.length, node, section)
                heapq.heappush(heap, (farther.metres, next(order), other, farther))
        return done

    def _way(self, leaving: Node, entering: Node, legs: dict[Node, Leg]) -> list[XY]:
        """Return the corners from one junction to another, both included."""
        back = []
        node = entering
        while node != leaving:
            back.append((node, legs[node]))
            node = legs[node].before
        way = [self._corners[leaving]]
        for node, leg in reversed(back):
            begins, ends = self._at(leg.section, leg.before), self._at(leg.section, node)
            way += [*leg.section.part(begins, ends), self._corners[node]]
        return way

    def _exits(self, match: Match) -> Iterator[tuple[Node, float]]:
        """Yield both ends of a section: the junction, and its metres from the beginning."""
        first, last = self._nodes[match.section]
        yield first, 0.0
        yield last, match.section.length

    def _at(self, section: Section, node: Node) -> float:
        return 0.0 if self._nodes[section][0] == node else section.length

    def _index(self, section: Section) -> None:
        reach = REACH_M + _SAMPLE_M / 2
        cells: set[tuple[int, int]] = set()
        for x, y in section.samples(_SAMPLE_M):
            low, high = _cell((x - reach, y - reach)), _cell((x + reach, y + reach))
            for east in range(low[0], high[0] + 1):
                cells.update((east, north) for north in range(low[1], high[1] + 1))
        for cell in cells:
            self._cells.setdefault(cell, []).append(section)

    def _link(self, section: Section) -> None:
        first, last = (self._node(end) for end in section.ends)
        self._nodes[section] = first, last
        if first != last:
            self._links[first].append((last, section))
            self._links[last].append((first, section))

    def _node(self, end: XY) -> Node:
        """Return the junction at a section's end, a new one where there was none."""
        east, north = _cell(end)
        for cell in ((east + x, north + y) for x in (-1, 0, 1) for y in (-1, 0, 1)):
            for node in self._corner_cells.get(cell, ()):
                if apart(self._corners[node], end) <= JOINED_M:
                    return node
        self._corners.append(end)
        self._links.append([])
        node = len(self._corners) - 1
        self._corner_cells.setdefault((east, north), []).append(node)
        return node


def _metres(leg: Leg | None) -> float:
    return math.inf if leg is None else leg.metres


def _cell(point: XY) -> tuple[int, int]:
    return math.floor(point[0] / _CELL_M), math.floor(point[1] / _CELL_M)


def _middle(roads: Iterable[Road]) -> Place:
    lats = [place.lat for road in roads for place in road.line]
    lons = [place.lon for road in roads for place in road.line]
    return Place((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
