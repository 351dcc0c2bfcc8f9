"""A conversation at the level of actions, for skills with a form that has the first look."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from messages.neutral import Cards, Confirm, Message, Payload, message_list

_events: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(list[dict[str, Any]])


class FormTalk:
    """One conversation. It does what Rasa does with a skill's rules and its form."""

    def __init__(
        self, made: Sequence[Action], rules: Mapping[str, str], form: str, citizen: str
    ) -> None:
        self.actions = {action.name(): action for action in made}
        self.rules, self.form, self.citizen = rules, form, citizen
        self.slots: dict[str, Any] = {}
        self.past: list[dict[str, Any]] = []
        self.open = False
        self.turn = 0
        self.answers: list[Message] = []

    async def hear(self, text: str, intent: str = "", **entities: Any) -> str:
        self.turn += 1
        intent = intent or next(iter(self.rules))
        parsed = {
            "text": text,
            "intent": {"name": intent},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }
        self.past.append(
            {
                "event": "user",
                "text": text,
                "parse_data": parsed,
                "metadata": {"turn_id": f"line-{self.turn}"},
            }
        )
        self.answers = []
        if self.open and intent != "cancel" and await self._form(parsed):
            return self.words
        if intent in self.rules:
            events = await self._run(self.rules[intent], parsed)
            self.open = self.open or any(event["event"] == "followup" for event in events)
            self.open = self.open and intent != "cancel"
        if self.open:
            self.past += [{"event": "bot"}] if self.answers else []
            await self._form(parsed)
        return self.words

    async def tap(self, label: str) -> str:
        [choice] = [c for c in self.choices if c.label == label]
        assert isinstance(choice, Payload)
        return await self.press(choice.payload)

    async def press(self, payload: str) -> str:
        name, brace, rest = payload[1:].partition("{")
        return await self.hear(payload, name, **(json.loads(brace + rest) if brace else {}))

    async def pin(self, lat: float, lon: float) -> str:
        place = {"latitude": lat, "longitude": lon}
        self.slots["location"] = place
        return await self.hear("/share_location", "share_location", location=place)

    async def photo(self) -> str:
        return await self.hear("/share_attachment{}", "share_attachment", attachment="image")

    @property
    def choices(self) -> list[Any]:
        found: list[Any] = []
        for answer in self.answers:
            found += answer.choices
            if isinstance(answer, Confirm):
                found += [answer.yes, answer.no]
            if isinstance(answer, Cards):
                found += [choice for card in answer.cards for choice in card.choices]
        return found

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.choices]

    @property
    def words(self) -> str:
        return "\n".join(a.summary if isinstance(a, Cards) else a.text for a in self.answers)

    async def _form(self, parsed: dict[str, Any]) -> bool:
        before = list(self.answers)
        events = await self._run(f"validate_{self.form}", parsed)
        slots = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
        if not slots:
            self.answers = before
            self.past.append({"event": "action_execution_rejected", "name": self.form})
            return False
        self.open = slots["requested_slot"] is not None
        return True

    async def _run(self, name: str, parsed: dict[str, Any]) -> list[dict[str, Any]]:
        pending = self.form.replace("_form", "_pending")
        form = {"name": self.form} if self.slots.get(pending) else {}
        tracker = Tracker(
            self.citizen, dict(self.slots), parsed, list(self.past), False, None, form, None
        )
        dispatcher = CollectingDispatcher()
        events = _events.validate_python(await self.actions[name].run(dispatcher, tracker, {}))
        self.past.extend(events)
        self.slots.update({e["name"]: e["value"] for e in events if e["event"] == "slot"})
        said = [message["custom"] for message in dispatcher.messages]
        self.answers.extend(message_list.validate_python(said))
        return events
