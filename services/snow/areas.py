"""Which districts a contractor looks after: `city/<city>/snow/contractors.toml`."""

import tomllib
from functools import lru_cache
from pathlib import Path

from auth.staff import StaffMember
from kit.errors import InvalidInputError

Area = frozenset[str]


@lru_cache
def read_contractors(city_dir: Path) -> dict[str, Area]:
    """Return each contractor's desk (a desk of `city.toml`) with its districts.

    Raises InvalidInputError naming what is wrong with the file.
    """
    file = city_dir / "snow" / "contractors.toml"
    if not file.is_file():
        return {}
    try:
        entries = tomllib.loads(file.read_text("utf-8"))["contractors"]
        return {str(entry["desk"]): frozenset(map(str, entry["districts"])) for entry in entries}
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InvalidInputError(f"contractors.toml: {error}") from None


def area_of(member: StaffMember, city_dir: Path) -> Area:
    """Return the districts of a member's contractors' desks, none for anybody else."""
    known = read_contractors(city_dir)
    return frozenset().union(*(known.get(desk, frozenset()) for desk in member.desks))
