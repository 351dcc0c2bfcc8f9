"""What a skill may answer, and how it becomes neutral messages of ours."""

import json
import re
import unicodedata
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from kit.links import web_address
from kit.masking import mask_numbers
from kit.text import grapheme_length
from messages import neutral
from services.developers.skill_manifest import OURS, SkillManifest, SlotName, SlotText

INTENT = "outside_skill"
"""Buttons of skills carry `/outside_skill{…}`; no model has to be trained for it."""
SKILL = "skill"
"""The slot that names the skill in a payload."""
LONGEST_PAYLOAD = 300
_LABEL = 20
_MOST_SLOTS, _LONGEST_SLOT = 5, 60
# Nobody may ask for these in a talk, and we let nobody do so in our name.
_SECRETS = r"マイナンバー|個人番号|暗証番号|パスワード|口座番号|カード番号|セキュリティコード"
_ASKS = re.compile(
    rf"(?:{_SECRETS}).{{0,20}}(?:教え|入力|送|記入|お知らせ|返信)"
    r"|(?:my number|password).{0,20}(?:send|enter|tell)"
    r"|(?:send|enter|tell).{0,20}(?:password|my number)",
    re.IGNORECASE,
)


def _readable(text: str) -> str:
    """Return a text that a person can read, and that asks for no secret. Raises ValueError."""
    if not text.strip():
        raise ValueError("an empty text says nothing")
    if any(unicodedata.category(c) in ("Cc", "Co", "Cs") and c != "\n" for c in text):
        raise ValueError("control characters are not allowed")
    if any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in text):
        raise ValueError("marks that change the direction of writing are not allowed")
    if mask_numbers(text)[1] or _ASKS.search(text):
        raise ValueError("a skill neither tells nor asks for secret numbers")
    return text


def _label(text: str) -> str:
    if grapheme_length(text) > _LABEL:
        raise ValueError(f"a label holds at most {_LABEL} characters")
    return text


Readable = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_readable)]
Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_readable)]
Perhaps = Annotated[
    str,
    StringConstraints(max_length=60),
    AfterValidator(lambda text: _readable(text) if text else text),
]
Label = Annotated[Line, AfterValidator(_label)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Link(_Part):
    """A button that opens a page of a host that the manifest names."""

    kind: Literal["link"]
    label: Label
    url: Annotated[str, StringConstraints(max_length=500)]


class Again(_Part):
    """A button that calls the same skill with values of its own slots."""

    kind: Literal["again"]
    label: Label
    slots: dict[SlotName, SlotText] = Field(default={}, max_length=_MOST_SLOTS)


Choice = Annotated[Link | Again, Field(discriminator="kind")]


class Text(_Part):
    """Plain words."""

    type: Literal["text"]
    text: Readable
    choices: tuple[Choice, ...] = Field(default=(), max_length=8)


class Fact(_Part):
    """A labelled line of a card."""

    label: Label
    value: Line


class Card(_Part):
    """One thing among several."""

    title: Annotated[Line, StringConstraints(max_length=40)]
    subtitle: Perhaps = ""
    facts: tuple[Fact, ...] = Field(default=(), max_length=6)
    choices: tuple[Choice, ...] = Field(default=(), max_length=3)


class Cards(_Part):
    """Cards side by side; `summary` says the same in words, for who cannot see them."""

    type: Literal["cards"]
    summary: Annotated[Readable, StringConstraints(max_length=400)]
    cards: tuple[Card, ...] = Field(min_length=1, max_length=10)
    choices: tuple[Choice, ...] = Field(default=(), max_length=8)


class Answer(_Part):
    """What a skill sends back."""

    version: Literal["1"]
    messages: tuple[Annotated[Text | Cards, Field(discriminator="type")], ...] = Field(
        min_length=1, max_length=3
    )


class BadAnswerError(ValueError):
    """An answer that is not what the contract says; the text says where, not what."""


def read_answer(body: bytes, manifest: SkillManifest) -> tuple[neutral.Message, ...]:
    """Return a skill's answer as our messages. Raises BadAnswerError, ValueError for no JSON."""
    try:
        content = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    try:
        answer = Answer.model_validate(content)
        return tuple(_message(one, manifest) for one in answer.messages)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        where = "; ".join(f"{'.'.join(map(str, f['loc'][:6]))}: {f['msg']}" for f in faults[:3])
        raise BadAnswerError(where) from None


def _message(told: Text | Cards, manifest: SkillManifest) -> neutral.Message:
    choices = _choices(told.choices, manifest)
    if isinstance(told, Text):
        return neutral.Text(text=told.text, choices=choices)
    cards = tuple(
        neutral.Card(
            title=card.title,
            subtitle=card.subtitle,
            facts=tuple(neutral.Fact(label=f.label, value=f.value) for f in card.facts),
            choices=_choices(card.choices, manifest),
        )
        for card in told.cards
    )
    return neutral.Cards(summary=told.summary, cards=cards, choices=choices)


def _choices(told: tuple[Choice, ...], manifest: SkillManifest) -> tuple[neutral.Choice, ...]:
    return tuple(
        _link(one, manifest) if isinstance(one, Link) else _again(one, manifest) for one in told
    )


def _link(told: Link, manifest: SkillManifest) -> neutral.OpenLink:
    parts = urlsplit(told.url)
    is_ours = parts.scheme == "https" and parts.hostname in manifest.links and not parts.username
    if not is_ours or web_address(told.url) != told.url:
        raise BadAnswerError("choices: a link opens https pages of the hosts in `links` alone")
    return neutral.OpenLink(label=told.label, url=told.url)


def _again(told: Again, manifest: SkillManifest) -> neutral.Payload:
    if not set(told.slots) <= set(manifest.slots) - OURS:
        raise BadAnswerError("choices: a button carries slots that the manifest declares")
    payload = payload_of(manifest.id, told.slots)
    if len(payload) > LONGEST_PAYLOAD:
        raise BadAnswerError(f"choices: a button carries at most {LONGEST_PAYLOAD} characters")
    return neutral.Payload(label=told.label, payload=payload)


def payload_of(skill_id: str, slots: dict[str, str] | None = None) -> str:
    """Return what a button carries that calls a skill."""
    values: dict[str, Any] = {SKILL: skill_id, **(slots or {})}
    return f"/{INTENT}{json.dumps(values, ensure_ascii=False)}"


def slots_of(payload: str) -> dict[str, str]:
    """Return the slots that a button of a skill's carries; none where it is no such button."""
    prefix = f"/{INTENT}"
    try:
        values = json.loads(payload.removeprefix(prefix)) if payload.startswith(prefix) else {}
    except (ValueError, RecursionError):
        values = {}
    told = values if isinstance(values, dict) else {}
    return {
        str(name): text[:_LONGEST_SLOT]
        for name, text in list(told.items())[: _MOST_SLOTS + 1]
        if name != SKILL and isinstance(text, str)
    }
