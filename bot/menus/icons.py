"""The menus' icons: simple shapes, drawn by us, on a grid of 100 by 100."""

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

# Drawn larger and scaled down, because Pillow's shapes have hard edges.
_OVERSIZE = 2
_STROKE = 7

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line through points; `closed` joins the ends."""

    points: tuple[Point, ...]
    closed: bool = False


@dataclass(frozen=True)
class Arc:
    """Part of an outline of a circle or an ellipse; degrees, clockwise from three o'clock."""

    x: float
    y: float
    radius: float
    start: float = 0
    end: float = 360
    width: float | None = None
    """Half the width, for an ellipse that is not a circle."""


@dataclass(frozen=True)
class Disc:
    """A filled circle."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Box:
    """The outline of a rectangle with round corners."""

    left: float
    top: float
    right: float
    bottom: float


Shape = Line | Arc | Disc | Box


def _wave(y: float) -> Line:
    return Line(tuple((x, y + 7 * math.sin(x / 80 * 4 * math.pi)) for x in range(10, 91, 2)))


def _rays(x: float, y: float, radius: float, count: int) -> tuple[Line, ...]:
    angles = [math.pi * n / count + math.pi / 2 for n in range(count)]
    return tuple(
        Line(
            (
                (x + radius * math.cos(a), y + radius * math.sin(a)),
                (x - radius * math.cos(a), y - radius * math.sin(a)),
            )
        )
        for a in angles
    )


_PERSON: tuple[Shape, ...] = (
    Arc(50, 28, 17),
    Arc(50, 92, 36, 180, 360),
    Line(((14, 92), (86, 92))),
)
_FLAKES = tuple(
    Disc(50 + 27 * math.cos(n * math.pi / 3), 50 + 27 * math.sin(n * math.pi / 3), 6)
    for n in range(6)
)
_HOUSE = Line(((10, 50), (50, 14), (90, 50)))
_WALLS = Line(((20, 44), (20, 88), (80, 88), (80, 44)))

ICONS: dict[str, tuple[Shape, ...]] = {
    "calendar": (
        Box(12, 20, 88, 88),
        Line(((12, 42), (88, 42))),
        Line(((32, 10), (32, 28))),
        Line(((68, 10), (68, 28))),
        *(Disc(x, y, 5) for y in (57, 73) for x in (31, 50, 69)),
    ),
    "bin": (
        Line(((24, 32), (31, 90), (69, 90), (76, 32))),
        Line(((12, 30), (88, 30))),
        Line(((38, 28), (40, 15), (60, 15), (62, 28))),
        Line(((42, 46), (44, 76))),
        Line(((58, 46), (56, 76))),
    ),
    "bell": (
        Arc(50, 42, 27, 180, 360),
        Line(((23, 42), (20, 68), (10, 76), (90, 76), (80, 68), (77, 42))),
        Line(((50, 8), (50, 15))),
        Arc(50, 77, 12, 0, 180),
    ),
    "search": (Arc(42, 42, 28), Line(((62, 62), (88, 88)))),
    "question": (
        Arc(50, 50, 41),
        Arc(50, 39, 14, 180, 400),
        Line(((59, 49), (50, 56), (50, 63))),
        Disc(50, 74, 5),
    ),
    "person": _PERSON,
    "shelter": (
        _HOUSE,
        _WALLS,
        Disc(50, 50, 8),
        Line(((50, 58), (50, 76))),
        Line(((38, 62), (62, 62))),
    ),
    "house": (_HOUSE, _WALLS, Line(((40, 88), (40, 62), (60, 62), (60, 88)))),
    "building": (
        Box(22, 12, 78, 88),
        *(Line(((x, y), (x + 8, y))) for y in (28, 43, 58) for x in (35, 57)),
        Line(((50, 88), (50, 72))),
    ),
    "warning": (
        Line(((50, 12), (92, 86), (8, 86)), closed=True),
        Line(((50, 38), (50, 60))),
        Disc(50, 73, 5),
    ),
    "wave": (_wave(30), _wave(52), _wave(74)),
    "phone": (Box(28, 8, 72, 92), Line(((44, 18), (56, 18))), Disc(50, 80, 5)),
    "call": (
        Line(
            (
                (18, 14),
                (34, 12),
                (42, 34),
                (32, 42),
                (58, 68),
                (66, 58),
                (88, 66),
                (86, 82),
                (74, 88),
                (42, 74),
                (24, 56),
                (12, 26),
            ),
            closed=True,
        ),
    ),
    "child": (
        Arc(50, 50, 38),
        Disc(36, 44, 5),
        Disc(64, 44, 5),
        Arc(50, 54, 18, 20, 160),
        Arc(54, 16, 8, 90, 270),
    ),
    "medical": (Box(12, 12, 88, 88), Line(((50, 30), (50, 70))), Line(((30, 50), (70, 50)))),
    "syringe": (
        Line(((30, 52), (56, 26), (74, 44), (48, 70)), closed=True),
        Line(((39, 61), (16, 84))),
        Line(((65, 35), (80, 20))),
        Line(((70, 10), (90, 30))),
        Line(((42, 40), (50, 48))),
    ),
    "paper": (
        Line(((22, 10), (62, 10), (80, 28), (80, 90), (22, 90)), closed=True),
        *(Line(((36, y), (66, y))) for y in (40, 55, 70)),
    ),
    "card": (
        Box(8, 22, 92, 78),
        Arc(30, 44, 9),
        Arc(30, 70, 14, 190, 350),
        Line(((54, 42), (80, 42))),
        Line(((54, 58), (80, 58))),
    ),
    "truck": (
        Line(((8, 26), (58, 26), (58, 72), (8, 72)), closed=True),
        Line(((58, 42), (78, 42), (92, 56), (92, 72), (58, 72))),
        Disc(28, 76, 11),
        Disc(74, 76, 11),
    ),
    "snow": (*_rays(50, 50, 40, 3), *_FLAKES),
    "pin": (Arc(50, 40, 28, 150, 390), Line(((26, 54), (50, 92), (74, 54))), Disc(50, 40, 9)),
    "check": (Arc(50, 50, 41), Line(((30, 52), (45, 67), (72, 36)))),
    "globe": (Arc(50, 50, 41), Arc(50, 50, 41, width=18), Line(((9, 50), (91, 50)))),
    "back": (Line(((40, 22), (14, 48), (40, 74))), Line(((16, 48), (86, 48)))),
}


def icon_mask(name: str, size: int) -> Image.Image:
    """Return the icon as a mask (`L`, `size` by `size` pixels, white where ink goes)."""
    big = size * _OVERSIZE
    mask = Image.new("L", (big, big), 0)
    pen = _Pen(ImageDraw.Draw(mask), big / 100)
    for shape in ICONS[name]:
        pen.draw(shape)
    return mask.resize((size, size), Image.Resampling.LANCZOS)


class _Pen:
    """Draws shapes with round ends and corners."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float) -> None:
        self._draw = draw
        self._scale = scale
        self._width = round(_STROKE * scale)

    def draw(self, shape: Shape) -> None:
        match shape:
            case Line(points, closed):
                self._line([*points, points[0]] if closed else list(points))
            case Arc():
                self._arc(shape)
            case Disc(x, y, radius):
                self._disc(x, y, radius)
            case Box(left, top, right, bottom):
                half = _STROKE / 2
                outer = (left - half, top - half, right + half, bottom + half)
                corners = [value * self._scale for value in outer]
                self._draw.rounded_rectangle(
                    corners, 9 * self._scale, outline=255, width=self._width
                )

    def _line(self, points: list[Point]) -> None:
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(scaled, fill=255, width=self._width)
        for x, y in points:
            self._disc(x, y, _STROKE / 2)

    def _arc(self, arc: Arc) -> None:
        wide = arc.width or arc.radius
        steps = range(round(arc.start), round(arc.end) + 1, 3)
        angles = [math.radians(step) for step in steps]
        self._line([(arc.x + wide * math.cos(a), arc.y + arc.radius * math.sin(a)) for a in angles])

    def _disc(self, x: float, y: float, radius: float) -> None:
        box = [(x - radius), (y - radius), (x + radius), (y + radius)]
        self._draw.ellipse([value * self._scale for value in box], fill=255)
