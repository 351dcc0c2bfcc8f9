"""What the actions of the waste skill share: notes of what is open, the district, the answers.

A question that lacks something, and an answer that may be gone on from, leave a note in the slot
`waste_pending` and start `waste_form`, which has the first look at the next message. The note holds
`intent`, `ask` (area, time, item, or `more` after an answer) and what the answer was about.
"""

import re
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CityAction, Events, Turn
from actions.waste import area_messages, facts, messages
from actions.waste.area_messages import Areas
from actions.waste.not_household import outside_message
from actions.waste.parsing import not_household
from actions.waste.reminders import reminder_answer
from actions.waste.topics import day_slots, reminder_slots
from actions.waste.whereabouts import Where, forget_talk, read_where, talk_about, talk_area
from actions.waste.words_parsing import aspects
from services.places.contract import PlacesClient
from services.waste.contract import (
    TEXT_LIMIT,
    AreaChange,
    DayQuestion,
    Need,
    ReminderRequest,
    WasteClient,
)

FORM = "waste_form"
PENDING = "waste_pending"
INTERRUPTED = "waste_interrupted"
"""The open question that another matter closed; 「続けて」 opens it again."""
MORE = "more"
CHANGE_AREA = "?"
_LOOK_BACK = 6
"""Messages."""
PAGES = re.compile(r"more(\d{1,2})")

Pending = dict[str, Any]


class WasteAction(CityAction):
    """What the actions of this skill share."""

    def given(self, turn: Turn, name: str) -> str | None:
        """Return what a button named. Free words are read by the service, not from entities."""
        return turn.entity(name) if turn.text.startswith("/") else None

    def words(self, turn: Turn) -> str:
        """Return the resident's words, nothing for a tapped button."""
        return "" if turn.text.startswith("/") else turn.text[:TEXT_LIMIT]

    def wait_for(self, pending: Pending) -> Events:
        """Keep the question open until the next message."""
        return [SlotSet(PENDING, pending), FollowupAction(FORM)]

    def go_on(self, intent: str, **about: Any) -> Events:
        """Leave a note of what was answered, from which the next message may go on."""
        return self.wait_for({"intent": intent, "ask": MORE, **about})

    async def where(
        self, turn: Turn, text: str, *, asked: bool = False, pending: Pending | None = None
    ) -> Where:
        """Return what a message says about places."""
        if not text:
            return Where()
        return await read_where(self.context, text, asked=asked, pending=pending)

    def talk_area(self, turn: Turn) -> str | None:
        """Return the district that was named in passing in this talk."""
        return talk_area(turn, self.context.clock())

    async def saved_area(self, turn: Turn) -> str | None:
        """Return the district that is kept for the resident."""
        kept = await self.context.client(WasteClient).subscription(turn.citizen_id)
        return kept.area

    async def ask_area(
        self,
        turn: Turn,
        pending: Pending,
        where: Where | None = None,
        *,
        again: bool = False,
        lost: bool = False,
    ) -> Events:
        """Ask for the district, with the candidates or a page of all districts as choices."""
        named = where or Where()
        candidates = named.candidates or named.similar
        more = PAGES.fullmatch(self.given(turn, "waste_area") or "")
        page = int(more[1]) if more else 0
        listed = await self.context.client(WasteClient).areas()
        offered = [area for area in candidates if area in listed.areas]
        areas = Areas(
            shown=tuple(offered) or listed.areas,
            where=named,
            few=bool(offered),
            unknown=again and not more,
            repeated=bool(offered) and pending.get("offered") == offered,
            lost=lost,
            demonstration=listed.demonstration,
        )
        turn.say(area_messages.which_area(areas, page, pending["intent"]))
        choosing = {"about": named.about, "among": offered if named.candidates else []}
        return self.wait_for({**pending, "ask": "area", "offered": offered, **choosing})

    async def demonstration(self) -> bool:
        """Tell whether the districts are demonstration data."""
        return (await self.context.client(WasteClient).areas()).demonstration

    async def answer_day(
        self, turn: Turn, pending: Pending, area: str | None = None, where: Where | None = None
    ) -> Events:
        """Answer a question about days, or ask for the district that it lacks.

        `area` is what a button or an earlier answer named; `where` what the words say.
        """
        named = where or Where()
        if area is None and not named.area and (named.candidates or named.unknown):
            return await self.ask_area(turn, pending, named)
        meant = area or named.area or self.talk_area(turn)
        answer = await self.context.client(WasteClient).ask_day(
            DayQuestion(
                citizen_id=turn.citizen_id,
                text=pending["text"],
                area=meant,
                category=pending.get("category"),
                reads_area=False,
            )
        )
        if answer.area is None and area is None and not named.says_something:
            named = await self._named_before(turn)
            if named.area:
                return await self.answer_day(turn, pending, where=named)
        if answer.area is None:
            return await self.ask_area(turn, pending, named, again=area is not None)
        before = [line for line in (area_messages.belongs(named),) if line]
        asked = aspects(pending["text"])
        after = [*facts.told(asked, answer), *filter(None, [area_messages.exceptions(named)])]
        in_passing = bool(named.area) and area is None and not answer.area_is_saved
        keep = in_passing and not named.not_home and self.talk_area(turn) != answer.area
        turn.say(
            facts.fact_answer(answer, after)
            if after and facts.only(asked) and answer.first is None
            else messages.day_answer(answer, before=[*before, *after], keep=keep)
        )
        item = (turn.joined.get("slots") or {}).get("waste_item")
        turn.leave_topic("ask_waste_day", {"waste_item": item, **day_slots(answer)})
        kept = {"text": pending["text"], "area": answer.area, "kinds": list(answer.categories)}
        talk = talk_about(answer.area, self.context.clock()) if in_passing else []
        return [*talk, *self.go_on("ask_waste_day", **kept)]

    async def _named_before(self, turn: Turn) -> Where:
        """Return the place that was named last in this talk, under whatever matter."""
        for text in turn.earlier_words[:_LOOK_BACK]:
            where = await self.where(turn, text)
            if where.area or where.candidates:
                return where
        return Where()

    async def tell_district(self, turn: Turn, pending: Pending, where: Where) -> Events:
        """Say to which district a place belongs; ask for an address where none was named."""
        if where.candidates or where.unknown:
            return await self.ask_area(turn, {**pending, "which": True}, where)
        if not where.area:
            return await self.ask_area(turn, {**pending, "which": True}, lost=True)
        demonstration = await self.demonstration()
        turn.say(area_messages.district_of(where, where.area, demonstration=demonstration))
        about = self.go_on(pending["intent"], text=pending["text"], area=where.area)
        return [*talk_about(where.area, self.context.clock()), *about]

    async def tell_fact(self, turn: Turn, text: str) -> Events | None:
        """Answer what needs no district: the latest time, the bags; None for anything else."""
        asked = aspects(text)
        office = (await self.context.client(WasteClient).areas()).office
        message = facts.without_district(asked, office)
        if message is None:
            return None
        turn.say(message)
        before = turn.slot(PENDING) or {"intent": "ask_waste_day", "text": ""}
        return self.wait_for({**before, "ask": MORE})

    def is_not_household(self, turn: Turn) -> bool:
        """Tell whether the words are about no household waste; if so, say who answers."""
        reason = not_household(self.words(turn))
        if reason and not turn.warned:
            turn.say(outside_message(reason))
        return reason is not None

    async def answer_reminder(
        self, turn: Turn, wish: ReminderRequest, where: Where | None = None
    ) -> Events:
        """Carry a wish about reminders out, or ask for what it lacks."""
        named = where or Where()
        pending: Pending = {"intent": "set_waste_reminder", "text": wish.text, "time": wish.time}
        if wish.area is None and not named.area and (named.candidates or named.unknown):
            return await self.ask_area(turn, pending, named)
        area = wish.area or named.area or None
        client = self.context.client(WasteClient)
        if area is None and await self.saved_area(turn) is None:
            area = self.talk_area(turn)
        meant = wish.model_copy(update={"area": area, "reads_area": False})
        answer = await client.remind(meant)
        if answer.need is Need.area:
            return await self.ask_area(turn, pending, again=wish.area is not None)
        turn.say(reminder_answer(answer, wish.text))
        turn.leave_topic("set_waste_reminder", reminder_slots(answer, turn.slot("topic")))
        if answer.need is Need.time:
            return self.wait_for({**pending, "ask": "time"})
        done = forget_talk(turn) if answer.need is Need.saved else []
        return [*done, *self.go_on("set_waste_reminder", text=wish.text, time=None)]

    async def save_area(self, turn: Turn, area: str) -> None:
        """Remember the district; the key makes a repeated turn change it once."""
        await self.context.client(WasteClient).save_area(
            turn.citizen_id, AreaChange(area=area, key=f"{turn.turn_id}:area")
        )

    async def keep_area(self, turn: Turn, area: str) -> Events:
        """Remember a district and say so, naming the one that it replaces."""
        before = await self.saved_area(turn)
        await self.save_area(turn, area)
        demonstration = await self.demonstration()
        turn.say(messages.area_kept(area, demonstration=demonstration, before=before or ""))
        return [*forget_talk(turn), *self.go_on("ask_waste_day", text="", area=area)]

    async def area_of_pin(self, turn: Turn) -> Where | None:
        """Return the district of a place that was sent, None where none was."""
        place = turn.location if turn.intent == "share_location" else None
        if place is None:
            return None
        near = await self.context.client(PlacesClient).nearest(*place)
        one = near.districts[0] if len(near.districts) == 1 else ""
        return Where(
            area=one,
            candidates=near.districts if len(near.districts) > 1 else (),
            name=near.name if near.name != one else "",
            settled=bool(one),
        )

    def wish(self, turn: Turn, **fields: str | None) -> ReminderRequest:
        """Return a wish of this resident and turn."""
        key = f"{turn.turn_id}:reminder"
        return ReminderRequest(citizen_id=turn.citizen_id, key=key, **fields)
