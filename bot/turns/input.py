"""What an event means as a turn of the conversation."""

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from bot.turns.rasa import TurnInput
from messages.neutral import Message, message_list

# A turn carries an intent by name only when the citizen tapped something of ours.
PAYLOAD = re.compile(r"/[a-z_]+(\{.*\})?", re.DOTALL)
# The button under "this takes longer": its tap brings the fresh reply token for the answer.
COLLECT = re.compile(r'/collect_answer\{"event":([0-9]{1,18})\}')
# LINE's own emoji in a text, whatever its alternative says.
_EMOJI = re.compile(r"\([^()]*\)")
# The kind of an event that no webhook brings: another package has finished what the talk waits for.
CONTINUATION = "continuation"
ATTACHMENT = TurnInput(payload="/share_attachment")
PHOTO = TurnInput(payload='/share_attachment{"attachment": "image"}')
GREETING = TurnInput(payload="/greet")
# About 10 m. Enough for a distance, less than an address.
LOCATION_DECIMALS = 4


def read_turn(kind: str, raw: dict[str, Any]) -> TurnInput | None:
    """Return the turn an event starts, None for an event that only changes a state."""
    if raw.get("mode") == "standby":
        return None
    if kind == "postback":
        return _postback(raw["postback"])
    if kind == CONTINUATION:
        payload = raw["continuation"]["payload"]
        return None if payload is None else TurnInput(payload=payload)
    if kind == "message":
        return _message(raw["message"])
    return GREETING if kind == "follow" else None


def said_first(kind: str, raw: dict[str, Any]) -> Sequence[Message]:
    """Return what a continuation tells the citizen before the dialogue goes on."""
    if kind != CONTINUATION:
        return ()
    return message_list.validate_python(raw["continuation"]["messages"])


def said_text(raw: dict[str, Any]) -> str | None:
    """Return the words of a text message, None for anything else."""
    message = raw.get("message")
    return _text(message) if isinstance(message, dict) else None


def _text(message: dict[str, Any]) -> str | None:
    """Return the words of a message without LINE's own emoji, None where it has no words.

    Each emoji stands in the text as its alternative, `(smile)` or `()`; `emojis` names its place
    in UTF-16 code units (Messaging API reference, "Text message event").
    """
    text = message.get("text")
    if not isinstance(text, str):
        return None
    emojis = message.get("emojis")
    if not isinstance(emojis, list) or not emojis:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    for start, end in sorted(filter(None, map(_span, emojis)), reverse=True):
        # Masked numbers may have moved what follows them: then nothing but an emoji is cut.
        if _EMOJI.fullmatch(units[start:end].decode("utf-16-le", "replace")):
            units = units[:start] + units[end:]
    return units.decode("utf-16-le", "replace")


def _span(emoji: Any) -> tuple[int, int] | None:
    """Return where an emoji begins and ends, in bytes of UTF-16."""
    given = emoji if isinstance(emoji, dict) else {}
    index, length = given.get("index"), given.get("length")
    if not isinstance(index, int) or not isinstance(length, int) or index < 0 or length < 1:
        return None
    return 2 * index, 2 * (index + length)


def says_unblocked(raw: dict[str, Any]) -> bool:
    """Tell whether a follow event comes from somebody who had blocked the account."""
    follow = raw.get("follow")
    return isinstance(follow, dict) and follow.get("isUnblocked") is True


def image_set(raw: dict[str, Any]) -> str | None:
    """Return the id of the set that an image was sent in, None for a message of its own."""
    message = raw.get("message")
    images = message.get("imageSet") if isinstance(message, dict) else None
    set_id = images.get("id") if isinstance(images, dict) else None
    return set_id if isinstance(set_id, str) and set_id else None


def wanted_answer(kind: str, raw: dict[str, Any]) -> int | None:
    """Return the event whose held answer this tap asks for, None for anything else."""
    data = raw["postback"].get("data") if kind == "postback" else None
    match = COLLECT.fullmatch(data) if isinstance(data, str) else None
    return int(match[1]) if match else None


def collect_payload(event_id: int) -> str:
    """Return what the button "show the result" carries."""
    return f'/collect_answer{{"event":{event_id}}}'


def _postback(postback: dict[str, Any]) -> TurnInput | None:
    data = postback.get("data")
    if isinstance(data, str) and PAYLOAD.fullmatch(data):
        return TurnInput(payload=data)
    return None if _is_menu_switch(postback.get("params")) else ATTACHMENT


def _is_menu_switch(params: Any) -> bool:
    """Tell whether a tab of the rich menu was tapped; only its postbacks have these names."""
    return isinstance(params, dict) and ("newRichMenuAliasId" in params or "status" in params)


def _message(message: dict[str, Any]) -> TurnInput:
    if message.get("type") == "text":
        text = _text(message)
        return TurnInput(text=text) if text is not None and _is_visible(text) else ATTACHMENT
    if message.get("type") == "location":
        return _location(message) or ATTACHMENT
    return PHOTO if message.get("type") == "image" else ATTACHMENT


def _location(message: dict[str, Any]) -> TurnInput | None:
    latitude = _degrees(message.get("latitude"), 90)
    longitude = _degrees(message.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    place = {"location": {"latitude": latitude, "longitude": longitude}}
    return TurnInput(payload=f"/share_location{json.dumps(place)}")


def _degrees(value: Any, limit: int) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > limit:
        return None
    return round(float(value), LOCATION_DECIMALS)


def _is_visible(text: str) -> bool:
    """Tell whether anything in the text can be seen (not only blanks and control characters)."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)
