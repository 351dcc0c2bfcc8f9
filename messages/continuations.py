"""Going on with a talk that had to wait for something outside it."""

from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.errors import NotFoundError
from kit.http import call
from kit.jobs import Job
from messages.neutral import Message
from messages.notifications import NotificationResult, Outcome


class Continuation(BaseModel):
    """What is said to a citizen when something outside the talk is done, and how it goes on.

    It is a turn of the citizen's like any other, in its order. The same `key` counts once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[A-Za-z0-9:._-]{1,150}$")
    citizen_id: str
    messages: tuple[Message, ...] = Field(max_length=5)
    payload: str | None = Field(default=None, pattern=r"^/[a-z_]+(\{.*\})?$", max_length=300)
    """What the citizen would have tapped to go on, None where the dialogue waits for nothing."""


class ContinueClient:
    """Client of `POST /line/continuations`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def continue_conversation(self, new: Continuation) -> Outcome:
        """Hand a continuation over. Raises UnavailableError when it should be tried again."""
        json = new.model_dump(mode="json")
        body = await call(self._http, "POST", "/line/continuations", json=json)
        return NotificationResult.model_validate(body).outcome


TELL_TALK = Job("messages.tell_talk")
"""Hand a continuation over to the bot; whoever writes one uses this job."""


class TalkTeller:
    """Does the job TELL_TALK."""

    def __init__(self, bot: ContinueClient) -> None:
        """`bot` reaches the bot over HTTP."""
        self._bot = bot

    async def tell(self, continuation: dict[str, Any]) -> None:
        """Hand a continuation over; somebody who is gone is told nothing."""
        try:
            await self._bot.continue_conversation(Continuation.model_validate(continuation))
        except NotFoundError:
            return
