"""Two operations whose steps at Redis and PostgreSQL take turns as a seed says."""

import asyncio
import random
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from auth.store import Store

# Whoever waits for a lock of the other comes to no step: after this the other goes on.
BLOCKED_AFTER = 0.01
_NOW: ContextVar["tuple[Turns, str] | None"] = ContextVar("interleaved", default=None)


class Turns:
    """Lets one of two operations go a step further, the next by chance, from a seed."""

    def __init__(self, seed: int) -> None:
        self.order: list[str] = []
        self._chance = random.Random(seed)  # noqa: S311  no secret
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._alive: set[str] = set()

    async def run(self, **operations: Awaitable[Any]) -> list[Any]:
        """Run the operations; return what each gave or raised."""
        self._alive = set(operations)
        works = [self._one(name, work) for name, work in operations.items()]
        return await asyncio.gather(*works, return_exceptions=True)

    async def _one(self, name: str, work: Awaitable[Any]) -> Any:
        _NOW.set((self, name))
        try:
            return await work
        finally:
            self._alive.discard(name)
            self._next()

    async def step(self, name: str) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(name, []).append(future)
        if self._alive <= self._waiting.keys():
            self._next()
        while not future.done():
            # The other was let go first, and waits for a lock of ours.
            await asyncio.wait([future], timeout=BLOCKED_AFTER)
            if not future.done() and not self._alive <= self._waiting.keys():
                self._next()

    def _next(self) -> None:
        if not self._waiting:
            return
        name = self._chance.choice(sorted(self._waiting))
        future = self._waiting[name].pop(0)
        if not self._waiting[name]:
            del self._waiting[name]
        self.order.append(name)
        if not future.done():
            future.set_result(None)


async def _step() -> None:
    now = _NOW.get()
    if now is not None:
        await now[0].step(now[1])


@contextmanager
def steps_at_the_servers() -> Iterator[None]:
    """Make every word with Redis and PostgreSQL a step."""
    with pytest.MonkeyPatch.context() as patch:
        do = Store._do

        async def stepping(self: Store, command: Awaitable[Any] | Any) -> Any:
            await _step()
            return await do(self, command)

        patch.setattr(Store, "_do", stepping)
        for name in ("execute", "scalar", "scalars", "flush", "commit"):
            patch.setattr(AsyncSession, name, _stepping(getattr(AsyncSession, name)))
        yield


def _stepping(plain: Any) -> Any:
    async def stepping(self: AsyncSession, *args: Any, **kwargs: Any) -> Any:
        await _step()
        return await plain(self, *args, **kwargs)

    return stepping
