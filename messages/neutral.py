"""Neutral messages: what an action says, before anybody thinks of LINE.

Actions return them through Rasa as `custom` payloads; `bot/messages` renders them. They hold no
LINE JSON and no personal data: they will stand in a LINE talk for ever.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Say(_Wire):
    """A tappable answer that is sent as the citizen's own words."""

    kind: Literal["say"] = "say"
    label: str = Field(min_length=1)
    text: str = Field(min_length=1, max_length=300)


class Payload(_Wire):
    """A tappable answer that names an intent exactly: `/ask_waste_day{"area": "城西"}`."""

    kind: Literal["payload"] = "payload"
    label: str = Field(min_length=1)
    payload: str = Field(pattern=r"^/[a-z_]+(\{.*\})?$", max_length=300)


class ShareLocation(_Wire):
    """A button that opens the citizen's map to send a place."""

    kind: Literal["location"] = "location"
    label: str = Field(min_length=1)


class OpenLink(_Wire):
    """A button that opens a page or starts a phone call (`https:`, `http:`, `tel:`)."""

    kind: Literal["link"] = "link"
    label: str = Field(min_length=1)
    url: str = Field(pattern=r"^(https?://|tel:)", max_length=1000)


Choice = Annotated[Say | Payload | ShareLocation | OpenLink, Field(discriminator="kind")]


Choices = Annotated[tuple[Choice, ...], Field(max_length=13)]
"""Things to tap under a message."""


class Text(_Wire):
    """Plain words."""

    type: Literal["text"] = "text"
    text: str = Field(min_length=1)
    choices: Choices = ()


class Confirm(_Wire):
    """A question with two answers, which stay in the talk until one is tapped."""

    type: Literal["confirm"] = "confirm"
    text: str = Field(min_length=1)
    yes: Say | Payload
    no: Say | Payload
    choices: Choices = ()


class Fact(_Wire):
    """One labelled line of a card: `住所` – `東栄町3-46`."""

    label: str
    value: str


class Card(_Wire):
    """One thing among several: a shelter, a facility, a kind of waste."""

    title: str = Field(min_length=1)
    subtitle: str = ""
    facts: tuple[Fact, ...] = ()
    note: str = ""
    choices: tuple[Choice, ...] = Field(default=(), max_length=3)


class Cards(_Wire):
    """Up to ten cards side by side. `summary` says the same in words (alt text, screen readers)."""

    type: Literal["cards"] = "cards"
    summary: str = Field(min_length=1)
    cards: tuple[Card, ...] = Field(min_length=1, max_length=10)
    choices: Choices = ()


Message = Annotated[Text | Confirm | Cards, Field(discriminator="type")]
message_list: TypeAdapter[list[Message]] = TypeAdapter(list[Message])

# What a reader sees of a message. What a button carries or says for the citizen is left alone.
_SEEN = frozenset({"text", "label", "value", "title", "subtitle", "note", "summary"})
_message: TypeAdapter[Message] = TypeAdapter(Message)


def reworded(message: Message, change: Callable[[str], str]) -> Message:
    """Return the message with every text that its reader sees changed."""
    return _message.validate_python(_reworded(message.model_dump(), change))


def _reworded(part: Any, change: Callable[[str], str]) -> Any:
    if isinstance(part, list | tuple):
        return [_reworded(item, change) for item in part]
    if not isinstance(part, dict):
        return part
    unseen = {"text"} if part.get("kind") == "say" else set()
    return {
        name: change(value)
        if isinstance(value, str) and name in _SEEN - unseen
        else _reworded(value, change)
        for name, value in part.items()
    }
