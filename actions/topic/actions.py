"""Answers what is asked about the topic, and does what is asked to be done with it.

Rasa's channel decides that a message goes on with the topic and which of its aspects it asks about
(`nlu/channels/resolving.py`); `Turn.joined` tells.
"""

import re

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import load_city
from actions.facilities.actions import AskFacility, AskShelter
from actions.faq.actions import SEVERAL, answer_message, keep_question, leads, leave_entry
from actions.faq.searching import search
from actions.faq.translations import core_answer
from actions.procedures.actions import GuideProcedure
from actions.procedures.asking_parsing import asks
from actions.snow.base import INTERRUPTED as SNOW_INTERRUPTED
from actions.snow.draft import Draft
from actions.snow.facts import AskPlowStatus, AskSlipperyRoad
from actions.snow.report import ReportSnowRoad
from actions.snow.status import AskReportStatus
from actions.talking.contact import asks_without_phone
from actions.talking.fallback import Fallback
from actions.topic import messages
from actions.topic.sentences import (
    Aspect,
    about,
    goes_on,
    is_told,
    matter_names,
    matter_words,
    sentences_of,
    speaks_of,
)
from actions.waste.actions import (
    AnswerWasteDay,
    AnswerWasteSorting,
    ContinueWaste,
    SetWasteReminder,
)
from actions.waste.base import INTERRUPTED
from kit.errors import InvalidInputError, NotFoundError
from kit.wording import SOURCE, language
from services.faq.contract import Entry, FaqClient, Outcome, Verdict
from services.waste.contract import WasteClient

# How an aspect is named, where the model of the channel saw none.
_BY_WORDS = {
    Aspect.cost: re.compile(r"いくら|なんぼ|料金|費用|値段|お金"),
    Aspect.weekend: re.compile(r"土日|土曜|日曜|週末|休みの日|祝日|weekend"),
    Aspect.deadline: re.compile(r"いつまで|締め?切り?|期限|間に合"),
    Aspect.papers: re.compile(r"持ち物|書類|何(?:が|を)(?:いる|必要|持)|なにが?(?:いる|ひつよう)"),
    Aspect.proxy: re.compile(r"代わり|かわりに|代理|本人じゃな|家族(?:が|でも)"),
    Aspect.hours: re.compile(r"何時|なんじ"),
}
_WHOM = re.compile(r"に(?:言え|いえ|頼め|たのめ|聞け|きけ|(?:相談|連絡|電話)すれ)ば")
# What the list of things to throw away does not tell.
_NOT_SORTED = frozenset(
    {Aspect.cost, Aspect.proxy, Aspect.weekend, Aspect.duration, Aspect.language}
)
_SWITCHES = {"stop": "off", "resume": "on", "show": "show"}
_HITS = 3
_HAN = re.compile(r"[㐀-鿿]")
_BARE_HAN, _BARE_WORDS = 10, 3
_OWN_SENTENCE = 8
"""Characters."""
_ABOUT_ROADS: dict[str, type[CityAction]] = {
    "ask_plow_status": AskPlowStatus,
    "ask_slippery_road": AskSlipperyRoad,
    "ask_report_status": AskReportStatus,
    # What is asked after a report was filed is asked about it.
    "report_snow_road": AskReportStatus,
}


class FollowUp(CityAction):
    """Answers `follow_up`."""

    action_name = "action_follow_up"

    async def act(self, turn: Turn) -> Events:
        """Do the command, else answer from the entry told before, else from another one."""
        joined = turn.joined
        if not joined or asks_without_phone(turn):
            return await Fallback(self.context).act(turn)
        changed = await GuideProcedure(self.context).put_right(turn)
        if changed is not None:
            return changed
        if joined["aspect"] == "go_on":
            return await self._go_on(turn)
        if joined["aspect"] in _SWITCHES and joined["task"] == "set_waste_reminder":
            return await self._switch(turn, _SWITCHES[joined["aspect"]])
        if joined["aspect"] == "keep" and joined["slots"].get("area"):
            return await AnswerWasteDay(self.context).keep_area(turn, joined["slots"]["area"])
        if (asked := await self._asked_in_its_language(turn)) is not None:
            return await self._whole(turn, asked, None)
        aspect = _aspect(joined["aspect"]) or _named_aspect(turn.said)
        entry = await self._told(joined["entry"])
        if entry is not None:
            return await self._about_entry(turn, entry, aspect)
        return await self._about_task(turn, aspect)

    async def about(self, turn: Turn, entry: Entry) -> Events:
        """Answer what is asked about an entry that was told before."""
        return await self._about_entry(turn, entry, _named_aspect(turn.said))

    async def _asked_in_its_language(self, turn: Turn) -> Entry | None:
        """Return another entry that a question in another language surely asks for."""
        if language() == SOURCE or turn.text.startswith("/"):
            return None
        if turn.joined["aspect"] and _is_bare(turn.said):
            # "how much?" asks nothing without its subject.
            return None
        found = await search(self.context, turn, turn.said, _HITS)
        sure = found.verdict is Verdict.sure
        return (
            found.hits[0].entry if sure and found.hits[0].entry.id != turn.joined["entry"] else None
        )

    async def _switch(self, turn: Turn, switch: str) -> Events:
        slots = turn.joined["slots"]
        reminder = SetWasteReminder(self.context)
        resumed = switch == "on"
        wish = reminder.wish(
            turn,
            text="" if resumed else turn.said,
            area=slots.get("area") if resumed else None,
            time=slots.get("time") if resumed else None,
            switch=switch,
        )
        return await reminder.answer_reminder(turn, wish)

    async def _go_on(self, turn: Turn) -> Events:
        """Take the question up again that another matter interrupted; else show all there is."""
        draft = Draft.of((turn.slot(SNOW_INTERRUPTED) or {}).get("draft"))
        if draft is not None:
            return await ReportSnowRoad(self.context).resume(turn, draft)
        pending = turn.slot(INTERRUPTED)
        if not pending:
            turn.say(messages.GO_ON_WITH)
            return []
        events = await ContinueWaste(self.context).ask_open(turn, pending)
        return [SlotSet(INTERRUPTED, None), *events]

    async def _told(self, entry_id: str) -> Entry | None:
        if not entry_id:
            return None
        try:
            return await self.context.client(FaqClient).entry(entry_id)
        except (NotFoundError, InvalidInputError):
            return None

    async def _about_entry(self, turn: Turn, entry: Entry, aspect: Aspect | None) -> Events:
        words = matter_words(turn.said)
        own = about(entry.answer, aspect, words)
        named = matter_names(turn.said)
        names = [word for word in named if len(word) > 1] or named
        missing = bool(names) and not any(word in entry.answer for word in names)
        if aspect is None and not asks(turn.said) and not own:
            # What is told after an answer asks for no other part of it; it may name another matter.
            found = await search(self.context, turn, turn.said, _HITS) if words else None
            if found is not None and leads(found, SEVERAL):
                return await self._whole(turn, found.hits[0].entry, aspect)
            if is_told(turn.said):
                key = await keep_question(self.context, turn, Outcome.refused)
                turn.say(messages.heard(entry, key))
                leave_entry(turn, entry)
                return []
            return await Fallback(self.context).act(turn)
        if aspect and language() != SOURCE and self._has_told(turn, entry):
            # Its short answer was all there is in this language.
            other = await self._other(turn, entry, [], aspect)
            if other is not None:
                return await self._whole(turn, other, aspect)
        if own and aspect and not missing:
            return await self._part(turn, entry, own, aspect)
        if _WHOM.search(turn.said) and (desk := about(entry.answer, Aspect.place, [])):
            # 「ケアマネさんに言えばいいの？」 asks whom to tell of what was told.
            return await self._part(turn, entry, desk, Aspect.place)
        other = await self._other(turn, entry, words, aspect)
        if other is not None:
            return await self._whole(turn, other, aspect)
        if missing and aspect is None and len(turn.said) > _OWN_SENTENCE:
            # It names a matter of its own.
            alone = await search(self.context, turn, turn.said, _HITS)
            if leads(alone, SEVERAL):
                return await self._whole(turn, alone.hits[0].entry, aspect)
        elif not own and aspect is None:
            # What was asked is not in there: the whole is told, and whom to ask stands under it.
            own = sentences_of(entry.answer)
        return await self._part(turn, entry, own, aspect)

    def _has_told(self, turn: Turn, entry: Entry) -> bool:
        core = core_answer(entry.id, self.context.settings.city_dir)
        return bool(core) and turn.has_just_said(core)

    async def _other(
        self, turn: Turn, entry: Entry, words: list[str], aspect: Aspect | None
    ) -> Entry | None:
        """Return another entry that answers: by the words alone, then with the entry's subject."""
        if words or len(turn.said) > _OWN_SENTENCE:
            alone = await search(self.context, turn, turn.said, _HITS)
            foreign = not _names(entry, words)
            sure = alone.verdict is Verdict.sure or (foreign and leads(alone, SEVERAL))
            sure = sure if words else alone.verdict is Verdict.sure
            clear = sure and (not words or _names(alone.hits[0].entry, words))
            if clear and alone.hits[0].entry.id != entry.id:
                return alone.hits[0].entry
        found = await search(self.context, turn, f"{entry.question} {turn.said}", _HITS)
        for hit in found.hits:
            text = f"{hit.entry.question}{hit.entry.answer}"
            named = any(word in text for word in words) or not words
            fits = aspect is None or speaks_of(hit.entry.answer, aspect)
            near = hit.entry.category == entry.category and (
                bool(words) or aspect is None or goes_on(entry.question, hit.entry.question, aspect)
            )
            if hit.entry.id != entry.id and named and fits and near and (words or aspect):
                return hit.entry
        return None

    async def _part(
        self, turn: Turn, entry: Entry, own: list[str], aspect: Aspect | None
    ) -> Events:
        city = load_city(self.context.settings.city_dir)
        outcome = Outcome.answered if own else Outcome.refused
        key = await keep_question(self.context, turn, outcome, [entry] if own else ())
        core = core_answer(entry.id, city.folder)
        again = bool(core) and turn.has_just_said(core)
        said = messages.part_of(entry, city, own, aspect, key, told=again)
        if own and turn.has_just_said(said.text):
            # The same once more is no answer.
            said = messages.part_of(entry, city, (), aspect, key)
        turn.say(said)
        leave_entry(turn, entry)
        return []

    async def _whole(self, turn: Turn, entry: Entry, aspect: Aspect | None) -> Events:
        city = load_city(self.context.settings.city_dir)
        said = answer_message(entry, city)
        if turn.has_just_said(said.text):
            return await self._part(turn, entry, [], aspect)
        key = await keep_question(self.context, turn, Outcome.answered, [entry])
        turn.say(answer_message(entry, city, key))
        leave_entry(turn, entry)
        return []

    async def _about_task(self, turn: Turn, aspect: Aspect | None) -> Events:
        """Search with the subject in front; else let the skill of the task say what it knows."""
        joined = turn.joined
        named = " ".join(joined["slots"].values()) or joined["subject"]
        about = messages.name_of(aspect) if aspect else ""
        found = await search(self.context, turn, f"{named} {about} {turn.said}", _HITS)
        # "how much?" names nothing by itself.
        is_bare = language() != SOURCE and _is_bare(turn.said)
        words = [] if is_bare else matter_words(turn.said)
        alone = await search(self.context, turn, turn.said, _HITS) if words else found
        for result in (alone, found):
            if result.verdict is Verdict.sure:
                return await self._whole(turn, result.hits[0].entry, aspect)
        if words and leads(alone, SEVERAL) and _names(alone.hits[0].entry, words):
            return await self._whole(turn, alone.hits[0].entry, aspect)
        if aspect in _NOT_SORTED and joined["task"] == "ask_waste_sorting":
            if leads(found, SEVERAL):
                return await self._whole(turn, found.hits[0].entry, aspect)
            office = (await self.context.client(WasteClient).areas()).office
            turn.say(messages.ask_desk(load_city(self.context.settings.city_dir), office.desk))
            return []
        events = await self._by_task(turn, joined["task"])
        if events is not None:
            return events
        if found.verdict is Verdict.likely and (
            words or aspect is None or speaks_of(found.hits[0].entry.answer, aspect)
        ):
            return await self._whole(turn, found.hits[0].entry, aspect)
        if language() != SOURCE:
            # It may be a matter of its own that only sounded like the one before.
            return await Fallback(self.context).act(turn)
        city = load_city(self.context.settings.city_dir)
        turn.say(messages.ask_desk(city, city.general_desk.name))
        return []

    async def _by_task(self, turn: Turn, task: str) -> Events | None:
        if task == "ask_waste_sorting":
            slots = turn.joined["slots"]
            kind = slots.get("waste_item") or slots.get("waste_type") or turn.joined["subject"]
            return await AnswerWasteSorting(self.context).answer_item(turn, kind, kind)
        if task in ("ask_facility", "ask_shelter"):
            action = AskFacility if task == "ask_facility" else AskShelter
            return await action(self.context).act(turn)
        if task in _ABOUT_ROADS:
            return await _ABOUT_ROADS[task](self.context).act(turn)
        return None


def _is_bare(said: str) -> bool:
    """Tell whether words of another language are too few to name a matter of their own."""
    han = len(_HAN.findall(said))
    return han <= _BARE_HAN if han else len(said.split()) <= _BARE_WORDS


def _names(entry: Entry, words: list[str]) -> bool:
    return any(word in f"{entry.question}{entry.answer}" for word in words)


def _named_aspect(said: str) -> Aspect | None:
    return next((aspect for aspect, words in _BY_WORDS.items() if words.search(said)), None)


def _aspect(name: str) -> Aspect | None:
    return Aspect(name) if name in (*Aspect,) else None


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [FollowUp(context)]
