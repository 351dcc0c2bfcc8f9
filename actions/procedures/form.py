"""The navigator's form: it has the first look at the message after a question."""

from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import Events, Turn
from actions.danger.judge import the_judge
from actions.danger.kinds import SORROWS
from actions.matters.nouns_parsing import names_its_matter
from actions.procedures import messages
from actions.procedures.answers_parsing import answered, is_bare_day
from actions.procedures.asking_parsing import (
    asks,
    changes_the_list,
    puts_off,
    resumes,
    surely_asks,
    wants_the_list,
    wants_the_urgent,
    wishes,
)
from actions.procedures.navigating import (
    DIRECTION,
    FORM,
    OFFERED,
    PENDING,
    NavigatorAction,
    Pending,
    tells_another,
)
from actions.procedures.parsing import MOVES, LifeEvent, life_event, which_way
from actions.talking.repeat_parsing import asks_again
from kit.errors import InvalidInputError
from services.procedures.contract import UNKNOWN, Guide, Question

# Any value will do: the form asks through actions, never through a response of this name.
REQUESTED = SlotSet("requested_slot", "procedure_reply")
CLOSED = (SlotSet(PENDING, None), SlotSet("requested_slot", None))

_LEAVING = frozenset({"cancel", "start_over", "request_human"})
# Intents under which a message may still be the answer to what was asked.
_UNCLEAR = frozenset(
    {
        *("nlu_fallback", "out_of_scope", "affirm", "deny", "chitchat"),
        *("ask_procedure", "ask_moving", "follow_up", "complain"),
    }
)
_FAQ = frozenset({"ask_faq", "ask_certificate", "ask_mynumber_card"})
_TRIES = 2
_LEFT = 3
"""So many other matters in a row leave the question behind: it waits, and is not asked again."""
_LONGEST_PAUSE = 20
"""Messages for which it waits until somebody comes back to it."""
_SHORT, _BARE = 20, 8
"""Characters."""


class ContinueProcedure(NavigatorAction):
    """The validation of `procedure_form`: takes the next message as the answer, if it is one.

    Rasa calls it when the form starts (nothing to do), with each message while the form is open,
    and once more after another skill answered in between: the question is then asked again, once.
    """

    action_name = f"validate_{FORM}"

    async def act(self, turn: Turn) -> Events:
        """Return events that close the form, keep it open, or (none) let others answer."""
        recent = turn.since_heard
        if any(e.get("name") == PENDING and e.get("value") for e in recent):
            return [REQUESTED]
        pending = turn.slot(PENDING)
        if not pending:
            return [*CLOSED]
        if any(e.get("event") == "action_execution_rejected" for e in recent):
            return await self._back(turn, pending)
        events = await self._continue(turn, pending)
        if events is None:
            return []
        slots = [e for e in events if e.get("event") == "slot"]
        if any(e.get("name") == PENDING and e.get("value") for e in slots):
            return [*slots, REQUESTED]
        return [*slots, *CLOSED]

    async def _back(self, turn: Turn, pending: Pending) -> Events:
        """Ask again after another skill answered; not twice in a row, and never after a danger."""
        left = int(pending.get("left") or 0)
        if pending.get("paused"):
            waiting = SlotSet(PENDING, {**pending, "left": left + 1})
            return [waiting, REQUESTED] if left < _LONGEST_PAUSE else [*CLOSED]
        guide = await self.latest(turn)
        asks = guide is not None and guide.question is not None and pending.get("guide") == guide.id
        if guide is None or not asks:
            return [*CLOSED]
        if left >= _LEFT or _tells_of_danger(turn.said):
            return [SlotSet(PENDING, {**pending, "left": 0, "paused": True}), REQUESTED]
        if left == 0:
            lead = messages.back_to(guide)
            turn.say(messages.next_step(guide, self.city, lead=lead))
        return [SlotSet(PENDING, {**pending, "left": left + 1}), REQUESTED]

    async def _continue(self, turn: Turn, pending: Pending) -> Events | None:
        if pending.get("fact") == DIRECTION:
            return await self._direction(turn, pending)
        if pending.get("fact") == OFFERED:
            return await self._offered(turn)
        guide = await self.latest(turn)
        if guide is None or guide.question is None or guide.id != pending.get("guide"):
            return None
        question = _with_chosen(guide.question, pending)
        if turn.text.startswith("/"):
            is_left = turn.intent in _LEAVING
            return None if is_left else await self._tap(turn, pending, guide, question)
        return await self._said(turn, pending, guide, question)

    async def _direction(self, turn: Turn, pending: Pending) -> Events | None:
        """Take where somebody moves; a tap of ours begins the event by itself."""
        said = turn.said
        if said.startswith("/") or turn.intent in _LEAVING:
            return None
        told = f"{pending.get('words', '')}\n{said}"
        event = which_way(said) or life_event(told, await self.here(told))
        if event in MOVES and event is not LifeEvent.moving:
            return await self.begin(turn, event.value, told)
        return None

    async def _offered(self, turn: Turn) -> Events | None:
        """Begin the list that was offered, where it is asked for."""
        said = turn.said
        if said.startswith("/") or not (wants_the_list(said) or resumes(said)):
            return None
        return await self.go_on(turn)

    def _paused(self, turn: Turn, pending: Pending) -> Events:
        """Say that everything is kept; the question waits, and nothing is asked meanwhile."""
        turn.say(messages.LEFT_FOR_LATER)
        return self.pending({**pending, "left": 0, "paused": True})

    async def _back_again(
        self, turn: Turn, pending: Pending, guide: Guide, question: Question
    ) -> Events | None:
        """Go on with a question that waits, for who comes back to it or answers it."""
        open_ = {name: value for name, value in pending.items() if name not in ("paused", "left")}
        answers = await self._read(turn, guide, question) if turn.intent in _UNCLEAR else {}
        if answers.get(question.name) in (True, False, UNKNOWN):
            del answers[question.name]
        if answers and not asks(turn.said) and not tells_another(turn.said, guide.event):
            return await self._take(turn, open_, guide, question, answers)
        if not resumes(turn.said):
            return None
        turn.say(messages.next_step(guide, self.city, lead=messages.back_to(guide)))
        return self.pending(open_)

    async def _tap(
        self, turn: Turn, pending: Pending, guide: Guide, question: Question
    ) -> Events | None:
        value = turn.entity("procedure_answer") if turn.intent == "ask_procedure" else None
        if value is None:
            return None
        labels = {one.value: one.label for one in question.choices}
        if question.kind == "several" and value in labels:
            chosen = sorted({*question.chosen, value})
            noted = question.model_copy(update={"chosen": tuple(chosen)})
            turn.say(messages.chosen_words(noted, labels[value]))
            return self.pending({**pending, "chosen": chosen, "tries": 0})
        if value == "later":
            return self._paused(turn, pending)
        plain = _tapped(value, question)
        return None if plain is None else await self.keep(turn, guide, {question.name: plain})

    async def _said(
        self, turn: Turn, pending: Pending, guide: Guide, question: Question
    ) -> Events | None:
        text = turn.said
        if pending.get("paused"):
            return await self._back_again(turn, pending, guide, question)
        if puts_off(text):
            return self._paused(turn, pending)
        answers = await self._read(turn, guide, question)
        is_answer = question.name in answers and not surely_asks(text)
        if not is_answer and (about := self.about(guide, text)):
            turn.say(messages.next_step(guide, self.city, lead=about))
            return self.pending(pending)
        if turn.intent in _LEAVING and not await self._named(turn, question):
            return None
        if asks_again(text) or (resumes(text) and not answers):
            turn.say(messages.next_step(guide, self.city))
            return self.pending(pending)
        if wants_the_urgent(text):
            turn.say(messages.urgent(guide), messages.next_step(guide, self.city))
            return self.pending(pending)
        if wants_the_list(text) and len(text) <= _SHORT:
            turn.say(messages.so_far(guide), messages.next_step(guide, self.city))
            return self.pending(pending)
        if int(pending.get("left") or 0) > 1 and answers.get(question.name) in (
            True,
            False,
            UNKNOWN,
        ):
            # Yes, and "I do not know", belong to what was said since.
            del answers[question.name]
        if not answers and tells_another(text, guide.event):
            return None
        if not answers and changes_the_list(text):
            changed = await self.keep(turn, guide, {}, only_changes=True)
            if changed is not None:
                return changed
        if not (answers or asks(text) or wishes(text)):
            # What it tells may answer a question that comes later.
            changed = await self.keep(turn, guide, {}, only_changes=True)
            if changed is not None:
                return changed
        named = _names_an_option(question, text) and (len(text) <= _BARE or not surely_asks(text))
        if asks(text) and not (is_answer or named):
            # A question of its own is answered first, whatever it holds: 土曜日 is no answer then.
            return await self._asked(turn, pending, guide)
        if answers:
            return await self._take(turn, pending, guide, question, answers)
        if not self._stays(turn) or (pending.get("left") and turn.intent in _UNCLEAR):
            return None
        return self._once_more(turn, pending, question)

    async def _named(self, turn: Turn, question: Question) -> bool:
        """Tell whether words that sound like leaving answer: 会社の都合でやめた."""
        if question.kind in ("choice", "several") and answered(question, turn.said, self.today()):
            return True
        return bool(await self.answers(turn.said)) and len(turn.said) > _BARE

    def _stays(self, turn: Turn) -> bool:
        """Tell whether words that were not understood are about what was asked.

        Another skill takes a question, a wish, or the bare name of its own matter.
        """
        if turn.intent in _UNCLEAR:
            return True
        if turn.intent in _FAQ or asks(turn.said) or wishes(turn.said):
            return False
        return len(turn.said) > _BARE or not names_its_matter(turn.intent, turn.said)

    async def _asked(self, turn: Turn, pending: Pending, guide: Guide) -> Events | None:
        """Answer a question about the event here, and leave every other one to its skill."""
        if turn.intent not in _UNCLEAR:
            return None
        entry = await self.asked_for(turn)
        if entry is None:
            return None
        await self.say_entry(turn, entry)
        turn.say(messages.next_step(guide, self.city, lead=messages.back_to(guide)))
        return self.pending(pending)

    async def _read(self, turn: Turn, guide: Guide, question: Question) -> dict[str, Any]:
        """Return what the words answer, and what they put right or add."""
        value = answered(question, turn.said, self.today())
        found = await self.answers(turn.said)
        is_day = is_bare_day(turn.said, self.today()) or changes_the_list(turn.said)
        if value is None and not found and is_day:
            # 「えーと、11月28日です」 puts the only day right that was told.
            found = self.bare_day(turn.said, guide)
        more = {name: plain for name, plain in found.items() if name != question.name}
        if question.kind == "date" and question.name in found:
            # What happened then tells the year: 予定日は7月4日 lies ahead.
            value = found[question.name]
        return more if value is None else {**more, question.name: value}

    async def _take(
        self,
        turn: Turn,
        pending: Pending,
        guide: Guide,
        question: Question,
        answers: dict[str, Any],
    ) -> Events:
        if question.kind == "several" and question.name in answers:
            said = answers[question.name]
            if said != UNKNOWN:
                answers = {**answers, question.name: sorted({*said, *question.chosen})}
        try:
            return await self.keep(turn, guide, answers) or []
        except InvalidInputError:
            turn.say(messages.impossible(question))
            return self.pending(pending)

    def _once_more(self, turn: Turn, pending: Pending, question: Question) -> Events:
        tries = int(pending.get("tries") or 0) + 1
        if tries > _TRIES:
            return self._paused(turn, {**pending, "tries": 0})
        turn.say(messages.once_more(question))
        return self.pending({**pending, "tries": tries})


def _tells_of_danger(text: str) -> bool:
    """Tell whether somebody is in danger: then no question of ours is asked again."""
    return bool(set(the_judge().judge(text, settled=True)) - SORROWS)


def _names_an_option(question: Question, text: str) -> bool:
    """Tell whether the words may be an answer though they sound like a question: はい、たぶん."""
    return any(one.label in text for one in question.choices)


def _with_chosen(question: Question, pending: Pending) -> Question:
    chosen = tuple(pending.get("chosen") or question.chosen)
    return question.model_copy(update={"chosen": chosen})


def _tapped(value: str, question: Question) -> Any:
    """Return what a button of a question answers; None for one of another question."""
    if value == UNKNOWN:
        return UNKNOWN
    if question.kind == "yes_no":
        return {"yes": True, "no": False}.get(value)
    if question.kind == "several":
        return list(question.chosen) if value in (messages.ALL, messages.NONE) else None
    if question.kind == "people":
        return [] if value == messages.NONE else None
    return value if value in {one.value for one in question.choices} else None
