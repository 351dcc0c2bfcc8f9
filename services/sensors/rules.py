"""What values of a sensor mean: the line that matters, the trend, whether they are too old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_TREND_OVER = timedelta(hours=1)
# Less than this in an hour is the wind's.
_STEADY = 0.05
_MISSED = 3


@dataclass(frozen=True)
class Line:
    """A height at which something is done, such as 氾濫危険水位."""

    name: str
    value: float


@dataclass(frozen=True)
class Device:
    """One sensor of the city; `lines` the lowest first, heights in `unit`."""

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
    demonstration: bool = False


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
    recent = [one for one in values if values[-1].at - one.at <= _TREND_OVER]
    if len(recent) < 2:
        return ""
    step = recent[-1].value - recent[0].value
    return "steady" if abs(step) < _STEADY else "rising" if step > 0 else "falling"


def is_stale(device: Device, at: datetime, now: datetime) -> bool:
    """Whether several values in a row have not come."""
    return now - at > timedelta(minutes=device.interval_minutes * _MISSED)
