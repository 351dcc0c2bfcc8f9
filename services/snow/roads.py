"""Sections of road: lines with a name. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from services.snow.geometry import XY, Id, Place, Plane, apart, foot, steps

JOINED_M = 3.0
"""Ends of sections so near each other are one junction."""


@dataclass(frozen=True)
class Road:
    """A section of road as the city's file says it."""

    section: Id
    line: tuple[Place, ...]
    properties: dict[str, Any] = field(default_factory=dict)


class Section:
    """A road's line on a plane."""

    def __init__(self, road: Road, plane: Plane) -> None:
        """Flatten the line; positions that repeat are taken once."""
        points = [plane.xy(position) for position in road.line]
        self.id = road.section
        self.points: tuple[XY, ...] = (
            points[0],
            *(after for before, after in pairwise(points) if after != before),
        )
        self._pieces = tuple(_pieces(self.points))
        self.length = sum(piece[3] for piece in self._pieces)

    @property
    def ends(self) -> tuple[XY, XY]:
        """The first and the last point."""
        return self.points[0], self.points[-1]

    def spot(self, point: XY) -> tuple[float, float]:
        """Return (metres from the beginning, metres beside the line) of the nearest point."""
        best = (0.0, math.inf)
        for start, end, before, length in self._pieces:
            share, away = foot(point, start, end)
            if away < best[1]:
                best = (before + share * length, away)
        return best

    def heading(self, along: float) -> XY:
        """Return the direction of the line at so many metres from its beginning, length 1."""
        piece = next(
            (piece for piece in self._pieces if along <= piece[2] + piece[3]), self._pieces[-1]
        )
        start, end, _, length = piece
        return (end[0] - start[0]) / length, (end[1] - start[1]) / length

    def part(self, start: float, end: float) -> list[XY]:
        """Return the corners of the line between two distances from its beginning, in order."""
        low, high = min(start, end), max(start, end)
        corners = [
            piece_start for piece_start, _, before, _ in self._pieces[1:] if low < before < high
        ]
        return corners if start <= end else corners[::-1]

    def samples(self, longest: float) -> Iterator[XY]:
        """Yield points all along the line, at most `longest` metres apart."""
        yield self.points[0]
        for start, end in pairwise(self.points):
            yield from steps(start, end, longest)

    @cached_property
    def closed(self) -> bool:
        """Whether it ends where it begins."""
        return apart(*self.ends) <= JOINED_M


def _pieces(points: Sequence[XY]) -> Iterator[tuple[XY, XY, float, float]]:
    """Yield (start, end, metres before it, length) of each straight piece."""
    before = 0.0
    for start, end in pairwise(points):
        length = apart(start, end)
        yield start, end, before, length
        before += length
