"""The form of the waste skill: it has the first look at the message after ours."""

import re
import unicodedata
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import Events, Turn
from actions.talking.repeat_parsing import asks_again
from actions.waste import area_messages, messages
from actions.waste.base import CHANGE_AREA, FORM, INTERRUPTED, MORE, PAGES, PENDING, Pending
from actions.waste.not_household import outside_message
from actions.waste.parsing import NotHousehold
from actions.waste.reminders_parsing import about_reminder
from actions.waste.things import SORTING, SortingAction
from actions.waste.things_parsing import at_home, of_a_household, qualifies
from actions.waste.whereabouts import TALK, Where, talk_about
from actions.waste.words_parsing import (
    KIND,
    Aspect,
    agrees,
    asks_next,
    asks_something,
    aspects,
    does_not_know,
    is_about_days,
    is_given_away,
    is_gone_already,
    is_time,
    may_be_place,
    puts_right,
)
from kit.days import read_days, without_days
from kit.text import fold
from services.waste.contract import TEXT_LIMIT, Item

# Any value will do: the form asks through actions, never through a response of this name.
REQUESTED = SlotSet("requested_slot", "waste_answer")
CLOSED = (SlotSet(PENDING, None), SlotSet("requested_slot", None))

# Intents under which a message in the middle of the form may still be its answer.
_UNCLEAR = frozenset({"nlu_fallback", "out_of_scope"})
_OURS = frozenset({"ask_waste_day", SORTING})
_TALK = frozenset({"greet", "chitchat", "affirm", "deny", "complain", "help", "thank"})
_TRIES = 2
_QUESTION = re.compile(r"(?:か|[?？])[。\s]*$|教えて")
_SHORT_ANSWER = 12
# A longer sentence that names no district is another matter, not a misspelt district.
_LONGEST_AREA = 20
_LONGEST_CHANGE = 30
_SURE_ITEM = 0.95
_OTHER_ITEM, _ENDING = 0.6, 2
"""The score of another thing, and so many last characters of its name that must stand there."""


class ContinueWaste(SortingAction):
    """The validation of `waste_form`: takes the next message as the answer, if it is one.

    Rasa calls it when the form starts (nothing to do), with each message while the form is open,
    and once more after another skill answered in between (the form then closes without a word).
    """

    action_name = f"validate_{FORM}"

    def words(self, turn: Turn) -> str:
        """Return what was written; what it goes on with, the form knows itself."""
        return "" if turn.said.startswith("/") else turn.said[:TEXT_LIMIT]

    async def act(self, turn: Turn) -> Events:
        """Return events that close the form, keep it open, or (none) let others answer."""
        recent = turn.since_heard
        if any(e.get("name") == PENDING and e.get("value") for e in recent):
            return [*_left_open(turn), REQUESTED]
        pending = turn.slot(PENDING)
        if not pending or any(e.get("event") == "action_execution_rejected" for e in recent):
            is_question = pending and pending["ask"] != MORE
            return [*CLOSED, *([SlotSet(INTERRUPTED, pending)] if is_question else [])]
        events = await self._continue(turn, pending)
        if events is None:
            return []
        slots = [e for e in events if e.get("event") == "slot"]
        if any(e.get("name") == PENDING and e.get("value") for e in slots):
            return [*slots, REQUESTED]
        return [*slots, *CLOSED]

    async def _continue(self, turn: Turn, pending: Pending) -> Events | None:
        if pending["ask"] == "area" and (pin := await self.area_of_pin(turn)) is not None:
            return await self._pin(turn, pending, pin)
        if turn.text.startswith("/"):
            return await self._tapped(turn, pending)
        if pending["ask"] == MORE:
            return await self._more(turn, pending)
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
        return await self.ask_area(turn, pending)

    # --- a choice, a place on the map ---------------------------------------------------------

    async def _tapped(self, turn: Turn, pending: Pending) -> Events | None:
        """Take a choice of our own question; any other button is for its own skill."""
        area = self.given(turn, "waste_area")
        if pending["ask"] != "area" or turn.intent != pending["intent"]:
            return None
        if not area or area == CHANGE_AREA:
            return None
        if PAGES.fullmatch(area):
            return await self.ask_area(turn, pending)
        return await self._with_area(turn, pending, Where(area=area, settled=True))

    async def _pin(self, turn: Turn, pending: Pending, where: Where) -> Events:
        if where.area:
            return await self._with_area(turn, pending, where)
        if where.candidates:
            return await self.ask_area(turn, pending, where)
        turn.say(area_messages.out_of_town())
        return []

    # --- where somebody lives -----------------------------------------------------------------

    async def _area(self, turn: Turn, pending: Pending) -> Events | None:
        text = self.words(turn)
        where = await self.where(turn, text, asked=True, pending=pending)
        talks = turn.intent in (*_UNCLEAR, *_TALK) and pending["intent"] != "set_waste_reminder"
        begins = talks and text.startswith(tuple(where.written) or ("\n",))
        ours = turn.intent == pending["intent"] or begins or self._is_answer(turn, text)
        if where.says_something and (where.whole or ours or self._rest_is_ours(text, where)):
            return await self._said_where(turn, pending, where, text)
        if does_not_know(text):
            return await self.ask_area(turn, pending, lost=True)
        if pending["intent"] == "set_waste_reminder" and is_time(text):
            return await self.ask_area(turn, {**pending, "text": text})
        if turn.intent == pending["intent"]:
            return await self.ask_area(turn, {**pending, "text": text})
        if asks_again(text):
            return await self.ask_area(turn, pending)
        if turn.intent not in _UNCLEAR or not may_be_place(text):
            return await self._thing(turn, text)
        thing = await self._thing(turn, text, least=_SURE_ITEM)
        if thing is not None:
            return thing
        return await self._ask_area_again(turn, pending, Where(), unknown=True)

    @staticmethod
    def _is_answer(turn: Turn, text: str) -> bool:
        """Tell whether a message that names a place besides may well be no more than its answer."""
        unclear = turn.intent in (*_UNCLEAR, *_TALK)
        return unclear and len(text) <= _LONGEST_AREA and not asks_something(text)

    async def _thing(self, turn: Turn, text: str, least: float = 0.0) -> Events | None:
        """Answer about a thing to throw away in place of the district; None for another matter."""
        if turn.intent not in _UNCLEAR or len(text) > _SHORT_ANSWER:
            return None
        answer = await self.look_up(turn, text)
        sure = answer.sure and answer.matches[0].score >= least
        return self.say_item(turn, answer, text) if sure else None

    async def _said_where(
        self, turn: Turn, pending: Pending, where: Where, text: str
    ) -> Events | None:
        if turn.intent == pending["intent"] and not where.whole:
            pending = {**pending, "text": text}
        if where.area:
            return await self._with_area(turn, pending, where)
        return await self._ask_area_again(turn, pending, where)

    async def _ask_area_again(
        self, turn: Turn, pending: Pending, where: Where, *, unknown: bool = False
    ) -> Events:
        tries = pending.get("tries", 0) + (unknown or bool(where.unknown))
        if pending.get("offered") and pending["offered"] == list(where.candidates):
            tries += 1
        if tries > _TRIES:
            turn.say(messages.area_not_found())
            return []
        return await self.ask_area(turn, {**pending, "tries": tries}, where, again=unknown)

    async def take_late_area(self, turn: Turn, intent: str, text: str) -> Events | None:
        """Answer an earlier question anew for the district that is named now; None when none is."""
        where = await self.where(turn, self.words(turn), asked=True)
        if not where.whole or not where.says_something:
            return None
        pending: Pending = {"intent": intent, "text": text, "time": None}
        if where.area:
            return await self._with_area(turn, pending, where)
        return await self.ask_area(turn, pending, where)

    async def _with_area(self, turn: Turn, pending: Pending, where: Where) -> Events:
        """Go on with the district that was asked for; kept only where nothing is doubtful."""
        area = where.area
        if pending["intent"] == "set_waste_reminder":
            wish = self.wish(turn, text=pending["text"], time=pending.get("time"), area=area)
            return await self.answer_reminder(turn, wish)
        if pending.get("which"):
            return await self.tell_district(turn, {**pending, "text": ""}, where)
        if pending.get("change"):
            return await self.keep_area(turn, area)
        if not where.settled or (where.written and not where.whole):
            return await self.answer_day(turn, pending, where=where)
        before = await self.saved_area(turn)
        await self.save_area(turn, area)
        demonstration = await self.demonstration()
        if before and before != area and where.corrected_from:
            turn.say(messages.area_kept(area, demonstration=demonstration, before=before))
        events = await self.answer_day(turn, pending, area, where)
        if before != area and not where.corrected_from:
            turn.say(messages.area_remembered(area, demonstration=demonstration))
        return [SlotSet(TALK, None), *events]

    def _rest_is_ours(self, text: str, where: Where) -> bool:
        """Tell whether nothing but days, kinds of waste and districts is spoken of."""
        rest = text
        for name in where.written:
            rest = rest.replace(name, " ")
        return is_about_days(without_days(rest, self._today()))

    def _today(self) -> Any:
        return self.context.clock().astimezone(self.context.settings.timezone).date()

    # --- after an answer ----------------------------------------------------------------------

    async def _more(self, turn: Turn, pending: Pending) -> Events | None:
        """Take a message that goes on from our last answer; None where it does not."""
        text = self.words(turn)
        if is_given_away(text) or is_gone_already(text):
            # Nothing is asked of the days, or of how it is thrown away.
            return None
        where = await self.where(turn, text)
        if pending["intent"] == SORTING:
            # A bare place answers an earlier question; it is no thing.
            is_place = where.whole and where.says_something
            return None if is_place else await self._more_sorting(turn, pending, text)
        if (changed := await self._changed_district(turn, pending, text, where)) is not None:
            return changed
        if pending["intent"] == "set_waste_reminder":
            return await self._more_reminder(turn, pending, text, where)
        return await self._more_days(turn, pending, text, where)

    async def _changed_district(
        self, turn: Turn, pending: Pending, text: str, where: Where
    ) -> Events | None:
        """Put a district right, or keep the one of this talk."""
        talk = self.talk_area(turn)
        if agrees(text) or Aspect.keep_district in aspects(text):
            area = where.area or talk
            return await self.keep_area(turn, area) if area else None
        if not where.area or len(text) > _LONGEST_CHANGE:
            return None
        if not (where.corrected_from or puts_right(text)):
            return None
        saved = await self.saved_area(turn)
        if saved and (saved in where.corrected_from or not talk):
            await self.save_area(turn, where.area)
            demonstration = await self.demonstration()
            turn.say(messages.area_kept(where.area, demonstration=demonstration, before=saved))
            return await self._again(turn, pending, where.area)
        before = where.corrected_from[0] if where.corrected_from else talk or ""
        if before and before != where.area:
            turn.say(messages.area_changed(before, where.area))
        events = await self._again(turn, pending, where.area)
        return [*events, *talk_about(where.area, self.context.clock())]

    async def _again(self, turn: Turn, pending: Pending, area: str) -> Events:
        """Give the last answer anew for another district."""
        if pending["intent"] == "set_waste_reminder":
            wish = self.wish(turn, text="", switch="show", area=area)
            return await self.answer_reminder(turn, wish)
        if not pending.get("text"):
            return self.go_on(pending["intent"], text="", area=area)
        return await self.answer_day(turn, {**pending, "ask": "day"}, area)

    async def _more_days(
        self, turn: Turn, pending: Pending, text: str, where: Where
    ) -> Events | None:
        days = read_days(text, self._today())
        asked = aspects(text)
        goes_on = bool(days.spans or days.missing or where.says_something or asked)
        kinds = [str(kind) for kind in pending.get("kinds") or ()]
        short = len(text) <= _LONGEST_AREA
        if Aspect.which_district in asked:
            return await self.tell_district(turn, {**pending, "text": ""}, where)
        if short and (told := await self.tell_fact(turn, text)) is not None:
            return told
        ours = self._rest_is_ours(text, where) and (goes_on or asks_next(text))
        if not ours and not (short and asked & {Aspect.rhythm, Aspect.holidays, Aspect.weather}):
            return await self._moved_on(turn, pending, text)
        # 「一箕です」 asks the question before once more; 「明日は？」 is a question of its own.
        question = text
        if where.says_something and where.whole:
            question = str(pending.get("text") or "")
        anew: Pending = {"intent": "ask_waste_day", "text": question}
        edge = asked & {Aspect.rhythm} or asks_next(text)
        if len(kinds) == 1 and edge:
            anew["category"] = None if self._names_kind(text) else kinds[0]
        return await self.answer_day(turn, anew, None, where)

    def _names_kind(self, text: str) -> bool:
        return KIND.search(fold(text)) is not None

    async def _moved_on(self, turn: Turn, pending: Pending, text: str) -> Events | None:
        """Take 「お知らせは？」 and a thing's bare name after an answer about days."""
        if about_reminder(text) and turn.intent != "set_waste_reminder":
            wish = self.wish(turn, text=text)
            return await self.answer_reminder(turn, wish, await self.where(turn, text))
        return None

    async def _more_sorting(self, turn: Turn, pending: Pending, text: str) -> Events | None:
        if aspects(text) & {Aspect.bag, Aspect.eve, Aspect.late} and len(text) <= _LONGEST_CHANGE:
            return await self.tell_fact(turn, text)
        if pending.get("business"):
            if of_a_household(text):
                return await self.answer_item(turn, at_home(str(pending["text"])), None)
            ours = turn.intent == SORTING or bool(turn.joined)
            if ours and (await self.look_up(turn, text)).sure:
                # A thing of the shop's, not of a home's.
                turn.say(outside_message(NotHousehold.business))
                return self.go_on(SORTING, text=text, business=True)
            return None
        ours = turn.intent in _UNCLEAR or turn.intent == SORTING
        answer = await self.look_up(turn, text)
        whole = answer.sure and answer.matches[0].score >= _SURE_ITEM
        if (told := await self._picked(turn, pending, text)) is not None and not whole:
            return told
        if (whole and len(text) <= _LONGEST_AREA) or (answer.sure and ours):
            return await self.answer_item(turn, text, None)
        about = bool(pending.get("item")) and qualifies(text)
        if about and answer.matches and _is_another(answer.matches[0], pending, text):
            return await self.answer_item(turn, text, None)
        if about and (ours or turn.intent in _TALK - {"thank"}):
            return await self.more_about_item(turn, pending, text)
        if ours and answer.matches and len(text) <= _LONGEST_AREA and not asks_something(text):
            return await self.answer_item(turn, text, None)
        return None

    async def _picked(self, turn: Turn, pending: Pending, text: str) -> Events | None:
        if pending.get("item") or len(text) > _LONGEST_AREA:
            return None
        return await self.more_about_item(turn, pending, text)

    async def _more_reminder(
        self, turn: Turn, pending: Pending, text: str, where: Where
    ) -> Events | None:
        if is_time(text) or about_reminder(text):
            return await self.answer_reminder(turn, self.wish(turn, text=text), where)
        if where.area and where.whole:
            wish = self.wish(turn, text="", area=where.area)
            return await self.answer_reminder(turn, wish)
        return None

    # --- what else was asked for --------------------------------------------------------------

    async def _time(self, turn: Turn, pending: Pending) -> Events | None:
        text = self.words(turn)
        where = await self.where(turn, text)
        ours = turn.intent in _UNCLEAR or turn.intent == pending["intent"] or is_time(text)
        if not ours and not where.whole and not about_reminder(text):
            return None
        wish = self.wish(turn, text=_with_hour(str(pending.get("text") or ""), text), switch="on")
        return await self.answer_reminder(turn, wish, where)

    async def _item(self, turn: Turn) -> Events | None:
        text = self.words(turn)
        answer = await self.look_up(turn, text)
        ours = turn.intent in _UNCLEAR or turn.intent == SORTING
        if not ours and not (answer.sure and len(text) <= _SHORT_ANSWER):
            return None
        if turn.intent in _UNCLEAR and not answer.matches and _QUESTION.search(text):
            return None
        if not answer.asked and not answer.matches:
            turn.say(messages.which_matter())
            return []
        return await self.answer_item(turn, text, None)


def _is_another(item: Item, pending: Pending, text: str) -> bool:
    """Tell whether words name another thing than the one just told: 「割れたびんは」."""
    another = item.name != pending.get("item") and item.score >= _OTHER_ITEM
    return another and fold(item.name)[-_ENDING:] in fold(text)


_HALF_ONLY = re.compile(
    r"^(?:じゃあ?|では)?[、\s]*(?:朝|夜|午前|午後|晩|夕方|あさ|よる)(?:の?ほう|の?方)?(?:で(?:お願いします)?|です|に(?:して)?)?[。!！\s]*$"
)
_HOUR = re.compile(r"(?<!\d)\d{1,2}(?::\d\d|時(?:半|\d{1,2}分)?)")


def _with_hour(before: str, text: str) -> str:
    """Put 「夜のほう」 before the hour that was said: 夜の8時半."""
    hours = _HOUR.findall(unicodedata.normalize("NFKC", before))
    half = _HALF_ONLY.match(text)
    return f"{text[: half.end()]} {hours[-1]}" if half and hours else text


def _left_open(turn: Turn) -> Events:
    """Keep the question that was open before this message, where another answer took its place."""
    heard = [n for n, event in enumerate(turn.tracker.events) if event.get("event") == "user"]
    before = turn.tracker.events[: heard[-1]] if heard else []
    values = [e.get("value") for e in before if e.get("event") == "slot" and e["name"] == PENDING]
    pending, now = (values[-1] if values else None), turn.slot(PENDING) or {}
    is_question = pending and pending["ask"] != MORE
    return [SlotSet(INTERRUPTED, pending)] if is_question and now.get("ask") == MORE else []
