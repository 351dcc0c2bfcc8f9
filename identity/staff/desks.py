"""The desks that staff can belong to: those of `city/<city>/city.toml`, by name."""

import tomllib

from kit.errors import ConciergeError
from kit.settings import Settings


class CityDesksError(ConciergeError):
    """The desks in the city's city.toml cannot be read. Each [[desks]] entry needs a name."""

    code = "bad_city_desks"


def load_desks(settings: Settings) -> tuple[str, ...]:
    """Return the names of the city's desks, in the order of the file. Raises CityDesksError."""
    try:
        city = tomllib.loads((settings.city_dir / "city.toml").read_text(encoding="utf-8"))
        return tuple(str(desk["name"]) for desk in city["desks"])
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise CityDesksError from error
