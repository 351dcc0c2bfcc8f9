"""What other rooms may ask of the bot: tell citizens, keep their wishes, know their account."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from actions.contract import Message
from kit.http import call


class Language(StrEnum):
    """A language that a citizen may choose; `easy` is やさしい日本語."""

    ja = "ja"
    easy = "easy"
    en = "en"
    zh = "zh"
    vi = "vi"
    pt = "pt"

    @property
    def label(self) -> str:
        """The language's own name."""
        return _LANGUAGE_LABELS[self]


_LANGUAGE_LABELS = {
    Language.ja: "日本語",
    Language.easy: "やさしい日本語",
    Language.en: "English",
    Language.zh: "中文",
    Language.vi: "Tiếng Việt",
    Language.pt: "Português",
}


Messages = Annotated[tuple[Message, ...], Field(min_length=1, max_length=5)]


class Notification(BaseModel):
    """One notification. The same `key` is never delivered twice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(min_length=1, max_length=200)
    citizen_id: str
    messages: Messages
    in_languages: dict[Language, Messages] = {}
    """The same in other languages; a citizen gets the one that they chose."""
    expires_at: datetime
    """After this instant the notification is worth nothing and is not sent."""


class Outcome(StrEnum):
    """What became of a notification when it was handed over."""

    queued = "queued"
    already_queued = "already_queued"
    not_a_friend = "not_a_friend"


class NotificationResult(BaseModel):
    """The bot's answer to a notification."""

    outcome: Outcome


class NotifyClient:
    """Client of `POST /line/notifications`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def notify(self, notification: Notification) -> Outcome:
        """Hand a notification over. Raises UnavailableError when it should be tried again."""
        body = await call(
            self._http,
            "POST",
            "/line/notifications",
            content=notification.model_dump_json(),
            headers={"Content-Type": "application/json"},
        )
        return NotificationResult.model_validate(body).outcome


class Continuation(BaseModel):
    """What is said to a citizen when something outside the talk is done, and how it goes on.

    It is a turn of the citizen's like any other, in its order. The same `key` counts once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[A-Za-z0-9:._-]{1,150}$")
    citizen_id: str
    messages: tuple[Message, ...] = Field(max_length=5)
    payload: str | None = Field(default=None, pattern=r"^/[a-z_]+(\{.*\})?$", max_length=300)
    """What the citizen would have tapped to go on, None where the dialogue waits for nothing."""


class ContinueClient:
    """Client of `POST /line/continuations`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def go_on(self, new: Continuation) -> Outcome:
        """Hand a continuation over. Raises UnavailableError when it should be tried again."""
        json = new.model_dump(mode="json")
        body = await call(self._http, "POST", "/line/continuations", json=json)
        return NotificationResult.model_validate(body).outcome


class Topic(StrEnum):
    """What a citizen may want to be told about."""

    disaster = "disaster"
    snow = "snow"
    waste = "waste"
    childcare = "childcare"
    health = "health"
    event = "event"

    @property
    def label(self) -> str:
        """The topic in everyday Japanese."""
        return _TOPIC_LABELS[self]


_TOPIC_LABELS = {
    Topic.disaster: "防災",
    Topic.snow: "大雪・除雪",
    Topic.waste: "ごみ",
    Topic.childcare: "子育て",
    Topic.health: "健診・予防接種",
    Topic.event: "イベント・お知らせ",
}


class Hazard(StrEnum):
    """What a disaster message may warn of."""

    flood = "flood"
    landslide = "landslide"
    earthquake = "earthquake"
    storm = "storm"
    snow = "snow"
    volcano = "volcano"
    fire = "fire"
    attack = "attack"

    @property
    def label(self) -> str:
        """The hazard in everyday Japanese."""
        return _HAZARD_LABELS[self]


_HAZARD_LABELS = {
    Hazard.flood: "大雨・洪水",
    Hazard.landslide: "土砂災害",
    Hazard.earthquake: "地震",
    Hazard.storm: "台風・暴風",
    Hazard.snow: "大雪・なだれ",
    Hazard.volcano: "火山の噴火",
    Hazard.fire: "大規模な火事",
    Hazard.attack: "ミサイルなど（国民保護）",
}


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Hour = Annotated[int, Field(ge=0, le=23)]
AreaName = Annotated[str, Field(min_length=1, max_length=100)]
Areas = Annotated[tuple[AreaName, ...], Field(max_length=100)]


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
    """What one citizen wants to hear. No areas: the whole city; no hazards: all of them."""

    areas: Areas = ()
    topics: tuple[Topic, ...] = (Topic.disaster,)
    hazards: tuple[Hazard, ...] = ()
    language: Language = Language.ja
    quiet: QuietHours | None = QuietHours(start=21, end=7)


class PageLink(_Wire):
    """A link to a page of ours that works once and for half an hour."""

    url: str


class Segment(_Wire):
    """Whom an announcement is for; an empty field leaves nobody out."""

    areas: Areas = ()
    topics: tuple[Topic, ...] = ()
    languages: tuple[Language, ...] = ()
    hazards: tuple[Hazard, ...] = ()


class Announcement(_Wire):
    """One text for many citizens. The same `key` is sent once.

    `urgent` is for danger to life: it reaches citizens in their quiet hours and without regard to
    topics. Everything else has to name a topic, because people are told only what they chose.
    """

    key: str = Field(pattern=r"^[A-Za-z0-9:._-]{1,200}$")
    segment: Segment
    messages: Messages
    expires_at: AwareDatetime
    urgent: bool = False

    @model_validator(mode="after")
    def _has_a_topic(self) -> "Announcement":
        if not self.urgent and not self.segment.topics:
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

    async def status(self, key: str) -> AnnouncementStatus:
        """Return where an announcement stands."""
        body = await call(self._http, "GET", f"/line/announcements/{quote(key, safe='')}")
        return AnnouncementStatus.model_validate(body)

    async def stop(self, key: str) -> AnnouncementStatus:
        """Drop whatever was not sent yet; what LINE has accepted cannot be called back."""
        body = await call(self._http, "DELETE", f"/line/announcements/{quote(key, safe='')}")
        return AnnouncementStatus.model_validate(body)


def _preferences_path(citizen_id: str) -> str:
    return f"/line/preferences/{quote(citizen_id, safe='')}"


class SameAccount(BaseModel):
    """The question whether a LINE user is this citizen, and its answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    citizen_id: str
    line_user_id: str


class AccountsClient:
    """Client of `/line/accounts/…`. The bot alone knows which LINE user a citizen is."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def is_same(self, citizen_id: str, line_user_id: str) -> bool:
        """Tell whether the citizen talks to us by this LINE account."""
        body = SameAccount(citizen_id=citizen_id, line_user_id=line_user_id).model_dump()
        return bool((await call(self._http, "POST", "/line/accounts/same", json=body))["same"])

    async def link_token(self, citizen_id: str) -> str:
        """Return a token for LINE's account link dialog. Raises UnavailableError without one."""
        body = {"citizen_id": citizen_id}
        answer = await call(self._http, "POST", "/line/accounts/link-tokens", json=body)
        return str(answer["link_token"])
