"""Signatures both ways: HMAC-SHA-256 over time, nonce and the raw body, and nonces seen once."""

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Mapping

TIMESTAMP, NONCE = "X-Concierge-Timestamp", "X-Concierge-Nonce"
SIGNATURE = "X-Concierge-Signature"
TOLERANCE_SECONDS = 300


def signature(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return `v1=` and 64 hex digits."""
    signed = f"{timestamp}.{nonce}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class Gate:
    """Lets a call through once: rightly signed, not old, and not seen before."""

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        """`secret` is what the registration returned (`cwh_…`)."""
        self._secret = secret
        self._now = now
        self._seen: dict[str, float] = {}
        self._lock = threading.Lock()

    def lets(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Tell whether a call may be answered; `headers` by lower-case name."""
        timestamp, nonce = headers.get(TIMESTAMP.lower(), ""), headers.get(NONCE.lower(), "")
        given = headers.get(SIGNATURE.lower(), "")
        return self.is_right(timestamp, nonce, body, given) and self._is_new(nonce)

    def is_right(self, timestamp: str, nonce: str, body: bytes, given: str) -> bool:
        """Tell whether a signature is the city's, and not old."""
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13 and nonce):
            return False
        if abs(self._now() - int(timestamp)) > TOLERANCE_SECONDS:
            return False
        expected = signature(self._secret, timestamp, nonce, body)
        return hmac.compare_digest(expected.encode(), given.encode())

    def _is_new(self, nonce: str) -> bool:
        now = self._now()
        with self._lock:
            for old in [one for one, until in self._seen.items() if until < now]:
                del self._seen[old]
            if nonce in self._seen:
                return False
            self._seen[nonce] = now + 2 * TOLERANCE_SECONDS
            return True

    def signed(self, nonce: str, body: bytes) -> dict[str, str]:
        """Return the headers of an answer to the call of that nonce."""
        timestamp = str(int(self._now()))
        return {
            TIMESTAMP: timestamp,
            SIGNATURE: signature(self._secret, timestamp, nonce, body),
        }
