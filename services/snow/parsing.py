"""Reading JSON Lines of positions and of reports, and saying exactly what is wrong with a line."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from kit.errors import InvalidInputError
from services.snow.categories import Categories, Category
from services.snow.geometry import Id, Place
from services.snow.lifecycle import Status
from services.snow.tracks import Fix

T = TypeVar("T")

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


class LineError(ValueError):
    """A line that cannot be used; the message says why."""


@dataclass(frozen=True)
class BadLine:
    """A line that was left out. Lines count from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """Read as `file:line reason`."""
        return f"{self.file}:{self.line} {self.reason}"


@dataclass(frozen=True)
class ReportFiled:
    """A citizen filed a report."""

    time: datetime
    id: Id
    category: Category
    place: Place


@dataclass(frozen=True)
class StatusSet:
    """A report went on to another status."""

    time: datetime
    id: Id
    status: Status


@dataclass(frozen=True)
class PloughPassed:
    """A plough went along a line."""

    time: datetime
    line: tuple[Place, ...]


@dataclass(frozen=True)
class SnowFell:
    """So much new snow lies in the whole city."""

    time: datetime
    centimetres: float


Happening = ReportFiled | StatusSet | PloughPassed | SnowFell


def read_lines(
    file: Path, parse: Callable[[dict[str, Any]], T], bad: list[BadLine]
) -> Iterator[tuple[int, T]]:
    """Yield (line number, what `parse` made of it); lines that it refuses go to `bad`.

    Empty lines are passed over. Raises InvalidInputError when the file cannot be read at all.
    """
    try:
        lines = file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise InvalidInputError(f"{file}: {reason}") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, parse(_object(line))
        except LineError as error:
            bad.append(BadLine(file.name, number, str(error)))


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except UnicodeDecodeError:
        raise LineError("is not UTF-8") from None
    except (ValueError, RecursionError):
        raise LineError("is not JSON") from None
    if not isinstance(value, dict):
        raise LineError("is not a JSON object")
    return value


def read_fix(entry: dict[str, Any]) -> Fix:
    """Read a plough's position. Raises LineError."""
    down = entry.get("plough_down")
    if not isinstance(down, bool):
        raise LineError("plough_down is true or false")
    vehicle = read_id(entry, "vehicle")
    return Fix(vehicle, read_time(entry.get("time")), read_place(entry), down)


def happening_reader(categories: Categories) -> Callable[[dict[str, Any]], Happening]:
    """Return what reads a line of `concierge snow nearby`; it raises LineError."""

    def read(entry: dict[str, Any]) -> Happening:
        reader = _READERS.get(str(entry.get("kind")))
        if reader is None:
            raise LineError("kind is report, status, passage or snow")
        return reader(entry, read_time(entry.get("time")), categories)

    return read


def _report(entry: dict[str, Any], time: datetime, categories: Categories) -> Happening:
    name = entry.get("type")
    category = categories.named(name) if isinstance(name, str) else None
    if category is None:
        names = "、".join(category.name for category in categories.all)
        raise LineError(f"type {_shown(name)} is none of {names}")
    return ReportFiled(time, read_id(entry, "id"), category, read_place(entry))


def _status(entry: dict[str, Any], time: datetime, _: Categories) -> Happening:
    try:
        status = Status(str(entry.get("status")))
    except ValueError:
        names = "、".join(Status)
        raise LineError(f"status {_shown(entry.get('status'))} is none of {names}") from None
    return StatusSet(time, read_id(entry, "id"), status)


def _passage(entry: dict[str, Any], time: datetime, _: Categories) -> Happening:
    line = entry.get("line")
    if not isinstance(line, list) or not line:
        raise LineError("line is a list of [lon, lat]")
    return PloughPassed(time, read_positions(line))


def _snow(entry: dict[str, Any], time: datetime, _: Categories) -> Happening:
    centimetres = read_amount(entry, "cm")
    if not 0 <= centimetres <= 1000:
        raise LineError("cm is a number from 0 to 1000")
    return SnowFell(time, centimetres)


_READERS: dict[str, Callable[[dict[str, Any], datetime, Categories], Happening]] = {
    "report": _report,
    "status": _status,
    "passage": _passage,
    "snow": _snow,
}


def read_positions(line: Iterable[object]) -> tuple[Place, ...]:
    """Read GeoJSON positions, [lon, lat] with an optional height. Raises LineError."""
    return tuple(_position(position) for position in line)


def _position(position: object) -> Place:
    if not isinstance(position, list) or len(position) < 2:
        raise LineError("a position is [lon, lat]")
    return read_place({"lon": position[0], "lat": position[1]})


def read_time(value: object) -> datetime:
    """Read a time of RFC 3339; the offset has to be there. Raises LineError."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise LineError(f"time {_shown(value)} is not like 2026-01-15T07:30:00+09:00")
    day, minutes, seconds, fraction, offset = match.groups()
    # RFC 3339 has leap seconds, Python has not.
    leap = seconds == "60"
    digits = f"{fraction or '.0'}000000"[:7]
    text = f"{day}T{minutes}:{'59' if leap else seconds}{digits}"
    try:
        time = datetime.fromisoformat(text + offset.upper().replace("Z", "+00:00"))
        time.timestamp()
        return time + timedelta(seconds=leap)
    except (ValueError, OverflowError):
        raise LineError(f"time {_shown(value)} does not exist") from None


def read_place(entry: dict[str, Any]) -> Place:
    """Read `lat` and `lon`. Raises LineError."""
    lat, lon = read_amount(entry, "lat"), read_amount(entry, "lon")
    if not -90 <= lat <= 90:
        raise LineError(f"lat {lat:g} is outside -90 to 90")
    if not -180 <= lon <= 180:
        raise LineError(f"lon {lon:g} is outside -180 to 180")
    return Place(lat, lon)


def read_amount(entry: dict[str, Any], name: str) -> float:
    """Read a finite number. Raises LineError."""
    value = entry.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LineError(f"{name} is a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise LineError(f"{name} is a finite number")
    return number


def read_id(entry: dict[str, Any], name: str) -> Id:
    """Read the name of something, a text or a whole number. Raises LineError."""
    value = entry.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not value.strip():
        raise LineError(f"{name} is a text")
    return value


def _shown(value: object) -> str:
    """Show a value in at most forty characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:39] + "…"
