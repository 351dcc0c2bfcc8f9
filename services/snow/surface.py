"""What vehicles measure while they drive: the surface of the road, the snow at its side. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.errors import InvalidInputError
from services.snow.geometry import Id, Place
from services.snow.parsing import LineError, read_amount, read_id, read_place, read_time
from services.snow.slipperiness import check_temperature

STATES = {
    "dry": "乾いています",
    "wet": "ぬれています",
    "slush": "シャーベット状です",
    "packed": "圧雪です",
    "ice": "凍っています",
}
"""What a surface is: as files say it, and as citizens read it."""

DEEPEST_CM = 1000.0


@dataclass(frozen=True)
class Measurement:
    """One look of one vehicle at the road under it; what it cannot measure is empty."""

    vehicle: Id
    time: datetime
    place: Place
    state: str = ""
    surface_c: float | None = None
    roadside_cm: float | None = None


def read_measurement(entry: dict[str, Any]) -> Measurement:
    """Read `{vehicle, time, lat, lon, surface?, surface_c?, roadside_cm?}`. Raises LineError."""
    state = entry.get("surface") or ""
    if state and state not in STATES:
        raise LineError(f"surface is one of {', '.join(STATES)}")
    found = Measurement(
        read_id(entry, "vehicle"),
        read_time(entry.get("time")),
        read_place(entry),
        str(state),
        _temperature(entry),
        _depth(entry),
    )
    if not found.state and found.surface_c is None and found.roadside_cm is None:
        raise LineError("measures nothing: give surface, surface_c or roadside_cm")
    return found


def _temperature(entry: dict[str, Any]) -> float | None:
    if entry.get("surface_c") is None:
        return None
    try:
        return check_temperature(read_amount(entry, "surface_c"))
    except InvalidInputError as error:
        raise LineError(f"surface_c: {error.message}") from None


def _depth(entry: dict[str, Any]) -> float | None:
    if entry.get("roadside_cm") is None:
        return None
    depth = read_amount(entry, "roadside_cm")
    if not 0 <= depth <= DEEPEST_CM:
        raise LineError("roadside_cm is a number from 0 to 1000")
    return depth
