"""The waste conversations: collection days, sorting, reminders.

A question that lacks something (a district, a time, a thing) leaves a note in the slot
`waste_pending` and starts `waste_form`. The form has the first look at the next message: it
finishes the question, asks once more, or declines and lets another skill answer.
"""

import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action
from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import ActionContext, CityAction, Events, Turn
from actions.preferences.actions import SetAlertArea
from actions.preferences.parsing import wants_quiet_nights
from actions.talking.repeat_parsing import asks_again
from actions.waste import messages
from actions.waste.not_household import outside_message
from actions.waste.parsing import not_household
from actions.waste.reminders import reminder_answer
from actions.waste.topics import day_slots, leave_item, reminder_slots
from services.waste.contract import (
    TEXT_LIMIT,
    AreaChange,
    DayQuestion,
    ItemQuestion,
    Need,
    ReminderRequest,
    WasteClient,
)

FORM = "waste_form"
PENDING = "waste_pending"
INTERRUPTED = "waste_interrupted"
"""The open question that another matter closed; 「続けて」 opens it again."""
# Any value will do: the form asks through actions, never through a response of this name.
REQUESTED = SlotSet("requested_slot", "waste_answer")
CLOSED = (SlotSet(PENDING, None), SlotSet("requested_slot", None))

# Intents under which a message in the middle of the form may still be its answer.
_UNCLEAR = frozenset({"nlu_fallback", "out_of_scope"})
_OURS = frozenset({"ask_waste_day", "ask_waste_sorting"})
_TRIES = 2
_OTHER_AREA = re.compile(r"(?:地区|地域|エリア).{0,12}(?:変更|変え|かえ|へんこう|設定|登録)")
_QUESTION = re.compile(r"(?:か|[?？])[。\s]*$|教えて")
_SORTING = re.compile(r"捨|すて|分|わけ|出|だし|処|投げ|なげ|(?:何|なに|なん)(?:の)?(?:ごみ|ゴミ)")
_CHANGE_AREA = "?"
_MORE = re.compile(r"more(\d{1,2})")
_SHORT_ANSWER = 12
_CLOCK = re.compile(r"(?:[\d０-９]|[一二三四五六七八九十])[時:：]|じ(?:に|で|$)")
# A longer sentence that names no district is another matter, not a misspelt district.
_LONGEST_AREA = 20

Pending = dict[str, Any]


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    kinds = (AnswerWasteDay, AnswerWasteSorting, SetWasteReminder, ContinueWaste)
    return [kind(context) for kind in kinds]


class _WasteAction(CityAction):
    """What the actions of this skill share."""

    def given(self, turn: Turn, name: str) -> str | None:
        """Return what a button named. Free words are read by the service, not from entities."""
        return turn.entity(name) if turn.text.startswith("/") else None

    def words(self, turn: Turn) -> str:
        """Return the resident's words, nothing for a tapped button."""
        return "" if turn.text.startswith("/") else turn.text[:TEXT_LIMIT]

    def wait_for(self, pending: Pending) -> Events:
        """Keep the question open until the next message."""
        return [SlotSet(PENDING, pending), FollowupAction(FORM)]

    async def ask_area(
        self, turn: Turn, pending: Pending, candidates: Sequence[str], *, again: bool = False
    ) -> Events:
        """Ask for the district, with the candidates or a page of all districts as choices."""
        more = _MORE.fullmatch(self.given(turn, "waste_area") or "")
        page = int(more[1]) if more else 0
        listed = await self.context.client(WasteClient).areas()
        offered = list(candidates)
        areas = messages.Areas(
            shown=tuple(candidates) or listed.areas,
            few=bool(candidates),
            unknown=again and not more,
            repeated=bool(candidates) and pending.get("offered") == offered,
            demonstration=listed.demonstration,
        )
        turn.say(messages.which_area(areas, page, pending["intent"]))
        return self.wait_for({**pending, "ask": "area", "offered": offered})

    async def demonstration(self) -> bool:
        """Tell whether the districts are demonstration data."""
        return (await self.context.client(WasteClient).areas()).demonstration

    async def answer_day(self, turn: Turn, pending: Pending, area: str | None = None) -> Events:
        """Answer a question about days, or ask for the district that it lacks."""
        answer = await self.context.client(WasteClient).ask_day(
            DayQuestion(
                citizen_id=turn.citizen_id,
                text=pending["text"],
                area=area,
                category=pending.get("category"),
            )
        )
        if answer.area is None:
            return await self.ask_area(turn, pending, answer.candidates, again=area is not None)
        turn.say(messages.day_answer(answer))
        turn.leave_topic("ask_waste_day", day_slots(answer))
        return []

    async def answer_item(self, turn: Turn, text: str, item: str | None) -> Events:
        """Say how a thing is thrown away, or which things may be meant."""
        answer = await self.context.client(WasteClient).ask_item(
            ItemQuestion(citizen_id=turn.citizen_id, text=text, item=item)
        )
        if answer.asked or answer.matches:
            turn.say(messages.item_answer(answer))
            leave_item(turn, answer)
            return []
        if _SORTING.search(text):
            return self.ask_item(turn)
        turn.say(messages.which_matter())
        return []

    def is_not_household(self, turn: Turn) -> bool:
        """Tell whether the words are about no household waste; if so, say who answers."""
        reason = not_household(self.words(turn))
        if reason and not turn.warned:
            turn.say(outside_message(reason))
        return reason is not None

    def ask_item(self, turn: Turn) -> Events:
        """Ask what is to be thrown away."""
        turn.say(messages.which_item())
        return self.wait_for({"intent": "ask_waste_sorting", "ask": "item"})

    async def answer_reminder(self, turn: Turn, wish: ReminderRequest) -> Events:
        """Carry a wish about reminders out, or ask for what it lacks."""
        answer = await self.context.client(WasteClient).remind(wish)
        pending: Pending = {
            "intent": "set_waste_reminder",
            "text": wish.text,
            "time": wish.time,
        }
        if answer.need is Need.area:
            again = wish.area is not None
            return await self.ask_area(turn, pending, answer.candidates, again=again)
        turn.say(reminder_answer(answer, wish.text))
        turn.leave_topic("set_waste_reminder", reminder_slots(answer, turn.slot("topic")))
        return self.wait_for({**pending, "ask": "time"}) if answer.need is Need.time else []

    async def save_area(self, turn: Turn, area: str) -> None:
        """Remember the district; the key makes a repeated turn change it once."""
        await self.context.client(WasteClient).save_area(
            turn.citizen_id, AreaChange(area=area, key=f"{turn.turn_id}:area")
        )

    def wish(self, turn: Turn, **fields: str | None) -> ReminderRequest:
        """Return a wish of this resident and turn."""
        key = f"{turn.turn_id}:reminder"
        return ReminderRequest(citizen_id=turn.citizen_id, key=key, **fields)


class AnswerWasteDay(_WasteAction):
    """Answers `ask_waste_day`: what is collected when."""

    action_name = "action_answer_waste_day"

    async def act(self, turn: Turn) -> Events:
        """Answer at once where the district is known, else ask for it."""
        if self.is_not_household(turn):
            return []
        keep = self.given(turn, "keep_area")
        if keep:
            return await self.keep(turn, keep)
        text = self.words(turn)
        category = self.given(turn, "waste_type")
        pending: Pending = {"intent": "ask_waste_day", "text": text, "category": category}
        area = self.given(turn, "waste_area")
        if area == _CHANGE_AREA or _OTHER_AREA.search(text):
            return await self._change_area(turn, text)
        return await self.answer_day(turn, pending, area)

    async def keep(self, turn: Turn, area: str) -> Events:
        """Remember a district, and say so."""
        await self.save_area(turn, area)
        turn.say(messages.area_kept(area, demonstration=await self.demonstration()))
        return []

    async def _change_area(self, turn: Turn, text: str) -> Events:
        match = await self.context.client(WasteClient).resolve_area(text or _CHANGE_AREA)
        if match.area:
            return await self.keep(turn, match.area)
        pending: Pending = {"intent": "ask_waste_day", "text": "", "change": True}
        return await self.ask_area(turn, pending, match.candidates)


class AnswerWasteSorting(_WasteAction):
    """Answers `ask_waste_sorting`: what kind of waste a thing is."""

    action_name = "action_answer_waste_sorting"

    async def act(self, turn: Turn) -> Events:
        """Answer about the thing; ask for it when a button named none."""
        if self.is_not_household(turn):
            return []
        text, item = self.words(turn), self.given(turn, "waste_item")
        if text or item:
            return await self.answer_item(turn, text, item)
        return self.ask_item(turn)


class SetWasteReminder(_WasteAction):
    """Serves `set_waste_reminder`: set, change, stop, show."""

    action_name = "action_set_waste_reminder"

    async def act(self, turn: Turn) -> Events:
        """Do what the sentence or the button says; ask for what is missing."""
        text = self.words(turn)
        if wants_quiet_nights(text):
            return await SetAlertArea(self.context).act(turn)
        area = self.given(turn, "waste_area")
        wish = self.wish(
            turn,
            text=text,
            area=None if area == _CHANGE_AREA else area,
            time=self.given(turn, "reminder_time"),
            switch=self.given(turn, "reminder_switch") or _other_hour(turn),
        )
        if area == _CHANGE_AREA:
            pending: Pending = {"intent": "set_waste_reminder", "text": "", "time": None}
            return await self.ask_area(turn, pending, ())
        return await self.answer_reminder(turn, wish)


class ContinueWaste(_WasteAction):
    """The validation of `waste_form`: takes the next message as the answer, if it is one.

    Rasa calls it when the form starts (nothing to do), with each message while the form is open,
    and once more after another skill answered in between (the form then closes without a word).
    """

    action_name = f"validate_{FORM}"

    async def act(self, turn: Turn) -> Events:
        """Return events that close the form, keep it open, or (none) let others answer."""
        recent = _since_last_message(turn)
        if any(e.get("name") == PENDING and e.get("value") for e in recent):
            return [REQUESTED]
        pending = turn.slot(PENDING)
        if not pending or any(e.get("event") == "action_execution_rejected" for e in recent):
            return [*CLOSED, SlotSet(INTERRUPTED, pending)]
        events = await self._continue(turn, pending)
        if events is None:
            return []
        still_open = [e for e in events if e.get("name") == PENDING]
        return [*still_open, REQUESTED] if still_open else list(CLOSED)

    async def _continue(self, turn: Turn, pending: Pending) -> Events | None:
        if turn.text.startswith("/"):
            return await self._tapped(turn, pending)
        if turn.intent in (*_UNCLEAR, *_OURS) and self.is_not_household(turn):
            return []
        if pending["ask"] == "item":
            return await self._item(turn)
        if pending["ask"] == "time":
            return await self._time(turn, pending)
        return await self._area(turn, pending)

    async def ask_open(self, turn: Turn, pending: Pending) -> Events:
        """Ask an open question once more, and wait for its answer."""
        if pending["ask"] == "item":
            return self.ask_item(turn)
        if pending["ask"] == "time":
            return await self.answer_reminder(turn, self.wish(turn, switch="on"))
        return await self.ask_area(turn, pending, ())

    async def _tapped(self, turn: Turn, pending: Pending) -> Events | None:
        """Take a choice of our own question; any other button is for its own skill."""
        area = self.given(turn, "waste_area")
        if turn.intent != pending["intent"] or not area or area == _CHANGE_AREA:
            return None
        if _MORE.fullmatch(area):
            return await self.ask_area(turn, pending, ())
        return await self._with_area(turn, pending, area)

    async def _area(self, turn: Turn, pending: Pending) -> Events | None:
        text = self.words(turn)
        match = await self.context.client(WasteClient).resolve_area(text)
        if match.whole and match.area:
            return await self._with_area(turn, pending, match.area)
        if match.whole and pending.get("offered") == list(match.candidates):
            return await self._ask_area_again(turn, pending, match.candidates)
        if match.whole:
            return await self.ask_area(turn, pending, match.candidates)
        if turn.intent == pending["intent"]:
            if match.area:
                return await self._with_area(turn, {**pending, "text": text}, match.area)
            return await self.ask_area(turn, {**pending, "text": text}, match.candidates)
        if pending["intent"] == "set_waste_reminder" and is_time(text):
            return await self.ask_area(turn, {**pending, "text": text}, ())
        if asks_again(text):
            return await self.ask_area(turn, pending, ())
        if turn.intent not in _UNCLEAR or len(text) > _LONGEST_AREA:
            return None
        return await self._ask_area_again(turn, pending, match.candidates, unknown=True)

    async def _ask_area_again(
        self, turn: Turn, pending: Pending, candidates: Sequence[str], *, unknown: bool = False
    ) -> Events:
        tries = pending.get("tries", 0) + 1
        if tries > _TRIES:
            turn.say(messages.area_not_found())
            return []
        return await self.ask_area(turn, {**pending, "tries": tries}, candidates, again=unknown)

    async def take_late_area(self, turn: Turn, intent: str, text: str) -> Events | None:
        """Answer an earlier question anew for the district that is named now; None when none is."""
        match = await self.context.client(WasteClient).resolve_area(self.words(turn))
        if not match.whole:
            return None
        pending: Pending = {"intent": intent, "text": text, "time": None}
        if match.area:
            return await self._with_area(turn, pending, match.area)
        return await self.ask_area(turn, pending, match.candidates)

    async def _with_area(self, turn: Turn, pending: Pending, area: str) -> Events:
        if pending["intent"] == "set_waste_reminder":
            wish = self.wish(turn, text=pending["text"], time=pending["time"], area=area)
            return await self.answer_reminder(turn, wish)
        await self.save_area(turn, area)
        if pending.get("change"):
            turn.say(messages.area_kept(area, demonstration=await self.demonstration()))
            return []
        events = await self.answer_day(turn, pending, area)
        turn.say(messages.area_remembered(area, demonstration=await self.demonstration()))
        return events

    async def _time(self, turn: Turn, pending: Pending) -> Events | None:
        text = self.words(turn)
        ours = turn.intent in _UNCLEAR or turn.intent == pending["intent"] or is_time(text)
        if not ours and not (await self.context.client(WasteClient).resolve_area(text)).whole:
            return None
        return await self.answer_reminder(turn, self.wish(turn, text=text, switch="on"))

    async def _item(self, turn: Turn) -> Events | None:
        text = self.words(turn)
        answer = await self.context.client(WasteClient).ask_item(
            ItemQuestion(citizen_id=turn.citizen_id, text=text)
        )
        ours = turn.intent in _UNCLEAR or turn.intent == "ask_waste_sorting"
        if not ours and not (answer.sure and len(text) <= _SHORT_ANSWER):
            return None
        if turn.intent in _UNCLEAR and not answer.matches and _QUESTION.search(text):
            return None
        vague = not answer.asked and not answer.matches
        turn.say(messages.which_matter() if vague else messages.item_answer(answer))
        leave_item(turn, answer)
        return []


def _other_hour(turn: Turn) -> str | None:
    """Read 「じゃあ6時」 after a reminder was set: a bare hour, to be asked back about."""
    return "on" if turn.joined and is_time(turn.said) else None


def is_time(text: str) -> bool:
    """Tell whether a short message names a time of day."""
    return len(text) <= _SHORT_ANSWER and _CLOCK.search(text) is not None


def _since_last_message(turn: Turn) -> list[dict[str, Any]]:
    """Return the events after the resident's latest message, newest first."""
    recent: list[dict[str, Any]] = []
    for event in reversed(turn.tracker.events):
        if event.get("event") == "user":
            break
        recent.append(event)
    return recent
