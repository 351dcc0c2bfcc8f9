"""Reporting a matter of the road: the first sentence, and every tap of its questions."""

from dataclasses import replace

from rasa_sdk.events import SlotSet

from actions.base import Events, Turn
from actions.faq.actions import AnswerFaq
from actions.snow import messages
from actions.snow.base import FILED, INTERRUPTED, PENDING, SnowAction
from actions.snow.draft import Draft
from actions.snow.whereabouts import Where, said_where
from actions.snow.words_parsing import asks_damages, goes_on, somebody_is_stuck, told_without_photo

_LONGEST_REPORT = 80
"""Characters."""


class ReportAction(SnowAction):
    """What the first sentence and the form share."""

    async def begin(self, turn: Turn) -> Events:
        """Begin a report with everything that the sentence says."""
        text = self.words(turn)
        if text and somebody_is_stuck(text) and not turn.warned:
            turn.say(messages.STUCK)
            turn.warned = True
        draft = Draft(key=turn.turn_id or turn.citizen_id, words=text)
        if not text:
            return [SlotSet(INTERRUPTED, None), *await self.proceed(turn, draft, first=True)]
        reading = await self.snow.read(text)
        no_photo = told_without_photo(text)
        draft = replace(
            draft, category=reading.category, severity=reading.severity, photo_asked=no_photo
        )
        where = await said_where(self.context, text)
        story = not reading.category and len(text) > _LONGEST_REPORT
        if asks_damages(text):
            return await AnswerFaq(self.context).act(turn)
        if story:
            # A long story without a matter of the road asks about something else.
            from actions.talking.fallback import Fallback

            return await Fallback(self.context).act(turn)
        draft, lead = self.placed(draft, where, text)
        events = await self.proceed(turn, draft, first=True, lead=lead)
        return [SlotSet(INTERRUPTED, None), *events]

    def placed(self, draft: Draft, where: Where, text: str) -> tuple[Draft, str]:
        """Return the draft with what was said of the place, and what is wrong with that."""
        if where.spot is not None:
            return draft.at(where.spot, text), ""
        if where.outside:
            return draft, messages.OUTSIDE
        return draft, messages.unknown_place(where.unknown) if where.unknown else ""

    async def resume(self, turn: Turn, draft: Draft) -> Events:
        """Go on with a report where it was left."""
        return [SlotSet(INTERRUPTED, None), *await self.proceed(turn, draft)]

    async def tapped(self, turn: Turn, draft: Draft | None) -> Events | None:
        """Carry a tap of our own out; None where it is none, or there is no draft for it."""
        key, same = self.given(turn, "report_file"), self.given(turn, "report_same")
        if key:
            return await self._consent(turn, draft, key)
        if same and same != "none":
            return await self.join(turn, same)
        if draft is None:
            return None
        changed = await self._answered(turn, draft)
        return None if changed is None else await self.proceed(turn, changed)

    async def _answered(self, turn: Turn, draft: Draft) -> Draft | None:
        """Return the draft with what a tap said of it."""
        if kind := self.given(turn, "report_kind"):
            known = {one.code for one in (await self.kinds()).kinds}
            return draft.of_kind(kind) if kind in known else None
        if (severity := self.given(turn, "report_severity")) in messages.SEVERITIES:
            return replace(draft, severity=str(severity))
        if self.given(turn, "report_photo"):
            return replace(draft, photo_asked=True)
        if self.given(turn, "report_same"):
            return replace(draft, seen=True)
        if self.given(turn, "report_rough") and draft.rough:
            return replace(draft, spot=draft.rough, seen=False)
        return without(draft, self.given(turn, "report_edit") or "")

    async def _consent(self, turn: Turn, draft: Draft | None, key: str) -> Events:
        done = turn.slot(FILED) or {}
        if done.get("key") == key:
            number = str(done["number"])
            turn.say(messages.already_filed(number, self.page(number)))
            return []
        if draft is None or draft.key != key:
            turn.say(messages.NOT_THERE)
            return []
        return await self.file(turn, draft)


def without(draft: Draft, what: str) -> Draft | None:
    """Return the draft without what is to be said anew; None where that is no part of it."""
    match what:
        case "kind":
            return replace(draft, category="", seen=False)
        case "place":
            return replace(draft, spot=None, rough=None, seen=False)
        case "severity":
            return replace(draft, severity="")
        case "photo":
            return replace(draft, photos=(), photo_asked=False)
        case _:
            return None


class ReportSnowRoad(ReportAction):
    """Answers `report_snow_road`."""

    action_name = "action_report_snow_road"

    async def act(self, turn: Turn) -> Events:
        """Begin a report, go on with one that was interrupted, or carry out a tap."""
        text = self.words(turn)
        waiting = turn.slot(INTERRUPTED) or turn.slot(PENDING) or {}
        draft = Draft.of(waiting.get("draft"))
        wish = self.given(turn, "report_draft")
        if draft is not None and (wish == "resume" or (text and goes_on(text))):
            return await self.resume(turn, draft)
        if wish != "new" and (events := await self._tap(turn, draft)) is not None:
            return events
        if draft is not None and draft.is_begun and not text and wish != "new":
            turn.say(messages.resume(draft, await self.kind_name(draft.category)))
            return []
        return await self.begin(turn)

    async def _tap(self, turn: Turn, draft: Draft | None) -> Events | None:
        """Carry a tap of an older question out; the draft may have been put aside meanwhile."""
        asked = ("report_file", "report_same", "report_kind", "report_severity", "report_photo")
        names = (*asked, "report_edit", "report_rough", "report_draft")
        if not any(self.given(turn, name) for name in names):
            return None
        events = await self.tapped(turn, draft)
        if events is None:
            turn.say(messages.NOT_THERE)
            return []
        if draft is not None:
            return [SlotSet(INTERRUPTED, None), SlotSet(PENDING, None), *events]
        return events
