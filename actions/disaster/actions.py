"""`ask_alert_status` and `report_safety`: the present state, and how people are."""

import re
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext, CityAction, CityForm, Events, Turn
from actions.disaster import messages
from actions.disaster.safety_parsing import Heard, read_safety
from actions.disaster.timeline import MyTimeline
from actions.faq.actions import AnswerFaq
from actions.matters.nouns_parsing import names_abroad
from actions.spot import spot_told
from bot.preferences.contract import PreferencesClient
from kit.errors import NotFoundError, UnavailableError
from services.disaster.contract import (
    AlertQuestion,
    DisasterClient,
    SafetyPlace,
    SafetyReport,
    SafetyState,
)
from services.places.contract import PlacesClient

FORM = "safety_place_form"
PLACE = "safety_place"
_STRUCTURAL = ("action_listen", "action_extract_slots", "action_validate_slot_mappings", FORM)


class AskAlertStatus(CityAction):
    """Serves `ask_alert_status`: for the districts that are named, else the citizen's own."""

    action_name: ClassVar[str] = "action_disaster_status"

    async def act(self, turn: Turn) -> Events:
        """Say what is in force, how old that is, and where to look when nothing is heard."""
        asked = AlertQuestion(districts=await self._districts(turn), language=turn.language)
        found = await self.context.client(DisasterClient).status(asked)
        page = self.context.settings.public_base_url.rstrip("/") + "/disaster/"
        turn.say(messages.status(found, page))
        return []

    async def _districts(self, turn: Turn) -> tuple[str, ...]:
        if not turn.text.startswith("/"):
            named = (await self.context.client(PlacesClient).resolve(turn.text)).districts
            if named:
                return named
        try:
            chosen = await self.context.client(PreferencesClient).get(turn.citizen_id)
        except (NotFoundError, UnavailableError):
            return ()
        return chosen.areas


# Who cannot clear the snow wants a hand, not a search party.
_SNOW = re.compile(r"雪下ろし|雪おろし|雪降ろし|雪かき|雪片付け|除雪|雪寄せ")


class ReportSafety(CityAction):
    """Serves `report_safety`: 119 first where help is needed, then the desk's list."""

    action_name: ClassVar[str] = "action_disaster_safety"

    async def act(self, turn: Turn) -> Events:
        """Take the report, or ask how they are."""
        heard = _heard(turn)
        if heard.state is None and _SNOW.search(turn.text):
            return await AnswerFaq(self.context).act(turn)
        if heard.state is None and not names_abroad(turn.intent, turn.text):
            # It knows this module's words.
            from actions.talking.fallback import Fallback

            return await Fallback(self.context).act(turn)
        if heard.state is None:
            turn.say(messages.how_are_you())
            return []
        needs_help = heard.state is SafetyState.needs_help
        if needs_help and not turn.warned:
            turn.say(messages.HELP_FIRST)
        report = SafetyReport(
            key=f"safety:{turn.turn_id}",
            citizen_id=turn.citizen_id,
            state=heard.state,
            for_other=heard.for_other,
            people=heard.people,
        )
        await self.context.client(DisasterClient).report_safety(report)
        if not needs_help:
            turn.say(messages.noted_safe())
            return []
        turn.say(messages.noted_help())
        return [SlotSet(PLACE, None), FollowupAction(FORM)]


def _heard(turn: Turn) -> Heard:
    tapped = turn.entity("safety")
    if turn.said.startswith("/"):
        known = tapped in list(SafetyState)
        return Heard(SafetyState(tapped) if known and tapped else None)
    return read_safety(turn.said)


class AskPlace(CityAction):
    """Ask where they are: the question of the form."""

    action_name: ClassVar[str] = f"action_ask_{PLACE}"

    async def act(self, turn: Turn) -> Events:
        """Ask; or leave the form silently when another matter was answered meanwhile."""
        ours = (*_STRUCTURAL, ReportSafety.action_name)
        if any(name not in ours for name in _actions_of_turn(turn)):
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        again = turn.slot("requested_slot") == PLACE and turn.intent != "report_safety"
        turn.say(messages.ask_place(again=again))
        return []


def _actions_of_turn(turn: Turn) -> list[str]:
    names: list[str] = []
    for event in reversed(turn.tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "action":
            names.append(str(event.get("name")))
    return names


class NotePlace(CityAction):
    """Add the place to the report. Says nothing when the form was left for another matter."""

    action_name: ClassVar[str] = "action_disaster_place"

    async def act(self, turn: Turn) -> Events:
        """Say "noted" only when it is."""
        given = turn.slot(PLACE)
        if not isinstance(given, dict):
            return []
        place = SafetyPlace(citizen_id=turn.citizen_id, **given)
        answer = await self.context.client(DisasterClient).add_place(place)
        turn.say(messages.noted_place() if answer.taken else messages.place_too_late())
        return [SlotSet(PLACE, None)]


class PlaceForm(CityForm):
    """Take the answer to "where?": a sent place, or the name of one in the city."""

    form = FORM
    slots = (PLACE,)

    async def extract_safety_place(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the slot, None to ask once more, or nothing when it is another matter."""
        return await spot_told(self.context, Turn(dispatcher, tracker), PLACE)

    async def validate_safety_place(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Keep what `extract_safety_place` found; it is checked there."""
        return {PLACE: value}


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    return [
        AskAlertStatus(context),
        ReportSafety(context),
        AskPlace(context),
        NotePlace(context),
        PlaceForm(context),
        MyTimeline(context),
    ]
