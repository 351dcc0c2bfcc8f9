"""Taps on the buttons that the bot itself serves around a handoff, without Rasa."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.handoff import wording
from bot.handoff.rules import RATINGS
from bot.handoff.service import Handoffs
from messages.neutral import Message

_NAME = "/handoff"


class Tap(BaseModel):
    """What such a button carries: leave, queue, message, or rate with `id` and `score`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: str
    id: int = 0
    score: int = 0


def read_tap(kind: str, raw: dict[str, Any]) -> Tap | None:
    """Return what was tapped, None for everything that is no button of these."""
    data = raw["postback"].get("data") if kind == "postback" else None
    if not isinstance(data, str) or not data.startswith(_NAME + "{"):
        return None
    try:
        return Tap.model_validate(json.loads(data.removeprefix(_NAME)))
    except (ValueError, ValidationError):
        return None


class Taps:
    """Does what a tap wants, and says what became of it."""

    def __init__(self, handoffs: Handoffs) -> None:
        """`handoffs` changes who waits."""
        self._handoffs = handoffs

    async def answer(self, citizen_id: str, tap: Tap) -> Sequence[Message]:
        """Return the answer to a tap; one that comes too late gets an honest one."""
        match tap.do:
            case "leave":
                left = await self._handoffs.leave(citizen_id)
                return (wording.LEFT if left else wording.NOT_WAITING,)
            case "queue":
                queued = await self._handoffs.queue_without_matter(citizen_id)
                return (wording.QUEUED if queued else wording.NOT_WAITING,)
            case "message":
                asked = await self._handoffs.ask_for_message(citizen_id)
                return (wording.ASK_MESSAGE if asked else wording.NOT_WAITING,)
            case "rate" if tap.score in RATINGS:
                kept = await self._handoffs.rate(citizen_id, tap.id, tap.score)
                return (wording.THANKS if kept else wording.RATED_ALREADY,)
            case _:
                return (wording.NOT_WAITING,)
