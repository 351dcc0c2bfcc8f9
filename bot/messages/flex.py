"""Cards as Flex bubbles. Colour is never the only cue; reading order is the order of the lines."""

import json
from collections.abc import Sequence
from typing import Any

from bot.messages import limits
from bot.messages.choices import action, is_usable
from messages.neutral import Card, Choice, Fact, OpenLink, ShareLocation

Json = dict[str, Any]

# Contrast on white: ink 12.6:1, quiet 5.9:1 (WCAG 2.2 AA asks for 4.5:1).
INK = "#333333"
QUIET = "#626264"
ACCENT = "#0017C1"


def carousel(cards: Sequence[Card]) -> Json | None:
    """Return a bubble or a carousel, or None when the content exceeds LINE's byte limits."""
    bubbles = [_bubble(card) for card in cards[: limits.BUBBLES]]
    if any(_size(bubble) > limits.BUBBLE_BYTES for bubble in bubbles):
        return None
    if len(bubbles) == 1:
        return bubbles[0]
    whole = {"type": "carousel", "contents": bubbles}
    return whole if _size(whole) <= limits.CAROUSEL_BYTES else None


def _size(value: Json) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _bubble(card: Card) -> Json:
    body = [_text(card.title, weight="bold", size="lg", color=INK)]
    if card.subtitle:
        body.append(_text(card.subtitle, size="sm", color=QUIET))
    body.extend(_fact(fact) for fact in card.facts)
    if card.note:
        body.append(_text(card.note, size="sm", color=QUIET, margin="md"))
    bubble: Json = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": body},
    }
    shown = [c for c in card.choices if is_usable(c) and not isinstance(c, ShareLocation)]
    buttons = [_button(choice) for choice in shown]
    if buttons:
        bubble["footer"] = {"type": "box", "layout": "vertical", "contents": buttons}
    return bubble


def _fact(fact: Fact) -> Json:
    return {
        "type": "box",
        "layout": "baseline",
        "spacing": "sm",
        "contents": [
            _text(fact.label, size="sm", color=QUIET, flex=2),
            _text(fact.value, size="sm", color=INK, flex=5),
        ],
    }


def _text(text: str, **style: Any) -> Json:
    # LINE refuses an empty text component.
    return {"type": "text", "text": text or " ", "wrap": True, **style}


def _button(choice: Choice) -> Json:
    kind = "link" if isinstance(choice, OpenLink) else "secondary"
    button: Json = {"type": "button", "height": "sm", "style": kind}
    if kind == "link":
        button["color"] = ACCENT
    button["action"] = action(choice, limits.FLEX_BUTTON_LABEL_GRAPHEMES)
    return button
