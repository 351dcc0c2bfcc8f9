"""What other packages may ask of the navigator: wire types and client."""

from datetime import date
from typing import Annotated, Literal

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call
from kit.wording import SOURCE, language

_BASE = "/services/procedures"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Plain = bool | int | Annotated[str, Field(max_length=50)] | tuple[int, ...] | tuple[str, ...]
"""A fact as JSON has it: yes or no, an option or a day, a number, ages, options; `"unknown"`."""
Answers = Annotated[dict[Name, Plain], Field(max_length=60)]

UNKNOWN = "unknown"
"""The resident does not know, and both sides are kept."""


def spoken_url(url: str) -> str:
    """Return a list's address with the language that is spoken now, where that is no Japanese."""
    return url if language() == SOURCE else f"{url}&lang={language()}"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EventInfo(_Wire):
    """A life event that the city guides through."""

    key: str
    title: str
    facts: tuple[str, ...]
    """The names of what it may ask for."""


class Events(_Wire):
    """All of them."""

    events: tuple[EventInfo, ...]


class Choice(_Wire):
    """One option of a question."""

    value: str
    label: str
    words: tuple[str, ...] = ()
    """Further names of it."""


class Question(_Wire):
    """What is to be asked next."""

    name: str
    kind: Literal["yes_no", "choice", "several", "number", "date", "people"]
    words: str
    label: str
    choices: tuple[Choice, ...] = ()
    chosen: tuple[str, ...] = ()
    """Of several: what was said already; the answer may add to it."""
    least: int = 0
    most: int = 0


class Known(_Wire):
    """A fact in words: `引っ越した日`, `11月20日`. Empty words: the resident does not know."""

    name: str
    label: str
    words: str


class ToDo(_Wire):
    """One thing to do, as the talk says it."""

    key: str
    title: str
    due: date | None
    is_over: bool
    """The term has ended."""
    term: str
    """The term in words where its day is not known: `引っ越した日から14日以内`."""
    desk: str
    place: str
    hours: str
    bring: tuple[str, ...]
    is_certain: bool
    for_whom: str = ""
    """Whom it concerns, where it is not known yet whether it does."""
    missed: str = ""
    """What becomes of who is late."""


class Elsewhere(_Wire):
    """A thing to do that can be done without coming: `kind` in words (郵送), and how."""

    title: str
    kind: str
    words: str


class Guide(_Wire):
    """Where somebody stands in a life event."""

    id: str
    event: str
    title: str
    is_careful: bool
    opening: str
    known: tuple[Known, ...]
    noted: tuple[str, ...]
    """Options that were told before they are asked for."""
    question: Question | None
    """None when the list is settled."""
    first: tuple[ToDo, ...]
    """The most urgent of what is surely to be done; at most three."""
    elsewhere: tuple[Elsewhere, ...]
    """What is left and can be done by post, online, or nearer by; the first ten."""
    left: int
    """How many are surely to be done, with those of `first`."""
    maybe: int
    """How many more hang on what the resident does not know."""
    done: int
    url: str
    """The page with everything; its key is a secret of the citizen's."""
    reminds: bool
    is_discreet: bool
    """Its citizen may be watched: nothing is offered that shows by itself."""
    is_demonstration: bool


class NewGuide(_Wire):
    """What a citizen begins with. Facts that the event does not ask for are left out."""

    citizen_id: str
    event: Name
    answers: Answers = Field(default_factory=dict)
    words: str = Field(default="", max_length=1000)
    """What the citizen wrote: options that it names are taken, too."""


class MoreAnswers(_Wire):
    """What a citizen says further, or corrects; `words` may name what is done already."""

    citizen_id: str
    answers: Answers = Field(default_factory=dict)
    words: str = Field(default="", max_length=1000)


class Wanted(_Wire):
    """Whether reminders are wanted, or whether the list helped; None leaves it as it is."""

    citizen_id: str
    reminds: bool | None = None
    helpful: bool | None = None


class ProceduresClient:
    """Client of `/services/procedures`; raises what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def events(self) -> Events:
        """Return the life events of the city."""
        return Events.model_validate(await call(self._http, "GET", f"{_BASE}/events"))

    async def begin(self, new: NewGuide) -> Guide:
        """Begin a life event anew. Raises NotFoundError where the city has no such event.

        What was said and cannot be (a move on the 35th) is left out and asked for.
        """
        return await self._send("POST", "guides", new)

    async def latest(self, citizen_id: str, event: str = "") -> Guide:
        """Return the citizen's latest (of that event). Raises NotFoundError without any."""
        params = {"citizen_id": citizen_id, "event": event}
        return Guide.model_validate(await call(self._http, "GET", f"{_BASE}/guides", params=params))

    async def answer(self, guide_id: str, more: MoreAnswers) -> Guide:
        """Keep answers or corrections. Raises `impossible_answer` where one cannot be true."""
        return await self._send("POST", f"guides/{guide_id}/answers", more)

    async def want(self, guide_id: str, wanted: Wanted) -> Guide:
        """Keep whether reminders are wanted, and whether the list helped."""
        return await self._send("POST", f"guides/{guide_id}/wishes", wanted)

    async def _send(self, method: str, path: str, body: BaseModel) -> Guide:
        content = body.model_dump_json()
        headers = {"Content-Type": "application/json"}
        answer = await call(self._http, method, f"{_BASE}/{path}", content=content, headers=headers)
        return Guide.model_validate(answer)
