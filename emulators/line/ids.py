"""Identifiers in the shapes that LINE gives them. Readers must treat every one as opaque."""

import base64
import hashlib
import itertools
import secrets
import string
import uuid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_message_numbers = itertools.count(secrets.randbelow(1000))


def chat_id(kind: str) -> str:
    """Return `U` (user), `C` (group) or `R` (room) and 32 lower hex digits."""
    return f"{kind}{secrets.token_hex(16)}"


def rich_menu_id() -> str:
    """Return `richmenu-` and 32 lower hex digits."""
    return f"richmenu-{secrets.token_hex(16)}"


def reply_token() -> str:
    """Return 32 lower hex digits."""
    return secrets.token_hex(16)


def link_token() -> str:
    """Return 32 letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))


def liff_id(channel_id: str) -> str:
    """Return the channel's id, a hyphen, and eight letters and digits."""
    letters = string.ascii_letters + string.digits
    return f"{channel_id}-{''.join(secrets.choice(letters) for _ in range(8))}"


def request_id() -> str:
    """Return a UUID for `x-line-request-id`."""
    return str(uuid.uuid4())


def message_id(now_ms: int) -> str:
    """Return 18 decimal digits that grow with time."""
    return str(now_ms * 100_000 + next(_message_numbers) % 100_000)


def opaque_token(size: int = 60) -> str:
    """Return a URL-safe token of `size` random bytes: quote tokens, access tokens and the like."""
    return base64.urlsafe_b64encode(secrets.token_bytes(size)).decode().rstrip("=")


def ulid(now_ms: int) -> str:
    """Return a ULID: 48 bits of milliseconds, 80 random bits, Crockford's alphabet."""
    number = (now_ms << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def digest(name: str) -> str:
    """Return 32 hex digits that are always the same for a name."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]
