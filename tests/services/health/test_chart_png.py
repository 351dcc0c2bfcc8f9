"""The chart as a picture shows what the chart as SVG draws."""

import io
from datetime import date

import pytest
from PIL import Image

from services.health.chart import HEIGHT, WIDTH, growth_chart
from services.health.chart_png import SCALE, chart_png
from services.health.chart_words import Measured

BORN = date(2024, 9, 18)
BLUE = (0x00, 0x31, 0xD8)
NEAR = 64
"""An edge is made smooth."""


def picture(measures: list[Measured], due: date | None = None) -> Image.Image:
    chart = growth_chart(measures, kind="weight", sex="female", birth=BORN, due=due)
    return Image.open(io.BytesIO(chart_png(chart.svg)))


def blue(image: Image.Image) -> int:
    """How many dots have the colour of a measurement."""
    colours = image.convert("RGB").getcolors(1 << 20) or []
    return sum(n for n, (r, _, b) in colours if r < NEAR and b > BLUE[2] - NEAR)


def test_it_is_a_phones_width_and_shows_each_measurement() -> None:
    none = picture([])
    assert none.size == (WIDTH * SCALE, HEIGHT * SCALE)
    assert blue(none) == 0
    one = blue(picture([Measured(date(2025, 1, 21), 6.28)]))
    two = blue(picture([Measured(date(2025, 1, 21), 6.28), Measured(date(2025, 3, 21), 7.5)]))
    # A filled dot of 3.5 units, and then a second with the line between them.
    assert one == pytest.approx(3.14 * (3.5 * SCALE) ** 2, rel=0.2)
    assert two > 2 * one


def test_points_at_the_corrected_age_are_hollow_there_too() -> None:
    early = picture([Measured(date(2025, 1, 21), 4.9)], due=date(2024, 11, 10))
    plain = picture([Measured(date(2025, 1, 21), 4.9)])
    assert blue(plain) < blue(early) < 2 * blue(plain)


def test_it_is_small_enough_to_send() -> None:
    chart = growth_chart([], kind="height", sex="male", birth=BORN)
    assert len(chart_png(chart.svg)) < 200_000
