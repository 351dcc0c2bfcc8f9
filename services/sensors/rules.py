"""What values of a sensor mean: the line that matters, the trend, what has to be told. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit.distances import great_circle_m
from kit.lifecycle import Lifecycle

TREND_OVER = timedelta(hours=1)
# Less than this in an hour is the wind's.
_STEADY = 0.05
MISSED = 3
"""So many values in a row have to be missing before a sensor counts as silent."""
# A level that does not move by a centimetre for so long is a gauge that hangs.
_STUCK_VALUES = 12

EVENT_STATES: Lifecycle = {
    "waiting": frozenset({"telling", "refused"}),
    "telling": frozenset({"told"}),
    "told": frozenset(),
    "refused": frozenset(),
    "noted": frozenset(),
}
"""waiting: staff decides first; noted: for the desk alone."""


@dataclass(frozen=True)
class Line:
    """A height at which something is done, such as 氾濫危険水位."""

    name: str
    value: float


@dataclass(frozen=True)
class Device:
    """One sensor of the city; `lines` the lowest first, heights in `unit`.

    `words`: the number that a word of its stands for, such as sprung = 1. `shelter`: the name of
    the shelter where it stands.
    """

    id: str
    kind: str
    name: str
    attribute: str
    unit: str
    latitude: float
    longitude: float
    interval_minutes: int
    lowest: float
    highest: float
    desk: str
    lines: tuple[Line, ...] = ()
    aliases: tuple[str, ...] = ()
    words: tuple[tuple[str, float], ...] = ()
    shelter: str = ""
    demonstration: bool = False

    def number(self, said: float | str) -> float | None:
        """What was measured as a number; None for a word that it is not known to say."""
        return dict(self.words).get(said) if isinstance(said, str) else said


@dataclass(frozen=True)
class Rule:
    """When values of a kind of sensor are an event, and who is told.

    It is one from `at_least` on, up to `at_most`, or from the sensor's own line of the name `line`
    on, where that many `samples` in a row say so. `tells`: `fields` (who registered a field or a
    hunting ground within `metres`) or `desk`. With `confirm`, staff decides first.
    """

    id: str
    kind: str
    tells: str
    at_least: float = math.inf
    at_most: float = -math.inf
    line: str = ""
    samples: int = 1
    metres: int = 600
    confirm: bool = False
    quiet_minutes: int = 60
    lasts_hours: int = 24

    def is_met(self, device: Device, value: float) -> bool:
        """Whether one value of a sensor is what the rule is about."""
        if self.kind != device.kind:
            return False
        over = any(line.name == self.line and value >= line.value for line in device.lines)
        return over or value >= self.at_least or value <= self.at_most

    def first_state(self) -> str:
        """Where an event of this rule begins."""
        if self.tells == "desk":
            return "noted"
        return "waiting" if self.confirm else "telling"


@dataclass(frozen=True)
class Value:
    """One value and when it was measured."""

    value: float
    at: datetime


def doubt(device: Device, value: float) -> str:
    """Why a value is not to be believed, "" where it may be."""
    return "" if device.lowest <= value <= device.highest else "out of its plausible range"


def matters(device: Device, value: float) -> tuple[Line | None, bool]:
    """The line that matters, and whether it is reached: the highest one reached, else the next."""
    reached = [line for line in device.lines if value >= line.value]
    if reached:
        return reached[-1], True
    return (device.lines[0], False) if device.lines else (None, False)


def trend(values: Sequence[Value]) -> str:
    """rising, falling or steady over the last hour; "" where too little is known. Oldest first."""
    recent = [one for one in values if values[-1].at - one.at <= TREND_OVER]
    if len(recent) < 2:
        return ""
    step = recent[-1].value - recent[0].value
    return "steady" if abs(step) < _STEADY else "rising" if step > 0 else "falling"


def is_stale(device: Device, at: datetime, now: datetime) -> bool:
    """Whether several values in a row have not come."""
    return now - at > timedelta(minutes=device.interval_minutes * MISSED)


def is_stuck(device: Device, values: Sequence[Value]) -> bool:
    """Whether a gauge says exactly the same for too long; switches may."""
    last = [one.value for one in values[-_STUCK_VALUES:]]
    return bool(device.unit) and len(last) == _STUCK_VALUES and len(set(last)) == 1


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance of two places (latitude, longitude; degrees) in metres."""
    return great_circle_m(*one, *other)
