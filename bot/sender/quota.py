"""The month's allowance of messages, as staff see it."""

import asyncio
import time

from bot.sender.line_api import LineApi, Quota

# LINE's own figure is an estimate that moves slowly; asking more often tells nothing new.
KEPT_SECONDS = 60.0


class QuotaReader:
    """Asks LINE at most once a minute, however many people look."""

    def __init__(self, api: LineApi, channel: str) -> None:
        """`channel` names the channel whose allowance is shown."""
        self._api = api
        self._channel = channel
        self._quota: Quota | None = None
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def read(self) -> Quota | None:
        """Return the allowance and its use, None while LINE does not tell."""
        async with self._lock:
            if time.monotonic() >= self._until:
                self._quota = await self._api.quota(self._channel)
                self._until = time.monotonic() + KEPT_SECONDS
            return self._quota
