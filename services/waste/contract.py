"""What other packages may ask about waste: the wire types of `/services/waste` and its client."""

from datetime import date, time
from enum import StrEnum
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call

TEXT_LIMIT = 1000
"""Longest sentence that is read, in characters; callers cut longer ones."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Office(_Wire):
    """Who answers for the calendar, and whether it is demonstration data."""

    desk: str
    phone: str
    put_out_by: str
    """Clock time by which waste must be out, such as `8:30`."""
    demonstration: bool


class AreaList(_Wire):
    """Every district, in the order of the city's file, and whether that is demonstration data."""

    areas: tuple[str, ...]
    demonstration: bool
    office: Office


class AreaMatch(_Wire):
    """One district when the words leave no doubt, else those that may be meant (best first).

    `whole`: the words are a district's name and nothing else. `named` are the districts whose names
    stand in the words, unlike candidates that only resemble them.
    """

    area: str | None = None
    whole: bool = False
    candidates: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Collection(_Wire):
    """One kind of waste on one day. `stopped`: it would be collected, but the city pauses."""

    date: date
    category: str
    remarks: tuple[str, ...] = ()
    stopped: bool = False


class CalendarEnd(_Wire):
    """A kind of waste whose calendar speaks of no day after `last`.

    What follows is not known, which is not the same as no collection.
    """

    category: str
    last: date


class Schedule(_Wire):
    """The collections of a district between two days, both included, in order of days.

    `ended`: kinds whose calendar ends before the last of these days.
    """

    area: str
    collections: tuple[Collection, ...]
    ended: tuple[CalendarEnd, ...] = ()
    office: Office


class DayQuestion(_Wire):
    """A question about collection days in the resident's own words.

    `area` and `category` are given where they are known; `text` may then be empty. `reads_area`:
    whether a district is looked for in the text; False where the caller has done so.
    """

    citizen_id: str
    text: str = Field(default="", max_length=TEXT_LIMIT)
    area: str | None = None
    category: str | None = None
    reads_area: bool = True


class DayPart(_Wire):
    """One of several stretches of days that a question names; see `DayAnswer`."""

    first: date
    last: date
    collections: tuple[Collection, ...] = ()
    upcoming: tuple[Collection, ...] = ()
    too_late: bool = False


class Rhythm(_Wire):
    """How often a kind is collected: (weekday 0-6 from Monday, nth of the month or every week)."""

    category: str
    days: tuple[tuple[int, int | None], ...]
    months: tuple[int, ...] = ()
    """Only in these months; empty for all."""


class Edge(StrEnum):
    """A question about the end or the beginning of a stretch: the last before, the first after."""

    last = "last"
    first = "first"


class DayAnswer(_Wire):
    """What is known about it. Without `area` the resident has to be asked for their district.

    `first` and `last` bound the days that were asked about; None means "the next time".
    `collections` hold those days, or else the next day of each kind asked about. `upcoming` is
    the next day of collection when nothing is collected on the days asked about.
    """

    area: str | None
    area_is_saved: bool
    candidates: tuple[str, ...] = ()
    today: date
    first: date | None = None
    last: date | None = None
    categories: tuple[str, ...] = ()
    collections: tuple[Collection, ...] = ()
    upcoming: tuple[Collection, ...] = ()
    by_request: tuple[str, ...] = ()
    """How to hand in the kinds asked about that have no calendar in this district."""
    ended: tuple[CalendarEnd, ...] = ()
    """Kinds asked about whose calendar ends before the last day asked about."""
    too_late: bool = False
    """Today was asked about, and the time by which waste must be out has passed."""
    parts: tuple[DayPart, ...] = ()
    """All the stretches that were asked about, where they are several; the first is told above."""
    missing: tuple[str, ...] = ()
    """Days in the question that do not exist, as they were written."""
    edge: Edge | None = None
    rhythms: tuple[Rhythm, ...] = ()
    """Of the kinds asked about, or of all where none was named."""
    pauses: tuple[tuple[date, date], ...] = ()
    """The pauses of the coming year, both days included."""
    office: Office


class ItemQuestion(_Wire):
    """A thing to be thrown away, in the resident's words, or by its exact `item` name."""

    citizen_id: str
    text: str = Field(default="", max_length=TEXT_LIMIT)
    item: str | None = None
    area: str | None = None
    reads_area: bool = True


class Item(_Wire):
    """One entry of the city's list. `next_date` needs a saved district and a calendar."""

    name: str
    category: str
    notice: str
    score: float
    next_date: date | None = None
    collected: bool = True
    """False where the city does not take the thing at all."""


class ItemAnswer(_Wire):
    """The entries that fit best. `sure`: the first one is meant; else ask, or say nothing fits."""

    asked: str
    sure: bool
    matches: tuple[Item, ...]
    area: str | None
    how: str = ""
    """How the first entry's kind is put out, in a sentence or two."""
    ended: tuple[CalendarEnd, ...] = ()
    """The first entry's kind, where its calendar has ended."""
    office: Office


class Thing(_Wire):
    """One thing of the city's list, the kind of waste it is, and what to mind."""

    name: str
    category: str
    notice: str


class ThingList(_Wire):
    """The whole list, and how each kind is put out."""

    things: tuple[Thing, ...]
    how: dict[str, str]
    office: Office


class Need(StrEnum):
    """What a reminder still lacks, or what was done with it."""

    area = "area"
    time = "time"
    saved = "saved"
    stopped = "stopped"
    shown = "shown"
    unset = "unset"
    """There is no reminder to be shown or stopped."""


class ReminderRequest(_Wire):
    """A wish about reminders. Buttons give `area`, `time` (HH:MM) or `switch` exactly.

    `key` is the same when the turn is repeated; the change is then made once.
    """

    citizen_id: str
    text: str = Field(default="", max_length=TEXT_LIMIT)
    area: str | None = None
    time: str | None = None
    switch: str | None = Field(default=None, pattern=r"^(on|off|show)$")
    reads_area: bool = True
    key: str = Field(min_length=1, max_length=200)


class ReminderAnswer(_Wire):
    """The state after the wish, and what to ask next. `next_collections` is the next day.

    `ended`: kinds of which nobody can be reminded.
    """

    need: Need
    area: str | None
    candidates: tuple[str, ...] = ()
    reminder_time: time | None
    before_area: str | None = None
    before_time: time | None = None
    """What was kept before the wish, so that a change can be told from none."""
    next_collections: tuple[Collection, ...] = ()
    ended: tuple[CalendarEnd, ...] = ()
    office: Office


class AreaChange(_Wire):
    """Remember a resident's district; the reminder stays as it is."""

    area: str
    key: str = Field(min_length=1, max_length=200)


class Subscription(_Wire):
    """What is kept about a resident."""

    area: str | None
    reminder_time: time | None


class WasteClient:
    """Client of `/services/waste`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def areas(self) -> AreaList:
        """Return every district."""
        return AreaList.model_validate(await call(self._http, "GET", "/services/waste/areas"))

    async def resolve_area(self, text: str) -> AreaMatch:
        """Find the district that the words mean."""
        body = await self._post("areas/resolve", {"text": text[:TEXT_LIMIT]})
        return AreaMatch.model_validate(body)

    async def schedule(self, area: str, first: date, last: date) -> Schedule:
        """Return the collections of a district; NotFoundError where there is no such district."""
        params = {"area": area, "first": first.isoformat(), "last": last.isoformat()}
        body = await call(self._http, "GET", "/services/waste/schedule", params=params)
        return Schedule.model_validate(body)

    async def things(self) -> ThingList:
        """Return the whole list of things and their kinds."""
        return ThingList.model_validate(await call(self._http, "GET", "/services/waste/items"))

    async def ask_day(self, question: DayQuestion) -> DayAnswer:
        """Answer a question about collection days."""
        body = await self._post("days", question.model_dump(mode="json"))
        return DayAnswer.model_validate(body)

    async def ask_item(self, question: ItemQuestion) -> ItemAnswer:
        """Answer a question about throwing a thing away."""
        body = await self._post("items", question.model_dump(mode="json"))
        return ItemAnswer.model_validate(body)

    async def remind(self, wish: ReminderRequest) -> ReminderAnswer:
        """Read a wish about reminders and carry it out as far as it goes."""
        body = await self._post("reminders", wish.model_dump(mode="json"))
        return ReminderAnswer.model_validate(body)

    async def subscription(self, citizen_id: str) -> Subscription:
        """Return what is kept about a resident (nothing: both fields None)."""
        body = await call(self._http, "GET", _citizen_path(citizen_id))
        return Subscription.model_validate(body)

    async def save_area(self, citizen_id: str, change: AreaChange) -> Subscription:
        """Remember a resident's district; NotFoundError where there is no such district."""
        body = await call(
            self._http, "PUT", _citizen_path(citizen_id), json=change.model_dump(mode="json")
        )
        return Subscription.model_validate(body)

    async def _post(self, path: str, body: dict[str, object]) -> object:
        answer: object = await call(self._http, "POST", f"/services/waste/{path}", json=body)
        return answer


def _citizen_path(citizen_id: str) -> str:
    return f"/services/waste/subscriptions/{quote(citizen_id, safe='')}"
