"""The monthly allowance: what was sent, and what running narrowcasts keep for themselves."""

from datetime import datetime

from emulators.line.errors import MONTHLY_LIMIT, LineError
from emulators.line.instants import japan_month


class Quota:
    """Messages of the present month (UTC+9): recipients times sendings, replies not counted."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._reserved: dict[str, int] = {}

    def used(self, now: datetime) -> int:
        """Return how much was used this month."""
        return self._used.get(japan_month(now), 0)

    def left(self, limit: int | None, now: datetime) -> int | None:
        """Return what may still be sent; None without a limit."""
        if limit is None:
            return None
        return max(0, limit - self.used(now) - sum(self._reserved.values()))

    def spend(self, recipients: int, limit: int | None, now: datetime) -> None:
        """Count a sending. Raises LineError 429 when the allowance does not cover it."""
        self._check(recipients, limit, now)
        self._used[japan_month(now)] = self.used(now) + recipients

    def reserve(self, request_id: str, recipients: int, limit: int | None, now: datetime) -> None:
        """Keep a share for a narrowcast that runs. Raises LineError 429 like `spend`."""
        self._check(recipients, limit, now)
        self._reserved[request_id] = recipients

    def settle(self, request_id: str, recipients: int, now: datetime) -> None:
        """Give a reservation back and count what was really sent."""
        self._reserved.pop(request_id, None)
        self._used[japan_month(now)] = self.used(now) + recipients

    def clear(self) -> None:
        """Forget everything."""
        self._used.clear()
        self._reserved.clear()

    def _check(self, recipients: int, limit: int | None, now: datetime) -> None:
        left = self.left(limit, now)
        if left is None or recipients <= left:
            return
        used, reserved = self.used(now), sum(self._reserved.values())
        kept = f", {reserved} reserved by a narrowcast" if reserved else ""
        reason = f"{used} of {limit} messages used{kept}, {recipients} more wanted"
        raise LineError(429, MONTHLY_LIMIT, reason=reason)
