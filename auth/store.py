"""What may be lost, in Redis alone: sessions, logins under way, spent tokens."""

import json
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from kit.errors import UnavailableError
from kit.settings import Settings

Json = dict[str, Any]


class Store:
    """JSON values with a life. Every method raises UnavailableError while Redis is away."""

    def __init__(self, settings: Settings, purpose: str = "identity") -> None:
        """Nothing connects before the first call. Keys belong to one city and one purpose."""
        self._prefix = f"{settings.city}:{purpose}:"
        self._redis = redis.asyncio.from_url(
            settings.redis_url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )

    async def put(self, key: str, value: Json, life: timedelta) -> None:
        """Keep a value for so long."""
        await self._set(key, value, life)

    async def replace(self, key: str, value: Json, life: timedelta) -> bool:
        """Put a value in the place of another; False when that is gone, which stays so."""
        return await self._set(key, value, life, xx=True)

    async def _set(self, key: str, value: Json, life: timedelta, *, xx: bool = False) -> bool:
        text, seconds = json.dumps(value), max(1, int(life.total_seconds()))
        return bool(await self._do(self._redis.set(self._prefix + key, text, ex=seconds, xx=xx)))

    async def get(self, key: str) -> Json | None:
        """Return a value, None when there is none (any more)."""
        return _read(await self._do(self._redis.get(self._prefix + key)))

    async def take(self, key: str) -> Json | None:
        """Return a value and remove it: of several callers one gets it."""
        return _read(await self._do(self._redis.getdel(self._prefix + key)))

    async def drop(self, *keys: str) -> None:
        """Remove values."""
        if keys:
            await self._do(self._redis.delete(*(self._prefix + key for key in keys)))

    async def spend(self, key: str, life: timedelta) -> bool:
        """Note that something was used; False when it had been before."""
        seconds = max(1, int(life.total_seconds()))
        return bool(await self._do(self._redis.set(self._prefix + key, "1", nx=True, ex=seconds)))

    async def has(self, key: str) -> bool:
        """Tell whether there is something."""
        return bool(await self._do(self._redis.exists(self._prefix + key)))

    async def count(self, key: str, life: timedelta, by: int = 1) -> int:
        """Add to a number, which begins at 0 and lives so long from now; return it."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incrby(self._prefix + key, by)
            pipe.expire(self._prefix + key, max(1, int(life.total_seconds())))
            return int((await self._do(pipe.execute()))[0])

    async def add(self, key: str, member: str, life: timedelta) -> None:
        """Add a member to a set, which lives at least so long from now."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.sadd(self._prefix + key, member)
            pipe.expire(self._prefix + key, max(1, int(life.total_seconds())))
            await self._do(pipe.execute())

    async def remove(self, key: str, member: str) -> None:
        """Take a member out of a set."""
        await self._do(self._redis.srem(self._prefix + key, member))

    async def members(self, key: str) -> set[str]:
        """Return the members of a set."""
        return set(await self._do(self._redis.smembers(self._prefix + key)))

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()

    async def _do(self, command: Awaitable[Any] | Any) -> Any:
        try:
            return await command
        except (RedisError, OSError) as error:
            raise UnavailableError("Sessions cannot be read right now.") from error


def _read(text: Any) -> Json | None:
    return None if text is None else json.loads(text)
