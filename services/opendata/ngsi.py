"""NGSI-v2 entities: how a place is one, and the part of the query language that we answer.

After the FIWARE NGSI-v2 specification ("Simple Query Language", "Geographical Queries"); pure.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kit.distances import great_circle_m
from kit.errors import InvalidInputError
from services.opendata.wire import PlaceItem

Entity = dict[str, Any]

TYPES = {
    "facility": "PointOfInterest",
    "emergency_site": "EvacuationSite",
    "shelter": "EvacuationSite",
    "welfare_shelter": "EvacuationSite",
}
_STATEMENT = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]*)(?P<sign>==|!=|~=)(?P<value>.+)")
_DISTANCE = re.compile(r"(?P<bound>maxDistance|minDistance):(?P<metres>\d+(?:\.\d+)?)")
# Characters that NGSI-v2 allows in no value ("Field syntax restrictions").
_FORBIDDEN = re.compile(r"[<>\"'=;()]")


def entity(item: PlaceItem, licence: str, credit: str) -> Entity:
    """Return a place as an entity in normalised form."""
    values: dict[str, tuple[str, Any]] = {
        "name": ("Text", item.name),
        "address": ("Text", item.address),
        "kind": ("Text", item.kind),
        "category": ("StructuredValue", list(item.categories)),
        "hazardTypes": ("StructuredValue", list(item.hazards)),
        "alsoDesignatedShelter": ("Boolean", item.doubles_as_shelter),
        "capacity": ("Text", item.capacity),
        "telephone": ("Text", item.phone),
        "openingHours": ("Text", item.hours),
        "license": ("Text", licence),
        "dataProvider": ("Text", item.credit or credit),
        "demonstration": ("Boolean", item.demonstration),
    }
    return entity_of(
        f"urn:ngsi-ld:{TYPES[item.kind]}:{quote(item.id, safe=':-._')}",
        TYPES[item.kind],
        values,
        (item.longitude, item.latitude),
    )


def entity_of(
    entity_id: str,
    entity_type: str,
    values: Mapping[str, tuple[str, Any]],
    position: tuple[float, float] | None = None,
) -> Entity:
    """Return an entity in normalised form; what says nothing is left out.

    `values` are (NGSI type, value) by name, `position` is (longitude, latitude) in degrees.
    """
    attributes = {
        name: _attribute(kind, value)
        for name, (kind, value) in values.items()
        if value not in ("", [], None)
    }
    head: Entity = {"id": entity_id, "type": entity_type}
    if position is not None:
        point = {"type": "Point", "coordinates": list(position)}
        head["location"] = _attribute("geo:json", point)
    return {**head, **attributes}


def _attribute(kind: str, value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = _FORBIDDEN.sub(" ", value)
    return {"type": kind, "value": value, "metadata": {}}


def key_values(found: Entity) -> Entity:
    """Return an entity in the form `options=keyValues`."""
    return {name: part["value"] if isinstance(part, dict) else part for name, part in found.items()}


def only_attributes(found: Entity, names: Sequence[str]) -> Entity:
    """Return an entity with the named attributes alone; with all where none is named."""
    wanted = {"id", "type", *names}
    return {name: part for name, part in found.items() if name in wanted} if names else found


@dataclass(frozen=True)
class Statement:
    """One condition of `q`: an attribute is (not) one of some values, or fits a pattern."""

    name: str
    sign: str
    values: tuple[str, ...]

    def holds(self, found: Entity) -> bool:
        """Tell whether an entity fits."""
        part = found.get(self.name)
        if part is None:
            return False
        value = part["value"] if isinstance(part, dict) else part
        texts = [_text(one) for one in (value if isinstance(value, list) else [value])]
        if self.sign == "~=":
            return any(self.values[0] in text for text in texts)
        return any(text in self.values for text in texts) == (self.sign == "==")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_query(text: str) -> list[Statement]:
    """Read `q`, conditions joined by semicolons. Raises InvalidInputError naming what is ours."""
    found = []
    for part in filter(None, text.split(";")):
        match = _STATEMENT.fullmatch(part)
        if match is None:
            raise InvalidInputError(
                "q takes name==value, name!=value and name~=words, joined by semicolons."
            )
        found.append(Statement(match["name"], match["sign"], tuple(match["value"].split(","))))
    return found


@dataclass(frozen=True)
class Near:
    """`georel=near`: how far from a point (latitude, longitude), in metres."""

    latitude: float
    longitude: float
    nearest: float
    farthest: float

    def holds(self, found: Entity) -> bool:
        """Tell whether an entity lies there; one without a place lies nowhere."""
        return "location" in found and self.nearest <= self.metres(found) <= self.farthest

    def metres(self, found: Entity) -> float:
        """Return the great-circle distance (haversine)."""
        east, north = found["location"]["value"]["coordinates"]
        return great_circle_m(self.latitude, self.longitude, north, east)


def read_near(georel: str, geometry: str, coords: str) -> Near | None:
    """Read the three parameters of a geographical query, None where there is none.

    Raises InvalidInputError: only `near` a point is answered.
    """
    if not (georel or geometry or coords):
        return None
    kind, *bounds = georel.split(";")
    read = [_DISTANCE.fullmatch(bound) for bound in bounds]
    if kind != "near" or geometry != "point" or not read or None in read:
        raise InvalidInputError(
            "Give georel=near;maxDistance:1000, geometry=point and coords=latitude,longitude."
        )
    said: Mapping[str, float] = {m["bound"]: float(m["metres"]) for m in read if m is not None}
    latitude, longitude = _position(coords)
    nearest, farthest = said.get("minDistance", 0.0), said.get("maxDistance", math.inf)
    return Near(latitude, longitude, nearest, farthest)


def _position(coords: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(number) for number in coords.split(","))
    except ValueError:
        latitude = longitude = math.nan
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise InvalidInputError("coords takes latitude,longitude in degrees: 37.4948,139.9298")
    return latitude, longitude


@dataclass(frozen=True)
class Selection:
    """Which entities are asked for: ids, types, `q` and `georel`, all of them to be fulfilled."""

    ids: frozenset[str]
    types: frozenset[str]
    statements: tuple[Statement, ...]
    near: Near | None

    def of(self, found: Sequence[Entity]) -> list[Entity]:
        """Return the entities that fit, nearest first where a point is given."""
        fitting = [one for one in found if self._takes(one)]
        return fitting if self.near is None else sorted(fitting, key=self.near.metres)

    def _takes(self, one: Entity) -> bool:
        return (
            (not self.ids or one["id"] in self.ids)
            and (not self.types or one["type"] in self.types)
            and all(statement.holds(one) for statement in self.statements)
            and (self.near is None or self.near.holds(one))
        )


def read_selection(asked: Mapping[str, str]) -> Selection:
    """Read `id`, `type`, `q`, `georel`, `geometry` and `coords`. Raises InvalidInputError."""
    return Selection(
        _listed(asked.get("id", "")),
        _listed(asked.get("type", "")),
        tuple(read_query(asked.get("q", ""))),
        read_near(
            *(asked.get(name, "") for name in ("georel", "geometry", "coords")),
        ),
    )


def _listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))
