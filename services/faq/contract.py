"""What other packages may ask of the FAQ: search, an entry, what is due; what helped."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from kit.http import call
from kit.wording import SOURCE, language
from services.faq.core_answers import Core, city_cores

MAX_TEXT = 5000


__all__ = [
    "MAX_TEXT",
    "Asked",
    "Core",
    "Entry",
    "FaqClient",
    "Hit",
    "Noted",
    "Opinion",
    "OpinionKind",
    "Opinions",
    "Outcome",
    "SearchQuery",
    "SearchResult",
    "Verdict",
    "city_cores",
]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Verdict(StrEnum):
    """What may be done with a ranking."""

    sure = "sure"
    """The first hit is the answer."""
    likely = "likely"
    """The answer is probably among the first three: let the citizen choose."""
    unsure = "unsure"
    """Nothing fits. Say so."""


class Entry(_Wire):
    """One question with its answer, as a citizen is told it."""

    id: str
    category: str
    question: str
    answer: str
    desk: str
    """The desk that owns the answer."""
    source: str
    source_url: str | None
    review_by: date
    """After this day the owning desk has to look at the answer again."""
    demonstration: bool
    updated: date | None
    """The day of the answer's last change, where it is known."""


class Hit(_Wire):
    """One entry of a ranking."""

    entry: Entry
    score: float
    signals: dict[str, float]
    """What the score is made of.

    `words` and `letters` (BM25 as a share of the best), `question` and `entry` (cosine of word
    vectors with the nearest wording and with everything), `cover` (share of the query that the
    entry explains) and `echo` (share of the nearest wording that the query explains); `passage`
    and `wording` (cosine of sentence vectors with question and answer, and with the nearest
    wording) where there are any; `apart` (-1 to 0, of a circumstance that only the entry speaks
    of) and `relief` (1 where both tell of not being able to pay); `learned` (-1 to 1, from
    citizens' taps) once there are enough.
    """


class SearchQuery(_Wire):
    """What a citizen wrote, and how many entries are wanted."""

    text: str = Field(min_length=1, max_length=MAX_TEXT)
    top: int = Field(default=3, ge=1, le=50)
    language: str = Field(default=SOURCE, pattern=r"^[a-z]{2,8}$")
    """What it is written in, as `kit.wording` names it."""


class SearchResult(_Wire):
    """The best entries, best first, and how far they can be trusted."""

    verdict: Verdict
    confidence: float
    """Between 0 and 1; of the first hit."""
    hits: tuple[Hit, ...]


class Outcome(StrEnum):
    """What became of a question. The first three are said when it was asked, the others tapped."""

    answered = "answered"
    offered = "offered"
    refused = "refused"
    picked = "picked"
    helpful = "helpful"
    wrong = "wrong"
    none_fits = "none_fits"


class Asked(_Wire):
    """A question and what the citizen was shown, best first. Only the words are kept, masked."""

    turn_id: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    outcome: Literal[Outcome.answered, Outcome.offered, Outcome.refused]
    entries: tuple[str, ...] = Field(default=(), max_length=10)


class Noted(_Wire):
    """The key that the buttons under the answer carry."""

    question: str


class OpinionKind(StrEnum):
    """What a citizen tapped under an answer or a choice."""

    helpful = "helpful"
    wrong = "wrong"
    picked = "picked"
    none = "none"


class Opinion(_Wire):
    """One tap. `question` is empty where the question could not be kept."""

    citizen_id: str = Field(min_length=1, max_length=100)
    kind: OpinionKind
    entry_id: str = Field(default="", max_length=50)
    question: str = Field(default="", max_length=32)


class Opinions(_Wire):
    """How many citizens confirmed that an answer helped, and how many said that it was wrong."""

    helpful: int
    wrong: int


_entries = TypeAdapter(list[Entry])


class FaqClient:
    """Client of `/services/faq/…`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def search(self, text: str, top: int = 3) -> SearchResult:
        """Search with a citizen's words in the language of the turn; of a long text the end counts.

        Raises UnavailableError when it should be tried again.
        """
        body = await call(
            self._http,
            "POST",
            "/services/faq/search",
            json=SearchQuery(text=text[-MAX_TEXT:], top=top, language=language()).model_dump(),
        )
        return SearchResult.model_validate(body)

    async def entry(self, entry_id: str) -> Entry:
        """Return one entry. Raises NotFoundError when there is none of that id."""
        path = f"/services/faq/entries/{quote(entry_id, safe='')}"
        return Entry.model_validate(await call(self._http, "GET", path))

    async def note(self, asked: Asked) -> str:
        """Keep a question; return the key that its buttons carry."""
        body = await call(
            self._http, "POST", "/services/faq/questions", json=asked.model_dump(mode="json")
        )
        return Noted.model_validate(body).question

    async def judge(self, opinion: Opinion) -> None:
        """Tell what a citizen tapped. An entry or a question that has gone is no error."""
        await call(
            self._http, "POST", "/services/faq/opinions", json=opinion.model_dump(mode="json")
        )

    async def opinions(self, since: datetime, until: datetime) -> Opinions:
        """Return what citizens thought of answers in a period."""
        asked = {"since": since.isoformat(), "until": until.isoformat()}
        body = await call(self._http, "GET", "/services/faq/opinions", params=asked)
        return Opinions.model_validate(body)

    async def entries(self) -> list[Entry]:
        """Return every entry in use, in the order of their ids."""
        return _entries.validate_python(await call(self._http, "GET", "/services/faq/entries"))

    async def stale(self) -> list[Entry]:
        """Return the entries whose review date has passed, longest overdue first."""
        body = await call(self._http, "GET", "/services/faq/stale")
        return _entries.validate_python(body)
