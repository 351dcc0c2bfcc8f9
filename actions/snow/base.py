"""What the actions of the snow skill share: the open question, and the way through a report.

A question leaves a note in the slot `snow_pending` ({"intent", "ask", "draft"…}) and starts
`snow_form`, which has the first look at the next message.
"""

from dataclasses import replace
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CityAction, Events, Turn
from actions.snow import messages
from actions.snow.draft import Draft
from kit.errors import ConflictError, InvalidInputError, NotFoundError, TooManyRequestsError
from services.snow.contract import Kind, Kinds, NearbyQuestion, Offered, Report, SnowClient

FORM = "snow_form"
PENDING = "snow_pending"
INTERRUPTED = "snow_interrupted"
"""The report that is under way or was interrupted, until it is filed, left or begun anew."""
FILED = "snow_filed"
"""The draft filed last: {"key", "number"}; a second tap hears its number."""
REPORT = "report_snow_road"

Pending = dict[str, Any]


class SnowAction(CityAction):
    """What the actions of this skill share."""

    @property
    def snow(self) -> SnowClient:
        """The client of the service."""
        return self.context.client(SnowClient)

    def given(self, turn: Turn, name: str) -> str | None:
        """Return what a button named."""
        return turn.entity(name) if turn.text.startswith("/") else None

    def words(self, turn: Turn) -> str:
        """Return the citizen's words, nothing for a tapped button."""
        return "" if turn.text.startswith("/") else turn.text

    def wait_for(self, pending: Pending) -> Events:
        """Keep the question open; a report that was begun can be gone back to from anywhere."""
        aside = [SlotSet(INTERRUPTED, pending)] if kept(pending) else []
        return [*aside, SlotSet(PENDING, pending), FollowupAction(FORM)]

    def page(self, number: str) -> str:
        """Return the public address of a report."""
        return f"{self.context.settings.public_base_url}/snow/reports/{number}"

    async def kinds(self) -> Kinds:
        """Return every kind that the city takes."""
        return await self.snow.kinds()

    async def kind_name(self, code: str) -> str:
        """Return a kind's name, its code where the city no longer has it."""
        return _name((await self.kinds()).kinds, code)

    # --- the way through a report -------------------------------------------------------------

    async def proceed(
        self, turn: Turn, draft: Draft, *, first: bool = False, lead: str = ""
    ) -> Events:
        """Ask for what is missing, in the order in which it helps most; at last for consent."""
        if turn.warned:
            first = False
        if not draft.category:
            return await self._ask_kind(turn, draft, first=first)
        if draft.place is None:
            rough = str(draft.rough["name"]) if draft.rough else ""
            turn.say(messages.which_place(first=first, lead=lead, rough=rough))
            return self._ask("place", draft)
        if not draft.seen:
            events = await self._look_around(turn, draft)
            if events is not None:
                return events
            draft = replace(draft, seen=True)
        return await self._finish(turn, draft)

    async def _finish(self, turn: Turn, draft: Draft) -> Events:
        if not draft.photo_asked:
            turn.say(messages.which_photo(len(draft.photos)))
            return self._ask("photo", draft)
        if not draft.severity:
            turn.say(messages.how_bad())
            return self._ask("severity", draft)
        turn.say(messages.summary(draft, await self.kind_name(draft.category)))
        return self._ask("confirm", draft)

    def _ask(self, what: str, draft: Draft, **more: Any) -> Events:
        return self.wait_for({"intent": REPORT, "ask": what, "draft": draft.value(), **more})

    async def _ask_kind(
        self, turn: Turn, draft: Draft, *, first: bool = False, again: bool = False
    ) -> Events:
        kinds = (await self.kinds()).kinds
        turn.say(messages.which_kind(kinds, first=first, again=again))
        return self._ask("kind", draft)

    async def _look_around(self, turn: Turn, draft: Draft) -> Events | None:
        """Offer reports near by; None where there is none to offer."""
        spot = draft.place
        if spot is None:
            return None
        question = NearbyQuestion(category=draft.category, lat=spot.lat, lon=spot.lon)
        found = await self.snow.nearby(question)
        if found.outside:
            return await self.proceed(turn, replace(draft, spot=None), lead=messages.OUTSIDE)
        offers = [self._local_offer(offer) for offer in found.offered]
        if not offers:
            return None
        turn.say(*messages.same_place(offers, await self.kind_name(draft.category)))
        return self._ask("same", draft, offered=[offer.number for offer in offers])

    def _local_offer(self, offer: Offered) -> Offered:
        zone = self.context.settings.timezone
        return offer.model_copy(update={"filed_at": offer.filed_at.astimezone(zone)})

    # --- the end of it ------------------------------------------------------------------------

    async def file(self, turn: Turn, draft: Draft) -> Events:
        """File it; a repeated tap or turn files once."""
        try:
            report = await self.snow.file(draft.to_file(turn.citizen_id))
        except TooManyRequestsError:
            turn.say(messages.TOO_MANY)
            return []
        except (InvalidInputError, ValueError):
            # The place is refused: outside of the city, whatever it was before.
            return await self.proceed(turn, replace(draft, spot=None), lead=messages.OUTSIDE)
        desk = (await self.kinds()).desk
        turn.say(messages.filed(report, desk, self.page(report.number)))
        self._leave(turn, report)
        done = {"key": draft.key, "number": report.number}
        return [SlotSet(FILED, done), SlotSet(INTERRUPTED, None)]

    async def join(self, turn: Turn, number: str) -> Events:
        """Follow a report that is of the same place."""
        try:
            report = await self.snow.follow(number, turn.citizen_id)
        except (ConflictError, NotFoundError):
            turn.say(messages.ENDED)
            return []
        turn.say(messages.joined(report, self.page(report.number)))
        self._leave(turn, report)
        return [SlotSet(INTERRUPTED, None)]

    def _leave(self, turn: Turn, report: Report) -> None:
        turn.leave_topic("ask_report_status", {"report_number": report.number})


def kept(pending: Pending | None) -> Pending | None:
    """Return what is put aside of an open question: a report that was begun."""
    draft = Draft.of((pending or {}).get("draft"))
    return pending if draft is not None and draft.is_begun else None


def _name(kinds: tuple[Kind, ...], code: str) -> str:
    return next((kind.name for kind in kinds if kind.code == code), code)
