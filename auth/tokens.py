"""JSON Web Tokens: the only module that touches python-jose, which signs and checks signatures.

Everything else is checked here, because python-jose 3.5.0 lets most of it through: tokens without
`aud` or `exp`, unknown `crit`, a `kid` that fits nothing, and, with a DER-encoded public key taken
for an HMAC secret, forged signatures (CVE-2026-85394). Hence it is given one key, always as a JWK
of the one registered algorithm, and never a key of a token's own choosing.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from jose import jws
from jose.exceptions import JOSEError

from kit.errors import UnauthorizedError

Algorithm = Literal["ES256", "RS256", "HS256"]
Jwk = Mapping[str, Any]
Claims = dict[str, Any]

MAX_TOKEN = 16 * 1024
MAX_DEPTH = 16
MAX_KID = 200
MAX_SUBJECT = 255  # OpenID Connect Core 1.0, section 2
LEEWAY = timedelta(seconds=60)
SMALLEST_RSA_BITS = 2048
SMALLEST_SECRET_BYTES = 16

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_KID = re.compile(r"[A-Za-z0-9_.:=+~-]+", re.ASCII)
# A token must not bring its own key, name an address, or ask for a reading that we do not know.
_FORBIDDEN_HEADERS = frozenset(
    {"crit", "jku", "jwk", "x5u", "x5c", "enc", "zip", "b64", "cty", "p2c", "p2s", "epk"}
)
_KEY_MEMBERS: dict[Algorithm, dict[str, str | None]] = {
    "ES256": {"kty": "EC", "crv": "P-256", "x": None, "y": None},
    "RS256": {"kty": "RSA", "n": None, "e": None},
    "HS256": {"kty": "oct", "k": None},
}


class RefusedTokenError(UnauthorizedError):
    """This proof of identity is not valid. Please start again."""

    code = "refused_token"

    def __init__(self, reason: str) -> None:
        """`reason` is for the log alone: an answer that tells it would help a forger."""
        super().__init__(reason=reason)
        self.reason = reason


@dataclass(frozen=True)
class Rules:
    """What a token must look like; each kind of token has rules of its own."""

    issuer: str
    audience: str
    algorithm: Algorithm
    longest: timedelta
    """The longest life (`exp` less `iat`) that is believed."""
    oldest: timedelta
    """How long ago `iat` may be."""
    types: frozenset[str] = frozenset({"", "jwt"})
    """Accepted `typ` headers in lower case; "" stands for none."""
    leeway: timedelta = LEEWAY
    """How far the issuer's clock may be off."""


def id_token_rules(issuer: str, audience: str, algorithm: Algorithm) -> Rules:
    """Return the rules for an ID token of the code flow: it was made when we asked for it."""
    hours = timedelta(hours=24)
    return Rules(issuer, audience, algorithm, longest=hours, oldest=timedelta(minutes=5))


def key_id(token: object, rules: Rules) -> str | None:
    """Return the `kid` of a token whose header is acceptable, None when it names none.

    Raises RefusedTokenError.
    """
    try:
        header = _header(token)
        _check_header(header, rules)
        kid = header.get("kid")
        _require(kid is None or _is_key_id(kid), "kid")
    except RefusedTokenError:
        raise
    except Exception as error:
        raise RefusedTokenError("unreadable") from error
    return kid


def choose_key(key_set: object, kid: str | None, algorithm: Algorithm) -> Jwk | None:
    """Return the one key of a JWK Set (RFC 7517) that fits, None when none or several do.

    Keys of other kinds may stand in the set; they are passed over. Never returns a secret.
    """
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(keys, list) or algorithm == "HS256":
        return None
    fitting = [key for key in keys if _fits(key, algorithm)]
    named = [key for key in fitting if key.get("kid") == kid] if kid is not None else fitting
    return named[0] if len(named) == 1 else None


def secret_key(secret: str) -> Jwk:
    """Return a shared secret as a JWK for HS256 (LINE Login on the web signs so)."""
    return {"kty": "oct", "k": to_base64(secret.encode()), "alg": "HS256"}


def verify(
    token: object,
    key: Jwk,
    rules: Rules,
    now: datetime,
    *,
    nonce: str | None = None,
    access_token: str | None = None,
) -> Claims:
    """Return the claims of a token that this key signed and that keeps every rule.

    With `nonce`, the token must repeat it; with `access_token`, an `at_hash` must belong to it.
    Raises RefusedTokenError for everything else, whatever it is given.
    """
    try:
        key_id(token, rules)
        _require(_fits(key, rules.algorithm), "key")
        members = _KEY_MEMBERS[rules.algorithm]
        clean = {name: key[name] for name in members} | {"alg": rules.algorithm}
        payload = jws.verify(token, clean, algorithms=[rules.algorithm])
        claims = _strict_json(payload)
        _check_claims(claims, rules, now)
        if nonce is not None:
            _require(_same(claims.get("nonce"), nonce), "nonce")
        if access_token is not None and "at_hash" in claims:
            _require(_same(claims["at_hash"], _half_hash(access_token)), "at_hash")
    except RefusedTokenError:
        raise
    except JOSEError as error:
        raise RefusedTokenError("signature") from error
    except Exception as error:
        # python-jose lets TypeError, OverflowError and others escape beside its own errors.
        raise RefusedTokenError(f"unreadable: {type(error).__name__}") from error
    return claims


def sign(claims: Claims, private_jwk: Jwk, *, typ: str = "JWT") -> str:
    """Return an ES256 token. `private_jwk` carries its `kid`."""
    headers = {"kid": private_jwk["kid"], "typ": typ}
    token: str = jws.sign(claims, dict(private_jwk), headers=headers, algorithm="ES256")
    return token


def to_base64(raw: bytes) -> str:
    """Return URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_base64(text: str) -> bytes:
    """Return the bytes of URL-safe base64 without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _header(token: object) -> Claims:
    if not isinstance(token, str):
        raise RefusedTokenError("not text")
    _require(len(token) <= MAX_TOKEN, "size")
    _require(_COMPACT.fullmatch(token) is not None, "form")
    return _strict_json(from_base64(token.partition(".")[0]))


def _check_header(header: Claims, rules: Rules) -> None:
    _require(header.get("alg") == rules.algorithm, "alg")
    _require(not _FORBIDDEN_HEADERS & header.keys(), "header")
    typ = header.get("typ", "")
    _require(isinstance(typ, str) and typ.lower() in rules.types, "typ")


def _check_claims(claims: Claims, rules: Rules, now: datetime) -> None:
    _require(_same(claims.get("iss"), rules.issuer), "iss")
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    _require(_same(audience, rules.audience), "aud")
    _require("azp" not in claims or _same(claims["azp"], rules.audience), "azp")
    subject = claims.get("sub")
    _require(isinstance(subject, str) and is_subject(subject), "sub")
    _check_times(claims, rules, now.timestamp())


def _check_times(claims: Claims, rules: Rules, now: float) -> None:
    leeway = rules.leeway.total_seconds()
    expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
    _require(now <= expires + leeway, "exp")
    _require(issued - leeway <= now <= issued + leeway + rules.oldest.total_seconds(), "iat")
    _require(0 < expires - issued <= rules.longest.total_seconds(), "lifetime")
    if "nbf" in claims:
        _require(_seconds(claims, "nbf") - leeway <= now, "nbf")


def _seconds(claims: Claims, name: str) -> int:
    value = claims.get(name)
    # A bool is an int in Python, and a float such as 1e400 is infinite.
    if type(value) is not int:
        raise RefusedTokenError(name)
    return value


def is_subject(subject: str) -> bool:
    """Tell whether a `sub` is usable: 1 to 255 printable ASCII characters without blanks."""
    return 0 < len(subject) <= MAX_SUBJECT and subject.isascii() and subject.isprintable()


def _is_key_id(kid: object) -> bool:
    return isinstance(kid, str) and len(kid) <= MAX_KID and _KID.fullmatch(kid) is not None


def _fits(key: object, algorithm: Algorithm) -> bool:
    """Tell whether a JWK may be used to check signatures of this algorithm."""
    if not isinstance(key, Mapping):
        return False
    for name, value in _KEY_MEMBERS[algorithm].items():
        if not isinstance(key.get(name), str) or (value is not None and key[name] != value):
            return False
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    if "key_ops" in key and key["key_ops"] != ["verify"]:
        return False
    return _is_strong(key, algorithm)


def _is_strong(key: Jwk, algorithm: Algorithm) -> bool:
    try:
        if algorithm == "RS256":
            modulus = int.from_bytes(from_base64(key["n"]), "big")
            return modulus.bit_length() >= SMALLEST_RSA_BITS
        if algorithm == "HS256":
            return len(from_base64(key["k"])) >= SMALLEST_SECRET_BYTES
    except ValueError:
        return False
    return True


def _strict_json(raw: bytes) -> Claims:
    """Read a JSON object in UTF-8 without repeated names, NaN or deep nesting."""
    text = raw.decode("utf-8", "strict")
    value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    if not isinstance(value, dict):
        raise RefusedTokenError("not an object")
    _check_depth(value, MAX_DEPTH)
    return value


def _check_depth(value: object, left: int) -> None:
    _require(left > 0, "nesting")
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            _check_depth(member, left - 1)


def _distinct(pairs: list[tuple[str, Any]]) -> Claims:
    members = dict(pairs)
    _require(len(members) == len(pairs), "repeated member")
    return members


def _no_constant(_name: str) -> None:
    raise RefusedTokenError("constant")


def _half_hash(access_token: str) -> str:
    """Return `at_hash` (OpenID Connect Core 1.0, section 3.1.3.6) for the 256-bit algorithms."""
    return to_base64(hashlib.sha256(access_token.encode("ascii")).digest()[:16])


def _same(given: object, expected: str) -> bool:
    return (
        isinstance(given, str)
        and bool(expected)
        and hmac.compare_digest(given.encode(), expected.encode())
    )


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise RefusedTokenError(reason)
