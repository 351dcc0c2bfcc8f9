"""LINE's rich menu calls (Messaging API reference, "Rich menu")."""

from typing import Any

import httpx2

from bot.line.channels import Channels
from bot.line.tokens import ChannelTokens
from bot.menus.draw import MEDIA_TYPE
from bot.sender.line_api import message_of
from kit.errors import ConciergeError
from kit.settings import DEFAULT_CHANNEL, Settings

_MENU = "/v2/bot/richmenu"
_DEFAULT = "/v2/bot/user/all/richmenu"

Json = dict[str, Any]


class LineAwayError(ConciergeError):
    """LINE does not answer. What was done so far stays; run the same command again."""

    status = 503
    code = "line_away"


class LineBusyError(ConciergeError):
    """LINE takes no more of these calls for now. Run the same command again later to finish.

    LINE allows 100 new and 100 deleted menus and 3 batches an hour.
    """

    status = 429
    code = "line_busy"


class LineRefusedError(ConciergeError):
    """LINE refused a call."""

    status = 502
    code = "line_refused"


class MenuApi:
    """The calls, each of which raises LineAwayError, LineBusyError or LineRefusedError."""

    def __init__(
        self, settings: Settings, api: httpx2.AsyncClient, data: httpx2.AsyncClient
    ) -> None:
        """`api` carries `line_api_base`, `data` carries `line_data_base` (pictures)."""
        self._api = api
        self._data = data
        self._tokens = ChannelTokens(Channels(settings), api)

    async def menus(self) -> list[Json]:
        """Return every menu of the account: `{richMenuId, name, …}`."""
        found: list[Json] = (await self._call("GET", f"{_MENU}/list")).json()["richmenus"]
        return found

    async def aliases(self) -> dict[str, str]:
        """Return alias → menu id."""
        listed = (await self._call("GET", f"{_MENU}/alias/list")).json()["aliases"]
        return {alias["richMenuAliasId"]: alias["richMenuId"] for alias in listed}

    async def default(self) -> str | None:
        """Return the id of the menu of all who have none of their own."""
        answer = await self._call("GET", _DEFAULT, absent=True)
        return str(answer.json()["richMenuId"]) if answer.is_success else None

    async def create(self, body: Json) -> str:
        """Add a menu; returns its id. It needs its picture before anybody may see it."""
        answer = await self._call("POST", _MENU, json=body)
        return str(answer.json()["richMenuId"])

    async def has_picture(self, rich_menu_id: str) -> bool:
        """Tell whether the menu's picture was uploaded; it can never be replaced."""
        path = f"{_MENU}/{rich_menu_id}/content"
        return (await self._call("GET", path, http=self._data, absent=True)).is_success

    async def upload(self, rich_menu_id: str, picture: bytes) -> None:
        """Give a menu its picture (PNG)."""
        path = f"{_MENU}/{rich_menu_id}/content"
        headers = {"Content-Type": MEDIA_TYPE}
        await self._call("POST", path, http=self._data, content=picture, headers=headers)

    async def name(self, alias: str, rich_menu_id: str) -> None:
        """Create an alias."""
        body = {"richMenuAliasId": alias, "richMenuId": rich_menu_id}
        await self._call("POST", f"{_MENU}/alias", json=body)

    async def rename(self, alias: str, rich_menu_id: str) -> None:
        """Point an existing alias at another menu; later taps follow it."""
        await self._call("POST", f"{_MENU}/alias/{alias}", json={"richMenuId": rich_menu_id})

    async def set_default(self, rich_menu_id: str) -> None:
        """Show a menu to all who have none of their own."""
        await self._call("POST", f"{_DEFAULT}/{rich_menu_id}")

    async def move(self, operations: dict[str, str]) -> str:
        """Give everybody who holds the menu `from` the menu `to`; returns the batch's id.

        LINE works on it after its answer, for an hour and more in large accounts.
        """
        listed = [{"type": "link", "from": old, "to": new} for old, new in operations.items()]
        answer = await self._call("POST", f"{_MENU}/batch", json={"operations": listed})
        return str(answer.headers["x-line-request-id"])

    async def progress(self, batch_id: str) -> str:
        """Return `ongoing`, `succeeded` or `failed`."""
        query = {"requestId": batch_id}
        answer = await self._call("GET", f"{_MENU}/progress/batch", params=query)
        return str(answer.json()["phase"])

    async def delete(self, rich_menu_id: str) -> None:
        """Remove a menu."""
        await self._call("DELETE", f"{_MENU}/{rich_menu_id}")

    async def delete_alias(self, alias: str) -> None:
        """Remove an alias."""
        await self._call("DELETE", f"{_MENU}/alias/{alias}")

    async def _call(
        self,
        method: str,
        path: str,
        *,
        http: httpx2.AsyncClient | None = None,
        absent: bool = False,
        headers: dict[str, str] | None = None,
        **content: Any,
    ) -> httpx2.Response:
        """Send one request. With `absent` a 404 is an answer and no error."""

        async def once() -> httpx2.Response:
            bearer = {"Authorization": f"Bearer {await self._tokens.fresh(DEFAULT_CHANNEL)}"}
            sender = http or self._api
            return await sender.request(
                method, path, headers={**bearer, **(headers or {})}, **content
            )

        try:
            answer = await once()
            if answer.status_code == 401:
                self._tokens.forget(DEFAULT_CHANNEL)
                answer = await once()
        except httpx2.HTTPStatusError as error:
            raise _error(f"{method} {path}", error.response) from error
        except httpx2.HTTPError as error:
            raise LineAwayError(call=f"{method} {path}") from error
        if answer.is_success or (absent and answer.status_code == 404):
            return answer
        raise _error(f"{method} {path}", answer)


def _error(call: str, answer: httpx2.Response) -> ConciergeError:
    if answer.status_code == 429:
        return LineBusyError(call=call)
    if answer.status_code >= 500:
        return LineAwayError(call=call)
    words = message_of(answer)
    return LineRefusedError(f"LINE refused {call} ({answer.status_code}): {words}", call=call)
