"""`X-Line-Retry-Key`: what was accepted under which key in the last 24 hours."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from emulators.line.errors import Json, LineError

LIFETIME = timedelta(hours=24)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PURGE_EVERY = 5000


@dataclass(slots=True)
class _Key:
    first: datetime
    path: str
    body: bytes
    request_id: str = ""
    """The accepted request; empty while every attempt was refused."""
    answer: Json | None = None


class RetryKeys:
    """The keys of one channel. A key lives 24 hours from its first request, accepted or not."""

    def __init__(self) -> None:
        self._keys: dict[str, _Key] = {}

    def check(self, key: str | None, path: str, raw: bytes, now: datetime) -> None:
        """Raise LineError 409 for a key that was accepted, 400 for one that is no UUID.

        The reason in the journal tells when a "repetition" is really another request: LINE
        answers 409 to that as well, and the second message is lost without anybody noticing.
        """
        if key is None:
            return
        if not _UUID.fullmatch(key):
            raise LineError(400, "The retry key is invalid", reason="X-Line-Retry-Key is no UUID")
        body = hashlib.sha256(raw).digest()
        found = self._keys.get(key.lower())
        if found is None or now - found.first > LIFETIME:
            self._purge(now)
            self._keys[key.lower()] = _Key(now, path, body)
        elif not found.request_id:
            found.path, found.body = path, body
        else:
            raise LineError(
                409,
                "The retry key is already accepted",
                reason=f"accepted before as request {found.request_id}"
                + _difference(found, path, body),
                extra=found.answer,
                headers={"x-line-accepted-request-id": found.request_id},
            )

    def accept(self, key: str | None, request_id: str, answer: Json) -> None:
        """Remember an accepted request; `answer` is what a repetition gets back with its 409."""
        if key is not None:
            found = self._keys[key.lower()]
            found.request_id, found.answer = request_id, answer

    def as_list(self) -> list[Json]:
        """Return the table: every key with its first use and what became of it."""
        return [
            {
                "key": key,
                "first": found.first.isoformat(),
                "path": found.path,
                "acceptedRequestId": found.request_id or None,
            }
            for key, found in self._keys.items()
        ]

    def clear(self) -> None:
        """Forget every key."""
        self._keys.clear()

    def _purge(self, now: datetime) -> None:
        if len(self._keys) % _PURGE_EVERY == _PURGE_EVERY - 1:
            self._keys = {k: f for k, f in self._keys.items() if now - f.first <= LIFETIME}


def _difference(found: _Key, path: str, body: bytes) -> str:
    if found.path != path:
        return f", but on {found.path}"
    return "" if found.body == body else ", but with another body"
