"""`city/<city>/city.toml`, typed: the municipality's names, desks and notices."""

import tomllib
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Phone = Annotated[str, StringConstraints(pattern=r"^[0-9]+(-[0-9]+)*$")]
MonthDay = Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(_Part):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


class Box(_Part):
    """A rectangle around the city; degrees, WGS 84."""

    south: float
    north: float
    west: float
    east: float


class GeneralDesk(_Part):
    """The switchboard and its hours: working days, in the city's local time."""

    name: str
    phone: Phone
    opens: time
    closes: time
    closed_from: MonthDay
    closed_to: MonthDay

    def closed_on(self, day: date) -> bool:
        """Tell whether that day lies in the yearly closure, which may span the new year."""
        today = f"{day:%m-%d}"
        if self.closed_from <= self.closed_to:
            return self.closed_from <= today <= self.closed_to
        return today >= self.closed_from or today <= self.closed_to


class Desk(_Part):
    """One desk and the words by which residents call its matters."""

    name: str
    matters: tuple[str, ...]
    demonstration: bool
    phone: Phone | None = None
    """Its own number where the city publishes one; else the general desk puts calls through."""


class Notices(_Part):
    """The sentences that mark demonstration content."""

    data: str
    answer: str


class City(_Part):
    """The whole file."""

    name: str
    name_kana: str
    also_called: tuple[str, ...] = ()
    """Shorter names that residents use."""
    prefecture: str
    jis_code: str
    code6: str
    timezone: str
    centre: Point
    box: Box
    general_desk: GeneralDesk
    notices: Notices
    desks: tuple[Desk, ...]
    folder: Path = Path()
    """Where the city's files are."""

    def desks_for(self, text: str) -> tuple[Desk, ...]:
        """Return the desks that a text names, by their names or by their matters.

        Best first: 母子手帳 is the matter of the desk that says so, not of the one that says 手帳.
        """
        named = {
            desk: max((len(w) for w in (desk.name, *desk.matters) if w in text), default=0)
            for desk in self.desks
        }
        return tuple(sorted(filter(named.get, named), key=lambda desk: -named[desk]))


@lru_cache
def load_city(city_dir: Path) -> City:
    """Read `city.toml` of a city's folder, once in a process. Raises ValueError when it is bad."""
    told = tomllib.loads((city_dir / "city.toml").read_text(encoding="utf-8"))
    return City.model_validate(told | {"folder": city_dir})
