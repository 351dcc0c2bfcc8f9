"""Guides through a life event: what is urgent at once, then the questions that decide, a list."""

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from actions.base import ActionContext, Events, Turn, asked_lately
from actions.faq.actions import AnswerFaq
from actions.faq.wishes_parsing import wishes_in
from actions.procedures import messages
from actions.procedures.asking_parsing import (
    DIRECTIONS,
    REPLACED,
    asks,
    changes_the_list,
    comes_back,
    wishes,
)
from actions.procedures.filling import Answers
from actions.procedures.form import ContinueProcedure
from actions.procedures.navigating import (
    DIRECTION,
    EVENTS,
    OFFERED,
    PENDING,
    TASK,
    NavigatorAction,
    tells_another,
)
from actions.procedures.parsing import MOVES, LifeEvent, life_event
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from services.procedures.contract import Guide


class GuideProcedure(NavigatorAction):
    """Answers `ask_procedure`."""

    action_name = "action_guide_procedure"

    async def act(self, turn: Turn) -> Events:
        """Begin the event that is told, go on with one, or answer what else is asked."""
        if turn.text.startswith("/"):
            return await self._tapped(turn)
        if comes_back(turn.said):
            return await self.go_on(turn)
        changed = await self.put_right(turn)
        if changed is not None:
            return changed
        event = life_event(turn.text, await self.here(turn.text))
        if event is None:
            return await AnswerFaq(self.context).act(turn)
        return await self.guide(turn, event)

    async def offer_beside(self, turn: Turn) -> Events:
        """Offer the list of the event that the words name, after an answer to one matter of it.

        Nothing is asked: a tap, or whoever comes back to it, begins it with what was told.
        """
        event = life_event(turn.said)
        if event in MOVES:
            try:
                event = life_event(turn.said, await self.here(turn.said))
            except (NotFoundError, UnavailableError):
                # The answer was said already: it never fails because of an offer.
                return []
        if event is None or event is LifeEvent.moving or turn.slot(PENDING) or turn.said[:1] == "/":
            return []
        key = EVENTS.get(event, event.value)
        turn.say(messages.offer(key))
        waiting = {"fact": OFFERED, "event": key, "words": turn.said[:500], "paused": True}
        return [SlotSet(PENDING, waiting)]

    async def guide(self, turn: Turn, event: LifeEvent) -> Events:
        """Guide through an event; one matter that the words ask for is answered first."""
        entry = await self.asked_for(turn)
        if entry is not None:
            await self.say_entry(turn, entry)
            key = EVENTS.get(event, event.value)
            turn.say(messages.offer(key))
            words = turn.text[:500]
            return self.pending({"fact": OFFERED, "event": key, "words": words, "paused": True})
        if event is LifeEvent.moving and (open_ := await self._open_move(turn)):
            return await self._within(turn, open_)
        if event is LifeEvent.moving:
            turn.say(messages.WHICH_MOVE)
            return self.pending({"fact": DIRECTION, "words": turn.text[:500]})
        key = EVENTS.get(event, event.value)
        if turn.slot(PENDING) and (open_ := await self.latest(turn)) and open_.event == key:
            # Who is being guided through it tells more of it, and begins nothing anew.
            return await self._within(turn, open_)
        begun = await self.begin(turn, key, "" if turn.text.startswith("/") else turn.text)
        if begun is not None:
            return begun
        return await AnswerFaq(self.context, guides=False).act(turn)

    async def _open_move(self, turn: Turn) -> Guide | None:
        """Return the move that is talked about, if any."""
        about_it = (turn.slot("topic") or {}).get("task") == TASK
        if not (turn.slot(PENDING) or about_it or asked_lately(turn, PENDING)):
            return None
        guide = await self.latest(turn)
        return guide if guide is not None and guide.event in {one.value for one in MOVES} else None

    async def _within(self, turn: Turn, guide: Guide) -> Events:
        """Take what is told within an event; a question of its own is answered as any other."""
        answers = await self._corrections(turn, guide)
        kept = await self._keep_kindly(turn, guide, answers, only_changes=True)
        if kept is not None:
            return kept
        if asks(turn.said):
            return await AnswerFaq(self.context, guides=False).act(turn)
        return await self.go_on(turn)

    async def _corrections(self, turn: Turn, guide: Guide) -> Answers:
        """Return what is told; of a day that replaces another, the one that holds."""
        day = self.bare_day(turn.said, guide)
        if day and REPLACED.search(turn.said):
            return day
        return await self.answers(turn.text) or (day if changes_the_list(turn.said) else {})

    async def _tapped(self, turn: Turn) -> Events:
        event, answer = turn.entity("procedure_event"), turn.entity("procedure_answer")
        if event:
            waiting = turn.slot(PENDING) or {}
            begun = await self.begin(turn, event, str(waiting.get("words") or ""))
            if begun is not None:
                return begun
        if answer:
            wished = await self.wish(turn, answer)
            # A button of an older question: where that stands now is shown.
            return await self.go_on(turn) if wished is None else wished
        turn.say(messages.WHICH_EVENT)
        return []

    async def put_right(self, turn: Turn) -> Events | None:
        """Take a correction of the list talked about, or what is done of it; None for all else."""
        about_it = (turn.slot("topic") or {}).get("task") == TASK
        corrects = turn.joined.get("relation") == "corrects" or changes_the_list(turn.said)
        if not about_it and asked_lately(turn, PENDING):
            return await self._told_late(turn)
        guide = await self.latest(turn) if about_it else None
        if guide is not None and (about := self.about(guide, turn.said)):
            turn.say(messages.the_list(guide, self.city, lead=about))
            return self.wait_for(turn, guide)
        guide = guide if corrects else None
        if guide is None or tells_another(turn.said, guide.event):
            return None
        answers = await self._corrections(turn, guide)
        known = {one.name for one in guide.known}
        answers = {name: plain for name, plain in answers.items() if name in known}
        if not answers and (day := self.bare_day(turn.said, guide)):
            answers = day
        return await self._keep_kindly(turn, guide, answers, only_changes=True)

    async def _told_late(self, turn: Turn) -> Events | None:
        """Take what is told of the household after another skill answered; None for all else."""
        said = turn.said
        if said.startswith("/") or asks(said) or wishes(said):
            return None
        guide = await self.latest(turn)
        if guide is None or guide.question is None or tells_another(said, guide.event):
            return None
        answers = await self.answers(said)
        return await self._keep_kindly(turn, guide, answers, only_changes=True)

    async def _keep_kindly(
        self, turn: Turn, guide: Guide, answers: Answers, *, only_changes: bool = False
    ) -> Events | None:
        """Keep answers as `keep` does; say kindly where one cannot be."""
        try:
            return await self.keep(turn, guide, answers, only_changes=only_changes)
        except InvalidInputError:
            turn.say(messages.CANNOT_BE)
            return []


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
