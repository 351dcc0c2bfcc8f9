"""The two calls of LINE's Messaging API that deliver to one citizen.

Bodies are sent as the exact characters of the outbox, because a repeated push must be identical
(LINE Developers, "Retry a failed API request"); an SDK would serialise anew.
"""

import uuid
from dataclasses import dataclass

import httpx2

from bot.sender.token import ChannelToken
from kit.settings import Settings


@dataclass(frozen=True)
class Answer:
    """LINE's answer. Status 0: none came, so the call may or may not have been accepted."""

    status: int
    message: str = ""
    request_id: str | None = None

    @property
    def is_uncertain(self) -> bool:
        """Whether LINE may have accepted the call without our knowing."""
        return self.status == 0 or self.status >= 500

    @property
    def is_rate_limited(self) -> bool:
        """429 for pace; the one for the monthly allowance does not pass by itself."""
        return self.status == 429 and "monthly" not in self.message


class LineApi:
    """Reply and push, with a stateless channel access token (v3)."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient) -> None:
        """`http` carries LINE's base address and the time-out of one call."""
        self._http = http
        self._token = ChannelToken(settings, http)

    async def reply(self, reply_token: str, messages_json: str) -> Answer:
        """Answer an event with its reply token; free of charge, once."""
        body = f'{{"replyToken":"{reply_token}","messages":{messages_json}}}'
        return await self._post("/v2/bot/message/reply", body, None)

    async def push(self, line_user_id: str, messages_json: str, retry_key: uuid.UUID) -> Answer:
        """Send without a reply token; the retry key makes repeating it safe for 24 hours."""
        body = f'{{"to":"{line_user_id}","messages":{messages_json}}}'
        return await self._post("/v2/bot/message/push", body, retry_key)

    async def _post(self, path: str, body: str, retry_key: uuid.UUID | None) -> Answer:
        try:
            answer = await self._post_once(path, body, retry_key)
            if answer.status == 401:
                self._token.forget()
                answer = await self._post_once(path, body, retry_key)
        except httpx2.HTTPError as error:
            return Answer(0, type(error).__name__)
        return answer

    async def _post_once(self, path: str, body: str, retry_key: uuid.UUID | None) -> Answer:
        headers = {
            "Authorization": f"Bearer {await self._token.fresh()}",
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
