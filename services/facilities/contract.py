"""What other packages may ask about places: the nearest ones, and what a sentence names.

Positions travel in request bodies only, rounded to four decimals (about ten metres).
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import httpx2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kit.http import call
from messages.hazards import Hazard


class Kind(StrEnum):
    """What a place is for. 災害対策基本法 tells sites to run to from shelters to live in."""

    emergency_site = "emergency_site"
    """指定緊急避難場所: run here now; designated hazard by hazard (第49条の4)."""
    shelter = "shelter"
    """指定避難所: stay here for a while (第49条の7)."""
    welfare_shelter = "welfare_shelter"
    """指定避難所 that takes in only the people named in `accepts`."""
    facility = "facility"
    landmark = "landmark"
    """A station, a district: only a point to count from."""


def _rounded(degrees: float) -> float:
    return round(degrees, 4)


Latitude = Annotated[float, Field(ge=-90, le=90), AfterValidator(_rounded)]
Longitude = Annotated[float, Field(ge=-180, le=180), AfterValidator(_rounded)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NearestQuery(_Wire):
    """Where somebody is (WGS 84 degrees) and what they look for."""

    latitude: Latitude
    longitude: Longitude
    kind: Kind
    hazards: tuple[Hazard, ...] = ()
    """An emergency site must be designated for every one of them."""
    category: str = ""
    """One of the names that `Reading.category` returns; empty for any."""
    limit: int = Field(default=3, ge=1, le=10)


class Place(_Wire):
    """One place as a resident is told of it; empty text where nothing is known."""

    kind: Kind
    name: str
    address: str = ""
    latitude: float
    longitude: float
    categories: tuple[str, ...] = ()
    phone: str = ""
    hours: str = ""
    spot: str = ""
    """Where inside the building (AED)."""
    hazards: tuple[Hazard, ...] = ()
    """What an emergency site is designated for; other kinds mostly say nothing."""
    doubles_as_shelter: bool = False
    accepts: str = ""
    capacity: str = ""
    note: str = ""
    url: str = ""
    map_url: str
    credit: str
    demonstration: bool
    distance_m: int | None = None
    direction: str = ""
    """Direction to walk, one of the eight in Japanese (北東…)."""
    walk_minutes: int | None = None


class Nearest(_Wire):
    """The nearest places, nearest first. Empty with a reason why."""

    places: tuple[Place, ...] = ()
    outside_city: bool = False
    """The nearest place of that kind is more than 30 km away, so none is named."""
    designated: bool = True
    """False when no site of the city is designated for the hazards asked for."""
    credits: tuple[str, ...] = ()
    """Whose lists were searched."""
    demonstration: bool = False
    """Whether a list that was searched is demonstration data."""


class Words(_Wire):
    """What a citizen wrote."""

    words: str = Field(max_length=5000)


class Origin(_Wire):
    """A point to count from, named in words."""

    name: str
    latitude: float
    longitude: float
    approximate: bool
    """True for a district: its middle stands for the whole."""


class Reading(_Wire):
    """What a sentence names. Everything is empty where it names nothing."""

    hazards: tuple[Hazard, ...] = ()
    shelter_kind: Kind = Kind.emergency_site
    danger: bool = False
    """The words tell of people in danger at this moment."""
    snow: bool = False
    """They tell of snow, which is no hazard of the designation table, and of no such hazard."""
    category: str = ""
    category_size: int = 0
    """How many places of the category the city has."""
    category_places: tuple[Place, ...] = ()
    """All of them by name, where they are few enough to be listed (five)."""
    demonstration: bool = False
    """Whether the city's list of facilities is demonstration data."""
    places: tuple[Place, ...] = ()
    """Facilities named in the sentence, at most five."""
    origin: Origin | None = None
    only_origin: bool = False
    """The sentence says nothing but where ("城西です")."""


class Suggestions(_Wire):
    """What to offer somebody who has not said enough; only what the city's lists hold."""

    categories: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    """The first six of the city's landmarks; the order of the city's list decides."""


class Listed(_Wire):
    """One place of the city's lists with the id that it has there: `shelter:F12`."""

    id: str
    place: Place


class Listing(_Wire):
    """Every place of one kind, in the order of their ids, and when the lists were taken in."""

    imported_at: datetime | None
    places: tuple[Listed, ...]


class FacilitiesClient:
    """Client of `/services/facilities/…`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def nearest(self, query: NearestQuery) -> Nearest:
        """Return the nearest places. Raises UnavailableError when it should be tried again."""
        body = await self._post("/services/facilities/nearest", query)
        return Nearest.model_validate(body)

    async def read(self, words: str) -> Reading:
        """Return what a sentence names (at most its first 5,000 characters are read)."""
        body = await self._post("/services/facilities/readings", Words(words=words[:5000]))
        return Reading.model_validate(body)

    async def suggestions(self) -> Suggestions:
        """Return categories and landmarks to choose from."""
        body = await call(self._http, "GET", "/services/facilities/suggestions")
        return Suggestions.model_validate(body)

    async def listing(self, kind: Kind) -> Listing:
        """Return every place of a kind."""
        body = await call(self._http, "GET", f"/services/facilities/listings/{kind.value}")
        return Listing.model_validate(body)

    async def _post(self, path: str, body: BaseModel) -> object:
        answer: object = await call(
            self._http,
            "POST",
            path,
            content=body.model_dump_json(),
            headers={"Content-Type": "application/json"},
        )
        return answer
