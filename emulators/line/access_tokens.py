"""Channel access tokens: stateless (15 minutes), short-lived (30 days) and one long-lived.

A stateless token carries its own end and a signature, so it outlives a restart of the emulator.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta

from emulators.line import ids
from emulators.line.errors import NOT_AUTHENTICATED, LineError
from emulators.line.options import Channel

STATELESS_SECONDS = 15 * 60
SHORT_LIVED_SECONDS = 30 * 24 * 3600
SHORT_LIVED_MAX = 30


class AccessTokens:
    """The tokens of one channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._short_lived: dict[str, datetime] = {}

    def is_client(self, client_id: str, secret: str) -> bool:
        """Say whether these are the channel's credentials."""
        return client_id == self._channel.channel_id and hmac.compare_digest(
            secret.encode(), self._channel.secret.encode()
        )

    def stateless(self, now: datetime) -> str:
        """Return a token for 15 minutes, in the three-part shape of the real ones."""
        end = int(now.timestamp()) + STATELESS_SECONDS
        claims = {"exp": end, "jti": ids.opaque_token(24)}
        signed = f"{_base64({'alg': 'HS256'})}.{_base64(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def short_lived(self, now: datetime) -> str:
        """Return a token for 30 days; beyond 30 of them the oldest is dropped."""
        while len(self._short_lived) >= SHORT_LIVED_MAX:
            del self._short_lived[next(iter(self._short_lived))]
        token = ids.opaque_token(128)
        self._short_lived[token] = now + timedelta(seconds=SHORT_LIVED_SECONDS)
        return token

    def seconds_left(self, token: str, now: datetime) -> int | None:
        """Return how long the token still lives (0 when it has expired), None when unknown."""
        end = self._short_lived.get(token)
        if end is not None:
            return max(0, int((end - now).total_seconds()))
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            return None
        claims = signed.partition(".")[2]
        expires: int = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))[
            "exp"
        ]
        return max(0, int(expires - now.timestamp()))

    def revoke(self, token: str) -> None:
        """Drop a short-lived token. A stateless one lives until it expires, as at LINE."""
        self._short_lived.pop(token, None)

    def check(self, authorization: str | None, now: datetime) -> None:
        """Raise LineError 401 unless the header carries a token that lives."""
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            reason = "no bearer token in the authorization header"
            raise LineError(401, NOT_AUTHENTICATED, reason=reason)
        if token == self._channel.long_lived_token:
            return
        left = self.seconds_left(token, now)
        if not left:
            state = "unknown" if left is None else "expired"
            raise LineError(401, NOT_AUTHENTICATED, reason=f"the access token is {state}")

    def _signature(self, signed: str) -> str:
        key = self._channel.secret.encode()
        digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _base64(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
