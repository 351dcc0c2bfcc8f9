"""What other rooms may ask of the bot: tell one citizen something, and whose LINE account it is."""

from datetime import datetime
from enum import StrEnum

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from actions.contract import Message
from kit.http import call


class Notification(BaseModel):
    """One notification. The same `key` is never delivered twice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(min_length=1, max_length=200)
    citizen_id: str
    messages: tuple[Message, ...] = Field(min_length=1, max_length=5)
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


class SameAccount(BaseModel):
    """The question whether a LINE user is this citizen, and its answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    citizen_id: str
    line_user_id: str


class AccountsClient:
    """Client of `/line/accounts/…`. The bot alone knows which LINE user a citizen is."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def is_same(self, citizen_id: str, line_user_id: str) -> bool:
        """Tell whether the citizen talks to us by this LINE account."""
        body = SameAccount(citizen_id=citizen_id, line_user_id=line_user_id).model_dump()
        return bool((await call(self._http, "POST", "/line/accounts/same", json=body))["same"])

    async def link_token(self, citizen_id: str) -> str:
        """Return a token for LINE's account link dialog. Raises UnavailableError without one."""
        body = {"citizen_id": citizen_id}
        answer = await call(self._http, "POST", "/line/accounts/link-tokens", json=body)
        return str(answer["link_token"])
