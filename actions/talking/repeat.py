"""「もう一回」: the last answer once more, and a question about waste stays open."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Events, Turn
from actions.talking.repeat_parsing import asks_again
from actions.waste.actions import FORM, PENDING


def say_again(turn: Turn) -> Events | None:
    """Repeat the last answer if the words ask for it; None when they do not, or nothing was said.

    A question about waste that was open is open again.
    """
    said = _last_answer(turn) if asks_again(turn.text) else []
    if not said:
        return None
    for message in said:
        turn.dispatcher.utter_message(json_message=message)
    pending = turn.slot(PENDING)
    return [SlotSet(PENDING, pending), FollowupAction(FORM)] if pending else []


def _last_answer(turn: Turn) -> list[dict[str, object]]:
    """Return the neutral messages said to the message before the latest one."""
    answers: list[list[dict[str, object]]] = [[]]
    for event in turn.tracker.events:
        if event.get("event") == "user":
            answers.append([])
        elif event.get("event") == "bot" and (custom := (event.get("data") or {}).get("custom")):
            answers[-1].append(custom)
    return answers[-2] if len(answers) > 1 else []
