"""The compact form of a signed token: three parts in URL-safe base64 (RFC 7515, section 7.1)."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Parts:
    """What a token says; nothing of it is checked yet."""

    header: Json
    claims: Json
    signed: bytes
    signature: bytes


def compact(header: Json, claims: Json, sign: Callable[[bytes], bytes]) -> str:
    """Return a signed token."""
    return sealed(as_json(header), as_json(claims), sign)


def sealed(header: str, payload: str, sign: Callable[[bytes], bytes]) -> str:
    """Return a signed token of two texts, whether they are JSON or not."""
    signed = f"{to_text(header.encode())}.{to_text(payload.encode())}"
    return f"{signed}.{to_text(sign(signed.encode()))}"


def split(token: str) -> Parts:
    """Take a token apart. Raises ValueError when it is none."""
    signed, _, signature = token.rpartition(".")
    header, _, claims = signed.partition(".")
    try:
        said = [json.loads(from_text(part)) for part in (header, claims)]
        raw = from_text(signature)
    except (ValueError, RecursionError) as error:
        raise ValueError("not a signed token") from error
    if not all(isinstance(part, dict) for part in said):
        raise ValueError("not a signed token")
    return Parts(said[0], said[1], signed.encode(), raw)


def as_json(value: Json) -> str:
    """Return JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def to_text(raw: bytes) -> str:
    """Return URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """Return the bytes of URL-safe base64 without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
