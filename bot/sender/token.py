"""The channel's access token: stateless (v3), fetched with id and secret, renewed early."""

import asyncio
import time

import httpx2

from kit.settings import Settings

# Stateless channel tokens live 15 minutes; a new one is fetched well before.
TOKEN_SECONDS = 10 * 60


class ChannelToken:
    """One token for all calls of this process."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient) -> None:
        """`http` carries LINE's base address (`line_api_base`)."""
        self._settings = settings
        self._http = http
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def fresh(self) -> str:
        """Return a token that is good for some minutes. Raises httpx2.HTTPError."""
        async with self._lock:
            if time.monotonic() >= self._until:
                self._token = await self._fetch()
                self._until = time.monotonic() + TOKEN_SECONDS
            return self._token

    def forget(self) -> None:
        """Drop a token that LINE refused; the next call fetches another."""
        self._until = 0.0

    async def _fetch(self) -> str:
        response = await self._http.post(
            "/oauth2/v3/token",
            data={
                "grant_type": "client_credentials",
                "client_id": self._settings.line_channel_id,
                "client_secret": self._settings.line_channel_secret.get_secret_value(),
            },
        )
        response.raise_for_status()
        return str(response.json()["access_token"])
