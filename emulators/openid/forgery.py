"""Tokens as nobody should send them: any header, any claims, any key, any signature."""

import base64
import hmac
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from emulators.jose.jws import Json, as_json, sealed
from emulators.jose.keys import from_pem, public_forms
from emulators.openid.errors import ControlError
from emulators.openid.key_ring import KeyRing, Which
from emulators.openid.profile import Algorithm

_HOUR = 3600


class Forgery(BaseModel):
    """What to change of a token. Nothing given, it is signed as it should be.

    `header` and `claims` replace single members, `remove_…` takes some away, `shift` adds seconds
    to instants, `…_text` replaces the whole part by a text that need not be JSON, `token` replaces
    everything. The signature is made by the provider's own key (`current`, `previous`), by a
    `stranger` that is never published, by the private key in `pem`, or it is an HMAC: with
    `secret`, `secret_base64`, or with what is public of the provider's key (`public_as_secret`).
    `alg` and `kid` in the header follow the key unless they are given.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    header: Json = {}
    remove_header: list[str] = []
    header_text: str | None = None
    claims: Json = {}
    remove_claims: list[str] = []
    shift: dict[str, int] = {}
    claims_text: str | None = None
    key: Which | Literal["none"] = "current"
    algorithm: Algorithm | None = None
    pem: str | None = None
    secret: str | None = None
    secret_base64: str | None = None
    public_as_secret: Literal["pem", "der", "pkcs1", "jwk", "modulus"] | None = None
    signature: Literal["right", "broken", "empty", "truncated"] = "right"
    token: str | None = None


PRESETS: dict[str, Json] = {
    "wrong_nonce": {"claims": {"nonce": "another-nonce"}},
    "wrong_aud": {"claims": {"aud": "another-client"}},
    "wrong_iss": {"claims": {"iss": "https://another-issuer.example"}},
    "expired": {"shift": {"exp": -2 * _HOUR, "iat": -2 * _HOUR, "auth_time": -2 * _HOUR}},
    "from_the_future": {"shift": {"exp": _HOUR, "iat": _HOUR}},
    "wrong_at_hash": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "unknown_key": {"key": "stranger"},
    "bad_signature": {"signature": "broken"},
    "unsigned": {"key": "none"},
    "hmac_with_public_key": {"public_as_secret": "pem"},
}


def _by_name(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value not in PRESETS:
        raise ValueError(f"no such forgery; known: {', '.join(PRESETS)}")
    return PRESETS[value]


NamedForgery = Annotated[Forgery, BeforeValidator(_by_name)]
"""A forgery, or the name of one of `PRESETS`."""


def forge(
    wanted: Forgery, keys: KeyRing, claims: Json | None = None, algorithm: str = "ES256"
) -> str:
    """Return the token. `claims` and `algorithm` are what an honest one would have."""
    if wanted.token is not None:
        return wanted.token
    header, sign = _signing(wanted, keys, wanted.algorithm or algorithm)
    header_text = wanted.header_text
    if header_text is None:
        header_text = as_json(_changed(header, wanted.header, wanted.remove_header))
    claims_text = wanted.claims_text
    if claims_text is None:
        claims_text = as_json(_claims(wanted, claims or {}))
    return _damaged(sealed(header_text, claims_text, sign), wanted.signature)


def _claims(wanted: Forgery, honest: Json) -> Json:
    moved = {name: honest[name] + by for name, by in wanted.shift.items() if name in honest}
    return _changed(honest | moved, wanted.claims, wanted.remove_claims)


def _signing(
    wanted: Forgery, keys: KeyRing, algorithm: str
) -> tuple[Json, Callable[[bytes], bytes]]:
    """Return the header that fits the key, and what signs."""
    if wanted.key == "none":
        return {"typ": "JWT", "alg": "none"}, lambda _message: b""
    try:
        key = from_pem(wanted.pem) if wanted.pem else keys.find(algorithm, wanted.key)
        secret = _secret(wanted, public_forms(key))
    except ValueError as error:
        raise ControlError(400, f"The key cannot be used: {error}") from error
    header = {"typ": "JWT", "alg": key.algorithm, "kid": key.jwk()["kid"]}
    if secret is None:
        return header, key.sign
    return header | {"alg": "HS256"}, lambda message: hmac.digest(secret, message, "sha256")


def _secret(wanted: Forgery, public: dict[str, bytes]) -> bytes | None:
    if wanted.secret is not None:
        return wanted.secret.encode()
    if wanted.secret_base64 is not None:
        return base64.b64decode(wanted.secret_base64, validate=True)
    if wanted.public_as_secret is None:
        return None
    if wanted.public_as_secret not in public:
        raise ValueError(f"an elliptic key has no {wanted.public_as_secret}")
    return public[wanted.public_as_secret]


def _damaged(token: str, how: str) -> str:
    signed, _, signature = token.rpartition(".")
    if how == "broken":
        return f"{signed}.{'B' if signature[:1] == 'A' else 'A'}{signature[1:]}"
    if how == "empty":
        return f"{signed}."
    return f"{signed}.{signature[:-8]}" if how == "truncated" else token


def _changed(base: Json, more: Json, remove: list[str]) -> Json:
    return {name: value for name, value in (base | more).items() if name not in remove}
