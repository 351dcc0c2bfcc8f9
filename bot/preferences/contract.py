"""What other packages may ask of a citizen's preferences: wire types and client."""

from typing import Annotated
from urllib.parse import quote

import httpx2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from kit.http import call
from messages.announcements import Areas
from messages.hazards import WARNED, Hazard
from messages.languages import Language
from messages.topics import Topic


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Hour = Annotated[int, Field(ge=0, le=23)]
WarnFrom = Annotated[int, Field(ge=2, le=4)]


def _is_warned_of(hazard: Hazard) -> Hazard:
    if hazard not in WARNED:
        raise ValueError("no message warns of that")
    return hazard


WarnedHazard = Annotated[Hazard, AfterValidator(_is_warned_of)]


class QuietHours(_Wire):
    """Whole hours of the city's local time: from `start` until just before `end`, every day."""

    start: Hour
    end: Hour

    @model_validator(mode="after")
    def _not_empty(self) -> "QuietHours":
        if self.start == self.end:
            raise ValueError("quiet hours need two different hours")
        return self


class Preferences(_Wire):
    """What one citizen wants to hear. No areas: the whole city; no hazards: all of them.

    `warn_from`: the step of a warning from which on they are told, 2 (注意報) to 4; the gravest
    reach everybody in the area.
    """

    areas: Areas = ()
    topics: tuple[Topic, ...] = (Topic.disaster,)
    hazards: tuple[WarnedHazard, ...] = ()
    warn_from: WarnFrom = 3
    language: Language = Language.ja
    quiet: QuietHours | None = QuietHours(start=21, end=7)


class PageLink(_Wire):
    """A link to a page of ours that works once and for half an hour."""

    url: str


class PreferencesClient:
    """Client of `/line/preferences`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def get(self, citizen_id: str) -> Preferences:
        """Return what a citizen chose, or what applies without a choice."""
        body = await call(self._http, "GET", _preferences_path(citizen_id))
        return Preferences.model_validate(body)

    async def put(self, citizen_id: str, preferences: Preferences) -> None:
        """Keep a citizen's whole choice in place of the one before."""
        json = preferences.model_dump(mode="json")
        await call(self._http, "PUT", _preferences_path(citizen_id), json=json)

    async def link(self, citizen_id: str) -> str:
        """Return a fresh link to the citizen's page of settings."""
        body = await call(self._http, "POST", f"{_preferences_path(citizen_id)}/link")
        return PageLink.model_validate(body).url


def _preferences_path(citizen_id: str) -> str:
    return f"/line/preferences/{quote(citizen_id, safe='')}"
