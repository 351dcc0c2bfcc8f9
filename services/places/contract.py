"""What other packages may ask about places: the wire types of `/services/places`, its client.

Texts and positions travel in bodies, so that no log holds them.
"""

from enum import StrEnum
from typing import Annotated, Self

import httpx2
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kit.http import call

TEXT_LIMIT = 1000
"""Longest text that is read, in characters; callers cut longer ones."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(StrEnum):
    """What was named."""

    district = "district"
    town = "town"
    part = "part"
    """A 小字 of a town."""
    landmark = "landmark"
    postal_code = "postal_code"


class Need(StrEnum):
    """What to ask for where several districts may be meant."""

    nothing = ""
    chome = "chome"
    part = "part"
    resident = "resident"
    """Neither 丁目 nor 小字 decides: which district it is."""


class Words(_Wire):
    """A text, and what the resident was just asked.

    `asked`: where they live. `about`: which part of this town (柳原町: 3丁目です).
    `among`: which of these districts (門田（北部）, 門田（南部）: 北のほう).
    """

    text: str = Field(max_length=TEXT_LIMIT)
    asked: bool = False
    about: str = Field(default="", max_length=100)
    among: tuple[Annotated[str, Field(max_length=100)], ...] = Field(default=(), max_length=50)


class Point(_Wire):
    """A position in WGS 84 degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class NamedPlace(_Wire):
    """A place that the text names.

    `text` is what was written, from `start` up to `end` (characters, house number left out);
    `name` is official, with its 丁目 or 小字, `reading` katakana. `districts`: the one, or those to
    ask about. `settled`: one district beyond doubt, and the resident's own; without it nothing may
    be kept unasked. `exceptions`: districts of towns within the one named (松長 within 一箕町).
    `not_home`: the sentence speaks of somebody else's home, or of a visit.
    """

    text: str
    start: int
    end: int
    name: str
    reading: str
    kind: Kind
    districts: tuple[str, ...]
    settled: bool
    need: Need = Need.nothing
    exceptions: tuple[str, ...] = ()
    not_home: bool = False
    position: Point | None = None


class UnknownPlace(_Wire):
    """A name that looks like a place and is none of the city's, to be said back as not known.

    `elsewhere`: the municipality outside that it is. `similar`: towns and districts that may be
    offered, never taken.
    """

    text: str
    start: int
    end: int
    elsewhere: str = ""
    similar: tuple[str, ...] = ()


class Resolution(_Wire):
    """What a text says about places.

    `places` are meant, in order of the text; `corrected_from` are taken back (鶴城じゃなくて謹教).
    `districts`: all that may be meant; `settled`: exactly one, beyond doubt and the resident's own.
    `whole`: the text says where, and nothing else.
    """

    places: tuple[NamedPlace, ...] = ()
    corrected_from: tuple[NamedPlace, ...] = ()
    unknown: tuple[UnknownPlace, ...] = ()
    districts: tuple[str, ...] = ()
    settled: bool = False
    whole: bool = False
    demonstration: bool = False


class NearestDistrict(_Wire):
    """The district of a position; several near a border, none (and `name` empty) out of the city.

    `name` is the nearest town, `distance_m` how far its known point is.
    """

    districts: tuple[str, ...]
    name: str = ""
    distance_m: float = 0.0
    demonstration: bool = False


class Around(_Wire):
    """A circle: everything within so many metres of a position."""

    middle: Point
    metres: float = Field(gt=0, le=50_000)


class Shape(_Wire):
    """A part of the ground: a circle, or a line through corners, which closes by itself."""

    around: Around | None = None
    outline: tuple[Point, ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.around is None) == (len(self.outline) < 3):
            raise ValueError("a shape is a circle, or has at least three corners")
        return self


class Districts(_Wire):
    """The districts that a shape touches, none where it lies outside of the city."""

    districts: tuple[str, ...]
    demonstration: bool = False


class PlacesClient:
    """Client of `/services/places`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def resolve(
        self, text: str, *, asked: bool = False, about: str = "", among: tuple[str, ...] = ()
    ) -> Resolution:
        """Return the places that a text names, with their districts; see `Words`."""
        words = Words(text=text[:TEXT_LIMIT], asked=asked, about=about, among=among)
        body = words.model_dump(mode="json")
        answer = await call(self._http, "POST", "/services/places/resolve", json=body)
        return Resolution.model_validate(answer)

    async def nearest(self, latitude: float, longitude: float) -> NearestDistrict:
        """Return the district of a position (WGS 84 degrees)."""
        body = Point(latitude=latitude, longitude=longitude).model_dump(mode="json")
        answer = await call(self._http, "POST", "/services/places/nearest", json=body)
        return NearestDistrict.model_validate(answer)

    async def touched(self, shape: Shape) -> Districts:
        """Return the districts that a shape touches."""
        body = shape.model_dump(mode="json")
        return Districts.model_validate(
            await call(self._http, "POST", "/services/places/touched", json=body)
        )
