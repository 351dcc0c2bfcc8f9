"""What comes after an answer: 「城西じゃなくて門田」, or a place named late. Pure functions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from actions.base import Turn

_PUT_RIGHT = re.compile(r".{1,12}?(?:じゃ|では)な(?:くて|く)[、。\s]*(?P<right>.+)", re.DOTALL)
_ASKING = re.compile(r"何|なに|なん|どれ|どこ|どう|いつ|だめ|駄目")
_LOOK_BACK = 4
_LEFT = ("cancel", "start_over")


@dataclass(frozen=True)
class Question:
    """What a citizen asked before: the intent, and the words (none for a tapped button)."""

    intent: str
    text: str


def meant(text: str) -> str:
    """Return what a correction puts in the place of the mistake; any other words unchanged."""
    match = _PUT_RIGHT.fullmatch(text.strip())
    return text if match is None or _ASKING.match(match["right"]) else match["right"]


def earlier_questions(turn: Turn) -> Iterator[Question]:
    """Yield what the citizen said in the last messages, newest first, back to where they left."""
    users = [event for event in turn.tracker.events if event.get("event") == "user"]
    for event in reversed(users[-1 - _LOOK_BACK : -1]):
        intent = str(((event.get("parse_data") or {}).get("intent") or {}).get("name") or "")
        if intent in _LEFT:
            return
        text = str(event.get("text") or "")
        yield Question(intent, "" if text.startswith("/") else text)
