"""Group commit: callers that arrive while a write is under way share the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from kit.errors import UnavailableError

T = TypeVar("T")

# More in one transaction would keep the first caller waiting for the last.
LARGEST_BATCH = 100
# One hanging connection must not hold all later callers.
LONGEST_WRITE_SECONDS = 5.0


class GroupWriter(Generic[T]):
    """Writes items of many callers in few transactions.

    Under light load every caller has a write of its own. Under heavy load the writes grow
    instead of the queue, which is what keeps LINE's two seconds when everybody writes at once.
    """

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        """`write` stores all items in one transaction, or raises and stores none."""
        self._write = write
        self._waiting: list[tuple[Sequence[T], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def add(self, items: Sequence[T]) -> None:
        """Return once the items are stored; raises what the write raised for them."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((items, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._run())
        await done

    async def _run(self) -> None:
        while self._waiting:
            batch = self._waiting[:LARGEST_BATCH]
            del self._waiting[:LARGEST_BATCH]
            try:
                async with asyncio.timeout(LONGEST_WRITE_SECONDS):
                    await self._write([item for items, _ in batch for item in items])
                _resolve(batch, None)
            except TimeoutError:
                _resolve(batch, UnavailableError("The database hangs."))
            except UnavailableError as error:
                _resolve(batch, error)
            except Exception as error:
                # One caller's item may be the fault: each is given a write of its own.
                await self._write_apart(batch, error)

    async def _write_apart(
        self, batch: Sequence[tuple[Sequence[T], asyncio.Future[None]]], error: Exception
    ) -> None:
        if len(batch) == 1:
            _resolve(batch, error)
            return
        for items, done in batch:
            try:
                await self._write(items)
                _resolve([(items, done)], None)
            except Exception as own:
                _resolve([(items, done)], own)


def _resolve(
    batch: Sequence[tuple[Sequence[T], asyncio.Future[None]]], error: Exception | None
) -> None:
    for _, done in batch:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
