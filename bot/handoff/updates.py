"""What changed in conversations, told to every web process through Redis.

Nothing here is needed for anything to be right: who misses an update sees it at the next look. A
process listens once, however many pages it serves, and each page hears what it shows and no more.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import redis.asyncio
from redis.exceptions import RedisError

from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Change:
    """A conversation has changed. `moved`: it stands elsewhere in the queues now."""

    id: int
    desks: tuple[str, ...]
    moved: bool


@dataclass(eq=False)
class _Listener:
    wants: Callable[[Change], bool]
    changed: dict[int, None] = field(default_factory=dict)
    """The conversations, each once, however late somebody reads."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False


class Updates:
    """Publishes that a conversation has changed, and listens for it."""

    def __init__(self, settings: Settings) -> None:
        """Nothing connects before the first call. One channel a city."""
        self._channel = f"{settings.city}:console"
        self._redis = redis.asyncio.from_url(
            settings.redis_url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )
        self._url = settings.redis_url
        self._listeners: set[_Listener] = set()
        self._hub: asyncio.Task[None] | None = None
        self._subscribed: asyncio.Future[None] | None = None

    async def publish(self, handoff_id: int, *desks: str, moved: bool = False) -> None:
        """Tell that a conversation of these desks has changed. Never raises."""
        told = json.dumps({"id": handoff_id, "desks": desks, "moved": moved}, ensure_ascii=False)
        try:
            await self._redis.publish(self._channel, told)
        except RedisError as error:
            log.warning("update_not_published", reason=type(error).__name__)

    @asynccontextmanager
    async def listening(
        self, wants: Callable[[Change], bool]
    ) -> AsyncIterator[AsyncIterator[int | None]]:
        """Yield the conversations that changed as is wanted; None where nothing came for a while.

        It ends when Redis goes away. Raises RedisError where it is away already.
        """
        listener = _Listener(wants)
        self._listeners.add(listener)
        try:
            await self._listen()
            yield _changes(listener)
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                await self._stop()

    async def _listen(self) -> None:
        if self._hub is None or self._hub.done() or self._subscribed is None:
            self._subscribed = asyncio.get_running_loop().create_future()
            self._hub = asyncio.create_task(self._run(self._subscribed))
        await asyncio.shield(self._subscribed)

    async def _run(self, subscribed: asyncio.Future[None]) -> None:
        client = redis.asyncio.from_url(self._url, decode_responses=True, socket_connect_timeout=2)
        pubsub = client.pubsub(ignore_subscribe_messages=True)
        try:
            await pubsub.subscribe(self._channel)
            subscribed.set_result(None)
            while True:
                message = await pubsub.get_message(timeout=PAUSE_SECONDS)
                if message is not None:
                    self._tell(message["data"])
        except RedisError as error:
            if not subscribed.done():
                subscribed.set_exception(error)
            log.warning("updates_ended", reason=type(error).__name__)
            for listener in self._listeners:
                listener.is_over = True
                listener.news.set()
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
            await client.aclose()

    def _tell(self, data: str) -> None:
        told = json.loads(data)
        change = Change(told["id"], tuple(told["desks"]), told["moved"])
        for listener in self._listeners:
            if listener.wants(change):
                listener.changed[change.id] = None
                listener.news.set()

    async def _stop(self) -> None:
        hub, self._hub = self._hub, None
        if hub is not None:
            hub.cancel()
            with suppress(asyncio.CancelledError):
                await hub

    async def close(self) -> None:
        """Close every connection."""
        await self._stop()
        await self._redis.aclose()


async def _changes(listener: _Listener) -> AsyncIterator[int | None]:
    while not listener.is_over:
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                await listener.news.wait()
        except TimeoutError:
            yield None
            continue
        listener.news.clear()
        changed, listener.changed = listener.changed, {}
        for handoff_id in changed:
            yield handoff_id
