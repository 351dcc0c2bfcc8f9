"""What is free, points, applying, changing, the result: the talk opens pages and tells no more."""

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import load_city
from actions.faq.related import sure_entry, with_entry
from actions.identity.step_up import ask
from actions.matters.another_matter import another_matter, other_than_own
from actions.nursery import messages
from actions.nursery.words_parsing import OLDEST, ages_named, in_years
from auth.levels import Level
from identity.contract import IdentityClient
from kit.errors import UnavailableError
from messages.languages import Language
from messages.neutral import Text
from services.nursery.contract import AUDIENCE, Mine, NurseryClient, RoundInfo
from services.places.contract import TEXT_LIMIT, PlacesClient

_PUBLIC = "/nursery/"
_PAGE = "/my/nursery/"
_READ = ("nursery:application:read",)
_MOST_AGES = 3


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    return [AskVacancy(context), EstimatePoints(context), OpenApplication(context)]


class AskVacancy(CityAction):
    """Serves `ask_nursery_vacancy`: by the ages and the place that the words name."""

    action_name = "action_ask_nursery_vacancy"

    async def act(self, turn: Turn) -> Events:
        """Answer what is free now."""
        other = await another_matter(self.context, turn)
        if other is not None:
            return other
        entry = await sure_entry(self.context, turn)
        turn.say(with_entry(await self._answer(turn), entry))
        return []

    async def _answer(self, turn: Turn) -> Text:
        every = ages_named(turn.text)
        ages = [age for age in every if age <= OLDEST]
        if every and not ages:
            return messages.too_old()
        nursery = self.context.client(NurseryClient)
        wanted: list[int | None] = [*ages[:_MOST_AGES]] or [None]
        words = await self._words(turn)
        found = [await nursery.vacancies(age, words) for age in wanted]
        first = found[0]
        said = {
            "age": None if first.age is None else in_years(first.age),
            "area": first.district or None,
            "nursery": first.facility or None,
        }
        turn.leave_topic("ask_nursery_vacancy", said)
        settings = self.context.settings
        page = f"{settings.public_base_url}{_PUBLIC}"
        phone = load_city(settings.city_dir).general_desk.phone
        return messages.vacancies(found, page, phone)

    async def _words(self, turn: Turn) -> str:
        """Return the words; a place in Latin letters is told as it is written in Japanese, too."""
        if turn.language is Language.ja:
            return turn.text
        try:
            found = await self.context.client(PlacesClient).resolve(turn.text[:TEXT_LIMIT])
        except UnavailableError:
            return turn.text
        return " ".join((turn.text, *(place.name for place in found.places), *found.districts))


class EstimatePoints(CityAction):
    """Serves `estimate_nursery_points`: in short, and the page that calculates."""

    action_name = "action_estimate_nursery_points"

    async def act(self, turn: Turn) -> Events:
        """Answer in short."""
        other = await another_matter(self.context, turn)
        if other is not None:
            return other
        entry = await sure_entry(self.context, turn)
        page = f"{self.context.settings.public_base_url}{_PUBLIC}points"
        turn.say(with_entry(messages.points(page), entry))
        return []


class OpenApplication(CityAction):
    """Serves applying, changing and the result: the card first, then the page."""

    action_name = "action_open_nursery_application"

    async def act(self, turn: Turn) -> Events:
        """Guide, ask for the card, and open the page."""
        other = await other_than_own(self.context, turn)
        if other is not None:
            return other
        mine = await self._mine(turn)
        if turn.intent == "apply_nursery":
            await self._apply(turn, mine)
        elif mine is None:
            if not turn.text.startswith("/"):
                turn.say(messages.first(turn.intent))
            await ask(self.context, turn, Level.L3, resume=f"/{turn.intent}")
        else:
            turn.say(self._of(turn.intent, mine))
        return []

    async def _apply(self, turn: Turn, mine: Mine | None) -> None:
        current = await self._round()
        if mine is None or current is None or not current.is_open:
            turn.say(messages.guide(current))
        if current is None or not current.is_open:
            return
        if mine is None:
            await ask(self.context, turn, Level.L3, resume="/apply_nursery")
        else:
            turn.say(messages.apply_on(self._url))

    def _of(self, intent: str, mine: Mine) -> Text:
        handed_in = [one for one in mine.applications if one.state == "submitted"]
        if intent == "ask_nursery_result":
            is_released = any(one.round.is_released for one in handed_in)
            return messages.result(len(handed_in), is_released=is_released, url=self._url)
        return messages.page_of(len(mine.applications), self._url)

    async def _round(self) -> RoundInfo | None:
        rounds = (await self.context.client(NurseryClient).rounds()).rounds
        return next((one for one in rounds if one.is_open), rounds[0] if rounds else None)

    async def _mine(self, turn: Turn) -> Mine | None:
        """Return the citizen's applications; None before the card."""
        identity = self.context.client(IdentityClient)
        given = await identity.grant(turn.citizen_id, AUDIENCE, _READ, Level.L3)
        return None if given is None else await self.context.client(NurseryClient).mine(given)

    @property
    def _url(self) -> str:
        return f"{self.context.settings.public_base_url}{_PAGE}"
