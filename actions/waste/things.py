"""Answering what kind of waste things are: one thing, several, or one just talked about."""

from collections.abc import Sequence
from typing import Any

from actions.base import Events, Turn
from actions.city import load_city
from actions.faq.actions import AnswerFaq, answer_message, leave_entry, told_again
from actions.waste import messages
from actions.waste.base import Pending, WasteAction
from actions.waste.not_household import BUSINESS_FAQ, GIVING_FAQ, outside_message
from actions.waste.parsing import NotHousehold
from actions.waste.things_parsing import (
    picked,
    plainer,
    thing_to_throw_away,
    things_in,
    wants_sorting,
)
from actions.waste.topics import leave_item
from actions.waste.words_parsing import (
    is_given_away,
    is_gone_already,
    is_left_alone,
    is_left_behind,
)
from kit.errors import NotFoundError, UnavailableError
from services.faq.contract import FaqClient
from services.waste.contract import ItemAnswer, ItemQuestion, WasteClient

SORTING = "ask_waste_sorting"
_SURE_PART = 0.9


class SortingAction(WasteAction):
    """What the actions about sorting share."""

    async def look_up(self, turn: Turn, text: str, item: str | None = None) -> ItemAnswer:
        """Ask the city's list about a thing."""
        question = ItemQuestion(
            citizen_id=turn.citizen_id,
            text=text,
            item=item,
            area=self.talk_area(turn),
            reads_area=False,
        )
        return await self.context.client(WasteClient).ask_item(question)

    async def answer_item(self, turn: Turn, text: str, item: str | None) -> Events:
        """Say how a thing is thrown away, or which things may be meant."""
        answer = await self.look_up(turn, text, item)
        if not item and (several := await self._several(turn, text, answer)):
            turn.say(messages.items_answer(several))
            known = [a.matches[0].name for a in several if a.sure]
            item = known[0] if len(known) == 1 else None
            return self.go_on(SORTING, text=text, item=item, offered=_names(several))
        if not item and not answer.sure:
            answer = await self._thrown_away(turn, text) or answer
        if not item and not answer.matches:
            answer = await self._plainer(turn, text) or answer
        if not answer.sure and len(answer.matches) == 1 and answer.matches[0].score >= _SURE_PART:
            # One thing is no choice.
            answer = await self.look_up(turn, "", answer.matches[0].name)
        if answer.asked or answer.matches:
            return self.say_item(turn, answer, text)
        if wants_sorting(text):
            return self.ask_item(turn)
        turn.say(messages.which_matter())
        return []

    async def of_the_faq(self, turn: Turn, text: str) -> Events | None:
        """Answer what neither the list of things nor the days tell; None for anything else."""
        if is_given_away(text) and await self._is_told(turn, GIVING_FAQ):
            return []
        alone = is_left_alone(text)
        if alone or is_gone_already(text):
            told = await told_again(self.context, turn)
            if told is not None:
                return told
        is_left = alone or is_left_behind(text)
        return await AnswerFaq(self.context).act(turn) if is_left else None

    async def of_a_business(self, turn: Turn) -> Events:
        """Tell how the waste of a shop or a company is put out; what follows goes on with that."""
        if not await self._is_told(turn, BUSINESS_FAQ):
            turn.say(outside_message(NotHousehold.business))
        return self.go_on(SORTING, text=self.words(turn), business=True)

    async def _is_told(self, turn: Turn, entry_id: str) -> bool:
        """Say an entry of the FAQ; tell whether it was there."""
        try:
            entry = await self.context.client(FaqClient).entry(entry_id)
        except (NotFoundError, UnavailableError):
            return False
        turn.say(answer_message(entry, load_city(self.context.settings.city_dir)))
        leave_entry(turn, entry)
        return True

    def say_item(self, turn: Turn, answer: ItemAnswer, text: str) -> Events:
        """Say one answer and leave a note of the thing."""
        turn.say(messages.item_answer(answer))
        leave_item(turn, answer)
        item = answer.matches[0].name if answer.sure else None
        return self.go_on(SORTING, text=text, item=item, offered=_names([answer]))

    async def _several(self, turn: Turn, text: str, whole: ItemAnswer) -> Sequence[ItemAnswer]:
        """Return an answer for each of several things; none where the words name only one."""
        things = things_in(text)
        if len(things) < 2 or (whole.sure and whole.matches[0].score >= 1.0):
            return ()
        answers = [await self.look_up(turn, thing) for thing in things]
        known = [a for a in answers if a.matches and a.matches[0].score >= _SURE_PART]
        return answers if len(known) >= 2 or (known and len(answers) == 2) else ()

    async def _thrown_away(self, turn: Turn, text: str) -> ItemAnswer | None:
        """Look for the thing before 捨てたい, where the sentence names others beside it."""
        thing = thing_to_throw_away(text)
        answer = await self.look_up(turn, thing) if thing and thing != text else None
        return answer if answer and answer.sure else None

    async def _plainer(self, turn: Turn, text: str) -> ItemAnswer | None:
        """Look for the thing without what is said about it; the last name is asked for."""
        answer = None
        for name in plainer(text):
            answer = await self.look_up(turn, name)
            if answer.sure and answer.matches[0].score >= _SURE_PART:
                return answer
        return answer if answer and not answer.matches else None

    def ask_item(self, turn: Turn) -> Events:
        """Ask what is to be thrown away."""
        turn.say(messages.which_item())
        return self.wait_for({"intent": SORTING, "ask": "item"})

    async def more_about_item(self, turn: Turn, pending: Pending, text: str) -> Events | None:
        """Answer with a thing that was offered, or say more about the one just told."""
        offered = [str(name) for name in pending.get("offered") or ()]
        choice = picked(text, offered)
        if choice is None and pending.get("item") and len(text) <= messages.SHORT:
            choice = str(pending["item"])
        if choice is None:
            return None
        answer = await self.look_up(turn, text="", item=choice)
        turn.say(messages.item_answer(answer, whole=True))
        about: dict[str, Any] = {"text": str(pending.get("text") or ""), "item": choice}
        return self.go_on(SORTING, **about, offered=offered)


def _names(answers: Sequence[ItemAnswer]) -> list[str]:
    return [item.name for answer in answers for item in answer.matches][:12]
