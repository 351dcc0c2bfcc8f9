"""The answer to "where?" of a form that keeps a position: a sent place, or the name of one."""

from typing import Any

from actions.base import ActionContext, Turn
from services.places.contract import PlacesClient

_DOUBT = ("nlu_fallback", "out_of_scope")


async def spot_told(context: ActionContext, turn: Turn, slot: str) -> dict[str, Any]:
    """Return the slot, None in it to ask once more, or nothing when it is another matter."""
    if turn.intent == "share_location":
        here = turn.location
        return {slot: here and {"latitude": here[0], "longitude": here[1]}}
    if turn.text.startswith("/"):
        return {}
    found = await context.client(PlacesClient).resolve(turn.text, asked=True)
    spot = found.places[0].position if found.places and found.whole else None
    if spot is not None:
        return {slot: {"latitude": spot.latitude, "longitude": spot.longitude}}
    return {slot: None} if turn.intent in _DOUBT else {}
