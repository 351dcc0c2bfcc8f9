"""A tolerant reader of webhook events: unknown things are kept, never a reason to fail.

LINE adds properties, event types and enum values without notice (LINE Developers, "Development
guidelines"), so nothing here is stricter than what the bot needs to serve the event.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from kit.masking import mask_numbers

# Events of one person that change the conversation or its state, in the order they happened.
SERVED_KINDS = frozenset({"message", "postback", "follow", "unfollow", "unsend"})


# Identifiers of LINE's are long runs of digits too, and must stay as they are.
IDENTIFIERS = frozenset(
    {
        "destination",
        "groupId",
        "id",
        "markAsReadToken",
        "messageId",
        "quoteToken",
        "quotedMessageId",
        "replyToken",
        "roomId",
        "userId",
        "webhookEventId",
    }
)


class Disposition(StrEnum):
    """What the inbox does with an event."""

    serve = "serve"
    record = "record"
    unreadable = "unreadable"


@dataclass(frozen=True)
class Incoming:
    """One event, read as far as it can be. `raw` has forbidden numbers masked."""

    webhook_event_id: str
    kind: str
    disposition: Disposition
    reason: str | None
    line_user_id: str | None
    occurred_at: datetime
    reply_token: str | None
    is_redelivery: bool
    masked: bool
    raw: dict[str, Any]


def read_event(value: Any, received_at: datetime) -> Incoming:
    """Read one element of `events`. Never raises, whatever it is given."""
    masked, clean = clean_json(value)
    raw = clean if isinstance(clean, dict) else {"value": clean}
    source = _mapping(raw.get("source"))
    user_id = _string(source.get("userId"))
    disposition, reason = _judge(raw, _string(source.get("type")), user_id)
    return Incoming(
        webhook_event_id=_string(raw.get("webhookEventId")) or _fingerprint(raw),
        kind=_string(raw.get("type")) or "unknown",
        disposition=disposition,
        reason=reason,
        line_user_id=user_id if disposition is Disposition.serve else None,
        occurred_at=_instant(raw.get("timestamp")) or received_at,
        reply_token=_string(raw.get("replyToken")),
        is_redelivery=_mapping(raw.get("deliveryContext")).get("isRedelivery") is True,
        masked=masked,
        raw=raw,
    )


def _judge(
    raw: dict[str, Any], source_type: str | None, user_id: str | None
) -> tuple[Disposition, str | None]:
    kind = _string(raw.get("type"))
    if kind is None:
        return Disposition.unreadable, "no event type"
    if kind not in SERVED_KINDS:
        return Disposition.record, "event type not served"
    if raw.get("mode") == "standby":
        return Disposition.record, "another module holds the chat"
    if source_type in ("group", "room"):
        return Disposition.record, "not a one-to-one chat"
    if user_id is None:
        return Disposition.unreadable, "no user id"
    part = {"message": "message", "postback": "postback", "unsend": "unsend"}.get(kind)
    if part and not isinstance(raw.get(part), dict):
        return Disposition.unreadable, f"no {part} in the event"
    return Disposition.serve, None


def clean_json(value: Any, *, key: str = "") -> tuple[bool, Any]:
    """Return (whether a forbidden number was masked, the value as PostgreSQL can store it).

    NUL and lone surrogates, both legal in JSON escapes, cannot be stored as text.
    """
    if isinstance(value, str):
        storable = value.replace("\x00", "").encode("utf-16", "surrogatepass")
        text = storable.decode("utf-16", "replace")
        masked, found = mask_numbers(text)
        return (False, text) if key in IDENTIFIERS else (found, masked)
    if isinstance(value, list):
        pairs = [clean_json(item, key=key) for item in value]
        return any(found for found, _ in pairs), [item for _, item in pairs]
    if isinstance(value, dict):
        cleaned = {clean_json(k)[1]: clean_json(v, key=k) for k, v in value.items()}
        return any(found for found, _ in cleaned.values()), {k: v for k, (_, v) in cleaned.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return False, None
    return False, value


def _fingerprint(raw: dict[str, Any]) -> str:
    """Identify an event without an id by its content, the same when it is delivered again."""
    stable = {k: v for k, v in raw.items() if k != "deliveryContext"}
    canonical = json.dumps(stable, sort_keys=True, ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _instant(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
