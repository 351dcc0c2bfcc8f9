"""Finding a refuge or a public facility: by name, by kind, by a sent place or a named one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext, CityAction, CityForm, Events, Turn
from actions.facilities import messages
from actions.facilities.beyond import answer_beyond
from actions.facilities.elsewhere_parsing import elsewhere
from actions.facilities.open_state import with_open_state
from actions.facilities.opening import asked_day, opening_line, place_asked
from actions.procedures.actions import GuideProcedure
from actions.procedures.asking_parsing import asks_what_to_do
from actions.procedures.parsing import life_event
from kit.wording import translated
from messages.hazards import DESIGNATED, Hazard
from messages.neutral import Text
from services.facilities.contract import (
    FacilitiesClient,
    Kind,
    NearestQuery,
    Origin,
    Place,
    Reading,
)

FORM = "facilities_origin_form"
ORIGIN = "facilities_origin"
WANTED = "facilities_wanted"
# People walk on, and forget what they asked: an older place or question is not used.
FRESH = timedelta(minutes=10)
# A longer sentence that names no place is another question, not a misspelt place.
LONGEST_PLACE = 20
_QUESTION = re.compile(r"(?:[?？]|か[。 　]*)$")
_PARKING = "駐車場"
HERE = "送っていただいた場所"
_STRUCTURAL = ("action_listen", "action_extract_slots", "action_validate_slot_mappings", FORM)
_MAY_NAME_A_PLACE = ("ask_shelter", "ask_facility", "nlu_fallback", "out_of_scope")


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for, kept while they are asked where."""

    kind: Kind
    hazards: tuple[Hazard, ...] = ()
    category: str = ""
    danger: bool = False
    snow: bool = False

    def slot(self, now: datetime) -> dict[str, Any]:
        """Return the value of the slot, JSON."""
        return {
            "kind": self.kind.value,
            "hazards": [hazard.value for hazard in self.hazards],
            "category": self.category,
            "danger": self.danger,
            "snow": self.snow,
            "at": now.isoformat(),
        }


def wanted_from(slot: Any, now: datetime) -> Wanted | None:
    """Read the slot back; None when it is empty or no longer fresh."""
    if not isinstance(slot, dict) or now - datetime.fromisoformat(slot["at"]) > FRESH:
        return None
    return Wanted(
        kind=Kind(slot["kind"]),
        hazards=tuple(map(Hazard, slot["hazards"])),
        category=str(slot["category"]),
        danger=bool(slot["danger"]),
        snow=bool(slot.get("snow")),
    )


def words_of(turn: Turn) -> str:
    """Return the citizen's words; of a tapped button, the values that it carries."""
    if not turn.text.startswith("/"):
        return turn.text
    return " ".join(filter(None, (turn.entity("landmark"), turn.entity("facility"))))


def recent_place(turn: Turn, now: datetime) -> Origin | None:
    """Return the place that the citizen sent in the last minutes."""
    for event in reversed(turn.tracker.events):
        intent = (event.get("parse_data") or {}).get("intent") or {}
        if event.get("event") != "user" or intent.get("name") != "share_location":
            continue
        if now.timestamp() - float(event.get("timestamp") or 0) > FRESH.total_seconds():
            return None
        return _here(turn.location)
    return None


def _here(location: tuple[float, float] | None) -> Origin | None:
    if location is None:
        return None
    latitude, longitude = round(location[0], 4), round(location[1], 4)
    return Origin(name=HERE, latitude=latitude, longitude=longitude, approximate=False)


class _PlacesAction(CityAction):
    """What the actions here share: answer when it is known from where, else ask."""

    async def _answer_or_ask(self, turn: Turn, wanted: Wanted, origin: Origin | None) -> Events:
        now = self.context.clock()
        keep = SlotSet(WANTED, wanted.slot(now))
        start = origin or recent_place(turn, now)
        if start is None:
            return [keep, SlotSet(ORIGIN, None), FollowupAction(FORM)]
        await self._answer(turn, wanted, start)
        return [keep, *_leave_form(turn)]

    async def _answer(self, turn: Turn, wanted: Wanted, start: Origin) -> None:
        nearest = await self.context.client(FacilitiesClient).nearest(
            NearestQuery(
                latitude=start.latitude,
                longitude=start.longitude,
                kind=wanted.kind,
                hazards=wanted.hazards,
                category=wanted.category,
            )
        )
        name = start.name
        leave_place(turn, wanted.kind, wanted.hazards, wanted.category, name)
        if start.approximate:
            name = translated("{place}（おおよその位置）", place=name)
        landmark = "" if start.name == HERE else start.name
        if nearest.outside_city:
            turn.say(messages.outside(name))
        elif not nearest.designated:
            turn.say(messages.undesignated(wanted.hazards, landmark, nearest))
        elif not nearest.places:
            missing = wanted.category or "ご案内できる場所"
            turn.say(messages.no_such_facility(missing, demonstration=nearest.demonstration))
        elif wanted.kind is Kind.facility:
            turn.say(
                messages.facility_intro(wanted.category, name),
                messages.cards(
                    nearest.places, messages.facility_choices(wanted.category, can_be_near=False)
                ),
            )
        else:
            choices = messages.refuge_choices(
                wanted.kind, wanted.hazards, landmark, danger=wanted.danger
            )
            places = await with_open_state(self.context, nearest.places)
            turn.say(
                messages.snow_intro(name, places)
                if wanted.snow
                else messages.refuge_intro(wanted.kind, wanted.hazards, name, places),
                messages.cards(places, choices),
            )


def leave_place(
    turn: Turn, kind: Kind, hazards: Sequence[Hazard], category: str, name: str
) -> None:
    """Keep what was looked for, and from where, as what was last talked about."""
    where = None if name == HERE else name
    if kind is Kind.facility:
        turn.leave_topic("ask_facility", {"landmark": where, "facility": category})
        return
    labels = " ".join(hazard.label for hazard in hazards)
    turn.leave_topic("ask_shelter", {"landmark": where, "hazard": labels})


def _leave_form(turn: Turn) -> Events:
    """An answer ends the question that was open."""
    if turn.tracker.active_loop_name != FORM:
        return []
    return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet(ORIGIN, None)]


class AskShelter(_PlacesAction):
    """Answer `ask_shelter`."""

    action_name: ClassVar[str] = "action_facilities_shelter"

    async def act(self, turn: Turn) -> Events:
        """Warn first, then name refuges or ask where the citizen is."""
        if answer := await answer_beyond(self.context, turn):
            turn.say(answer)
            return _leave_form(turn)
        reading = await self.context.client(FacilitiesClient).read(words_of(turn))
        if reading.danger and not turn.warned:
            turn.say(messages.EMERGENCY)
        if reading.snow:
            turn.say(messages.SNOW)
        tapped = turn.entity("hazard")
        hazards = (Hazard(tapped),) if tapped in DESIGNATED else reading.hazards
        snow = reading.snow
        if not (hazards or snow) and turn.tracker.active_loop_name == FORM:
            # "城西の避難所です" answers "where?" and keeps the flood of the question before.
            before = wanted_from(turn.slot(WANTED), self.context.clock())
            hazards = before.hazards if before else ()
            snow = before.snow if before else False
        kind = _refuge(turn, reading)
        if snow and kind is Kind.emergency_site:
            kind = Kind.shelter
        wanted = Wanted(kind, hazards, danger=reading.danger, snow=snow)
        return await self._answer_or_ask(turn, wanted, reading.origin)


def _refuge(turn: Turn, reading: Reading) -> Kind:
    """What was tapped; else what the words ask for, but in danger always a place to run to."""
    tapped = turn.entity("refuge")
    if tapped in (Kind.shelter, Kind.welfare_shelter):
        return Kind(tapped)
    return Kind.emergency_site if reading.danger else reading.shelter_kind


class AskFacility(_PlacesAction):
    """Answer `ask_facility`."""

    action_name: ClassVar[str] = "action_facilities_facility"

    async def act(self, turn: Turn) -> Events:
        """Tell of the named facility, else of the category, else ask which."""
        if answer := await answer_beyond(self.context, turn):
            turn.say(answer)
            return [SlotSet(WANTED, None), *_leave_form(turn)]
        if (event := life_event(turn.said)) and asks_what_to_do(turn.said):
            # 「七日町でカフェを開きたい。市役所に何を出しますか」 names the city hall by the way.
            guided = await GuideProcedure(self.context).guide(turn, event)
            return [SlotSet(WANTED, None), *_leave_form(turn), *guided]
        reading = await self.context.client(FacilitiesClient).read(words_of(turn))
        if reading.danger and not turn.warned:
            turn.say(messages.EMERGENCY)
        beside = parking_of(reading)
        if reading.category and beside is None:
            return await self._category(turn, reading)
        places = (beside,) if beside else reading.places
        if not places and (asked := await place_asked(self.context, turn)):
            places = (asked,)
        if places:
            turn.leave_topic("ask_facility", {"facility": places[0].name})
            self._named(turn, places, ask_there=beside is not None)
            return [SlotSet(WANTED, None), *_leave_form(turn)]
        if other := elsewhere(turn.text):
            turn.say(messages.not_ours(other))
            return [SlotSet(WANTED, None), *_leave_form(turn)]
        suggestions = await self.context.client(FacilitiesClient).suggestions()
        turn.say(messages.which_facility(suggestions.categories))
        return [SlotSet(WANTED, None), *_leave_form(turn)]

    def _named(self, turn: Turn, places: tuple[Place, ...], *, ask_there: bool) -> None:
        """Tell of facilities by name: first whether the first of them is open."""
        is_open = opening_line(self.context, places[0], self._day(turn))
        intro = messages.facility_intro(places[0].name)
        lines = [is_open, intro.text, *([messages.ASK_THERE] if ask_there else [])]
        turn.say(
            Text(text="\n".join(filter(None, lines))),
            messages.cards(places, messages.facility_choices("", can_be_near=False)),
        )

    def _day(self, turn: Turn) -> date:
        today = self.context.clock().astimezone(self.context.settings.timezone).date()
        return asked_day(turn, today)

    async def _category(self, turn: Turn, reading: Reading) -> Events:
        wanted = Wanted(Kind.facility, category=reading.category, danger=reading.danger)
        if not reading.category_size:
            turn.say(
                messages.no_such_facility(reading.category, demonstration=reading.demonstration)
            )
            return [SlotSet(WANTED, None), *_leave_form(turn)]
        now = self.context.clock()
        if reading.category_places and not (reading.origin or recent_place(turn, now)):
            several = reading.category_size > 1
            turn.leave_topic("ask_facility", {"facility": reading.category})
            first = reading.category_places[0]
            is_open = "" if several else opening_line(self.context, first, self._day(turn))
            intro = messages.facility_intro(reading.category)
            turn.say(
                Text(text=f"{is_open}\n{intro.text}") if is_open else intro,
                messages.cards(
                    reading.category_places,
                    messages.facility_choices(reading.category, can_be_near=several),
                ),
            )
            return [SlotSet(WANTED, wanted.slot(now)), *_leave_form(turn)]
        return await self._answer_or_ask(turn, wanted, reading.origin)


def parking_of(reading: Reading) -> Place | None:
    """Return the facility whose own car park is asked for: 「河東支所の駐車場」."""
    if reading.category != _PARKING or not reading.places:
        return None
    first = reading.places[0]
    return None if _PARKING in first.categories else first


class Nearest(_PlacesAction):
    """Go on after a place was sent or named: answer what was asked, or ask what it is for."""

    action_name: ClassVar[str] = "action_facilities_nearest"

    async def act(self, turn: Turn) -> Events:
        """Answer from the place given. Says nothing when the form was left for another matter."""
        given = turn.slot(ORIGIN)
        origin = Origin.model_validate(given) if given else None
        if origin is None and turn.intent == "share_location":
            origin = _here(turn.location)
        if origin is None:
            return []
        wanted = wanted_from(turn.slot(WANTED), self.context.clock())
        if wanted is None:
            turn.say(messages.what_near_here())
        else:
            await self._answer(turn, wanted, origin)
        return [SlotSet(ORIGIN, None)]


class AskOrigin(CityAction):
    """Ask where the citizen is: the question of the form."""

    action_name: ClassVar[str] = f"action_ask_{ORIGIN}"

    async def act(self, turn: Turn) -> Events:
        """Ask; or leave the form silently when another matter was answered meanwhile."""
        if _another_matter(turn.tracker.events):
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        suggestions = await self.context.client(FacilitiesClient).suggestions()
        again = turn.slot("requested_slot") == ORIGIN and not _asked_anew(turn.tracker.events)
        wanted = wanted_from(turn.slot(WANTED), self.context.clock())
        danger = wanted is not None and wanted.danger
        turn.say(messages.ask_where(suggestions.landmarks, again=again, danger=danger))
        return []


def _actions_of_turn(events: Sequence[Any]) -> list[str]:
    """Return the names of the actions run since the citizen's last message."""
    names: list[str] = []
    for event in reversed(events):
        if event.get("event") == "user":
            break
        if event.get("event") == "action":
            names.append(str(event.get("name")))
    return names


def _another_matter(events: Sequence[Any]) -> bool:
    ours = (*_STRUCTURAL, AskShelter.action_name, AskFacility.action_name)
    return any(name not in ours for name in _actions_of_turn(events))


def _asked_anew(events: Sequence[Any]) -> bool:
    asked = (AskShelter.action_name, AskFacility.action_name)
    return any(name in asked for name in _actions_of_turn(events))


class OriginForm(CityForm):
    """Take the answer to "where?": a sent place, or the name of one."""

    form = FORM
    slots = (ORIGIN,)

    async def extract_facilities_origin(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the slot, None to ask once more, or nothing when it is another matter."""
        turn = Turn(dispatcher, tracker)
        if turn.intent == "share_location":
            here = _here(turn.location)
            return {ORIGIN: here.model_dump() if here else None}
        reading = await self.context.client(FacilitiesClient).read(words_of(turn))
        if turn.intent not in _MAY_NAME_A_PLACE and not reading.only_origin:
            return {}
        if reading.origin is not None and (reading.only_origin or not _asks_anew(turn, reading)):
            return {ORIGIN: reading.origin.model_dump()}
        unknown = turn.intent in ("nlu_fallback", "out_of_scope")
        misspelt = unknown and len(turn.text) <= LONGEST_PLACE and not _QUESTION.search(turn.text)
        return {ORIGIN: None} if misspelt else {}

    async def validate_facilities_origin(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Keep what `extract_facilities_origin` found; it is checked there."""
        return {ORIGIN: value}


def _asks_anew(turn: Turn, reading: Reading) -> bool:
    """A sentence with a subject of its own is a new question, not an answer."""
    if turn.intent == "ask_facility":
        return bool(reading.category or reading.places)
    return turn.intent == "ask_shelter"


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    return [
        AskShelter(context),
        AskFacility(context),
        Nearest(context),
        AskOrigin(context),
        OriginForm(context),
    ]
