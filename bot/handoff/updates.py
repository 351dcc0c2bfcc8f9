"""What changed in conversations, told to every web process through Redis.

Nothing here is needed for anything to be right: who misses an update sees it at the next look.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)


class Updates:
    """Publishes that a conversation has changed, and listens for it."""

    def __init__(self, settings: Settings) -> None:
        """Nothing connects before the first call. One channel a city."""
        self._channel = f"{settings.city}:console"
        self._redis = redis.asyncio.from_url(
            settings.redis_url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )
        self._url = settings.redis_url

    async def publish(self, handoff_id: int, *desks: str) -> None:
        """Tell that a conversation of these desks has changed. Never raises."""
        told = json.dumps({"id": handoff_id, "desks": desks}, ensure_ascii=False)
        try:
            await self._redis.publish(self._channel, told)
        except RedisError as error:
            log.warning("update_not_published", reason=type(error).__name__)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[AsyncIterator[dict[str, Any] | None]]:
        """Yield the changes as they come; None every few seconds in which nothing came."""
        client = redis.asyncio.from_url(self._url, decode_responses=True, socket_connect_timeout=2)
        pubsub = client.pubsub(ignore_subscribe_messages=True)
        try:
            await pubsub.subscribe(self._channel)
            yield _changes(pubsub)
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
            await client.aclose()

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()


PAUSE_SECONDS = 5.0


async def _changes(pubsub: Any) -> AsyncIterator[dict[str, Any] | None]:
    while True:
        message = await pubsub.get_message(timeout=PAUSE_SECONDS)
        yield None if message is None else json.loads(message["data"])
