"""Guides through a life event: what is urgent at once, then the questions that decide, a list."""

from rasa_sdk import Action

from actions.base import ActionContext, Events, Turn
from actions.faq.actions import AnswerFaq
from actions.faq.wishes_parsing import wishes_in
from actions.procedures import messages
from actions.procedures.asking_parsing import DIRECTIONS, comes_back
from actions.procedures.form import ContinueProcedure
from actions.procedures.navigating import DIRECTION, EVENTS, NavigatorAction
from actions.procedures.parsing import LifeEvent, life_event


class GuideProcedure(NavigatorAction):
    """Answers `ask_procedure`."""

    action_name = "action_guide_procedure"

    async def act(self, turn: Turn) -> Events:
        """Begin the event that is told, go on with one, or answer what else is asked."""
        if turn.text.startswith("/"):
            return await self._tapped(turn)
        if comes_back(turn.said):
            return await self.go_on(turn)
        corrected = await self._put_right(turn)
        if corrected is not None:
            return corrected
        event = life_event(turn.text, await self.here(turn.text))
        if event is None:
            return await AnswerFaq(self.context).act(turn)
        return await self.guide(turn, event)

    async def guide(self, turn: Turn, event: LifeEvent) -> Events:
        """Guide through an event; one matter that the words ask for is answered first."""
        entry = await self.asked_for(turn)
        if entry is not None:
            await self.say_entry(turn, entry)
            turn.say(messages.offer(EVENTS.get(event, event.value)))
            return []
        if event is LifeEvent.moving:
            turn.say(messages.WHICH_MOVE)
            return self.pending({"fact": DIRECTION, "words": turn.text[:500]})
        begun = await self.begin(turn, EVENTS.get(event, event.value), turn.text)
        return await AnswerFaq(self.context).act(turn) if begun is None else begun

    async def _tapped(self, turn: Turn) -> Events:
        event, answer = turn.entity("procedure_event"), turn.entity("procedure_answer")
        if event:
            waiting = turn.slot("procedure_pending") or {}
            begun = await self.begin(turn, event, str(waiting.get("words") or ""))
            if begun is not None:
                return begun
        if answer:
            wished = await self.wish(turn, answer)
            # A button of an older question: where that stands now is shown.
            return await self.go_on(turn) if wished is None else wished
        turn.say(messages.WHICH_EVENT)
        return []

    async def _put_right(self, turn: Turn) -> Events | None:
        """Take a correction of what the list was made of; None for all else."""
        if turn.joined.get("relation") != "corrects" or life_event(turn.said):
            return None
        guide, answers = await self.latest(turn), await self.answers(turn.said)
        if guide is None or not answers:
            return None
        return await self.keep(turn, guide, answers)


class GuideMoving(GuideProcedure):
    """Answers `ask_moving`: what there is to do, for the direction that was said."""

    action_name = "action_guide_moving"

    async def act(self, turn: Turn) -> Events:
        """Answer from the FAQ what names more than moving, else guide through it."""
        if turn.entity("faq_id"):
            return await AnswerFaq(self.context).act(turn)
        if turn.text.startswith("/"):
            direction = DIRECTIONS.get(turn.entity("direction") or "", LifeEvent.moving)
            return await self.guide(turn, direction)
        if life_event(turn.text) is None or len(wishes_in(turn.text)) > 1:
            return await AnswerFaq(self.context).act(turn)
        return await super().act(turn)


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [GuideProcedure(context), GuideMoving(context), ContinueProcedure(context)]
