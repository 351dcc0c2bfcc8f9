"""The form of the snow skill: it has the first look at the message after ours."""

from dataclasses import replace
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import Events, Turn
from actions.danger.turns_parsing import asks, folded
from actions.snow import messages, words_parsing
from actions.snow.base import FORM, INTERRUPTED, PENDING, REPORT, Pending, kept
from actions.snow.draft import Draft
from actions.snow.facts import FactAction
from actions.snow.report import ReportAction, without
from actions.snow.whereabouts import Where, pinned, said_where, spot_of
from actions.talking.corrections import meant
from actions.talking.repeat_parsing import asks_again
from messages.neutral import Text

# Any value will do: the form asks through actions, never through a response of this name.
REQUESTED = SlotSet("requested_slot", "snow_answer")
CLOSED = (SlotSet(PENDING, None), SlotSet("requested_slot", None))

_LEAVING = frozenset({"cancel", "start_over", "request_human"})
# Intents under which a message in the middle of a report may still be its answer.
_UNCLEAR = frozenset({"nlu_fallback", "out_of_scope", "affirm", "deny", "greet", "chitchat"})
_QUESTIONS = frozenset({"ask_slippery_road", "ask_plow_status", "ask_report_status"})
# What is said of a road without a question mark is an answer, whatever it sounds like.
_OURS = frozenset({REPORT, *_QUESTIONS})
_TALK = frozenset({"complain", "thank", "follow_up"})
_TRIES = 2
_ASIDES = 3
_SHORT = 20


class ContinueSnow(ReportAction, FactAction):
    """The validation of `snow_form`: takes the next message as the answer, if it is one.

    Rasa calls it when the form starts (nothing to do), with each message while the form is open,
    and once more after another skill answered in between (a report is then put aside).
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
            return _put_aside(pending)
        events = await self._continue(turn, pending)
        if events is None:
            return []
        slots = [e for e in events if e.get("event") == "slot"]
        if any(e.get("name") == PENDING and e.get("value") for e in slots):
            return [*slots, REQUESTED]
        return [*slots, *CLOSED]

    async def _continue(self, turn: Turn, pending: Pending) -> Events | None:
        if turn.intent in _LEAVING and not _answers(turn.text, str(pending["ask"])):
            return None
        draft = Draft.of(pending.get("draft"))
        if draft is None:
            return await self._about_facts(turn, pending)
        if turn.intent == "share_location":
            where = await pinned(self.context, turn)
            changed, lead = self.placed(draft, where, "")
            return await self.proceed(turn, changed, lead=lead)
        if turn.intent == "share_attachment":
            return await self._photo(turn, draft)
        if turn.text.startswith("/"):
            return await self._tap(turn, pending, draft)
        return await self._said(turn, pending, draft)

    async def _photo(self, turn: Turn, draft: Draft) -> Events | None:
        if self.given(turn, "attachment") != "image":
            return None
        # Most send one; whoever has more sends them without being asked.
        return await self.proceed(turn, draft.with_photo(turn.turn_id))

    async def _tap(self, turn: Turn, pending: Pending, draft: Draft) -> Events | None:
        # The menu's button may mean a new report: then it is asked which.
        if turn.intent != REPORT or (pending.get("aside") and turn.text == f"/{REPORT}"):
            return None
        if self.given(turn, "report_edit") == "what":
            turn.say(messages.WHAT_TO_EDIT)
            return self.wait_for(pending)
        if self.given(turn, "report_draft") == "new":
            return await self.begin(turn)
        events = await self.tapped(turn, draft)
        return await self.proceed(turn, draft) if events is None else events

    # --- words --------------------------------------------------------------------------------

    async def _said(self, turn: Turn, pending: Pending, draft: Draft) -> Events | None:
        text, ask = turn.text, str(pending["ask"])
        if turn.intent in _QUESTIONS and words_parsing.asks(text):
            return None
        if asks_again(text) or words_parsing.goes_on(text):
            return await self.proceed(turn, draft)
        if about := words_parsing.asks_about(text):
            return await self._needed(turn, pending, draft, about)
        if pending.get("aside") and not self._still_answers(turn, ask):
            return None
        answered = await self._short_answer(turn, pending, draft)
        if answered is not None:
            return answered
        changed, lead = await self._read(turn, pending, draft)
        if changed != draft or lead:
            return await self.proceed(turn, changed, lead=lead)
        if pending.get("aside"):
            return None
        ours = turn.intent in _UNCLEAR or turn.intent in _OURS or turn.intent in _TALK
        # A question that tells nothing of the road is another matter.
        is_other = turn.intent in _UNCLEAR and asks(folded(text))
        if is_other or not ours or (turn.intent in _TALK and len(text) > _SHORT):
            return None
        return await self._once_more(turn, pending, draft)

    async def _needed(self, turn: Turn, pending: Pending, draft: Draft, about: str) -> Events:
        """Say whether a photo or an exact place is needed, and put the open question again."""
        if about == "photo" and pending["ask"] == "photo":
            turn.say(messages.PHOTO_NEEDED)
            return self.wait_for(pending)
        lead = messages.NEEDED[about]
        if pending["ask"] == "place":
            return await self.proceed(turn, draft, lead=lead)
        turn.say(Text(text=lead))
        return await self.proceed(turn, draft)

    def _still_answers(self, turn: Turn, ask: str) -> bool:
        """Tell whether words after another matter may answer ours: yes and no do not."""
        text = turn.text
        if turn.intent == REPORT and ask != "kind":
            return False
        if words_parsing.agrees(text) or words_parsing.refuses(text):
            return False
        return not asks(folded(text))

    async def _short_answer(self, turn: Turn, pending: Pending, draft: Draft) -> Events | None:
        """Take yes and no, "the same" and "no photo", as the open question means them."""
        text, ask = turn.text, pending["ask"]
        short = len(text) <= _SHORT and not words_parsing.puts_right(text)
        yes = words_parsing.agrees(text) or (turn.intent == "affirm" and short)
        no = words_parsing.refuses(text) or (turn.intent == "deny" and short)
        if ask == "confirm" and yes:
            return await self.file(turn, draft)
        if ask == "confirm" and (part := words_parsing.part_named(text)):
            return await self.proceed(turn, without(draft, part) or draft)
        if ask == "confirm" and (no or words_parsing.wants_to_edit(text)):
            turn.say(messages.WHAT_TO_EDIT)
            return self.wait_for(pending)
        if ask == "same" and len(text) <= _SHORT:
            return await self._same(turn, pending, draft, text)
        if ask == "photo" and words_parsing.photo_comes(text):
            turn.say(messages.PHOTO_AWAITED)
            return self.wait_for(pending)
        no_photo = no or (len(text) <= _SHORT and words_parsing.no_photo(text))
        if words_parsing.without_photo(text) or (ask == "photo" and no_photo):
            return await self.proceed(turn, replace(draft, photo_asked=True))
        return None

    async def _same(self, turn: Turn, pending: Pending, draft: Draft, text: str) -> Events | None:
        """Take "the same" where one report was offered; of several it has to be tapped."""
        offered = pending.get("offered") or []
        number = (await self.snow.read(text)).number
        if number in offered:
            return await self.join(turn, number)
        same = words_parsing.same_place(text)
        if same is None:
            return None
        if same and len(offered) == 1:
            return await self.join(turn, str(offered[0]))
        return await self.proceed(turn, replace(draft, seen=not same))

    async def _read(self, turn: Turn, pending: Pending, draft: Draft) -> tuple[Draft, str]:
        """Return the draft with everything that the words say, and what was wrong with a place."""
        text, ask = meant(turn.text), pending["ask"]
        right = words_parsing.puts_right(turn.text)
        reading = await self.snow.read(text)
        if reading.category and (ask == "kind" or right or not draft.category):
            draft = draft.of_kind(reading.category)
        if reading.severity and (ask == "severity" or right or not draft.severity):
            draft = replace(draft, severity=reading.severity)
        if words_parsing.told_without_photo(text):
            draft = replace(draft, photo_asked=True)
        if ask != "place" and not right and draft.place is not None:
            return draft, ""
        where = await said_where(self.context, text, asked=ask == "place")
        if not self._means_place(turn, where, asked=ask == "place" or right):
            return draft, ""
        return self.placed(draft, where, text)

    def _means_place(self, turn: Turn, where: Where, *, asked: bool) -> bool:
        """Tell whether a place that is named is this report's: others ask about places as well."""
        if where.spot is None and not where.unknown and not where.outside:
            return False
        # 「市役所は何時まで？」 names a place, and asks something else.
        if turn.intent not in _OURS and asks(folded(turn.text)):
            return False
        ours = turn.intent in _UNCLEAR or turn.intent in _OURS
        return where.whole or ours or (asked and len(turn.text) <= 2 * _SHORT)

    async def _once_more(self, turn: Turn, pending: Pending, draft: Draft) -> Events:
        tries = int(pending.get("tries") or 0) + 1
        if tries > _TRIES:
            turn.say(messages.GIVEN_UP)
            return [SlotSet(INTERRUPTED, kept(pending))]
        if pending["ask"] == "kind":
            events = await self._ask_kind(turn, draft, again=True)
        else:
            lead = messages.NO_PLACE if pending["ask"] == "place" else ""
            events = await self.proceed(turn, draft, lead=lead)
        return [_counted(event, tries) for event in events]

    async def _about_facts(self, turn: Turn, pending: Pending) -> Events | None:
        """Take the place that a question about ploughs or ice waits for."""
        intent, end = str(pending["intent"]), spot_of(pending.get("to"))
        if turn.intent == "share_location":
            where = await pinned(self.context, turn)
            return await self.answer(turn, intent, where, end)
        if turn.text.startswith("/"):
            return None
        where = await said_where(self.context, meant(turn.text), asked=True)
        ours = turn.intent in _UNCLEAR or turn.intent == intent
        if where.spot is None and not where.unknown:
            return None
        if not (where.whole or ours):
            return None
        return await self.answer(turn, intent, where, end)


def _answers(text: str, ask: str) -> bool:
    """Tell whether words that sound like leaving answer the open question: 「なしで」, 「直す」."""
    if words_parsing.without_photo(text):
        return True
    if ask == "confirm":
        return words_parsing.wants_to_edit(text) or bool(words_parsing.part_named(text))
    return False


def _put_aside(pending: Pending) -> Events:
    """Let a report wait after another matter was answered: what answers it is still taken.

    Only for some messages: who goes on with other matters has left it; 「続ける」 brings it back.
    """
    left = kept(pending)
    if left is None:
        return [*CLOSED]
    asides = int(pending.get("aside") or 0) + 1
    if asides > _ASIDES:
        return [*CLOSED, SlotSet(INTERRUPTED, {**left, "aside": 0})]
    return [SlotSet(INTERRUPTED, left), SlotSet(PENDING, {**pending, "aside": asides}), REQUESTED]


def _counted(event: dict[str, Any], tries: int) -> dict[str, Any]:
    if event.get("name") != PENDING or not event.get("value"):
        return event
    return {**event, "value": {**event["value"], "tries": tries}}
