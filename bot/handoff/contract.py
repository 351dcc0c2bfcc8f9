"""What actions ask of the people behind the bot: a place in the queue, and what it is about."""

from datetime import datetime
from enum import StrEnum

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Situation(StrEnum):
    """How a citizen stands with the people behind the bot."""

    asked = "asked"
    """Their next words are what it is about."""
    closed = "closed"
    """Nobody answers now; a message may be left."""
    queued = "queued"
    left_message = "left_message"
    """A message waits for the desk."""


class PersonWanted(_Wire):
    """A citizen asks for a person, or says what about."""

    citizen_id: str = Field(min_length=1, max_length=100)
    turn_id: str = Field(min_length=1, max_length=200)
    says_matter: bool = False
    """Whether these very words say what it is about."""
    desks: tuple[str, ...] = Field(default=(), max_length=30)
    """The desks whose matter it is, best first."""


class Standing(_Wire):
    """What can be told to the citizen."""

    situation: Situation
    desk: str
    place: int | None = None
    """The place in the queue, from 1."""
    opens_at: datetime | None = None
    """When the desk opens next, where it is closed."""


class CitizenOfTurn(_Wire):
    """Whose turn it is."""

    citizen_id: str = Field(min_length=1, max_length=100)
    turn_id: str = Field(min_length=1, max_length=200)


# The buttons that the bot itself serves, without Rasa.
LEAVE = '/handoff{"do":"leave"}'
"""Wait no longer."""
QUEUE = '/handoff{"do":"queue"}'
"""Wait without saying what it is about."""
MESSAGE = '/handoff{"do":"message"}'
"""Leave a message for the desk."""

# In a turn's metadata: the citizen was asked what it is about.
ASKED = "handoff_asked"


class HandoffClient:
    """Client of `/line/handoffs/…`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def ask(self, wanted: PersonWanted) -> Standing:
        """Ask for a person; the same turn asks once. Raises NotFoundError where nobody answers in
        the talk at all, and UnavailableError.
        """
        return await self._standing("asked", wanted)

    async def tell_matter(self, wanted: PersonWanted) -> Standing:
        """Say what it is about, after it was asked. Raises NotFoundError when nothing was asked."""
        return await self._standing("matters", wanted)

    async def leave(self, whose: CitizenOfTurn) -> None:
        """Wait no longer."""
        await call(self._http, "POST", "/line/handoffs/left", json=whose.model_dump())

    async def raise_alarm(self, whose: CitizenOfTurn) -> None:
        """Put somebody who tells of danger at the top of the queue. Raises as `ask`."""
        await call(self._http, "POST", "/line/handoffs/alarms", json=whose.model_dump())

    async def _standing(self, what: str, wanted: PersonWanted) -> Standing:
        body = await call(
            self._http, "POST", f"/line/handoffs/{what}", json=wanted.model_dump(mode="json")
        )
        return Standing.model_validate(body)
