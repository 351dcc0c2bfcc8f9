"""Tokens of every kind, good and forged, made without the library that the product uses."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Json = dict[str, Any]
Sign = Callable[[bytes], bytes]


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


@dataclass(frozen=True)
class Key:
    """A key pair as a provider holds it."""

    private: Any
    kid: str

    @property
    def algorithm(self) -> str:
        return "RS256" if isinstance(self.private, rsa.RSAPrivateKey) else "ES256"

    def jwk(self, **more: Any) -> Json:
        numbers = self.private.public_key().public_numbers()
        common = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        if self.algorithm == "RS256":
            members = {"kty": "RSA", "n": b64(unsigned(numbers.n)), "e": b64(unsigned(numbers.e))}
        else:
            x, y = (b64(part.to_bytes(32, "big")) for part in (numbers.x, numbers.y))
            members = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        return common | members | more

    def sign(self, message: bytes) -> bytes:
        if self.algorithm == "RS256":
            return bytes(self.private.sign(message, PKCS1v15(), SHA256()))
        parts = decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA256())))
        return b"".join(part.to_bytes(32, "big") for part in parts)

    def public(self, encoding: Encoding, form: PublicFormat) -> bytes:
        return bytes(self.private.public_key().public_bytes(encoding, form))


@lru_cache
def ec_key(kid: str = "ec-1") -> Key:
    return Key(ec.generate_private_key(ec.SECP256R1()), kid)


@lru_cache
def rsa_key(kid: str = "rsa-1", bits: int = 2048) -> Key:
    return Key(rsa.generate_private_key(65537, bits), kid)


def compact(header: Any, claims: Any, sign: Sign) -> str:
    """Sign JSON values, or raw bytes where a test needs malformed JSON."""
    parts = [p if isinstance(p, bytes) else json.dumps(p).encode() for p in (header, claims)]
    signed = ".".join(b64(part) for part in parts)
    return f"{signed}.{b64(sign(signed.encode()))}"


def hs256(secret: bytes) -> Sign:
    return lambda message: hmac.digest(secret, message, hashlib.sha256)


def claims(issuer: str, audience: str, nonce: str, /, **change: Any) -> Json:
    now = int(time.time())
    usual = {
        "iss": issuer,
        "sub": "person-1",
        "aud": audience,
        "exp": now + 300,
        "iat": now,
        "nonce": nonce,
    }
    return {name: value for name, value in (usual | change).items() if value is not ...}


def header(key: Key, **change: Any) -> Json:
    usual = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"}
    return {name: value for name, value in (usual | change).items() if value is not ...}
