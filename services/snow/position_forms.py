"""The forms in which positions and measurements come, each made into plain entries. Pure.

A JSON list, an object with `positions` (or one entry), JSON Lines, CSV with a head line, an NGSI
notification of `Vehicle` entities (normalized, keyValues or NGSI-LD), and a GTFS-Realtime feed in
its JSON form. GTFS-Realtime has no field for a blade: without our own `ploughDown` it counts as up,
so that nothing is claimed.
"""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from kit.errors import InvalidInputError

_NUMBERS = ("lat", "lon", "surface_c", "roadside_cm")
_BLADE = {"true": True, "1": True, "down": True, "false": False, "0": False, "up": False}
_TIMES = ("observationDateTime", "dateObserved", "TimeInstant", "observedAt")
_OWN = {
    "ploughDown": "plough_down",
    "surfaceCondition": "surface",
    "surfaceTemperature": "surface_c",
    "roadsideSnow": "roadside_cm",
}


def read_entries(body: bytes) -> list[Any]:
    """Return the entries of a body in any of the forms. Raises InvalidInputError."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return _csv(body) if _is_csv(body) else _lines(body)
    if isinstance(told, dict):
        if isinstance(told.get("entity"), list):
            return [_gtfs(one) for one in told["entity"]]
        told = told.get("positions", told.get("data", [told]))
    if not isinstance(told, list):
        raise InvalidInputError("Send a list of positions.")
    return [_ngsi(one) if _is_ngsi(one) else one for one in told]


def _lines(body: bytes) -> list[Any]:
    try:
        return [json.loads(line) for line in body.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise InvalidInputError("Send JSON: a list of positions, or one a line; or CSV.") from None


def _is_csv(body: bytes) -> bool:
    head = body.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    return {b"vehicle", b"time", b"lat", b"lon"} <= set(head.strip().split(b","))


def _csv(body: bytes) -> list[Any]:
    try:
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
        return [_row(row) for row in rows]
    except (UnicodeDecodeError, csv.Error):
        raise InvalidInputError("Send the CSV file in UTF-8.") from None


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {str(name): text for name, text in row.items() if text}
    for name in _NUMBERS:
        if name in entry:
            entry[name] = _number(entry[name])
    blade = str(entry.get("plough_down", "")).strip().casefold()
    return {**entry, "plough_down": _BLADE.get(blade)}


def _number(text: Any) -> Any:
    """Return a number, else what stands there, which is then named as wrong."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def _is_ngsi(one: Any) -> bool:
    return isinstance(one, dict) and "id" in one and "location" in one


def _ngsi(entity: dict[str, Any]) -> dict[str, Any]:
    point = _value(entity["location"])
    point = point if isinstance(point, dict) else {}
    lon, lat = _two(point.get("coordinates"))
    entry = {"vehicle": entity["id"], "lat": lat, "lon": lon, "time": _first(entity, _TIMES)}
    told = {ours: _value(entity[theirs]) for theirs, ours in _OWN.items() if theirs in entity}
    return {**entry, **told}


def _value(told: Any) -> Any:
    """Return an attribute's value; a point itself has `coordinates`."""
    return told["value"] if isinstance(told, dict) and "value" in told else told


def _first(entity: dict[str, Any], names: Iterable[str]) -> Any:
    found = next((_value(entity[name]) for name in names if name in entity), None)
    return found.get("@value") if isinstance(found, dict) else found


def _two(numbers: Any) -> tuple[Any, Any]:
    whole = isinstance(numbers, list) and len(numbers) >= 2
    return (numbers[0], numbers[1]) if whole else (None, None)


def _gtfs(entity: Any) -> Any:
    try:
        told = entity["vehicle"]
        at = datetime.fromtimestamp(int(told["timestamp"]), UTC)
        return {
            "vehicle": told["vehicle"]["id"],
            "time": at.isoformat(),
            "lat": told["position"]["latitude"],
            "lon": told["position"]["longitude"],
            "plough_down": bool(told.get("ploughDown")),
        }
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return entity
