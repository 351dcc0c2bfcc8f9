"""The waste conversations: collection days, sorting, reminders."""

from rasa_sdk import Action

from actions.base import ActionContext, Events, Turn
from actions.faq.actions import AnswerFaq
from actions.matters.nouns_parsing import names_abroad
from actions.preferences.actions import SetAlertArea
from actions.preferences.parsing import read_wish, wants_quiet_nights
from actions.waste.base import CHANGE_AREA, Pending, WasteAction
from actions.waste.base import FORM as FORM
from actions.waste.base import PENDING as PENDING
from actions.waste.form import ContinueWaste as ContinueWaste
from actions.waste.not_household import outside_message
from actions.waste.parsing import NotHousehold, not_household
from actions.waste.reminders_parsing import of_another_sender, wants_notice
from actions.waste.things import SortingAction
from actions.waste.words_parsing import (
    Aspect,
    asks_how_to_put_out,
    aspects,
    is_put_out,
    may_go_in,
    puts_right,
)
from actions.waste.words_parsing import is_time as is_time


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    kinds = (AnswerWasteDay, AnswerWasteSorting, SetWasteReminder, ContinueWaste)
    return [kind(context) for kind in kinds]


class AnswerWasteDay(WasteAction):
    """Answers `ask_waste_day`: what is collected when."""

    action_name = "action_answer_waste_day"

    async def act(self, turn: Turn) -> Events:
        """Answer at once where the district is known, else ask for it."""
        if self.is_not_household(turn):
            return []
        keep = self.given(turn, "keep_area")
        if keep:
            return await self.keep_area(turn, keep)
        text = self.words(turn)
        category = self.given(turn, "waste_type")
        pending: Pending = {"intent": "ask_waste_day", "text": text, "category": category}
        area = self.given(turn, "waste_area")
        if area == CHANGE_AREA:
            return await self.ask_area(turn, {**pending, "text": "", "change": True})
        if (told := await AnswerWasteSorting(self.context).of_the_faq(turn, text)) is not None:
            return told
        if asks_how_to_put_out(turn.said):
            return await AnswerWasteSorting(self.context).answer_item(turn, turn.said, None)
        if thing := may_go_in(turn.said):
            return await AnswerWasteSorting(self.context).answer_item(turn, thing, None)
        told = await self._about_district(turn, text) if text else None
        named = Aspect.late in aspects(text) and (await self.where(turn, text)).says_something
        if told is None and text and not named:
            told = await self.tell_fact(turn, text)
        if told is not None:
            return told
        return await self.answer_day(turn, pending, area, await self.where(turn, text))

    async def _about_district(self, turn: Turn, text: str) -> Events | None:
        """Say, keep or change the district; None where something else is asked."""
        asked = aspects(text)
        where = await self.where(turn, text)
        pending: Pending = {"intent": "ask_waste_day", "text": ""}
        if Aspect.change_district in asked or (where.corrected_from and puts_right(text)):
            if where.area:
                return await self.keep_area(turn, where.area)
            return await self.ask_area(turn, {**pending, "change": True}, where)
        if Aspect.keep_district in asked and not where.candidates:
            area = where.area or self.talk_area(turn)
            return await self.keep_area(turn, area) if area else None
        if Aspect.which_district in asked:
            return await self.tell_district(turn, pending, where)
        return None


class AnswerWasteSorting(SortingAction):
    """Answers `ask_waste_sorting`: what kind of waste a thing is."""

    action_name = "action_answer_waste_sorting"

    async def act(self, turn: Turn) -> Events:
        """Answer about the thing; ask for it when a button named none."""
        reason = not_household(self.words(turn))
        if reason is NotHousehold.business and not turn.warned:
            return await self.of_a_business(turn)
        if reason is not None:
            if not turn.warned:
                turn.say(outside_message(reason))
            return []
        text, item = self.words(turn), self.given(turn, "waste_item")
        if (answered := await self.of_the_faq(turn, text)) is not None:
            return answered
        if text and (told := await self.tell_fact(turn, text)) is not None:
            return told
        if text or item:
            return await self.answer_item(turn, text, item)
        return self.ask_item(turn)


class SetWasteReminder(WasteAction):
    """Serves `set_waste_reminder`: set, change, stop, show."""

    action_name = "action_set_waste_reminder"

    async def act(self, turn: Turn) -> Events:
        """Do what the sentence or the button says; ask for what is missing."""
        text = self.words(turn)
        if of_another_sender(text):
            return await AnswerFaq(self.context).act(turn)
        if is_put_out(text) and not wants_notice(text):
            # 「8時には出した」 names an hour, and sets nothing.
            return await AnswerFaq(self.context).act(turn)
        if text and not turn.joined and not names_abroad(turn.intent, text):
            # It knows this module's words.
            from actions.talking.fallback import Fallback

            return await Fallback(self.context).act(turn)
        if wants_quiet_nights(text) or read_wish(text, ()).nothing:
            return await SetAlertArea(self.context).act(turn)
        area = self.given(turn, "waste_area")
        if area == CHANGE_AREA:
            pending: Pending = {"intent": "set_waste_reminder", "text": "", "time": None}
            return await self.ask_area(turn, pending)
        if aspects(text) & {Aspect.eve, Aspect.late} and not wants_notice(text):
            # 「前の晩から出していい？」 sounds like a reminder of the evening before.
            told = await self.tell_fact(turn, text)
            if told is not None:
                return told
        wish = self.wish(
            turn,
            text=text,
            area=area,
            time=self.given(turn, "reminder_time"),
            switch=self.given(turn, "reminder_switch") or _other_hour(turn),
        )
        return await self.answer_reminder(turn, wish, await self.where(turn, text))


def _other_hour(turn: Turn) -> str | None:
    """Read 「じゃあ6時」 after a reminder was set: a bare hour, to be asked back about."""
    return "on" if turn.joined and is_time(turn.said) else None
