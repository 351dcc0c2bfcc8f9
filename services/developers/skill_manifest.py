"""The manifest of a skill from outside, as its developer registers it."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from kit.links import web_address
from messages.languages import Language


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
    level: Literal["L0"] = "L0"
    """Without a grant of the citizen's, nothing personal is told; other levels do not exist yet."""
    links: tuple[Host, ...] = Field(default=(), max_length=5)
    """Hosts that its buttons may open."""
    demonstration: bool = False
    """Whether its data is invented; citizens are told so."""
