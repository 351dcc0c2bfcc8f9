"""The state for everybody: read every two seconds at most, and said when it cannot be read."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from kit.clock import Clock
from kit.errors import UnavailableError
from services.disaster.status import Situation, StatusService

_FRESH = timedelta(seconds=2)
# So long somebody waits for a state that is newer than the last one; a database that hangs keeps
# the first ones waiting, and nobody after them.
_PATIENCE_SECONDS = 1.0

Page = Callable[[Situation, bool], str]


class PublicState:
    """The last state that was read, with its age. People must see it when the database is down."""

    def __init__(self, status: StatusService, clock: Clock) -> None:
        """Nothing is read before the first question."""
        self.status = status
        self._clock = clock
        self._last: Situation | None = None
        self._reading: asyncio.Task[Situation] | None = None
        self._is_away = False
        self._pages: dict[str, tuple[Situation, bool, str]] = {}

    async def current(self) -> tuple[Situation, bool]:
        """Return the state, and whether it is the present one.

        Raises UnavailableError where none was ever read.
        """
        last = self._last
        if last is not None and self._clock() - last.at < _FRESH:
            return last, True
        reading = self._read()
        if last is None:
            return await asyncio.shield(reading), True
        if not self._is_away:
            await asyncio.wait({reading}, timeout=_PATIENCE_SECONDS)
            self._is_away = not reading.done()
        known = self._last or last
        return known, self._clock() - known.at < _FRESH

    async def page(self, name: str, write: Page) -> str:
        """Return a page about the state, written once for as long as the state is the same."""
        known, is_current = await self.current()
        kept = self._pages.get(name)
        if kept is None or kept[0] is not known or kept[1] is not is_current:
            kept = self._pages[name] = (known, is_current, write(known, is_current))
        return kept[2]

    def _read(self) -> asyncio.Task[Situation]:
        """Have one reading under way, however many ask."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self.status.situation())
            self._reading.add_done_callback(self._was_read)
        return self._reading

    def _was_read(self, reading: asyncio.Task[Situation]) -> None:
        if reading.cancelled():
            return
        error = reading.exception()
        self._is_away = error is not None
        if error is None:
            self._last = reading.result()
        elif not isinstance(error, UnavailableError):
            raise error
