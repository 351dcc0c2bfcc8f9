"""What other packages may ask about dangers: the present state, shelters, safety reports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import httpx2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kit.http import call
from messages.languages import Language


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AlertQuestion(_Wire):
    """Whose districts, and in which language the answer is said. No districts: the whole city."""

    districts: tuple[Annotated[str, Field(max_length=100)], ...] = Field(default=(), max_length=50)
    language: Language = Language.ja


class AlertStatus(_Wire):
    """The present state, ready to be said."""

    lines: tuple[str, ...]
    hazard: str | None = None
    """The hazard of the gravest, as `messages.hazards` names it, for the shelters."""
    grave: bool = False
    """Something of level 4 or more, or an order, is in force."""
    heard_at: datetime | None = None
    silent: bool = False
    """Nothing has been heard of the authorities for a while: the state may be out of date."""


class Mode(_Wire):
    """Whether the city is in a state in which the menus are those of a disaster."""

    grave: bool


class ShelterState(_Wire):
    """How one shelter stands."""

    name: str
    state: str
    """open, full or closed."""
    capacity: int | None = None
    people: int | None = None
    updated_at: datetime


class Shelters(_Wire):
    """Every shelter of which something was said."""

    shelters: tuple[ShelterState, ...] = ()


class Alert(_Wire):
    """A warning for the city, or an order of the city's (`hazard` is "order" then)."""

    hazard: str
    name: str
    level: int | None = None
    place: str
    reported_at: datetime
    since: datetime | None = None
    publisher: str = ""
    """Who has to be credited for it."""


class Alerts(_Wire):
    """Everything that is in force; orders first, then the gravest warning."""

    alerts: tuple[Alert, ...] = ()
    heard_at: datetime | None = None
    silent: bool = False
    """Nothing has been heard of the authorities for a while."""


class RiverSection(_Wire):
    """A section of a river with forecasts of its own, and the districts along it."""

    code: str
    name: str
    districts: tuple[str, ...]


class RiverSections(_Wire):
    """The sections that the city knows its districts of."""

    sections: tuple[RiverSection, ...] = ()


class SafetyState(StrEnum):
    """How somebody is."""

    safe = "safe"
    needs_help = "needs_help"


class SafetyReport(_Wire):
    """How somebody is. The same `key` is one report."""

    key: str = Field(min_length=1, max_length=200)
    citizen_id: str = Field(min_length=1, max_length=100)
    state: SafetyState
    for_other: bool = False
    people: int | None = Field(default=None, ge=1, le=999)


def _rounded(degrees: float) -> float:
    return round(degrees, 5)


class SafetyPlace(_Wire):
    """Where the person of a citizen's newest report is (WGS 84 degrees)."""

    citizen_id: str = Field(min_length=1, max_length=100)
    latitude: Annotated[float, Field(ge=-90, le=90), AfterValidator(_rounded)]
    longitude: Annotated[float, Field(ge=-180, le=180), AfterValidator(_rounded)]


class Goal(StrEnum):
    """Where a household goes."""

    shelter = "shelter"
    relatives = "relatives"
    upstairs = "upstairs"


class Timeline(_Wire):
    """What a household decided: at which level it leaves, and where to."""

    leaves_at: int = Field(ge=3, le=4)
    goes_to: Goal


class TimelineOf(_Wire):
    """Whose timeline; with one, it is kept."""

    citizen_id: str = Field(min_length=1, max_length=100)
    timeline: Timeline | None = None


class SafetyTaken(_Wire):
    """Whether it stands on the desk's list now."""

    taken: bool


class DisasterClient:
    """Client of `/services/disaster`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def status(self, asked: AlertQuestion) -> AlertStatus:
        """Return what is in force now."""
        return AlertStatus.model_validate(await self._post("status", asked))

    async def alerts(self) -> Alerts:
        """Return what is in force now, item by item."""
        return Alerts.model_validate(await call(self._http, "GET", "/services/disaster/alerts"))

    async def shelters(self) -> Shelters:
        """Return how the shelters stand."""
        body = await call(self._http, "GET", "/services/disaster/shelters")
        return Shelters.model_validate(body)

    async def rivers(self) -> RiverSections:
        """Return the sections of rivers, with the districts along them."""
        body = await call(self._http, "GET", "/services/disaster/rivers")
        return RiverSections.model_validate(body)

    async def mode(self) -> Mode:
        """Return whether something grave is in force."""
        return Mode.model_validate(await call(self._http, "GET", "/services/disaster/mode"))

    async def report_safety(self, report: SafetyReport) -> SafetyTaken:
        """Hand a safety report in; repeating the call is safe."""
        return SafetyTaken.model_validate(await self._post("safety", report))

    async def add_place(self, place: SafetyPlace) -> SafetyTaken:
        """Add a place to the newest report of the last hours."""
        return SafetyTaken.model_validate(await self._post("safety/places", place))

    async def timeline(self, whose: TimelineOf) -> TimelineOf:
        """Keep what a household decided, where it is given; return what stands."""
        return TimelineOf.model_validate(await self._post("timelines", whose))

    async def _post(self, path: str, body: BaseModel) -> object:
        answer: object = await call(
            self._http, "POST", f"/services/disaster/{path}", json=body.model_dump(mode="json")
        )
        return answer
