"""Where the city is: the rectangle and the centre of `city.toml`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kit.errors import InvalidInputError
from services.snow.geometry import Box, Place


@dataclass(frozen=True)
class Bounds:
    """A city on the map, and what it is called."""

    name: str
    box: Box
    centre: Place
    phone: str


@lru_cache
def read_bounds(city_dir: Path) -> Bounds:
    """Read them from the city's folder. Raises InvalidInputError where they are not there."""
    try:
        told = tomllib.loads((city_dir / "city.toml").read_text("utf-8"))
        box, centre = told["box"], told["centre"]
        return Bounds(
            told["name"],
            Box(box["south"], box["north"], box["west"], box["east"]),
            Place(centre["latitude"], centre["longitude"]),
            told["general_desk"]["phone"],
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise InvalidInputError(f"city.toml: {error}") from None


@lru_cache
def read_spoken_places(city_dir: Path) -> dict[str, str]:
    """Read how people call places, and which name is meant (`snow/places.toml`)."""
    file = city_dir / "snow" / "places.toml"
    if not file.is_file():
        return {}
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"places.toml: {error}") from None
    return {str(said): str(name) for said, name in told.items()}
