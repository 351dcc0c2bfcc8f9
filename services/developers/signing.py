"""Signatures of calls, both ways: HMAC-SHA-256 over time, nonce and the raw body.

A request is signed over `<timestamp>.<nonce>.<body>`, its answer over
`<timestamp of the answer>.<nonce of the request>.<body>`: an answer to another request, or an old
one, does not fit.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

TIMESTAMP = "X-Concierge-Timestamp"
NONCE = "X-Concierge-Nonce"
SIGNATURE = "X-Concierge-Signature"

TOLERANCE = timedelta(minutes=5)
"""How far the clocks of both may differ. A receiver keeps nonces for so long."""
_VERSION = "v1="
_SECONDS = re.compile(r"[0-9]{1,12}")


def signature(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return `v1=` and 64 hex digits."""
    signed = f"{timestamp}.{nonce}.".encode() + body
    return _VERSION + hmac.digest(secret.encode(), signed, hashlib.sha256).hex()


def signed_headers(secret: str, nonce: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the three headers of a signed message."""
    timestamp = str(int(now.timestamp()))
    signed = signature(secret, timestamp, nonce, body)
    return {TIMESTAMP: timestamp, NONCE: nonce, SIGNATURE: signed}


def is_signed(
    secret: str, timestamp: str, nonce: str, body: bytes, given: str, now: datetime
) -> bool:
    """Tell whether a signature is right and not too old."""
    if not _SECONDS.fullmatch(timestamp):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    expected = signature(secret, timestamp, nonce, body)
    return hmac.compare_digest(expected.encode(), given.encode())
