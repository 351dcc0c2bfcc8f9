"""Signing keys and their public halves as JSON Web Keys: ES256 (P-256) and RS256."""

import hashlib
import json
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from emulators.jose import p256
from emulators.jose.jws import Json, from_text, to_text

_RSA_BITS = 2048


class EcKey:
    """A key on P-256."""

    algorithm = "ES256"

    def __init__(self, private: int | None = None) -> None:
        """Take a private key, or make one."""
        self._private = private or p256.private_key(secrets.token_bytes(32))
        self.public = ec.derive_private_key(self._private, ec.SECP256R1()).public_key()

    def sign(self, message: bytes) -> bytes:
        """Return the signature as JWS wants it."""
        return p256.sign(self._private, message)

    def jwk(self) -> Json:
        """Return the public key; `kid` is its thumbprint (RFC 7638)."""
        numbers = self.public.public_numbers()
        x, y = (to_text(part.to_bytes(32, "big")) for part in (numbers.x, numbers.y))
        return _described({"crv": "P-256", "kty": "EC", "x": x, "y": y}, self.algorithm)


class RsaKey:
    """An RSA key."""

    algorithm = "RS256"

    def __init__(self, private: rsa.RSAPrivateKey | None = None, bits: int = _RSA_BITS) -> None:
        """Take a private key, or make one of so many bits."""
        self._private = private or rsa.generate_private_key(65537, bits)
        self.public = self._private.public_key()

    def sign(self, message: bytes) -> bytes:
        """Return the signature as JWS wants it."""
        return self._private.sign(message, PKCS1v15(), SHA256())

    def jwk(self) -> Json:
        """Return the public key; `kid` is its thumbprint (RFC 7638)."""
        numbers = self.public.public_numbers()
        e, n = (to_text(_unsigned(part)) for part in (numbers.e, numbers.n))
        return _described({"e": e, "kty": "RSA", "n": n}, self.algorithm)


SigningKey = EcKey | RsaKey


def from_pem(pem: str) -> SigningKey:
    """Return the key in a PEM text. Raises ValueError for other kinds than P-256 and RSA."""
    key = load_pem_private_key(pem.encode(), None)
    if isinstance(key, rsa.RSAPrivateKey):
        return RsaKey(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return EcKey(key.private_numbers().private_value)
    raise ValueError("the key must be P-256 or RSA")


def public_forms(key: SigningKey) -> dict[str, bytes]:
    """Return everything that is public of a key and was ever mistaken for an HMAC secret."""
    spki = PublicFormat.SubjectPublicKeyInfo
    forms = {
        "pem": key.public.public_bytes(Encoding.PEM, spki),
        "der": key.public.public_bytes(Encoding.DER, spki),
        "jwk": json.dumps(key.jwk()).encode(),
    }
    if isinstance(key, RsaKey):
        forms["pkcs1"] = key.public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
        forms["modulus"] = _unsigned(key.public.public_numbers().n)
    return forms


def is_signed_by(jwk: Json, algorithm: str, message: bytes, signature: bytes) -> bool:
    """Say whether the holder of a public JWK signed a message. Anything unfit is a no."""
    try:
        if algorithm == "ES256" and jwk["kty"] == "EC" and jwk["crv"] == "P-256":
            return p256.verify((_number(jwk["x"]), _number(jwk["y"])), message, signature)
        if algorithm == "RS256" and jwk["kty"] == "RSA":
            public = rsa.RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"])).public_key()
            public.verify(signature, message, PKCS1v15(), SHA256())
            return True
    except (KeyError, TypeError, ValueError, InvalidSignature):
        pass
    return False


def _described(required: Json, algorithm: str) -> Json:
    kid = to_text(hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest())
    return {**required, "kid": kid, "use": "sig", "alg": algorithm}


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _number(text: str) -> int:
    return int.from_bytes(from_text(text), "big")
