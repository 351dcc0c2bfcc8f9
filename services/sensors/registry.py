"""The city's sensors and what is done about their values, read from its folder once."""

import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from kit.errors import ConciergeError
from services.sensors.rules import Device, Line, Rule

T = TypeVar("T", Device, Rule)

FILE, RULES = "devices.toml", "rules.toml"
_TELLS = ("fields", "desk")


class BadDevicesError(ConciergeError):
    """A file of the city's sensors/ cannot be used. Correct what is named."""

    code = "bad_devices"


@lru_cache
def load_devices(folder: Path) -> tuple[Device, ...]:
    """Return the sensors of a city's folder; none where it has no file. Raises BadDevicesError."""
    return _read(folder / "sensors" / FILE, "devices", _device)


@lru_cache
def load_rules(folder: Path) -> tuple[Rule, ...]:
    """Return what is done about values; nothing where there is no file. Raises BadDevicesError."""
    return _read(folder / "sensors" / RULES, "rules", _rule)


def _read(file: Path, name: str, make: Callable[[dict[str, Any]], T]) -> tuple[T, ...]:
    if not file.is_file():
        return ()
    try:
        found = tuple(map(make, tomllib.loads(file.read_text(encoding="utf-8"))[name]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadDevicesError(f"{file.name}: {error}") from error
    if len({one.id for one in found}) < len(found):
        raise BadDevicesError(f"{file.name}: an id is there twice")
    return found


def _device(body: dict[str, Any]) -> Device:
    lines = tuple(Line(str(line["name"]), float(line["value"])) for line in body.get("lines", ()))
    if list(lines) != sorted(lines, key=lambda line: line.value):
        raise ValueError(f"{body['id']}: the lowest line comes first")
    words = tuple((str(word), float(value)) for word, value in body.get("words", {}).items())
    aliases = tuple(body.get("aliases", ()))
    return Device(**{**body, "lines": lines, "aliases": aliases, "words": words})


def _rule(body: dict[str, Any]) -> Rule:
    rule = Rule(**body)
    if rule.tells not in _TELLS:
        raise ValueError(f"{rule.id}: tells is one of {', '.join(_TELLS)}")
    return rule
