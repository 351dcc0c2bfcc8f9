"""JSON Web Tokens in the two ways LINE signs them: HS256 for web, ES256 for LIFF and apps."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from emulators.line.errors import Json
from emulators.line.login import p256


class Signer:
    """The keys of one login channel; the same for the same secret, also after a restart."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._key = p256.private_key(b"line-login:" + self._secret)
        self._public = p256.public_key(self._key)
        self.key_id = hashlib.sha256(repr(self._public).encode()).hexdigest()

    def encode(self, claims: Json, algorithm: str) -> str:
        """Return a signed token; the algorithm is HS256 or ES256."""
        head: Json = {"typ": "JWT", "alg": algorithm}
        if algorithm == "ES256":
            head["kid"] = self.key_id
        signed = f"{_pack(head)}.{_pack(claims)}"
        return f"{signed}.{to_text(self._signature(signed.encode(), algorithm))}"

    def decode(self, token: str) -> Json | None:
        """Return the claims of a token that this channel signed, else None. Times are not seen."""
        signed, _, signature = token.rpartition(".")
        head, _, claims = signed.partition(".")
        try:
            algorithm = json.loads(from_text(head))["alg"]
            given, content = from_text(signature), json.loads(from_text(claims))
        except (ValueError, TypeError, KeyError, binascii.Error):
            return None
        if not isinstance(content, dict) or not self._is_mine(algorithm, signed.encode(), given):
            return None
        return content

    def jwks(self) -> Json:
        """Return the public key as a JSON Web Key Set."""
        x, y = (to_text(part.to_bytes(32, "big")) for part in self._public)
        key = {"kty": "EC", "use": "sig", "crv": "P-256", "alg": "ES256"}
        return {"keys": [{**key, "kid": self.key_id, "x": x, "y": y}]}

    def _signature(self, signed: bytes, algorithm: str) -> bytes:
        if algorithm == "ES256":
            return p256.sign(self._key, signed)
        return hmac.digest(self._secret, signed, "sha256")

    def _is_mine(self, algorithm: Any, signed: bytes, signature: bytes) -> bool:
        if algorithm == "ES256":
            return p256.verify(self._public, signed, signature)
        expected = hmac.digest(self._secret, signed, "sha256")
        return algorithm == "HS256" and hmac.compare_digest(expected, signature)


def to_text(raw: bytes) -> str:
    """Return URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """Return the bytes of URL-safe base64 without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _pack(value: Json) -> str:
    return to_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
