"""Authenticated encryption (AES-256-GCM), wrapped keys, and blind indexes (HMAC-SHA-256)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.errors import ConciergeError

KEY_BYTES = 32
_NONCE_BYTES = 12  # NIST SP 800-38D, section 5.2.1.1


class DecryptionError(ConciergeError):
    """The data cannot be decrypted: it was altered, moved, or its key is another one."""

    code = "decryption_failed"


def new_key() -> bytes:
    """Return a random key of 32 bytes."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    """Return nonce and ciphertext, bound to `context` (where the value stands)."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Return the plaintext. Raises DecryptionError for another key, context, or content."""
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, context.encode())
    except (InvalidTag, ValueError) as error:
        raise DecryptionError from error


def blind_index(key: bytes, value: str) -> str:
    """Return 64 hex digits by which an encrypted value can be found again, and nothing else."""
    return hmac.digest(key, value.encode(), hashlib.sha256).hex()


@dataclass(frozen=True)
class Wrapped:
    """A key as it is stored: encrypted by the master key of that id."""

    master_key_id: str
    sealed: bytes


class MasterKeys:
    """The keys outside the database: one that wraps, and older ones that still unwrap."""

    def __init__(self, current: bytes, older: Sequence[bytes] = ()) -> None:
        """Each is 32 bytes."""
        self._keys = {_fingerprint(key): key for key in (current, *older)}
        self.current_id = _fingerprint(current)

    def wrap(self, key: bytes, context: str) -> Wrapped:
        """Encrypt a key with the current master key."""
        return Wrapped(self.current_id, seal(self._keys[self.current_id], key, context))

    def unwrap(self, wrapped: Wrapped, context: str) -> bytes:
        """Return the key. Raises DecryptionError when its master key is not configured."""
        master = self._keys.get(wrapped.master_key_id)
        if master is None:
            raise DecryptionError("The master key of this data is not configured.")
        return unseal(master, wrapped.sealed, context)

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """Return keys of one purpose, made from the master keys; the first is the current one."""
        return tuple(
            hmac.digest(key, f"derived {purpose}".encode(), hashlib.sha256)
            for key in self._keys.values()
        )

    def rewrap(self, wrapped: Wrapped, context: str) -> Wrapped:
        """Return the same key under the current master key."""
        return self.wrap(self.unwrap(wrapped, context), context)


def read_key(text: str) -> bytes:
    """Return the 32 bytes of a key in base64 (`openssl rand -base64 32`). Raises ValueError."""
    key = base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key of 32 bytes in base64 is needed")
    return key


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"master key id" + key).hexdigest()[:16]
