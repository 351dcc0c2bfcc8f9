"""One text for many citizens: wire types and the client that hands it over."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from kit.http import call
from messages.hazards import Hazard
from messages.languages import Language
from messages.notifications import Messages, Outcome
from messages.topics import Topic


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


AreaName = Annotated[str, Field(min_length=1, max_length=100)]


Areas = Annotated[tuple[AreaName, ...], Field(max_length=100)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9:._-]{1,200}$")]


class Segment(_Wire):
    """Whom an announcement is for; an empty field leaves nobody out."""

    areas: Areas = ()
    topics: tuple[Topic, ...] = ()
    languages: tuple[Language, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    level: int | None = Field(default=None, ge=1, le=5)
    """The step of the warning: only those who want to hear from this step on. None: everybody."""


class Announcement(_Wire):
    """One text for many citizens. The same `key` is sent once.

    `urgent` is for danger to life: it reaches citizens in their quiet hours and without regard to
    topics. Everything else has to name a topic, because people are told only what they chose.
    """

    key: Key
    segment: Segment
    messages: Messages
    in_languages: dict[Language, Messages] = {}
    """The same in other languages; a citizen gets the one that they chose."""
    expires_at: AwareDatetime
    urgent: bool = False
    replaces: Annotated[tuple[Key, ...], Field(max_length=100)] = ()
    """Earlier announcements on the same matter: what was not sent of them is not sent any more."""
    follows: Annotated[tuple[Key, ...], Field(max_length=100)] = ()
    """Exactly to those who were sent one of these, after they were, whatever `segment` says."""
    only: Annotated[tuple[Key, ...], Field(max_length=1_000_000)] = ()
    """Of those whom it follows, only these citizens (our ids); empty: all of them."""

    @model_validator(mode="after")
    def _has_a_topic(self) -> "Announcement":
        if not self.urgent and not self.segment.topics and not self.follows:
            raise ValueError("an announcement that is not urgent names at least one topic")
        return self


class AnnouncementStatus(_Wire):
    """Where an announcement stands. `recipients` counts people by the state of their sending.

    States: pending, sending, accepted (by LINE), failed, dropped (expired or stopped).
    """

    key: str
    audience: int
    recipients: dict[str, int]
    expires_at: datetime
    stopped: str | None = None
    """Why sending was stopped, None while it was not."""


class AnnouncementResult(_Wire):
    """The bot's answer to an announcement; `already_queued` changes nothing."""

    outcome: Outcome
    status: AnnouncementStatus


class Preview(_Wire):
    """A question of how many an announcement would be for."""

    segment: Segment
    urgent: bool = False


class Audience(_Wire):
    """So many people."""

    people: int


class AnnounceClient:
    """Client of `/line/announcements`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def announce(self, announcement: Announcement) -> AnnouncementResult:
        """Hand an announcement over; repeating the call is safe."""
        json = announcement.model_dump(mode="json")
        body = await call(self._http, "POST", "/line/announcements", json=json)
        return AnnouncementResult.model_validate(body)

    async def preview(self, segment: Segment, *, urgent: bool) -> int:
        """Return how many an announcement for a segment would be for now."""
        json = Preview(segment=segment, urgent=urgent).model_dump(mode="json")
        body = await call(self._http, "POST", "/line/announcement-previews", json=json)
        return Audience.model_validate(body).people

    async def status(self, key: str) -> AnnouncementStatus:
        """Return where an announcement stands."""
        body = await call(self._http, "GET", f"/line/announcements/{quote(key, safe='')}")
        return AnnouncementStatus.model_validate(body)

    async def stop(self, key: str) -> AnnouncementStatus:
        """Drop whatever was not sent yet; what LINE has accepted cannot be called back."""
        body = await call(self._http, "DELETE", f"/line/announcements/{quote(key, safe='')}")
        return AnnouncementStatus.model_validate(body)
