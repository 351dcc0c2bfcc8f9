"""Who is looking at a conversation right now, told to everybody who does. Nothing depends on it."""

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

    async def look(self, member: StaffMember, found: Handoff) -> list[str]:
        """Note that somebody looks; return the names of the others who do. Never raises."""
        key, now = f"{self._city}:looking:{found.id}", self._clock().timestamp()
        own = f"{member.id} {member.name}"
        try:
            async with self._redis.pipeline() as pipe:
                pipe.zremrangebyscore(key, "-inf", now - LOOKS_SECONDS)
                pipe.zadd(key, {own: now})
                pipe.zrange(key, 0, -1)
                pipe.expire(key, LOOKS_SECONDS)
                _, is_new, looking, _ = await pipe.execute()
        except RedisError as error:
            log.warning("presence_unknown", reason=type(error).__name__)
            return []
        if is_new:
            # Whoever looked already sees who has come.
            await self._updates.publish(found.id, found.desk)
        return [name for who in looking if who != own for name in [who.partition(" ")[2]]]

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()
