"""The manifest of a skill from outside, as its developer registers it."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from auth.levels import Level
from kit.links import web_address
from messages.languages import Language
from services.developers.sharing import LEVELS, Shared, least


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("only characters that can be seen are allowed, in one line")
    return text


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,39}$")]
Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_printable),
]
Title = Annotated[
    str,
    StringConstraints(min_length=2, max_length=16, strip_whitespace=True),
    AfterValidator(_printable),
]
Trigger = Annotated[
    str,
    StringConstraints(min_length=3, max_length=40, strip_whitespace=True),
    AfterValidator(_printable),
]
SlotName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,19}$")]
SlotText = Annotated[str, StringConstraints(max_length=60)]
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{3,100}$")]

OURS = frozenset({"words", "language"})
"""Slots that we fill: the citizen's sentence with its numbers masked, and their language."""
_LOCAL = re.compile(r"127\.\d+\.\d+\.\d+|localhost|\[::1\]")


def public_web(url: str) -> str:
    """Return an address that may be called by its looks. Raises ValueError."""
    parts = urlsplit(url)
    if web_address(url) != url or parts.username or parts.fragment:
        raise ValueError("an address like https://skill.example.jp/answer is needed")
    if parts.scheme != "https" and not _LOCAL.fullmatch(parts.netloc.rpartition(":")[0]):
        raise ValueError("https is needed")
    return url


class SkillManifest(BaseModel):
    """What a skill is, what reaches it, and what it is told. Everything not declared is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug = Field(examples=["bicycle-stations"])
    title: Title = Field(examples=["シェアサイクルの空き"])
    """How citizens are told of it."""
    description: Words
    desk: Words
    """The desk of the city that answers for it: the one of the developer's approval."""
    url: Annotated[str, StringConstraints(max_length=500), AfterValidator(public_web)]
    triggers: tuple[Trigger, ...] = Field(min_length=1, max_length=20)
    """Sentences that mean this skill and nothing else that the city answers."""
    slots: tuple[SlotName, ...] = Field(default=(), max_length=10)
    """What it is told: `words`, `language`, and names that its own buttons carry."""
    languages: tuple[Language, ...] = Field(min_length=1)
    contact: Words
    """Whom staff calls when it fails; citizens never see it."""
    retention: Words
    """What its server keeps of a call, and for how long."""
    level: Level = Field(default=Level.L0, json_schema_extra={"enum": [*LEVELS]})
    """How sure the city has to be of who is there; L0 where nothing personal is told."""
    scopes: tuple[Shared, ...] = Field(default=(), max_length=len(Shared))
    """What it may ask of citizens who agreed to that on a page of the city."""
    links: tuple[Host, ...] = Field(default=(), max_length=5)
    """Hosts that its buttons may open."""
    demonstration: bool = False
    """Whether its data is invented; citizens are told so."""

    @model_validator(mode="after")
    def _level_fits(self) -> "SkillManifest":
        if self.level not in LEVELS or len(set(self.scopes)) < len(self.scopes):
            raise ValueError("a level is L0, L1, L2 or L3, and each scope is named once")
        if bool(self.scopes) is (self.level is Level.L0):
            raise ValueError("scopes need a level above L0, and such a level needs scopes")
        if not self.level.suffices(least(self.scopes)):
            raise ValueError(f"these scopes need the level {least(self.scopes)}")
        return self
