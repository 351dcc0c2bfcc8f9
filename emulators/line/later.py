"""Work that LINE does later: narrowcasts, audience jobs, rich menus of many people.

It is due at an instant of the emulator's clock, which testers move, so it is done when somebody
looks after that instant; a timer looks by itself, for the people in front of the chat page.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta


class Later:
    """Everything that is still to be done, earliest first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = itertools.count()
        self._work: list[tuple[datetime, int, Callable[[], None]]] = []
        self._timers: set[asyncio.TimerHandle] = set()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` in so many seconds of the emulator's clock; at once for 0."""
        due = self._now() + timedelta(seconds=seconds)
        heapq.heappush(self._work, (due, next(self._numbers), action))
        if seconds > 0:
            # A little late rather than early: the clock must have passed the instant.
            loop = asyncio.get_running_loop()
            self._timers = {timer for timer in self._timers if timer.when() > loop.time()}
            self._timers.add(loop.call_later(seconds + 0.01, self.catch_up))
        else:
            self.catch_up()

    def catch_up(self) -> None:
        """Do everything that is due."""
        while self._work and self._work[0][0] <= self._now():
            heapq.heappop(self._work)[2]()

    def clear(self) -> None:
        """Forget all of it."""
        self._work.clear()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
