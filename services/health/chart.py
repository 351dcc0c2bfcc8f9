"""Growth charts drawn on the server: SVG of phone width that prints, with the same in words.

The printed rows of months are averages over an interval, so the curves go through the middle of
each. There is no row between day 4 and day 30, so nothing is drawn there. Nothing is told by
colour alone: curves carry their percentile, points at the corrected age are hollow.
"""

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from xml.sax.saxutils import escape

from kit.wording import translated
from services.health.chart_words import KIND_WORDS, UNITS, Measured, description, title
from services.health.growth import corrected_birth
from services.health.growth_tables import CREDIT, PERCENTILES, Row, rows

MONTH_DAYS = 30.4375
WIDTH, HEIGHT = 360, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 326, 34, 372
_SPANS = (12, 36, 78)
_FILL, _CURVE, _TEXT, _POINT = "#e8f1fe", "#5b6b7d", "#1a1a1c", "#0031d8"


@dataclass(frozen=True, slots=True)
class Chart:
    """`svg` is a whole document; `words` says the same, a line for each measurement."""

    svg: str
    words: list[str]


@dataclass(frozen=True, slots=True)
class _Scale:
    months: int
    low: float
    high: float

    def x(self, months: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * months / self.months

    def y(self, value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (value - self.low) / (self.high - self.low)

    def at(self, months: float, value: float) -> str:
        return f"{self.x(months):.1f} {self.y(value):.1f}"


def _months(start: date, day: date) -> float:
    return (day - start).days / MONTH_DAYS


def _first_days(sex: str, kind: str) -> list[tuple[float, Row]]:
    table = rows(sex, kind)
    return [(day / MONTH_DAYS, row) for day, row in sorted(table.by_day.items()) if day < 30]


def _later(sex: str, kind: str, months: int) -> list[tuple[float, Row]]:
    table = rows(sex, kind)
    bands = [((row.start + row.end) / 2, row) for row in table.bands]
    thirtieth = [(30 / MONTH_DAYS, table.by_day[30])] if 30 in table.by_day else []
    return [(age, row) for age, row in thirtieth + bands if age <= months]


def _scale(measures: list[Measured], birth: date, curves: list[tuple[float, Row]]) -> _Scale:
    oldest = max((_months(birth, measure.day) for measure in measures), default=0)
    months = next((span for span in _SPANS if oldest < span), _SPANS[-1])
    values = [measure.value for measure in measures if _months(birth, measure.day) <= months]
    values += [value for age, row in curves if age <= months for value in row.values]
    low, high = min(values, default=0.0), max(values, default=1.0)
    margin = (high - low or 1) * 0.05
    return _Scale(months, low - margin, high + margin)


def _step(span: float) -> float:
    """A round distance between the lines of the grid, five to ten of them."""
    rough = span / 6
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _text(x: float, y: float, words: str, *, anchor: str = "middle", size: int = 11) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{_TEXT}">{escape(words)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        'stroke="#d8d8db" stroke-width="0.7"/>'
    )


def _grid(scale: _Scale, unit: str) -> list[str]:
    step = _step(scale.high - scale.low)
    drawn = []
    for place in range(math.ceil(scale.low / step), math.floor(scale.high / step) + 1):
        y = scale.y(place * step)
        drawn += [
            _line(_LEFT, y, _RIGHT, y),
            _text(_LEFT - 5, y + 4, f"{place * step:g}", anchor="end"),
        ]
    for month in range(0, scale.months + 1, {12: 2, 36: 6, 78: 12}[scale.months]):
        x = scale.x(month)
        label = str(month) if scale.months == _SPANS[0] else f"{month / 12:g}"
        drawn += [_line(x, _TOP, x, _BOTTOM), _text(x, _BOTTOM + 15, label)]
    age = translated("月齢") if scale.months == _SPANS[0] else translated("年齢（歳）")
    drawn.append(_text((_LEFT + _RIGHT) / 2, _BOTTOM + 31, age))
    drawn.append(_text(_LEFT - 5, _TOP - 8, unit, anchor="end"))
    return drawn


def _path(scale: _Scale, curve: list[tuple[float, Row]], place: int) -> str:
    points = [scale.at(age, row.values[place]) for age, row in curve]
    width = 1.6 if PERCENTILES[place] == 50 else 0.9
    return (
        f'<path d="M {" L ".join(points)}" fill="none" stroke="{_CURVE}" stroke-width="{width}"/>'
    )


def _area(scale: _Scale, curve: list[tuple[float, Row]]) -> str:
    upper = [scale.at(age, row.values[-1]) for age, row in curve]
    lower = [scale.at(age, row.values[0]) for age, row in reversed(curve)]
    return f'<path d="M {" L ".join(upper + lower)} Z" fill="{_FILL}" stroke="none"/>'


def _curves(scale: _Scale, sex: str, kind: str) -> list[str]:
    later = _later(sex, kind, scale.months)
    first = _first_days(sex, kind)
    drawn = [_area(scale, later)]
    for place, percent in enumerate(PERCENTILES):
        drawn.append(_path(scale, later, place))
        if len(first) > 1:
            drawn.append(_path(scale, first, place))
        else:
            drawn += [_dash(scale, row, place) for _, row in first]
        age, row = later[-1]
        y = scale.y(row.values[place]) + 3
        drawn.append(_text(scale.x(age) + 3, y, str(percent), anchor="start", size=9))
    return drawn


def _dash(scale: _Scale, row: Row, place: int) -> str:
    """The value at birth where the survey has that one day only."""
    y = scale.y(row.values[place])
    return (
        f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + 4}" y2="{y:.1f}" '
        f'stroke="{_CURVE}" stroke-width="0.9"/>'
    )


def _points(scale: _Scale, measures: list[Measured], start: date, *, hollow: bool) -> list[str]:
    ages = [(_months(start, measure.day), measure.value) for measure in measures]
    shown = [(age, value) for age, value in sorted(ages) if 0 <= age <= scale.months]
    fill = "#ffffff" if hollow else _POINT
    dashes = ' stroke-dasharray="3 3"' if hollow else ""
    drawn = [
        f'<line x1="{scale.x(a):.1f}" y1="{scale.y(v):.1f}" x2="{scale.x(b):.1f}" '
        f'y2="{scale.y(w):.1f}" stroke="{_POINT}" stroke-width="1.2"{dashes}/>'
        for (a, v), (b, w) in pairwise(shown)
    ]
    return drawn + [
        f'<circle cx="{scale.x(age):.1f}" cy="{scale.y(value):.1f}" r="3.5" fill="{fill}" '
        f'stroke="{_POINT}" stroke-width="1.5"/>'
        for age, value in shown
    ]


def _legend(corrected: bool) -> list[str]:
    credit = _text(_LEFT, HEIGHT - 6, CREDIT, anchor="start", size=9)
    if not corrected:
        return [credit]
    words = translated("●は生まれた日から、○は出産予定日から数えた月齢です。")
    return [credit, _text(_LEFT, HEIGHT - 19, words, anchor="start", size=9)]


def growth_chart(
    measures: list[Measured], *, kind: str, sex: str | None, birth: date, due: date | None = None
) -> Chart:
    """The chart of one kind of measurement; without a known sex it has no curves.

    `due` is the expected date of birth: a child born before 37 weeks is drawn at both ages."""
    corrected = corrected_birth(birth, due)
    known = sex in ("male", "female")
    curves = _later(str(sex), kind, _SPANS[-1]) + _first_days(str(sex), kind) if known else []
    scale = _scale(measures, birth, curves)
    drawn = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_grid(scale, UNITS[kind]),
    ]
    if known:
        drawn += _curves(scale, str(sex), kind)
    drawn += _points(scale, measures, birth, hollow=False)
    if corrected:
        drawn += _points(scale, measures, corrected, hollow=True)
    words = description(measures, kind=kind, sex=sex, birth=birth, due=due)
    drawn += [
        _text(WIDTH / 2, 16, translated(KIND_WORDS[kind]), size=13),
        *_legend(bool(corrected)),
    ]
    return Chart(_document(kind, title(kind), words, drawn), words)


def _document(kind: str, name: str, words: list[str], drawn: list[str]) -> str:
    """The SVG with its name and its words for those who hear it. Ids are by kind, so that several
    charts can stand on one page."""
    names = f"growth-{kind}-title growth-{kind}-words"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="100%" role="img" aria-labelledby="{names}" '
            "font-family=\"'Noto Sans JP','Noto Sans CJK JP',sans-serif\">",
            f'<title id="growth-{kind}-title">{escape(name)}</title>',
            f'<desc id="growth-{kind}-words">{escape(" ".join(words))}</desc>',
            *drawn,
            "</svg>",
        ]
    )
