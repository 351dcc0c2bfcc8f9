"""The provider's signing keys: one in use for each algorithm, others still published."""

from collections.abc import Iterable
from typing import Literal

from emulators.jose.jws import Json
from emulators.jose.keys import EcKey, RsaKey, SigningKey
from emulators.openid.errors import ControlError

Which = Literal["current", "previous", "stranger"]


class KeyRing:
    """The last key of an algorithm signs; the ones before it stay published until dropped."""

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._published: list[SigningKey] = [_made(algorithm) for algorithm in algorithms]
        self._dropped: list[SigningKey] = []
        self._strangers: dict[str, SigningKey] = {}

    def find(self, algorithm: str, which: Which) -> SigningKey:
        """Return a key; a stranger is never published. Raises ControlError where there is none."""
        if which == "stranger":
            if algorithm not in self._strangers:
                self._strangers[algorithm] = _made(algorithm)
            return self._strangers[algorithm]
        known = [k for k in (*self._dropped, *self._published) if k.algorithm == algorithm]
        place = 1 if which == "current" else 2
        if len(known) < place:
            raise ControlError(400, f"There is no {which} {algorithm} key; rotate to make one.")
        return known[-place]

    def rotate(self, algorithm: str, *, keep_old: bool, bits: int) -> None:
        """Sign with a new key from now on; without `keep_old` old ones are published no more."""
        if not keep_old:
            old = [key for key in self._published if key.algorithm == algorithm]
            self._dropped += old
            self._published = [key for key in self._published if key not in old]
        self._published.append(_made(algorithm, bits))

    def jwks(self) -> Json:
        """Return the published public keys."""
        return {"keys": [key.jwk() for key in self._published]}

    def published(self, kid: object) -> Json | None:
        """Return a published public key by its id."""
        return next((key for key in self.jwks()["keys"] if key["kid"] == kid), None)


def _made(algorithm: str, bits: int = 2048) -> SigningKey:
    return EcKey() if algorithm == "ES256" else RsaKey(bits=bits)
