"""What actions may ask of skills from outside: which one words mean, and its answer."""

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from auth.levels import Level
from kit.http import call
from messages.languages import Language
from messages.neutral import Message

LONGEST_WORDS = 300
PAGE = "/my/skills"
"""Where citizens decide what skills may see."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Wire):
    """What a citizen wrote."""

    words: str = Field(max_length=LONGEST_WORDS)


class Match(_Wire):
    """The live skill that words mean, and what its button carries; empty where none does."""

    skill_id: str = ""
    title: str = ""
    exact: bool = False
    payload: str = ""


class Question(_Wire):
    """A citizen's call of a skill. It hears the slots that it declares, and no id of ours."""

    skill_id: str = Field(max_length=40)
    citizen_id: str = Field(min_length=1, max_length=100)
    words: str = Field(default="", max_length=LONGEST_WORDS)
    language: Language = Language.ja
    slots: dict[str, str] = Field(default={}, max_length=5)
    grants: dict[str, str] = Field(default={}, max_length=10)
    """Identity's grants by scope, for a skill that asks for something of the citizen."""


class Needed(_Wire):
    """A grant that a call of the skill takes."""

    audience: str
    scope: str


class Wants(_Wire):
    """What has to come before the skill is called: the citizen's yes on our page, and grants."""

    level: Level
    payload: str
    """With which the talk goes on afterwards."""
    agreed: bool
    grants: tuple[Needed, ...] = ()


class Answer(_Wire):
    """What the skill said; without messages it did not answer, or is not there any more."""

    title: str = ""
    provider: str = ""
    demonstration: bool = False
    messages: tuple[Message, ...] = ()
    wants: Wants | None = None
    """Set where it was not called yet."""


class SkillsClient:
    """Client of `/services/developers/…`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def match(self, words: str) -> Match:
        """Return the live skill that some words mean."""
        body = Words(words=words[:LONGEST_WORDS]).model_dump()
        return Match.model_validate(
            await call(self._http, "POST", "/services/developers/matches", json=body)
        )

    async def ask(self, question: Question) -> Answer:
        """Return what a skill answers, within three seconds."""
        body = question.model_dump(mode="json")
        return Answer.model_validate(
            await call(self._http, "POST", "/services/developers/answers", json=body)
        )
