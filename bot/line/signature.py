"""LINE's webhook signature (LINE Developers, "Verify webhook signature").

Base64(HMAC-SHA256(channel secret, raw body bytes)), compared in constant time. The bytes are fed
in as they arrive, so a body of any size can be judged without being kept.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable


class SignatureCheck:
    """One webhook's signature against every accepted channel secret."""

    def __init__(self, secrets: Iterable[tuple[str, str]]) -> None:
        """`secrets`: pairs of a channel's name and one of its secrets (two during a rotation)."""
        self._macs = [
            (channel, hmac.new(secret.encode(), digestmod=hashlib.sha256))
            for channel, secret in secrets
        ]

    def update(self, chunk: bytes) -> None:
        """Feed the next bytes of the raw body."""
        for _, mac in self._macs:
            mac.update(chunk)

    def signers(self, header: str | None) -> frozenset[str]:
        """Return the channels whose signature of all bytes fed so far the header is."""
        try:
            given = base64.b64decode(header or "", validate=True)
        except (binascii.Error, ValueError):
            return frozenset()
        # Every secret is compared, so that the time tells nothing about which one is in use.
        matches = [(name, hmac.compare_digest(mac.digest(), given)) for name, mac in self._macs]
        return frozenset(name for name, is_match in matches if is_match)


def sign(body: bytes, secret: str) -> str:
    """Return the `x-line-signature` value for `body`."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()
