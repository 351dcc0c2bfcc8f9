"""The state for everybody: read every two seconds at most, and said when it cannot be read."""

from datetime import timedelta

from kit.clock import Clock
from kit.errors import UnavailableError
from services.disaster.status import Situation, StatusService

_FRESH = timedelta(seconds=2)


class PublicState:
    """The last state that was read, with its age. People must see it when the database is down."""

    def __init__(self, status: StatusService, clock: Clock) -> None:
        """Nothing is read before the first question."""
        self.status = status
        self._clock = clock
        self._last: Situation | None = None

    async def current(self) -> tuple[Situation, bool]:
        """Return the state, and whether it is the present one.

        Raises UnavailableError where none was ever read.
        """
        last = self._last
        if last is not None and self._clock() - last.at < _FRESH:
            return last, True
        try:
            self._last = last = await self.status.situation()
        except UnavailableError:
            if last is None:
                raise
            return last, False
        return last, True
