"""What is known of ploughs and ice: asked for a place where one is needed, told as facts."""

from rasa_sdk.events import SlotSet

from actions.base import Events, Turn
from actions.snow import fact_messages
from actions.snow.base import INTERRUPTED, PENDING, SnowAction, kept
from actions.snow.report import ReportAction
from actions.snow.whereabouts import Spot, Where, said_where
from actions.snow.words_parsing import wants_it_done, way_of
from actions.talking.corrections import meant
from services.snow.contract import Position, RoadFacts, RoadQuestion, Slippery, SlipperyQuestion

PLOUGHS = "ask_plow_status"
ICE = "ask_slippery_road"
# A town or a district is larger than the surroundings of a pin.
_AROUND_M, _AROUND_TOWN_M = 200.0, 800.0


class FactAction(SnowAction):
    """Answers from what is recorded; what is not known is said to be unknown."""

    async def answer(
        self, turn: Turn, intent: str, where: Where, end: Spot | None = None
    ) -> Events:
        """Answer for a place, or for the way from there to an `end`; ask for one that is known."""
        if where.spot is None and (where.outside or where.unknown):
            turn.say(fact_messages.no_such_place(where.unknown))
            return self._ask_where(turn, intent, end)
        if intent == PLOUGHS:
            return await self._ploughs(turn, where.spot)
        return await self._ice(turn, where.spot, end)

    def _ask_where(self, turn: Turn, intent: str, end: Spot | None = None) -> Events:
        """Wait for a place; a report that was under way is put aside."""
        left = kept(turn.slot(PENDING))
        aside = [SlotSet(INTERRUPTED, left)] if left else []
        to = {"to": end.value()} if end else {}
        return [*aside, *self.wait_for({"intent": intent, "ask": "place", **to})]

    async def _ploughs(self, turn: Turn, spot: Spot | None) -> Events:
        if spot is None:
            turn.say(fact_messages.WHERE_PLOUGHS)
            return self._ask_where(turn, PLOUGHS)
        radius = _AROUND_TOWN_M if spot.rough else _AROUND_M
        facts = await self.snow.roads(RoadQuestion(lat=spot.lat, lon=spot.lon, radius_m=radius))
        turn.say(fact_messages.ploughs(spot.name, self._local_roads(facts)))
        turn.leave_topic(PLOUGHS, {"area": spot.name})
        return []

    async def _ice(self, turn: Turn, spot: Spot | None, end: Spot | None) -> Events:
        asked = SlipperyQuestion(place=_position(spot), to=_position(end))
        told = self._local_ice(await self.snow.slippery(asked))
        name = spot.name if spot else ""
        if spot is not None and end is not None:
            turn.say(fact_messages.along(name, end.name, told, self.map_page()))
        else:
            turn.say(fact_messages.slippery(name, told, self.map_page()))
        turn.leave_topic(ICE, {"area": name})
        return []

    def map_page(self) -> str:
        """Return the address of the public map."""
        return f"{self.context.settings.public_base_url}/snow/"

    def _local_roads(self, facts: RoadFacts) -> RoadFacts:
        zone = self.context.settings.timezone
        changed = {
            "last_passage": facts.last_passage and facts.last_passage.astimezone(zone),
            "others": tuple((name, at.astimezone(zone)) for name, at in facts.others),
            "ploughs_heard_at": facts.ploughs_heard_at and facts.ploughs_heard_at.astimezone(zone),
        }
        return facts.model_copy(update=changed)

    def _local_ice(self, told: Slippery) -> Slippery:
        zone = self.context.settings.timezone
        reports = tuple(self._local_offer(offer) for offer in told.reports)
        entered = told.entered_at and told.entered_at.astimezone(zone)
        surfaces = tuple(
            one.model_copy(update={"at": one.at.astimezone(zone)}) for one in told.surfaces
        )
        changed = {"reports": reports, "entered_at": entered, "surfaces": surfaces}
        return told.model_copy(update=changed)


def _position(spot: Spot | None) -> Position | None:
    return Position(lat=spot.lat, lon=spot.lon) if spot else None


class AskPlowStatus(ReportAction, FactAction):
    """Answers `ask_plow_status`: when a plough passed, then what is planned."""

    action_name = "action_ask_plow_status"

    async def act(self, turn: Turn) -> Events:
        """Answer for the place that is named; ask for one where none is."""
        if (events := await self._wish(turn)) is not None:
            return events
        return await self.answer(turn, PLOUGHS, await self._where(turn))

    async def _wish(self, turn: Turn) -> Events | None:
        """Begin a report where a matter is told for somebody to act: it only sounds like asking."""
        text = self.words(turn)
        if not wants_it_done(text) or not (await self.snow.read(text)).category:
            return None
        return await self.begin(turn)

    async def _where(self, turn: Turn) -> Where:
        return await said_where(self.context, meant(self.words(turn)))


class AskSlipperyRoad(AskPlowStatus):
    """Answers `ask_slippery_road`: reports of ice, and what the weather means for roads."""

    action_name = "action_ask_slippery_road"

    async def act(self, turn: Turn) -> Events:
        """Answer for the place or the way that is named, else for the whole city."""
        if (events := await self._wish(turn)) is not None:
            return events
        way = way_of(meant(self.words(turn)))
        end = (await said_where(self.context, way[1])).spot if way else None
        if way is None or end is None:
            return await self.answer(turn, ICE, await self._where(turn))
        start = await said_where(self.context, way[0]) if way[0] else Where()
        if start.spot is None:
            turn.say(fact_messages.where_from(end.name))
            return self._ask_where(turn, ICE, end)
        return await self.answer(turn, ICE, start, end)
