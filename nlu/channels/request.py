"""The body of a turn: read it, or say in one sentence what is wrong with it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]

# LINE's own limit of a text message; what is longer cannot have come from a person.
MAX_TEXT = 5_000
_PAYLOAD = re.compile(r"/([a-z_]{1,60})(\{.*\})?", re.DOTALL)
_MAX_PAYLOAD = 2_000
_SLASHES = {"/": "／", "\\": "＼"}
# What no database and no encoder takes: NUL and lone surrogates.
_UNWRITABLE = dict.fromkeys((0, *range(0xD800, 0xE000)), 0xFFFD)


class BadTurnError(Exception):
    """The body is not a turn. The message never repeats what was sent."""


@dataclass(frozen=True)
class Turn:
    """One message of one citizen. Exactly one of `text` and `intent` is set."""

    turn_id: str
    sender: str
    text: str | None
    intent: str | None
    entities: Json
    payload: str
    metadata: Json


def read_turn(body: Any) -> Turn:
    """Check and clean the JSON body of a turn. Raises BadTurnError."""
    if not isinstance(body, dict):
        raise BadTurnError("the body must be a JSON object")
    text, payload = body.get("text"), body.get("payload")
    if (text is None) == (payload is None):
        raise BadTurnError("give exactly one of text and payload")
    intent, entities = (None, {}) if payload is None else _read_payload(payload)
    return Turn(
        turn_id=_identifier(body, "turn_id"),
        sender=_identifier(body, "sender"),
        text=None if text is None else harmless(text),
        intent=intent,
        entities=entities,
        payload=payload or "",
        metadata=_metadata(body),
    )


def harmless(text: Any) -> str:
    """Return the text such that Rasa reads it as words only, at its own length (cut at MAX_TEXT).

    Rasa obeys a message that begins with a slash: `/restart` would wipe the conversation. Rasa
    strips the text before it looks, so leading blanks do not protect. Raises BadTurnError.
    """
    if not isinstance(text, str):
        raise BadTurnError("text must be a string")
    clean: str = text[:MAX_TEXT].translate(_UNWRITABLE)
    start = len(clean) - len(clean.lstrip())
    first = clean[start : start + 1]
    return clean[:start] + _SLASHES.get(first, first) + clean[start + 1 :]


def _identifier(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise BadTurnError(f"{name} must be a string of 1 to 200 characters")
    return value


def _metadata(body: Json) -> Json:
    metadata = {} if body.get("metadata") is None else body["metadata"]
    if not isinstance(metadata, dict):
        raise BadTurnError("metadata must be a JSON object")
    try:
        datetime.fromisoformat(metadata.get("at", "2026-01-01T00:00:00+00:00"))
    except (TypeError, ValueError):
        raise BadTurnError("metadata.at must be a time in ISO 8601") from None
    return metadata


def _read_payload(payload: Any) -> tuple[str, Json]:
    if not isinstance(payload, str) or len(payload) > _MAX_PAYLOAD:
        raise BadTurnError(f"payload must be a string of at most {_MAX_PAYLOAD} characters")
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        raise BadTurnError('payload must look like /intent{"entity": "value"}')
    try:
        entities = json.loads(match[2] or "{}")
    except ValueError:
        raise BadTurnError("the part of the payload in braces must be JSON") from None
    return match[1], entities
