"""Whether a LINE user is a citizen: answered by the bot, which alone knows."""

import httpx2
from pydantic import BaseModel, ConfigDict

from kit.http import call


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
