"""`X-Line-Retry-Key`: what was accepted under which key in the last 24 hours."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from emulators.line.errors import Json, LineError

LIFETIME = timedelta(hours=24)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PURGE_EVERY = 5000


@dataclass(frozen=True, slots=True)
class _Accepted:
    at: datetime
    request_id: str
    answer: Json


class RetryKeys:
    """The keys of one channel."""

    def __init__(self) -> None:
        self._accepted: dict[str, _Accepted] = {}

    def check(self, key: str | None, now: datetime) -> None:
        """Raise LineError 409 for a key that was accepted, 400 for one that is no UUID."""
        if key is None:
            return
        if not _UUID.fullmatch(key):
            raise LineError(400, "The retry key is invalid", reason="X-Line-Retry-Key is no UUID")
        found = self._accepted.get(key.lower())
        if found and now - found.at <= LIFETIME:
            raise LineError(
                409,
                "The retry key is already accepted",
                reason=f"accepted before as request {found.request_id}",
                extra=found.answer,
                headers={"x-line-accepted-request-id": found.request_id},
            )

    def accept(self, key: str | None, request_id: str, answer: Json, now: datetime) -> None:
        """Remember an accepted request; `answer` is what a repetition gets back with its 409."""
        if key is None:
            return
        if len(self._accepted) % _PURGE_EVERY == _PURGE_EVERY - 1:
            self._accepted = {k: a for k, a in self._accepted.items() if now - a.at <= LIFETIME}
        self._accepted[key.lower()] = _Accepted(now, request_id, answer)

    def clear(self) -> None:
        """Forget every key."""
        self._accepted.clear()
