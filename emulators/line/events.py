"""Webhook events as LINE builds them (webhook.yml)."""

from emulators.line import ids
from emulators.line.errors import ControlError, Json

QUOTABLE = frozenset({"text", "image", "video", "sticker"})
STORED = frozenset({"image", "video", "audio", "file"})
# A sticker of the official list of sendable ones, for callers that do not care which.
_DEFAULT_STICKER = {"packageId": "446", "stickerId": "1988", "stickerResourceType": "STATIC"}
_REQUIRED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "text": {"text": str},
    "location": {"latitude": (int, float), "longitude": (int, float)},
}


def event(
    kind: str, source: Json | None, now_ms: int, *, standby: bool = False, **more: object
) -> Json:
    """Return the common frame of every event with `more` behind it; some have no source."""
    return {
        "type": kind,
        "mode": "standby" if standby else "active",
        "timestamp": now_ms,
        **({"source": source} if source else {}),
        "webhookEventId": ids.ulid(now_ms),
        "deliveryContext": {"isRedelivery": False},
        **more,
    }


def chats_of(event: Json) -> tuple[str, ...]:
    """Return the ids of the chat and the person of an event, the chat first."""
    source = event.get("source") or {}
    names = ("groupId", "roomId", "userId")
    return tuple(source[name] for name in names if isinstance(source.get(name), str))


def message_content(wanted: Json, now_ms: int, size: int) -> Json:
    """Return the `message` object of an event; unknown types pass as they are.

    `size` is the length of the stored file in bytes. Raises ControlError for a missing property.
    """
    kind = wanted.get("type")
    if not isinstance(kind, str):
        raise ControlError(400, "Send a 'type': text, sticker, location, image, postback…")
    for name, types in _REQUIRED.get(kind, {}).items():
        if not isinstance(wanted.get(name), types) or isinstance(wanted.get(name), bool):
            raise ControlError(400, f"A {kind} message needs '{name}'.")
    message: Json = {"id": ids.message_id(now_ms), "markAsReadToken": ids.opaque_token(30)}
    if kind in QUOTABLE:
        message["quoteToken"] = ids.opaque_token(66)
    if kind == "sticker":
        message |= _DEFAULT_STICKER
    if kind in ("image", "video", "audio"):
        message["contentProvider"] = {"type": "line"}
    if kind == "file":
        message |= {"fileName": "file.bin", "fileSize": size}
    return message | {k: v for k, v in wanted.items() if k not in ("content", "contentType")}


def postback_content(wanted: Json) -> Json:
    """Return the `postback` object. Raises ControlError when `data` is missing."""
    data = wanted.get("data")
    if not isinstance(data, str):
        raise ControlError(400, "A postback needs 'data'.")
    content: Json = {"data": data}
    if wanted.get("params") is not None:
        content["params"] = wanted["params"]
    return content
