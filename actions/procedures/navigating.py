"""What the navigator's actions share: beginning, answering, and the way through the questions.

A question leaves a note in the slot `procedure_pending` ({"guide", "fact", "chosen", "tries"}) and
starts `procedure_form`, which has the first look at the next message. What was said is kept by the
service; the slot holds nothing of it.
"""

from datetime import date
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CityAction, Events, Turn
from actions.city import City, load_city
from actions.faq.actions import LEADING, answer_message, keep_question, leads, leave_entry
from actions.procedures import messages
from actions.procedures.also import also_told
from actions.procedures.answers_parsing import answered, in_the_month_of
from actions.procedures.asking_parsing import (
    asks_until_when,
    asks_what_to_bring,
    asks_where,
    asks_without_coming,
    fears_a_fine,
    fears_to_be_late,
    own_matter,
    told_of,
    wants_the_list,
)
from actions.procedures.facts_parsing import told
from actions.procedures.filling import Answers, answers_of
from actions.procedures.parsing import LifeEvent, life_event
from actions.procedures.places_parsing import Here
from kit.errors import NotFoundError
from services.faq.contract import Entry, FaqClient, Outcome, Verdict
from services.places.contract import PlacesClient
from services.procedures.contract import (
    UNKNOWN,
    Guide,
    MoreAnswers,
    NewGuide,
    ProceduresClient,
    Question,
    Wanted,
)

FORM = "procedure_form"
PENDING = "procedure_pending"
TASK = "ask_procedure"
DIRECTION = "direction"
"""What is asked before a move can be guided through: no fact of an event's."""
OFFERED = "offered"
"""Stands in the place of a fact where the list of an event was offered, and not begun."""

Pending = dict[str, Any]

EVENTS = {
    LifeEvent.mynumber_card: "my_number_card",
    LifeEvent.retirement: "lost_job",
}
"""Events whose file has another name than ours."""

# The buttons of a list that is settled.
_WISHES = {
    "remind": {"reminds": True},
    "helpful": {"helpful": True},
    "not_helpful": {"helpful": False},
}


class NavigatorAction(CityAction):
    """What the actions of the navigator share."""

    @property
    def procedures(self) -> ProceduresClient:
        """The client of the service."""
        return self.context.client(ProceduresClient)

    @property
    def city(self) -> City:
        """What the city says of itself."""
        return load_city(self.context.settings.city_dir)

    def today(self) -> date:
        """Return the day in the city."""
        return self.context.clock().astimezone(self.context.settings.timezone).date()

    async def here(self, words: str) -> Here:
        """Return which names in the words are of this city, and which of elsewhere."""
        found = await self.context.client(PlacesClient).resolve(words)
        own = tuple(place.text for place in (*found.places, *found.corrected_from))
        names = (self.city.name, *self.city.also_called)
        return Here(names, own, tuple(place.text for place in found.unknown))

    async def answers(self, words: str) -> Answers:
        """Return what the citizen's words say of their household, as the service takes it."""
        today = self.today()
        return answers_of(told(words, today, await self.here(words)), today)

    async def begin(self, turn: Turn, event: str, words: str = "") -> Events | None:
        """Begin an event with all that was said; None where the city guides through none such."""
        answers = await self.answers(words) if words else {}
        new = NewGuide(citizen_id=turn.citizen_id, event=event, answers=answers, words=words[:1000])
        try:
            guide = await self.procedures.begin(new)
        except NotFoundError:
            return None
        late = messages.late(guide) if fears_a_fine(words) else ""
        also = also_told(words, await self.here(words), event) if words else None
        comforted = turn.warned
        turn.say(messages.beginning(guide, self.city, comforted=comforted, late=late, also=also))
        # The other list may be begun with the same words.
        return self.wait_for(turn, guide, words=words[:500] if also else "")

    async def latest(self, turn: Turn, event: str = "") -> Guide | None:
        """Return what the citizen is being guided through, if anything."""
        try:
            return await self.procedures.latest(turn.citizen_id, event)
        except NotFoundError:
            return None

    async def asked_for(self, turn: Turn) -> Entry | None:
        """Return the entry of the matter that is asked for: 葬祭費はいくらもらえますか."""
        things, late = own_matter(turn.text), fears_to_be_late(turn.text)
        if not things and not late:
            return None
        found = await self.context.client(FaqClient).search(turn.text, 3)
        if late and leads(found, LEADING):
            return found.hits[0].entry
        if found.verdict is Verdict.unsure:
            return None
        named = [sum(thing in hit.entry.question for thing in things) for hit in found.hits]
        return found.hits[named.index(max(named))].entry if any(named) else None

    def about(self, guide: Guide, text: str) -> str:
        """Return what is brought for the urgent, or where it is done; "" if nothing is asked."""
        if fears_a_fine(text):
            return messages.late(guide)
        if asks_without_coming(text):
            return messages.without_coming(guide, self.city)
        if not guide.first or own_matter(text):
            return ""
        if asks_what_to_bring(text):
            return messages.to_bring(guide)
        if asks_until_when(text):
            return messages.terms(guide)
        return messages.desks(guide) if asks_where(text) else ""

    async def say_entry(self, turn: Turn, entry: Entry) -> None:
        """Say the answer to one matter, as the FAQ does."""
        key = await keep_question(self.context, turn, Outcome.answered, [entry])
        leave_entry(turn, entry)
        turn.say(answer_message(entry, self.city, key))

    async def go_on(self, turn: Turn) -> Events:
        """Ask the open question again, show the list, or begin the one that was offered."""
        offered = turn.slot(PENDING) or {}
        if offered.get("fact") == OFFERED:
            return await self.begin(turn, offered["event"], offered["words"]) or []
        guide = await self.latest(turn)
        if guide is None:
            turn.say(messages.NOTHING_BEGUN)
            return []
        if guide.question is not None and wants_the_list(turn.said):
            turn.say(messages.so_far(guide))
        turn.say(messages.next_step(guide, self.city))
        return self.wait_for(turn, guide)

    async def keep(
        self, turn: Turn, guide: Guide, answers: dict[str, Any], *, only_changes: bool = False
    ) -> Events | None:
        """Keep answers, say which ones changed what was said before, and go on.

        `only_changes`: say nothing, and return None, where nothing changed. Raises
        InvalidInputError (`impossible_answer`); then nothing was kept.
        """
        words = "" if turn.said.startswith("/") else turn.said[:1000]
        more = MoreAnswers(citizen_id=turn.citizen_id, answers=answers, words=words)
        now = await self.procedures.answer(guide.id, more)
        if only_changes and _state(now) == _state(guide):
            return None
        turn.say(messages.next_step(now, self.city, lead=messages.corrected(guide, now)))
        return self.wait_for(turn, now)

    def bare_day(self, text: str, guide: Guide) -> Answers:
        """Return a day that was said for the only day that the list knows: やっぱり25日です."""
        text = told_of(text) or text
        days = [one for one in guide.known if one.name.endswith("_on")]
        if len(days) != 1:
            return {}
        asked = Question(name=days[0].name, kind="date", words=days[0].label, label=days[0].label)
        day = answered(asked, in_the_month_of(days[0].words, text), self.today())
        return {} if day in (None, UNKNOWN) else {days[0].name: day}

    async def wish(self, turn: Turn, what: str) -> Events | None:
        """Carry a button of the list out; None for any other."""
        guide = await self.latest(turn) if what in _WISHES else None
        if guide is None:
            return None
        wanted = Wanted(citizen_id=turn.citizen_id, **_WISHES[what])
        await self.procedures.want(guide.id, wanted)
        turn.say(messages.WISHES[what])
        return []

    def wait_for(self, turn: Turn, guide: Guide, *, words: str = "") -> Events:
        """Keep the question open until the next message; a settled list is a topic."""
        turn.leave_topic(TASK, {"event": guide.event}, subject=guide.title)
        if guide.question is None:
            return [SlotSet(PENDING, None)]
        chosen = list(guide.question.chosen)
        asked = {"guide": guide.id, "fact": guide.question.name, "chosen": chosen}
        return self.pending({**asked, "words": words} if words else asked)

    def pending(self, value: Pending) -> Events:
        """Keep a note of what is asked, and the form open."""
        return [SlotSet(PENDING, value), FollowupAction(FORM)]


def _state(guide: Guide) -> tuple[object, ...]:
    return guide.known, guide.noted, guide.done


def tells_another(text: str, event: str) -> bool:
    """Tell whether the words tell of another life event than the one talked about.

    That somebody moves, without saying where, belongs to many events.
    """
    told = life_event(text)
    if told is LifeEvent.moving:
        return False
    return told is not None and EVENTS.get(told, told.value) != event
