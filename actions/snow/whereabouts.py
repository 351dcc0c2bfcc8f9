"""Which place a message means, for matters of the road: a pin, a landmark, an address, a town."""

from dataclasses import dataclass
from typing import Any

from actions.base import ActionContext, Turn
from services.facilities.contract import FacilitiesClient
from services.places.contract import Kind, PlacesClient, Resolution
from services.snow.contract import SnowClient

_ROUGH = frozenset({Kind.district, Kind.town, Kind.postal_code})


@dataclass(frozen=True)
class Spot:
    """A place. `rough`: a town or a district, in which a spot of road is not found by its name.

    `name` is the city's own, never the citizen's words; `pin`: it was sent on the map.
    """

    lat: float
    lon: float
    name: str
    rough: bool = False
    pin: bool = False

    def value(self) -> dict[str, Any]:
        """Return the place as a slot holds it."""
        return {"lat": self.lat, "lon": self.lon, "name": self.name, "pin": self.pin}


@dataclass(frozen=True)
class Where:
    """What a message says about a place. `unknown` is a name that is none of the city's."""

    spot: Spot | None = None
    unknown: str = ""
    outside: str = ""
    whole: bool = False
    """The message says where, and nothing else."""


def spot_of(value: Any) -> Spot | None:
    """Read a slot's place back."""
    try:
        return Spot(
            float(value["lat"]), float(value["lon"]), str(value["name"]), pin=bool(value["pin"])
        )
    except (TypeError, KeyError, ValueError):
        return None


async def pinned(context: ActionContext, turn: Turn) -> Where:
    """Return the place that was sent on the map, with the name of the town around it."""
    place = turn.location
    if place is None:
        return Where()
    near = await context.client(PlacesClient).nearest(*place)
    if not near.name:
        return Where(outside="pin")
    return Where(Spot(place[0], place[1], near.name, pin=True), whole=True)


async def said_where(context: ActionContext, text: str, *, asked: bool = False) -> Where:
    """Return the place that words name."""
    if not text:
        return Where()
    found = await context.client(PlacesClient).resolve(text, asked=asked)
    where = _resolved(found)
    if where.spot is not None and not where.spot.rough:
        return where
    alias = (await context.client(SnowClient).read(text)).place
    if alias:
        spot = _resolved(await context.client(PlacesClient).resolve(alias)).spot
        return Where(spot, whole=False) if spot else where
    reading = await context.client(FacilitiesClient).read(text)
    origin = reading.origin
    if origin is not None and not (origin.approximate and where.spot):
        spot = Spot(origin.latitude, origin.longitude, origin.name, rough=origin.approximate)
        return Where(spot, whole=reading.only_origin or found.whole)
    return where


def _resolved(found: Resolution) -> Where:
    unknown = found.unknown[0] if found.unknown else None
    for place in sorted(found.places, key=lambda place: place.kind in _ROUGH):
        if place.position is None:
            continue
        at = place.position
        rough = place.kind in _ROUGH
        return Where(Spot(at.latitude, at.longitude, place.name, rough), whole=found.whole)
    if unknown is not None and not found.places:
        return Where(
            unknown=unknown.text, outside=unknown.elsewhere and unknown.text, whole=found.whole
        )
    return Where(whole=found.whole)
