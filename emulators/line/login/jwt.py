"""JSON Web Tokens in the two ways LINE signs them: HS256 for web, ES256 for LIFF and apps."""

import hmac
from typing import Any

from emulators.jose import p256
from emulators.jose.jws import compact, split
from emulators.jose.keys import EcKey, is_signed_by
from emulators.line.errors import Json


class Signer:
    """The keys of one login channel; the same for the same secret, also after a restart."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._key = EcKey(p256.private_key(b"line-login:" + self._secret))

    def encode(self, claims: Json, algorithm: str) -> str:
        """Return a signed token; the algorithm is HS256 or ES256."""
        head: Json = {"typ": "JWT", "alg": algorithm}
        if algorithm == "ES256":
            return compact(head | {"kid": self._key.jwk()["kid"]}, claims, self._key.sign)
        return compact(head, claims, self._hmac)

    def decode(self, token: str) -> Json | None:
        """Return the claims of a token that this channel signed, else None. Times are not seen."""
        try:
            parts = split(token)
        except ValueError:
            return None
        algorithm = parts.header.get("alg")
        return parts.claims if self._is_mine(algorithm, parts.signed, parts.signature) else None

    def jwks(self) -> Json:
        """Return the public key as a JSON Web Key Set."""
        return {"keys": [self._key.jwk()]}

    def _hmac(self, signed: bytes) -> bytes:
        return hmac.digest(self._secret, signed, "sha256")

    def _is_mine(self, algorithm: Any, signed: bytes, signature: bytes) -> bool:
        if algorithm == "ES256":
            return is_signed_by(self._key.jwk(), algorithm, signed, signature)
        return algorithm == "HS256" and hmac.compare_digest(self._hmac(signed), signature)
