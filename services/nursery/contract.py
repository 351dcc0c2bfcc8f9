"""What other packages may ask of nursery places: wire types and client."""

from datetime import date, datetime
from typing import Annotated, Literal

import httpx2
from pydantic import BaseModel, ConfigDict, Field, field_validator

from kit.http import call
from kit.masking import mask_numbers

AUDIENCE = "services/nursery"
"""What a grant must be for to open anything here."""

MOST_CHILDREN = 6
MOST_WISHES = 30
MOST_PAGES = 4
"""Photos of one paper."""
_BASE = "/services/nursery"

Id = Annotated[str, Field(min_length=1, max_length=100)]
Fact = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
Value = bool | int | Annotated[str, Field(max_length=100)]
Facts = dict[Fact, Value]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Seats(_Wire):
    """Seats of one nursery that are open to some ages together."""

    facility_id: str
    name: str
    kind: str
    district: str
    first_age: int
    last_age: int
    seats: int
    last_points: int | None
    updated_on: date


class Vacancies(_Wire):
    """What is free, most seats first; `district` and `facility` are what the words named."""

    age: int | None
    district: str
    facility: str
    found: tuple[Seats, ...]
    desk: str
    """Whom to ask."""
    is_demonstration: bool


class RoundInfo(_Wire):
    """A round as applicants see it."""

    id: str
    title: str
    starts_on: date
    closes_at: datetime
    is_open: bool
    released_at: datetime | None

    @property
    def is_released(self) -> bool:
        """Whether everybody may see their result."""
        return self.released_at is not None


class Rounds(_Wire):
    """The rounds there are, the newest first."""

    rounds: tuple[RoundInfo, ...]


class DraftChild(_Wire):
    """A child to be applied for; name and birth date as the register had them."""

    person_id: Id
    name: str = Field(max_length=200)
    birthdate: date
    current: str | None = Field(default=None, max_length=40)
    wishes: tuple[Annotated[str, Field(max_length=40)], ...] = Field(
        default=(), max_length=MOST_WISHES
    )


class SiblingRule(_Wire):
    """What siblings ask for, in the words of `choices.derive_choices`."""

    mode: Literal["same_only", "together", "near", "any"]
    prefer: Literal["same", "rank"] = "rank"
    solo: Literal["older", "younger", "either"] = "either"


Way = Literal["window", "post", "photo"]
"""How a paper comes."""


class DraftPhoto(_Wire):
    """A page of a paper that was photographed; the picture itself is kept apart, sealed."""

    id: Id
    issued_on: date | None = None
    """The day that stands on the paper, where the city asks for it."""


class Draft(_Wire):
    """Everything an application says; each part is saved by itself."""

    children: tuple[DraftChild, ...] = Field(default=(), max_length=MOST_CHILDREN)
    parents: tuple[Facts, ...] = Field(default=(), max_length=2)
    household: Facts = Field(default_factory=dict)
    rule: SiblingRule | None = None
    papers: dict[Id, Way] = Field(default_factory=dict)
    """`employment:0` → how the paper of the first parent comes."""
    photos: dict[Id, tuple[DraftPhoto, ...]] = Field(default_factory=dict)
    """By the same names."""
    note: str = Field(default="", max_length=1000)

    @field_validator("note")
    @classmethod
    def _no_my_number(cls, value: str) -> str:
        if mask_numbers(value)[1]:
            raise ValueError("a My Number is not kept here")
        return value


class DraftPart(_Wire):
    """The parts of a draft that a page saves; what is None stays as it is."""

    round_id: Id
    children: tuple[DraftChild, ...] | None = Field(default=None, max_length=MOST_CHILDREN)
    parents: tuple[Facts, ...] | None = Field(default=None, max_length=2)
    household: Facts | None = None
    rule: SiblingRule | None = None
    papers: dict[Id, Way] | None = None
    note: str | None = Field(default=None, max_length=1000)


class Problem(_Wire):
    """What has to be filled in before an application can be handed in, and on which page."""

    step: str
    words: str


class Better(_Wire):
    """A nursery that a child would rather have had, and why it was not to be."""

    name: str
    seats: int
    reason: Literal["full", "siblings"]
    lowest: float | None
    """The lowest points admitted there; None where nobody was or where that is not the reason."""
    own: float


class ChildResult(_Wire):
    """What came of one child's wishes."""

    name: str
    place: str | None
    better: tuple[Better, ...]


class Application(_Wire):
    """An application as its applicant sees it."""

    id: str
    round: RoundInfo
    state: Literal["draft", "submitted", "withdrawn"]
    version: int
    draft: Draft
    submitted: Draft | None
    is_changed: bool
    """Whether the draft says something that has not been handed in."""
    receipt: str | None
    submitted_at: datetime | None
    request: str
    problems: tuple[Problem, ...]
    results: tuple[ChildResult, ...] | None
    """None before the results of the round are released."""


class Mine(_Wire):
    """A citizen's applications, the newest round first."""

    applications: tuple[Application, ...]


class Handing(_Wire):
    """Handing in: the version that the preview showed, and when the request came in."""

    round_id: Id
    version: int
    arrived_at: datetime


class Meant(_Wire):
    """The round whose application is meant."""

    round_id: Id


class NurseryClient:
    """Client of `/services/nursery`; raises what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def vacancies(self, age: int | None, words: str) -> Vacancies:
        """Return what is free for an age, at the place or nursery that the words name."""
        body = {"age": age, "words": words[:500]}
        answer = await call(self._http, "POST", f"{_BASE}/vacancies", json=body)
        return Vacancies.model_validate(answer)

    async def rounds(self) -> Rounds:
        """Return the rounds; it needs no grant and tells of nobody."""
        return Rounds.model_validate(await call(self._http, "GET", f"{_BASE}/rounds"))

    async def mine(self, grant: str) -> Mine:
        """Return the citizen's applications (scope nursery:application:read)."""
        return Mine.model_validate(await self._granted("GET", "applications", grant))

    async def save(self, grant: str, part: DraftPart) -> None:
        """Save parts of the draft (scope nursery:application:write).

        Raises NotFoundError for a child for whom the citizen may not act, ConflictError after the
        deadline.
        """
        await self._granted("PATCH", "applications", grant, part)

    async def submit(self, grant: str, handing: Handing) -> None:
        """Hand the draft in (scope nursery:application:submit); the same version once.

        Raises ConflictError where the draft has changed, InvalidInputError where something is
        missing, `too_late` after the deadline.
        """
        await self._granted("POST", "applications/submissions", grant, handing)

    async def withdraw(self, grant: str, meant: Meant) -> None:
        """Take an application back until the deadline (scope nursery:application:withdraw)."""
        await self._granted("POST", "applications/withdrawals", grant, meant)

    async def _granted(
        self, method: str, path: str, grant: str, body: BaseModel | None = None
    ) -> object:
        headers = {"Authorization": f"Bearer {grant}", "Content-Type": "application/json"}
        content = None if body is None else body.model_dump_json()
        answer: object = await call(
            self._http, method, f"{_BASE}/{path}", headers=headers, content=content
        )
        return answer
