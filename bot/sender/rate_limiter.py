"""Shared pacing of calls to LINE: a window in Redis, so that all processes count together."""

import asyncio

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

WAIT_SECONDS = 0.02


class RateLimiter:
    """Lets calls through at no more than the configured pace per channel and method."""

    def __init__(self, settings: Settings, per_second: int | None = None) -> None:
        """Prepare both counters; while Redis is away, this process counts alone.

        The pace is that of replies and pushes unless `per_second` says another.
        """
        self._limit = RateLimitItemPerSecond(per_second or settings.line_sends_per_second)
        self._channel = settings.line_channel_id
        shared = RedisStorage(f"async+{settings.redis_url}", implementation="redispy")
        self._shared = SlidingWindowCounterRateLimiter(shared)
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def wait(self, method: str) -> None:
        """Return as soon as one more call of this method is within the pace."""
        while not await self._hit(method):  # noqa: ASYNC110  other processes free the window
            await asyncio.sleep(WAIT_SECONDS)

    async def _hit(self, method: str) -> bool:
        try:
            return await self._shared.hit(self._limit, "line", self._channel, method)
        except (RedisError, OSError) as error:
            log.warning("pacing_without_redis", error=type(error).__name__)
            return await self._alone.hit(self._limit, "line", self._channel, method)
