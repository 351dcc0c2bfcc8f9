"""What may be lost, in Redis alone: sessions, logins under way, spent tokens.

Values are sealed under a key from `MASTER_KEY` and bound to the name that they stand under: whoever
can write in Redis can take values away, but makes none, and moves none to another place.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from kit.crypto import DecryptionError, seal, unseal
from kit.errors import UnavailableError
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

Json = dict[str, Any]

Edit = Callable[[Json], tuple[Json, timedelta] | None]
"""Given a value, returns (what stands there from now on, its life), None to leave it."""

# How often a change begins anew because somebody else changed the value meanwhile.
TRIES = 50

_SWAP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class Store:
    """JSON values with a life. Every method raises UnavailableError while Redis is away."""

    def __init__(self, settings: Settings, purpose: str = "identity") -> None:
        """Nothing connects before the first call. Keys belong to one city and one purpose."""
        self._prefix = f"{settings.city}:{purpose}:"
        self._keys = settings.master_keys.derived(f"store {settings.city} {purpose}")
        self._redis = redis.asyncio.from_url(
            settings.redis_url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )
        self._swap = self._redis.register_script(_SWAP)

    async def put(self, key: str, value: Json, life: timedelta) -> None:
        """Keep a value for so long."""
        place, text = self._prefix + key, self._seal(key, value)
        await self._do(self._redis.set(place, text, ex=_seconds(life)))

    async def change(self, key: str, edit: Edit) -> Json | None:
        """Put in the place of a value what `edit` makes of it, and return that.

        None where there is no value (any more), or `edit` wants no change. What others change
        meanwhile is never overwritten: `edit` is called anew with what they left.
        """
        place = self._prefix + key
        for _ in range(TRIES):
            was = await self._do(self._redis.get(place))
            value = self._open(key, was)
            wanted = None if value is None else edit(value)
            if wanted is None:
                return None
            new, life = wanted
            args = [was, self._seal(key, new), _seconds(life)]
            if await self._do(self._swap(keys=[place], args=args)):
                return new
        raise UnavailableError("Too many changes of one value at once.")

    async def get(self, key: str) -> Json | None:
        """Return a value, None when there is none (any more)."""
        return self._open(key, await self._do(self._redis.get(self._prefix + key)))

    async def get_all(self, *keys: str) -> Sequence[Json | None]:
        """Return several values, read at one instant."""
        texts = await self._do(self._redis.mget([self._prefix + key for key in keys]))
        return [self._open(key, text) for key, text in zip(keys, texts, strict=True)]

    async def take(self, key: str) -> Json | None:
        """Return a value and remove it: of several callers one gets it."""
        return self._open(key, await self._do(self._redis.getdel(self._prefix + key)))

    async def drop(self, *keys: str) -> None:
        """Remove values."""
        if keys:
            await self._do(self._redis.delete(*(self._prefix + key for key in keys)))

    async def spend(self, key: str, life: timedelta) -> bool:
        """Note that something was used; False when it had been before."""
        place = self._prefix + key
        return bool(await self._do(self._redis.set(place, "1", nx=True, ex=_seconds(life))))

    async def has(self, key: str) -> bool:
        """Tell whether there is something."""
        return bool(await self._do(self._redis.exists(self._prefix + key)))

    async def count(self, key: str, life: timedelta, by: int = 1) -> int:
        """Add to a number, which begins at 0 and lives so long from now; return it."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incrby(self._prefix + key, by)
            pipe.expire(self._prefix + key, _seconds(life))
            return int((await self._do(pipe.execute()))[0])

    async def add(self, key: str, member: str, life: timedelta) -> None:
        """Add a member to a set, which lives at least so long from now."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.sadd(self._prefix + key, member)
            pipe.expire(self._prefix + key, _seconds(life))
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

    def _seal(self, key: str, value: Json) -> str:
        sealed = seal(self._keys[0], json.dumps(value).encode(), self._prefix + key)
        return base64.b64encode(sealed).decode()

    def _open(self, key: str, text: Any) -> Json | None:
        """Return a value; one that was not made here counts as none."""
        if text is None:
            return None
        for secret in self._keys:
            try:
                sealed = base64.b64decode(text, validate=True)
                value: Json = json.loads(unseal(secret, sealed, self._prefix + key))
            except (DecryptionError, ValueError):
                continue
            return value
        log.warning("foreign_value_in_redis", kind=key.partition(":")[0])
        return None

    async def _do(self, command: Awaitable[Any] | Any) -> Any:
        try:
            return await command
        except (RedisError, OSError) as error:
            raise UnavailableError("Sessions cannot be read right now.") from error


def _seconds(life: timedelta) -> int:
    return max(1, int(life.total_seconds()))
