"""ECDSA on P-256 as JWS wants it (ES256): points as two integers, signatures as 64 bytes r‖s.

The key is made from a seed, so that tokens stay valid when the emulator starts again.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

# The order of the curve's group, FIPS 186-4, D.1.2.3.
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SIZE = 32
_ALGORITHM = ec.ECDSA(SHA256())
Point = tuple[int, int]


def private_key(seed: bytes) -> int:
    """Return a key that is always the same for a seed."""
    return int.from_bytes(hashlib.sha512(seed).digest(), "big") % (_N - 1) + 1


def public_key(key: int) -> Point:
    """Return the point that belongs to a private key."""
    numbers = ec.derive_private_key(key, ec.SECP256R1()).public_key().public_numbers()
    return numbers.x, numbers.y


def sign(key: int, message: bytes) -> bytes:
    """Return the 64 bytes r‖s of JWS's ES256."""
    signature = ec.derive_private_key(key, ec.SECP256R1()).sign(message, _ALGORITHM)
    return b"".join(part.to_bytes(_SIZE, "big") for part in decode_dss_signature(signature))


def verify(public: Point, message: bytes, signature: bytes) -> bool:
    """Say whether a signature belongs to the message and the key."""
    if len(signature) != 2 * _SIZE:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:_SIZE], signature[_SIZE:]))
    key = ec.EllipticCurvePublicNumbers(*public, ec.SECP256R1()).public_key()
    try:
        key.verify(encode_dss_signature(r, s), message, _ALGORITHM)
    except InvalidSignature:
        return False
    return True
