"""One message for one citizen, handed over at most once: wire types and client."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call
from messages.languages import Language
from messages.neutral import Message

Messages = Annotated[tuple[Message, ...], Field(min_length=1, max_length=5)]


class Notification(BaseModel):
    """One notification. The same `key` is never delivered twice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(min_length=1, max_length=200)
    citizen_id: str
    messages: Messages
    in_languages: dict[Language, Messages] = {}
    """The same in other languages; a citizen gets the one that they chose."""
    expires_at: datetime
    """After this instant the notification is worth nothing and is not sent."""


class Outcome(StrEnum):
    """What became of a notification when it was handed over."""

    queued = "queued"
    already_queued = "already_queued"
    not_a_friend = "not_a_friend"


class NotificationResult(BaseModel):
    """The bot's answer to a notification."""

    outcome: Outcome


class NotifyClient:
    """Client of `POST /line/notifications`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def notify(self, notification: Notification) -> Outcome:
        """Hand a notification over. Raises UnavailableError when it should be tried again."""
        body = await call(
            self._http,
            "POST",
            "/line/notifications",
            content=notification.model_dump_json(),
            headers={"Content-Type": "application/json"},
        )
        return NotificationResult.model_validate(body).outcome
