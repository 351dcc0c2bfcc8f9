"""One action for both action servers: the stock one finds it here, ours is given it.

The stock server runs in Rasa's own environment (Python 3.10), so that nothing of ours is imported.
"""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

NAME = "action_bench"


class ActionBench(Action):  # type: ignore[misc]
    """Says a sentence and sets a slot, as most actions do."""

    def name(self) -> str:
        """Return its name."""
        return NAME

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer with what was said."""
        text = str(tracker.latest_message.get("text"))
        dispatcher.utter_message(json_message={"type": "text", "text": text})
        return [SlotSet("said", text)]
