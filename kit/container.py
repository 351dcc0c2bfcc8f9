"""What one process is made of, by type. A part is made when it is first asked for, and once."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from fastapi import Request

T = TypeVar("T")

Close = Callable[[], Awaitable[None]]


class Container:
    """Parts by their type. Nothing connects before somebody asks."""

    def __init__(self) -> None:
        """Begin empty."""
        self._factories: dict[type[Any], Callable[[Container], Any]] = {}
        self._made: dict[type[Any], Any] = {}
        self._closing: list[Close] = []
        self.put(Container, self)

    def provide(self, kind: type[T], make: Callable[["Container"], T]) -> None:
        """Say how a part is made; the last word counts, until the part was made."""
        if kind in self._made:
            raise ValueError(f"{kind.__name__} was made already")
        self._factories[kind] = make

    def put(self, kind: type[T], part: T) -> None:
        """Hold a part that exists already, in place of any other of its type."""
        self._made[kind] = part

    def get(self, kind: type[T]) -> T:
        """Return the part of a type. Raises LookupError where nobody provides it."""
        if kind not in self._made:
            if kind not in self._factories:
                raise LookupError(f"no part of this process is a {kind.__name__}")
            self._made[kind] = self._factories[kind](self)
        return cast(T, self._made[kind])

    def on_close(self, close: Close) -> None:
        """Have something closed with the process; what was opened last closes first."""
        self._closing.append(close)

    async def close(self) -> None:
        """Close everything that was opened."""
        while self._closing:
            await self._closing.pop()()


def part(request: Request, kind: type[T]) -> T:
    """Return a part of the application that a request came to."""
    container: Container = request.app.state.container
    return container.get(kind)
