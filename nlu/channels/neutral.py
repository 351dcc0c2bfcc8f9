"""Rasa's bot messages as neutral messages (the shapes of `messages/neutral.py`)."""

from typing import Any

Json = dict[str, Any]


def neutral(message: Json) -> list[Json]:
    """Turn one bot message into neutral messages.

    `custom` is what our actions say and passes through unchanged; `text` and `buttons` come from
    the responses of the domain files. `message` is `BotUttered.message()`.
    """
    messages: list[Json] = []
    if message.get("text"):
        choices = [_choice(button) for button in message.get("buttons") or ()]
        messages.append({"type": "text", "text": message["text"], "choices": choices})
    if message.get("custom"):
        messages.append(message["custom"])
    return messages


def _choice(button: Json) -> Json:
    label, payload = button["title"], button["payload"]
    if payload.startswith("/"):
        return {"kind": "payload", "label": label, "payload": payload}
    return {"kind": "say", "label": label, "text": payload}
