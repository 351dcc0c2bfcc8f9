"""Stateless channel access tokens (v3), one of each channel at a time, renewed early."""

import asyncio
import time

import httpx2

from bot.line.channels import Channels

# They live 15 minutes; a new one is fetched well before.
TOKEN_SECONDS = 10 * 60


class ChannelTokens:
    """The tokens of one process."""

    def __init__(self, channels: Channels, http: httpx2.AsyncClient) -> None:
        """`http` carries the base address of LINE's API."""
        self._channels = channels
        self._http = http
        # By channel: the token, and until when (in monotonic seconds) it is used.
        self._tokens: dict[str, tuple[str, float]] = {}
        self._lock = asyncio.Lock()

    async def fresh(self, channel: str) -> str:
        """Return a token that lives. Raises httpx2.HTTPError when LINE gives none."""
        async with self._lock:
            token, until = self._tokens.get(channel, ("", 0.0))
            if time.monotonic() >= until:
                token = await self._fetch(channel)
                self._tokens[channel] = (token, time.monotonic() + TOKEN_SECONDS)
            return token

    def forget(self, channel: str) -> None:
        """Drop a token that LINE refused."""
        self._tokens.pop(channel, None)

    async def _fetch(self, name: str) -> str:
        channel = self._channels.named(name)
        response = await self._http.post(
            "/oauth2/v3/token",
            data={
                "grant_type": "client_credentials",
                "client_id": channel.channel_id,
                "client_secret": channel.secrets[0],
            },
        )
        response.raise_for_status()
        return str(response.json()["access_token"])
