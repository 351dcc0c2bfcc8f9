"""Message objects with the limits that the definitions leave out."""

import re
from collections.abc import Callable

from emulators.line.errors import Json
from emulators.line.validation.actions import quick_reply_action
from emulators.line.validation.flex import check_flex
from emulators.line.validation.imagemap import imagemap_parts
from emulators.line.validation.rules import (
    INVALID_PROPERTY,
    Report,
    Rule,
    array,
    integer,
    media_url,
    number,
    obj,
    one_of,
    string,
    variant,
)
from emulators.line.validation.templates import template

MAX_TEXT = 5000
MAX_ALT_TEXT = 1500
_TRACKING_ID = r"[a-zA-Z0-9\-.=,+*()%$&;:@{}!?<>\[\]]{1,100}"
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_KEY = re.compile(r"[0-9A-Za-z_]{1,20}")
_PROTECTED_NAME = re.compile(r"\bLINE\b", re.IGNORECASE | re.ASCII)


def _check_sender(report: Report, sender: Json, path: str) -> None:
    if _PROTECTED_NAME.search(sender.get("name") or ""):
        report.add(report.child(path, "name"), "invalid sender name")


def _check_emojis(report: Report, message: Json, path: str) -> None:
    units = message["text"].encode("utf-16-le")
    for index, emoji in enumerate(message.get("emojis") or []):
        start = emoji["index"] * 2
        if units[start : start + 2] != b"$\x00":
            where = report.item(report.child(path, "emojis"), index)
            report.add(report.child(where, "index"), "Must point at a '$' in the text")


def _check_substitution(report: Report, message: Json, path: str) -> None:
    substitution = message.get("substitution") or {}
    where = report.child(path, "substitution")
    if len(substitution) > 100:
        report.add(where, "Size must be between 0 and 100")
    for kind, most in (("mention", 20), ("emoji", 20)):
        if sum(s.get("type") == kind for s in substitution.values() if isinstance(s, dict)) > most:
            report.add(where, f"There may be at most {most} objects of the type {kind}")
    for key, value in substitution.items():
        if not _KEY.fullmatch(key):
            report.add(report.child(where, key), INVALID_PROPERTY)
        else:
            _substitute(report, value, report.child(where, key))
    _check_placeholders(report, message["text"], substitution, report.child(path, "text"))


def _check_placeholders(report: Report, text: str, substitution: Json, path: str) -> None:
    for found in _PLACEHOLDER.finditer(text):
        if found[0] in ("{", "}"):
            report.add(path, "Braces must be paired; write {{ and }} for literal ones")
        elif found[1] is not None and found[1] not in substitution:
            report.add(path, f"The placeholder {found[0]} has no substitution")


_target = variant(
    {"user": obj({"type": string(), "userId": string(1)}), "all": obj({"type": string()})}
)
_substitute = variant(
    {
        "mention": obj({"type": string(), "mentionee": _target}),
        "emoji": obj({"type": string(), "productId": string(1), "emojiId": string(1)}),
    }
)


def _any_object(report: Report, value: object, path: str) -> None:
    if not isinstance(value, dict):
        report.add(path, INVALID_PROPERTY)


_quick_reply = obj(
    {
        "items": array(
            obj(
                {"type": one_of("action"), "action": quick_reply_action},
                {"imageUrl": media_url},
            ),
            1,
            13,
        )
    }
)
_sender = obj({}, {"name": string(1, 20), "iconUrl": media_url}, _check_sender)
_emoji = obj({"index": integer(0), "productId": string(1), "emojiId": string(1)})
_alt_text = string(1, MAX_ALT_TEXT)
_digits = string(1, 20, pattern=r"\d+")


def _message(
    required: dict[str, Rule],
    optional: dict[str, Rule],
    also: Callable[[Report, Json, str], None] | None = None,
) -> Rule:
    common = {"quickReply": _quick_reply, "sender": _sender}
    return obj({"type": string(), **required}, {**optional, **common}, also)


message = variant(
    {
        "text": _message(
            {"text": string(1, MAX_TEXT)},
            {"emojis": array(_emoji, 0, 20), "quoteToken": string(1)},
            _check_emojis,
        ),
        "textV2": _message(
            {"text": string(1, MAX_TEXT)},
            {"substitution": _any_object, "quoteToken": string(1)},
            _check_substitution,
        ),
        "sticker": _message(
            {"packageId": _digits, "stickerId": _digits}, {"quoteToken": string(1)}
        ),
        "image": _message({"originalContentUrl": media_url, "previewImageUrl": media_url}, {}),
        "video": _message(
            {"originalContentUrl": media_url, "previewImageUrl": media_url},
            {"trackingId": string(pattern=_TRACKING_ID)},
        ),
        "audio": _message({"originalContentUrl": media_url, "duration": integer(1)}, {}),
        "location": _message(
            {
                "title": string(1, 100),
                "address": string(1, 100),
                "latitude": number(-90, 90),
                "longitude": number(-180, 180),
            },
            {},
        ),
        "imagemap": _message({"altText": _alt_text, **imagemap_parts[0]}, imagemap_parts[1]),
        "template": _message({"altText": _alt_text, "template": template}, {}),
        "flex": _message({"altText": _alt_text, "contents": check_flex}, {}),
        "coupon": _message(
            {"couponId": string(1)}, {"deliveryTag": string(pattern=r"[A-Za-z0-9_]{1,30}")}
        ),
    }
)
messages = array(message, 1, 5)
