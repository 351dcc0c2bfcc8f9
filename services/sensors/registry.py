"""The city's sensors, read from its folder once."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from kit.errors import ConciergeError
from services.sensors.rules import Device, Line

FILE = "devices.toml"


class BadDevicesError(ConciergeError):
    """The city's sensors/devices.toml cannot be used. Correct what is named."""

    code = "bad_devices"


@lru_cache
def load_devices(folder: Path) -> tuple[Device, ...]:
    """Return the sensors of a city's folder; none where it has no file. Raises BadDevicesError."""
    file = folder / "sensors" / FILE
    if not file.is_file():
        return ()
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
        found = tuple(_device(body) for body in read["devices"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadDevicesError(f"{FILE}: {error}") from error
    if len({device.id for device in found}) < len(found):
        raise BadDevicesError(f"{FILE}: two sensors have the same id")
    return found


def _device(body: dict[str, Any]) -> Device:
    lines = tuple(Line(str(line["name"]), float(line["value"])) for line in body.get("lines", ()))
    if list(lines) != sorted(lines, key=lambda line: line.value):
        raise ValueError(f"{body['id']}: the lowest line comes first")
    return Device(**{**body, "lines": lines, "aliases": tuple(body.get("aliases", ()))})
