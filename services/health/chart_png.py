"""A chart as a picture that any phone keeps and sends: drawn from the chart's own SVG.

What `chart` draws is read back: rectangles, lines, paths of straight pieces, circles and texts,
with every colour and width on the element itself. Nothing else of SVG is known here.
"""

import io
import math
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

from PIL import Image, ImageDraw, ImageFont

from services.health.chart import HEIGHT, WIDTH

SCALE = 3
"""Dots a unit: 1,080 wide, which is a phone's own width."""
_FINER = 2
"""Drawn larger and made smaller, so that slanting lines are smooth."""
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}

Point = tuple[float, float]


def chart_png(svg: str) -> bytes:
    """Return the picture of an SVG that `growth_chart` drew."""
    size = (WIDTH * SCALE * _FINER, HEIGHT * SCALE * _FINER)
    picture = Image.new("RGB", size, "white")
    pen = _Pen(ImageDraw.Draw(picture))
    for element in fromstring(svg):  # noqa: S314  our own drawing
        pen.draw(element)
    smooth = picture.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    smooth.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Pen:
    def __init__(self, on: ImageDraw.ImageDraw) -> None:
        self._on = on

    def draw(self, element: Element) -> None:
        """Draw one element; names and words for those who hear it are no drawing."""
        name = element.tag.rpartition("}")[2]
        if name in ("title", "desc"):
            return
        getattr(self, f"_{name}")(element)

    def _rect(self, one: Element) -> None:
        width, height = _number(one, "width"), _number(one, "height")
        self._on.rectangle((0, 0, width, height), fill=one.get("fill"))

    def _line(self, one: Element) -> None:
        ends = [(_number(one, f"x{n}"), _number(one, f"y{n}")) for n in (1, 2)]
        dashes = [float(part) * SCALE * _FINER for part in one.get("stroke-dasharray", "").split()]
        for piece in _dashed(ends[0], ends[1], dashes) if dashes else [(ends[0], ends[1])]:
            self._on.line(piece, fill=one.get("stroke"), width=_width(one))

    def _path(self, one: Element) -> None:
        words = one.get("d", "").replace("M", "").replace("Z", "")
        pairs = (part.split() for part in words.split("L"))
        points = [(_unit(x), _unit(y)) for x, y in pairs]
        if one.get("fill") != "none":
            self._on.polygon(points, fill=one.get("fill"))
        if one.get("stroke") != "none":
            self._on.line(points, fill=one.get("stroke"), width=_width(one), joint="curve")

    def _circle(self, one: Element) -> None:
        x, y, radius = (_number(one, name) for name in ("cx", "cy", "r"))
        box = (x - radius, y - radius, x + radius, y + radius)
        self._on.ellipse(box, fill=one.get("fill"), outline=one.get("stroke"), width=_width(one))

    def _text(self, one: Element) -> None:
        font = _font(round(_number(one, "font-size")))
        anchor = _ANCHORS[one.get("text-anchor", "start")]
        at = (_number(one, "x"), _number(one, "y"))
        self._on.text(at, one.text or "", fill=one.get("fill"), font=font, anchor=anchor)


def _unit(text: str) -> float:
    return float(text) * SCALE * _FINER


def _number(one: Element, name: str) -> float:
    return _unit(one.get(name, "0"))


def _width(one: Element) -> int:
    return max(1, round(_number(one, "stroke-width")))


def _dashed(start: Point, end: Point, pattern: list[float]) -> list[tuple[Point, Point]]:
    """Return the pieces of a line that are drawn, the first of the pattern first."""
    length = math.dist(start, end)
    marks, place = [0.0], 0
    while marks[-1] < length:
        marks.append(min(length, marks[-1] + pattern[place % len(pattern)]))
        place += 1

    def at(mark: float) -> Point:
        share = mark / length
        return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)

    return [(at(a), at(b)) for a, b in list(pairwise(marks))[::2]] if length else []


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    found = find_spec("matplotlib_fontja")
    if found is None or found.origin is None:
        raise FileNotFoundError("matplotlib_fontja")
    return ImageFont.truetype(str(Path(found.origin).parent / "fonts" / "ipaexg.ttf"), size)
