"""Choices as LINE actions."""

from typing import Any

from bot.messages import limits
from kit.links import link
from kit.text import truncate_graphemes
from messages.neutral import Choice, OpenLink, Payload, Say, ShareLocation


def is_usable(choice: Choice) -> bool:
    """Tell whether LINE takes the choice; for one wrong address it refuses the whole call."""
    return not isinstance(choice, OpenLink) or link(choice.url) is not None


def action(choice: Choice, label_limit: int) -> dict[str, Any]:
    """Return the LINE action of a choice. Labels are shortened to LINE's limit, data never."""
    label = truncate_graphemes(choice.label, label_limit)
    match choice:
        case Say():
            text = truncate_graphemes(choice.text, limits.MESSAGE_ACTION_TEXT_GRAPHEMES)
            return {"type": "message", "label": label, "text": text}
        case Payload():
            shown = truncate_graphemes(choice.label, limits.DISPLAY_TEXT_GRAPHEMES)
            return {
                "type": "postback",
                "label": label,
                "data": choice.payload,
                "displayText": shown,
            }
        case OpenLink():
            return {"type": "uri", "label": label, "uri": link(choice.url) or choice.url}
        case ShareLocation():
            return {"type": "location", "label": label}
