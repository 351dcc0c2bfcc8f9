"""What other packages may ask about snow and roads: wire types of `/services/snow`, its client.

Positions are degrees, WGS 84, and travel in bodies, so that no log holds them. A report is known
by its public number (`S-12`). Whoever files or follows is a pseudonymous citizen id.
"""

from datetime import datetime
from typing import Annotated, Any

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call

TEXT_LIMIT = 1000
"""Longest sentence that is read, in characters; callers cut longer ones."""
MOST_PHOTOS = 3


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


CitizenId = Annotated[str, Field(min_length=1, max_length=100)]
Number = Annotated[str, Field(pattern=r"^S-[0-9]{1,12}$")]


class Kind(_Wire):
    """One kind of matter: `code` is kept, `name` is read by citizens (Japanese)."""

    code: str
    name: str
    group: str
    is_snow: bool


class Kinds(_Wire):
    """Every kind that the city takes, in the order of its files, and whose desk it is."""

    kinds: tuple[Kind, ...]
    desk: str


class Words(_Wire):
    """What a citizen wrote."""

    text: str = Field(max_length=TEXT_LIMIT)


class Reading(_Wire):
    """What a sentence says of a report; empty where it says nothing.

    `category` is a code, `severity` one of impassable, no-cars, caution, `number` a report's.
    `place` is the official name that the city's file has for a way of speaking (駅前).
    """

    category: str = ""
    severity: str = ""
    number: str = ""
    place: str = ""


class Position(_Wire):
    """A place in degrees."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class NearbyQuestion(Position):
    """Which open reports of a kind may be of the same place."""

    category: str


class Offered(_Wire):
    """One of them; `filed_at` with offset, `status` as citizens read it."""

    number: str
    distance_m: int
    status: str
    filed_at: datetime
    place: str
    reporters: int


class Nearby(_Wire):
    """At most five, nearest first. `outside`: the place is not in the city."""

    offered: tuple[Offered, ...] = ()
    outside: bool = False


class NewReport(Position):
    """A report to be filed. The same `key` (of the draft) files once.

    `place` is a name of the city's own; `words` are the citizen's. `photo_turns` are the turns that
    brought photos. Without a severity it is `caution`.
    """

    key: str = Field(min_length=1, max_length=200)
    citizen_id: CitizenId
    category: str
    severity: str = ""
    place: str = Field(default="", max_length=100)
    place_words: str = Field(default="", max_length=200)
    words: str = Field(default="", max_length=TEXT_LIMIT)
    photo_turns: tuple[Annotated[str, Field(pattern=r"^line-[0-9]{1,18}$")], ...] = Field(
        default=(), max_length=MOST_PHOTOS
    )


class Step(_Wire):
    """One step of a report's life."""

    status: str
    at: datetime
    note: str = ""


class Report(_Wire):
    """A report as a citizen may hear of it; nothing of whoever else reported it.

    `fresh`: it was filed, or followed, by this very call. `follows`: whether the citizen who asked
    hears of it. `last_passage`: when a plough last cleared the road there, a fact;
    `sanded_at`: when sand was last spread there, and `may_sand` whether that helps at all.
    """

    number: str
    category: str
    status: str
    is_open: bool
    place: str
    filed_at: datetime
    updated_at: datetime
    note: str = ""
    handed_to: str = ""
    parent: str = ""
    expected_at: datetime | None = None
    last_passage: datetime | None = None
    sanded_at: datetime | None = None
    may_sand: bool = False
    reporters: int = 1
    follows: bool = False
    is_own: bool = False
    fresh: bool = False
    steps: tuple[Step, ...] = ()


class Reports(_Wire):
    """The reports of a question, the latest first."""

    reports: tuple[Report, ...] = ()


class Following(_Wire):
    """A citizen who says "the same place" (or "still there", "gone", "taken back")."""

    citizen_id: CitizenId


class StatusQuestion(_Wire):
    """One report by its number, or those that a citizen filed or follows."""

    citizen_id: CitizenId
    number: Number | None = None


class RoadQuestion(Position):
    """What is known of the roads within `radius_m` metres of a place."""

    radius_m: float = Field(default=150, gt=0, le=2000)


class RoadFacts(_Wire):
    """Sections by name, and when each was last cleared; the plan comes after the facts.

    `last_passage` of the nearest section; None: not known. `ploughs_heard_at`: when any plough was
    last heard of, None for never; `stale`: longer than an hour ago. `plough_class`: the order of
    clearing, 1 first; 0 where the city's file says none. `has_road`: no section is near otherwise.
    """

    has_road: bool
    road: str = ""
    road_class: str = ""
    plough_class: int = 0
    last_passage: datetime | None = None
    others: tuple[tuple[str, datetime], ...] = ()
    ploughs_heard_at: datetime | None = None
    stale: bool = True
    open_reports: int = 0
    demonstration: bool = False


class SlipperyQuestion(_Wire):
    """How slippery it is around a place, on the way from there `to` another, or in the city."""

    place: Position | None = None
    to: Position | None = None


class Surface(_Wire):
    """What a vehicle measured of a road: `state` (Japanese), whole degrees where known."""

    road: str
    state: str
    surface_c: int | None = None
    at: datetime


class Slippery(_Wire):
    """What is known. `level` and `reason` (Japanese) are empty where nobody entered the weather.

    `reports` are open reports of ice: those around the place or along the way, nearest first, or
    the latest of the city. `by_road`: the way is along roads of the city's file, else straight.
    """

    level: str = ""
    reason: str = ""
    entered_at: datetime | None = None
    reports: tuple[Offered, ...] = ()
    count: int = 0
    by_road: bool = False
    surfaces: tuple[Surface, ...] = ()
    demonstration: bool = False


class RoadLine(_Wire):
    """A road for a map: (latitude, longitude) of its corners; `kind`: main, middle or small."""

    line: tuple[tuple[float, float], ...]
    kind: str


class RoadLines(_Wire):
    """The city's roads, and where its middle is (latitude, longitude)."""

    roads: tuple[RoadLine, ...] = ()
    centre: tuple[float, float]
    demonstration: bool = False


class PublishedReport(_Wire):
    """A report as everybody may see it; positions are rounded, texts approved by staff."""

    id: str
    type: str
    type_name: str
    status: str
    open: bool
    status_notes: str = ""
    description: str | None = None
    photo_url: str | None = None
    address: str | None = None
    reporters: int = 1
    filed_at: datetime
    updated_at: datetime
    expected_at: datetime | None = None
    last_passage: datetime | None = None
    sanded_at: datetime | None = None
    latitude: float
    longitude: float


class SnowClient:
    """Client of `/services/snow`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def kinds(self) -> Kinds:
        """Return every kind of matter that the city takes."""
        return Kinds.model_validate(await call(self._http, "GET", "/services/snow/kinds"))

    async def read(self, text: str) -> Reading:
        """Return what a sentence says of a report."""
        return Reading.model_validate(await self._post("readings", Words(text=text[:TEXT_LIMIT])))

    async def nearby(self, question: NearbyQuestion) -> Nearby:
        """Return the open reports that may be of the same place."""
        return Nearby.model_validate(await self._post("nearby", question))

    async def file(self, new: NewReport) -> Report:
        """File a report. Raises OutsideCityError's 400 and TooManyRequestsError."""
        return Report.model_validate(await self._post("reports", new))

    async def follow(self, number: str, citizen_id: str) -> Report:
        """Join a report: it is the same place. NotFoundError where there is none."""
        return await self._about(number, "followers", citizen_id)

    async def still_there(self, number: str, citizen_id: str) -> Report:
        """Say that it is still so: an open report stays open, an ended one is looked at again."""
        return await self._about(number, "still", citizen_id)

    async def is_gone(self, number: str, citizen_id: str) -> Report:
        """Say that it is settled, or take one's own report back."""
        return await self._about(number, "gone", citizen_id)

    async def sanded(self, number: str, citizen_id: str) -> Report:
        """Say that one spread sand there."""
        return await self._about(number, "sanded", citizen_id)

    async def status(self, question: StatusQuestion) -> Reports:
        """Return a report by number, or a citizen's latest ones; none where there is none."""
        return Reports.model_validate(await self._post("status", question))

    async def roads(self, question: RoadQuestion) -> RoadFacts:
        """Return what is known of the ploughing around a place."""
        return RoadFacts.model_validate(await self._post("roads", question))

    async def slippery(self, question: SlipperyQuestion) -> Slippery:
        """Return what is known of slippery roads."""
        return Slippery.model_validate(await self._post("slippery", question))

    async def road_lines(self) -> RoadLines:
        """Return the city's roads, for maps of other packages."""
        return RoadLines.model_validate(await call(self._http, "GET", "/services/snow/road-lines"))

    async def published(self) -> list[PublishedReport]:
        """Return what the public map shows, the latest change first."""
        found = await call(self._http, "GET", "/snow/reports.geojson")
        return [_published(feature) for feature in found["features"]]

    async def _about(self, number: str, what: str, citizen_id: str) -> Report:
        body = await self._post(f"reports/{number}/{what}", Following(citizen_id=citizen_id))
        return Report.model_validate(body)

    async def _post(self, path: str, body: BaseModel) -> object:
        answer: object = await call(
            self._http, "POST", f"/services/snow/{path}", json=body.model_dump(mode="json")
        )
        return answer


def _published(feature: dict[str, Any]) -> PublishedReport:
    longitude, latitude = feature["geometry"]["coordinates"]
    told = {**feature["properties"], "latitude": latitude, "longitude": longitude}
    return PublishedReport.model_validate(told)
