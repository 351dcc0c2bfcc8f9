"""LINE's webhook signature (LINE Developers, "Verify webhook signature").

Base64(HMAC-SHA256(channel secret, raw body bytes)), compared in constant time. The bytes are fed
in as they arrive, so a body of any size can be judged without being kept.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence


class SignatureCheck:
    """One webhook's signature against every accepted channel secret."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """`secrets`: the current one and, during a rotation, the previous one."""
        self._macs = [hmac.new(secret.encode(), digestmod=hashlib.sha256) for secret in secrets]

    def update(self, chunk: bytes) -> None:
        """Feed the next bytes of the raw body."""
        for mac in self._macs:
            mac.update(chunk)

    def matches(self, header: str | None) -> bool:
        """Tell whether the header is the signature of all bytes fed so far."""
        try:
            given = base64.b64decode(header or "", validate=True)
        except (binascii.Error, ValueError):
            return False
        # Every secret is compared, so that the time tells nothing about which one is in use.
        matches = [hmac.compare_digest(mac.digest(), given) for mac in self._macs]
        return any(matches)


def sign(body: bytes, secret: str) -> str:
    """Return the `x-line-signature` value for `body`."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()
