"""`set_field`: who farms or hunts enters a place, and hears of beasts and traps near it."""

from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext, CityAction, CityForm, Events, Turn
from actions.spot import spot_told
from kit.wording import translated
from messages.neutral import Message, Payload, ShareLocation, Text
from services.sensors.contract import FieldsOf, NewField, SensorsClient

FORM, PLACE = "field_form", "field_place"
_STRUCTURAL = ("action_listen", "action_extract_slots", "action_validate_slot_mappings", FORM)
_FORGET = Payload(label="登録を消す", payload='/set_field{"field": "forget"}')
_CANCEL = Payload(label="やめる", payload="/cancel")
_MORE = Payload(label="ほかの場所も登録", payload="/set_field")


class SetField(CityAction):
    """Serves `set_field`: asks for the place, or forgets those that were entered."""

    action_name: ClassVar[str] = "action_sensors_field"

    async def act(self, turn: Turn) -> Events:
        """Say what it is for and ask; erase on request."""
        client, whose = self.context.client(SensorsClient), FieldsOf(citizen_id=turn.citizen_id)
        if turn.entity("field") == "forget":
            await client.forget_fields(whose)
            turn.say(forgotten())
            return []
        turn.say(purpose((await client.fields(whose)).fields))
        return [SlotSet(PLACE, None), FollowupAction(FORM)]


class AskField(CityAction):
    """Ask where the field is: the question of the form."""

    action_name: ClassVar[str] = f"action_ask_{PLACE}"

    async def act(self, turn: Turn) -> Events:
        """Ask; or leave the form silently when another matter was answered meanwhile."""
        ours = (*_STRUCTURAL, SetField.action_name)
        if any(name not in ours for name in _actions_of_turn(turn)):
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        again = turn.slot("requested_slot") == PLACE and turn.intent != "set_field"
        turn.say(ask_place(again=again))
        return []


def _actions_of_turn(turn: Turn) -> list[str]:
    names: list[str] = []
    for event in reversed(turn.tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "action":
            names.append(str(event.get("name")))
    return names


class NoteField(CityAction):
    """Enter the field. Says nothing when the form was left for another matter."""

    action_name: ClassVar[str] = "action_sensors_field_noted"

    async def act(self, turn: Turn) -> Events:
        """Say "entered" only when it is."""
        given = turn.slot(PLACE)
        if not isinstance(given, dict):
            return []
        new = NewField(citizen_id=turn.citizen_id, **given)
        turn.say(noted((await self.context.client(SensorsClient).add_field(new)).fields))
        return [SlotSet(PLACE, None)]


class FieldForm(CityForm):
    """Take the answer to "where?": a sent place, or the name of one in the city."""

    form = FORM
    slots = (PLACE,)

    async def extract_field_place(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the slot, None to ask once more, or nothing when it is another matter."""
        return await spot_told(self.context, Turn(dispatcher, tracker), PLACE)

    async def validate_field_place(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Keep what `extract_field_place` found; it is checked there."""
        return {PLACE: value}


def purpose(fields: int) -> Message:
    """Say what an entered field is for."""
    lines = [
        translated(
            "畑や猟場の近くで、わなが動いたときや、カメラに動物が写ったときにお知らせします。"
        )
    ]
    if fields:
        lines.append(translated("いま{fields}か所が登録されています。", fields=fields))
    return Text(text="\n".join(lines), choices=(_FORGET, _CANCEL) if fields else ())


def ask_place(*, again: bool) -> Message:
    """Ask where the field is."""
    lines = [translated("場所がわかりませんでした。")] if again else []
    lines.append(translated("下のボタンから、畑や猟場の場所を送ってください。"))
    choices = (ShareLocation(label="畑の場所を送る"), _FORGET, _CANCEL)
    return Text(text="\n".join(lines), choices=choices)


def noted(fields: int) -> Message:
    """Say that it is entered."""
    lines = (
        translated(
            "登録しました（いま{fields}か所）。近くで何かあれば、お知らせします。", fields=fields
        ),
        translated("場所は、あなたの鍵で暗号化して保管します。"),
    )
    return Text(text="\n".join(lines), choices=(_MORE, _FORGET))


def forgotten() -> Message:
    """Say that nothing is entered any more."""
    return Text(text=translated("登録した場所をすべて消しました。"), choices=(_MORE,))


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this part of the skill."""
    return [SetField(context), AskField(context), NoteField(context), FieldForm(context)]
