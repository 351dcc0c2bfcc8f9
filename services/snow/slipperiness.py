"""How slippery pavements will be, in three levels, from what a forecast gives. Pure.

The levels are those that Sapporo publishes in winter. The rule is this program's own, and every
forecast carries the reason that decided it:

1. 非常に滑りやすい: what melts or rains by day (highest temperature 0 °C or more, or rain) freezes
   again (lowest −2 °C or less) while snow lies or falls or rain fell: a mirror of ice; or packed
   snow at −6 °C or less without new snow, which feet and wheels polish.
2. 滑りやすい: lowest 0 °C or less with snow on the ground, new snow, or a wet road.
3. あまり滑らない: everything else; above 0 °C nothing freezes, and dry bare ground does not slip.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from kit.errors import InvalidInputError


class Level(StrEnum):
    """How slippery; the values are what citizens read."""

    LOW = "あまり滑らない"
    MEDIUM = "滑りやすい"
    HIGH = "非常に滑りやすい"


REFREEZES_C = -2.0
POLISHED_C = -6.0
NEW_SNOW_CM = 1.0
WET_MM = 0.5

COLDEST_C, WARMEST_C = -45.0, 25.0
"""What a thermometer of a winter road can show; 40 in a field for 0 is a slip of the finger."""


@dataclass(frozen=True)
class Outlook:
    """A forecast's day and the night that follows. Centimetres lie or fall, millimetres rain."""

    lowest_c: float
    highest_c: float
    snow_on_ground_cm: float = 0.0
    new_snow_cm: float = 0.0
    rain_mm: float = 0.0

    def __post_init__(self) -> None:
        """Raise InvalidInputError for what cannot be."""
        for value in (self.lowest_c, self.highest_c):
            check_temperature(value)
        if self.lowest_c > self.highest_c:
            raise InvalidInputError("最低気温が最高気温より高くなっています。")
        for value in (self.snow_on_ground_cm, self.new_snow_cm, self.rain_mm):
            if not (math.isfinite(value) and 0 <= value <= 1000):
                raise InvalidInputError("雪や雨の量は 0 から 1000 の数で入力してください。")


@dataclass(frozen=True)
class Forecast:
    """A level and why."""

    level: Level
    reason: str


def check_temperature(celsius: float) -> float:
    """Return a temperature of a winter road. Raises InvalidInputError, kindly."""
    if not (math.isfinite(celsius) and COLDEST_C <= celsius <= WARMEST_C):
        raise InvalidInputError(
            f"{celsius:g}℃は冬の路面の温度として考えにくい値です。"
            f"{COLDEST_C:g}℃から{WARMEST_C:g}℃の間で、もう一度確かめてください。"
        )
    return celsius


def forecast(outlook: Outlook) -> Forecast:
    """Return the level for an outlook, by the rule at the head of this module."""
    lying = outlook.snow_on_ground_cm > 0
    falling = outlook.new_snow_cm >= NEW_SNOW_CM
    rained = outlook.rain_mm >= WET_MM
    if outlook.lowest_c > 0:
        return Forecast(Level.LOW, "氷点下にならない見込みです")
    if not (lying or falling or rained):
        return Forecast(Level.LOW, "路面に雪や水がない見込みです")
    melts = rained or (outlook.highest_c >= 0 and (lying or falling))
    if melts and outlook.lowest_c <= REFREEZES_C:
        return Forecast(Level.HIGH, "日中にとけた雪や雨が、夜から朝に凍る見込みです")
    if lying and not falling and outlook.lowest_c <= POLISHED_C:
        return Forecast(Level.HIGH, "踏み固められた雪が、強い冷え込みで磨かれる見込みです")
    return Forecast(Level.MEDIUM, "氷点下で、路面に雪や水がある見込みです")
