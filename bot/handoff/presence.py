"""Who looks at a conversation and who writes in it, told to everybody who looks.

Nothing depends on it.
"""

from dataclasses import dataclass

import redis.asyncio
from redis.exceptions import RedisError

from auth.staff import StaffMember
from bot.handoff.models import Handoff
from bot.handoff.updates import Updates
from kit.clock import Clock
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

# A page tells of itself once a minute.
LOOKS_SECONDS = 90
# A page tells that somebody writes at most so often.
WRITES_SECONDS = 15


@dataclass(frozen=True)
class Looking:
    """Somebody else who looks at a conversation, and whether they write in it."""

    name: str
    writes: bool


class Presence:
    """Keeps who looked within the last minute and a half."""

    def __init__(self, settings: Settings, clock: Clock, updates: Updates) -> None:
        """Nothing connects before the first call."""
        self._city = settings.city
        self._clock = clock
        self._updates = updates
        self._redis = redis.asyncio.from_url(
            settings.redis_url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )

    async def look(self, member: StaffMember, found: Handoff) -> list[Looking]:
        """Note that somebody looks; return the others who do. Never raises."""
        key, now = self._key("looking", found.id), self._clock().timestamp()
        own = f"{member.id} {member.name}"
        try:
            async with self._redis.pipeline() as pipe:
                pipe.zremrangebyscore(key, "-inf", now - LOOKS_SECONDS)
                pipe.zadd(key, {own: now})
                pipe.zrange(key, 0, -1)
                pipe.expire(key, LOOKS_SECONDS)
                pipe.get(self._key("writing", found.id))
                _, is_new, looking, _, writer = await pipe.execute()
        except RedisError as error:
            log.warning("presence_unknown", reason=type(error).__name__)
            return []
        if is_new:
            # Whoever looked already sees who has come.
            await self._updates.publish(found.id, found.desk)
        others = [who.partition(" ") for who in looking if who != own]
        return [Looking(name, staff_id == writer) for staff_id, _, name in others]

    async def write(self, member: StaffMember, found: Handoff) -> bool:
        """Note that somebody writes; True once in `WRITES_SECONDS`. Never raises."""
        key = self._key("writing", found.id)
        try:
            is_news = await self._redis.set(key, member.id, ex=WRITES_SECONDS, nx=True)
        except RedisError as error:
            log.warning("presence_unknown", reason=type(error).__name__)
            return False
        if is_news:
            await self._updates.publish(found.id, found.desk)
        return bool(is_news)

    def _key(self, what: str, handoff_id: int) -> str:
        return f"{self._city}:{what}:{handoff_id}"

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()
