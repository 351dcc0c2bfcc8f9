"""Which places suit somebody, how far they are, and which way to walk. Pure functions."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from kit.distances import great_circle_m
from messages.hazards import Hazard
from services.facilities.contract import Kind

# 不動産の表示に関する公正競争規約施行規則: 80 metres a minute.
WALK_M_PER_MINUTE = 80
OUTSIDE_CITY_M = 30_000
DIRECTIONS = ("北", "北東", "東", "南東", "南", "南西", "西", "北西")

# What else a site should be good for when there is a choice: an unnamed danger is most often a
# quake or a river, and heavy rain that floods streets today fills the river tonight.
_ALSO_WANTED: dict[tuple[Hazard, ...], frozenset[Hazard]] = {
    (): frozenset({Hazard.earthquake, Hazard.flood}),
    (Hazard.inland_flood,): frozenset({Hazard.inland_flood, Hazard.flood}),
}


@dataclass(frozen=True)
class Record:
    """One place of the city's lists. Positions are WGS 84 degrees."""

    kind: Kind
    source_id: str
    name: str
    latitude: float
    longitude: float
    address: str = ""
    kana: str = ""
    nicknames: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    phone: str = ""
    hours: str = ""
    spot: str = ""
    hazards: tuple[Hazard, ...] = ()
    doubles_as_shelter: bool = False
    accepts: str = ""
    capacity: str = ""
    capacity_people: int | None = None
    """Read from `capacity` where it is clear; indoors where the text tells both."""
    note: str = ""
    url: str = ""
    credit: str = ""
    demonstration: bool = False


@dataclass(frozen=True)
class Found:
    """A place and its distance in metres along the earth's surface."""

    record: Record
    distance_m: float


@dataclass(frozen=True)
class Selection:
    """The nearest suitable places; see `contract.Nearest` for the two reasons of emptiness."""

    found: tuple[Found, ...] = ()
    outside_city: bool = False
    designated: bool = True


def direction(from_lat: float, from_lon: float, to_lat: float, to_lon: float) -> str:
    """Return the initial bearing as one of the eight Japanese directions."""
    phi, to_phi = math.radians(from_lat), math.radians(to_lat)
    turn = math.radians(to_lon - from_lon)
    east = math.sin(turn) * math.cos(to_phi)
    north = math.cos(phi) * math.sin(to_phi) - math.sin(phi) * math.cos(to_phi) * math.cos(turn)
    degrees = math.degrees(math.atan2(east, north)) % 360
    return DIRECTIONS[round(degrees / 45) % 8]


def walk_minutes(metres: float) -> int:
    """Return whole minutes on foot, never less than one."""
    return max(1, math.ceil(metres / WALK_M_PER_MINUTE))


def suitable(
    records: Iterable[Record], kind: Kind, hazards: tuple[Hazard, ...] = (), category: str = ""
) -> list[Record]:
    """Return the places of a kind that serve the need.

    Hazards narrow emergency sites only: a site must be designated for each one. Shelters are
    designated without hazards (災害対策基本法 第49条の7).
    """
    chosen = [r for r in records if r.kind == kind and (not category or category in r.categories)]
    if kind is not Kind.emergency_site:
        return chosen
    chosen = [r for r in chosen if set(hazards) <= set(r.hazards)]
    wanted = _ALSO_WANTED.get(hazards, frozenset())
    return [r for r in chosen if wanted <= set(r.hazards)] or chosen


def nearest(
    records: Iterable[Record],
    latitude: float,
    longitude: float,
    kind: Kind,
    hazards: tuple[Hazard, ...] = (),
    category: str = "",
    limit: int = 3,
) -> Selection:
    """Return up to `limit` suitable places, nearest first, names breaking ties."""
    candidates = [
        Found(r, great_circle_m(latitude, longitude, r.latitude, r.longitude))
        for r in suitable(records, kind, hazards, category)
    ]
    if not candidates:
        return Selection(designated=not (hazards and kind is Kind.emergency_site))
    candidates.sort(key=lambda found: (found.distance_m, found.record.name))
    if candidates[0].distance_m > OUTSIDE_CITY_M:
        return Selection(outside_city=True)
    return Selection(tuple(candidates[:limit]))
