"""Identifiers that tell nothing about a person."""

import uuid


def new_citizen_id() -> str:
    """Return a pseudonymous citizen id such as `ctz_5f0c…` (32 hex digits, random)."""
    return f"ctz_{uuid.uuid4().hex}"


def new_retry_key() -> uuid.UUID:
    """Return a key for `X-Line-Retry-Key`."""
    return uuid.uuid4()
