"""The calls of LINE's Messaging API that deliver to citizens.

Bodies are sent as the exact characters of the outbox, because a repeated push must be identical
(LINE Developers, "Retry a failed API request"); an SDK would serialise anew.
"""

import json
import re
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import httpx2

from bot.line.channels import Channels
from bot.line.tokens import ChannelTokens
from kit.errors import UnavailableError
from kit.settings import Settings

# LINE's documents show the name of the property with and without quotation marks.
_RECIPIENT = re.compile(r"property, '?to\b")
_CONTENT = re.compile(r"\bmessages\b|request body has \d+ error")


class Limit(StrEnum):
    """What a 429 means. LINE tells them apart by words that it does not guarantee."""

    rate = "rate"
    """Too many calls of this kind; passes within a second."""
    monthly = "monthly"
    """The month's allowance of messages is used up; does not pass by itself."""
    other = "other"
    """Jobs at once, or too many messages to one person; passes after a while."""


@dataclass(frozen=True)
class Quota:
    """The month's allowance: `limit` is None where there is none. `used` is LINE's estimate."""

    limit: int | None
    used: int

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left this month."""
        return self.limit is not None and self.used >= self.limit


@dataclass(frozen=True)
class Answer:
    """LINE's answer. Status 0: none came, so the call may or may not have been accepted."""

    status: int
    message: str = ""
    request_id: str | None = None
    limit: Limit | None = None

    @property
    def is_uncertain(self) -> bool:
        """Whether LINE may have accepted the call without our knowing."""
        return self.status == 0 or self.status >= 500

    @property
    def refuses_recipient(self) -> bool:
        """Whether LINE refused the call for one of its recipients (`The property, 'to[1]', …`)."""
        return self.status == 400 and _RECIPIENT.search(self.message) is not None

    @property
    def refuses_content(self) -> bool:
        """Whether LINE refused the messages themselves; nobody has seen any of them."""
        return (
            self.status == 400
            and not self.refuses_recipient
            and _CONTENT.search(self.message) is not None
        )

    @property
    def passes(self) -> bool:
        """Whether LINE refused for now and the same call may succeed later."""
        return self.status == 401 or self.limit in (Limit.rate, Limit.other)


class LineApi:
    """Reply, push and multicast, through a citizen's own channel."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient) -> None:
        """`http` carries LINE's base address and the time-out of one call."""
        self._http = http
        self.tokens = ChannelTokens(Channels(settings), http)

    async def reply(self, channel: str, reply_token: str, messages_json: str) -> Answer:
        """Answer an event with its reply token; free of charge, once."""
        body = f'{{"replyToken":{json.dumps(reply_token)},"messages":{messages_json}}}'
        return await self._post(channel, "/v2/bot/message/reply", body, None)

    async def push(
        self, channel: str, line_user_id: str, messages_json: str, retry_key: uuid.UUID
    ) -> Answer:
        """Send without a reply token; the retry key makes repeating it safe for 24 hours."""
        body = f'{{"to":{json.dumps(line_user_id)},"messages":{messages_json}}}'
        return await self._post(channel, "/v2/bot/message/push", body, retry_key)

    async def multicast(self, channel: str, body: str, retry_key: uuid.UUID) -> Answer:
        """Send one body (`to`, `messages`) to up to 500 people; the retry key as for a push."""
        return await self._post(channel, "/v2/bot/message/multicast", body, retry_key)

    async def show_loading(self, channel: str, line_user_id: str, seconds: int) -> None:
        """Show that an answer is being prepared, for 5 to 60 seconds (a multiple of 5).

        It is a kindness, not a message: whatever LINE answers is of no consequence.
        """
        body = json.dumps({"chatId": line_user_id, "loadingSeconds": seconds})
        await self._post(channel, "/v2/bot/chat/loading/start", body, None)

    async def quota(self, channel: str) -> Quota | None:
        """Return the month's allowance and its use, None when LINE does not tell."""
        try:
            allowance = await self._get(channel, "/v2/bot/message/quota")
            used = await self._get(channel, "/v2/bot/message/quota/consumption")
            limit = int(allowance["value"]) if allowance["type"] == "limited" else None
            return Quota(limit, int(used["totalUsage"]))
        except (httpx2.HTTPError, KeyError, ValueError):
            return None

    async def link_token(self, channel: str, line_user_id: str) -> str:
        """Return a token for LINE's account link dialog: one use, ten minutes.

        Raises UnavailableError when LINE gives none (also to who is no friend any more).
        """
        path = f"/v2/bot/user/{line_user_id}/linkToken"
        try:
            headers = {"Authorization": f"Bearer {await self.tokens.fresh(channel)}"}
            response = await self._http.post(path, headers=headers)
            return str(response.raise_for_status().json()["linkToken"])
        except (httpx2.HTTPError, KeyError, ValueError) as error:
            raise UnavailableError("LINE gave no link token.") from error

    async def _get(self, channel: str, path: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {await self.tokens.fresh(channel)}"}
        response = await self._http.get(path, headers=headers)
        body: dict[str, Any] = response.raise_for_status().json()
        return body

    async def _post(
        self, channel: str, path: str, body: str, retry_key: uuid.UUID | None
    ) -> Answer:
        try:
            answer = await self._post_once(channel, path, body, retry_key)
            if answer.status == 401:
                self.tokens.forget(channel)
                answer = await self._post_once(channel, path, body, retry_key)
        except httpx2.HTTPError as error:
            return Answer(0, type(error).__name__)
        if answer.status == 429:
            return replace(answer, limit=await self._meaning(channel, answer.message))
        return answer

    async def _meaning(self, channel: str, message: str) -> Limit:
        """Tell the four meanings of 429 apart: by the words, then by the allowance itself."""
        if "rate limit" in message:
            return Limit.rate
        if "monthly limit" in message:
            return Limit.monthly
        quota = await self.quota(channel)
        return Limit.monthly if quota is not None and quota.is_used_up else Limit.other

    async def _post_once(
        self, channel: str, path: str, body: str, retry_key: uuid.UUID | None
    ) -> Answer:
        headers = {
            "Authorization": f"Bearer {await self.tokens.fresh(channel)}",
            "Content-Type": "application/json",
        }
        if retry_key is not None:
            headers["X-Line-Retry-Key"] = str(retry_key)
        response = await self._http.post(path, content=body.encode(), headers=headers)
        request_id = response.headers.get("x-line-request-id")
        if response.is_success:
            return Answer(response.status_code, request_id=request_id)
        return Answer(response.status_code, message_of(response), request_id)


def message_of(response: httpx2.Response) -> str:
    """Return LINE's error message and the names of the refused properties, never their values."""
    try:
        body = response.json()
        details = [str(d.get("property", "")) for d in body.get("details", [])]
        return " ".join([str(body.get("message", "")), *details]).strip()
    except (ValueError, AttributeError):
        return "unreadable answer"
