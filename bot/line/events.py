"""A tolerant reader of webhook events: unknown things are kept, never a reason to fail.

LINE adds properties, event types and enum values without notice (LINE Developers, "Development
guidelines"), so nothing here is stricter than what the bot needs to serve the event.
"""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.line.json_text import DEEPEST
from kit.masking import mask_numbers
from kit.settings import DEFAULT_CHANNEL

# Events of one person that change the conversation or its state, in the order they happened.
SERVED_KINDS = frozenset({"message", "postback", "follow", "unfollow", "unsend"})
# Of these the state is kept up even while another module holds the chat: nothing is said.
STATE_KINDS = frozenset({"follow", "unfollow", "unsend"})
# Events that are kept on purpose and start no turn, and why.
RECORDED_KINDS = {
    "accountLink": "the outcome of linking accounts, for identity",
    "activated": "chat control came to us",
    "beacon": "people are not followed by beacons",
    "botResumed": "the bot was resumed",
    "botSuspended": "the bot was suspended",
    "deactivated": "chat control went to another module",
    "delivery": "a notification by phone number arrived",
    "join": "the account came into a group",
    "leave": "the account left a group",
    "memberJoined": "somebody came into a group",
    "memberLeft": "somebody left a group",
    "membership": "a paid membership changed",
    "messageEdited": "a message in a group was edited",
    "module": "a module was attached or detached",
    "videoPlayComplete": "a video was watched to its end",
}
# LINE's identifiers have 10 to 40 characters. What is longer is not taken for one: an index of
# PostgreSQL has no room for it.
LONGEST_IDENTIFIER = 200
LONGEST_KIND = 50
# LINE's service began in 2011; an older event carries a broken clock.
EARLIEST = datetime(2011, 6, 1, tzinfo=UTC)
_REPLY_TOKEN = re.compile(rf"[\w.~+/=-]{{1,{LONGEST_IDENTIFIER}}}", re.ASCII)

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
class GroupChat:
    """A chat of several people, as an event names it."""

    kind: str
    line_group_id: str


@dataclass(frozen=True)
class Incoming:
    """One event, read as far as it can be.

    `raw` has forbidden numbers masked, and of a group chat neither content nor people.
    """

    webhook_event_id: str
    kind: str
    disposition: Disposition
    reason: str | None
    line_user_id: str | None
    group: GroupChat | None
    occurred_at: datetime
    reply_token: str | None
    is_redelivery: bool
    masked: bool
    raw: dict[str, Any]
    channel: str


def read_event(value: Any, received_at: datetime, channel: str = DEFAULT_CHANNEL) -> Incoming:
    """Read one element of `events`. Never raises, whatever it is given."""
    masked, clean = clean_json(value)
    raw = clean if isinstance(clean, dict) else {"value": clean}
    kind = _string(raw.get("type"), LONGEST_KIND)
    source = _mapping(raw.get("source"))
    one_to_one = source.get("type") in (None, "user")
    user_id = _string(source.get("userId")) if one_to_one else None
    disposition, reason = _judge(raw, kind, one_to_one, user_id)
    return Incoming(
        webhook_event_id=_string(raw.get("webhookEventId")) or fingerprint(raw),
        kind=kind or "unknown",
        disposition=disposition,
        reason=reason,
        line_user_id=user_id,
        group=read_group(source),
        occurred_at=_instant(raw.get("timestamp"), received_at),
        reply_token=_reply_token(raw.get("replyToken")),
        is_redelivery=_mapping(raw.get("deliveryContext")).get("isRedelivery") is True,
        masked=masked,
        raw=_without_private_parts(kind, raw, one_to_one=one_to_one),
        channel=channel,
    )


def _judge(
    raw: dict[str, Any], kind: str | None, one_to_one: bool, user_id: str | None
) -> tuple[Disposition, str | None]:
    if kind is None:
        return Disposition.unreadable, "no event type"
    if kind not in SERVED_KINDS:
        return Disposition.record, RECORDED_KINDS.get(kind, "event type not known")
    if not one_to_one:
        return Disposition.record, "not a one-to-one chat"
    if raw.get("mode") == "standby" and kind not in STATE_KINDS:
        return Disposition.record, "another module holds the chat"
    if user_id is None:
        return Disposition.unreadable, "no user id"
    if kind in ("message", "postback", "unsend") and not isinstance(raw.get(kind), dict):
        return Disposition.unreadable, f"no {kind} in the event"
    return Disposition.serve, None


def _without_private_parts(
    kind: str | None, raw: dict[str, Any], *, one_to_one: bool
) -> dict[str, Any]:
    """Leave out what is nobody's business: all of a group chat but its kind and ids, and where a
    beacon stands."""
    if one_to_one:
        return {**raw, "beacon": _only(raw["beacon"], "type")} if "beacon" in raw else raw
    parts = {
        "source": ("type", "groupId", "roomId"),
        "message": ("type", "id"),
        "unsend": ("messageId",),
    }
    kept = _only(raw, "type", "mode", "timestamp", "webhookEventId")
    return kept | {name: _only(raw[name], *keys) for name, keys in parts.items() if name in raw}


def _only(value: Any, *names: str) -> dict[str, Any]:
    """Return the named properties as far as they are plain values."""
    given = _mapping(value)
    plain = str | int | float | bool
    return {name: given[name] for name in names if isinstance(given.get(name), plain)}


def read_group(source: dict[str, Any]) -> GroupChat | None:
    """Return the group or room that a `source` names, None when it names none."""
    kind = _string(source.get("type"))
    if kind not in ("group", "room"):
        return None
    group_id = _string(source.get(f"{kind}Id"))
    return None if group_id is None else GroupChat(kind, group_id)


def clean_json(value: Any) -> tuple[bool, Any]:
    """Return (whether a forbidden number was masked, the value as PostgreSQL can store it).

    NUL and lone surrogates, both legal in JSON escapes, cannot be stored as text. What lies deeper
    than `DEEPEST` is left out.
    """
    cleaner = _Cleaner()
    clean = cleaner.clean(value, "", 0)
    return cleaner.masked, clean


class _Cleaner:
    """One walk through one value; every webhook waits for it."""

    def __init__(self) -> None:
        self.masked = False

    def clean(self, value: Any, key: str, depth: int) -> Any:
        if depth > DEEPEST:
            return None
        if isinstance(value, str):
            text = _storable(value)
            return text if key in IDENTIFIERS else self._mask(text)
        if isinstance(value, dict):
            deeper = depth + 1
            return {self._name(k): self.clean(v, k, deeper) for k, v in value.items()}
        if isinstance(value, list):
            return [self.clean(item, key, depth + 1) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            digits = str(value)
            masked = self._mask(digits)
            return value if masked == digits else masked
        return value

    def _name(self, name: str) -> str:
        # A masked name alone is no number that the citizen wrote: it warns nobody.
        return mask_numbers(_storable(name))[0]

    def _mask(self, text: str) -> str:
        masked, found = mask_numbers(text)
        self.masked = self.masked or found
        return masked


def _storable(text: str) -> str:
    if text.isprintable():
        return text
    storable = text.replace("\x00", "").encode("utf-16", "surrogatepass")
    return storable.decode("utf-16", "replace")


def fingerprint(raw: dict[str, Any]) -> str:
    """Identify an event without an id by its content, the same when it is delivered again."""
    stable = {k: v for k, v in raw.items() if k != "deliveryContext"}
    canonical = json.dumps(stable, sort_keys=True, ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Any, longest: int = LONGEST_IDENTIFIER) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= longest else None


def _reply_token(value: Any) -> str | None:
    return value if isinstance(value, str) and _REPLY_TOKEN.fullmatch(value) else None


def _instant(value: Any, received_at: datetime) -> datetime:
    """Return when the event happened; when it was received, if the timestamp cannot be true."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return received_at
    try:
        occurred_at = datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return received_at
    return occurred_at if EARLIEST <= occurred_at <= received_at else received_at
