"""Vaccinations, growth, checks, medication, diary: how many handbooks there are, and the page.

The talk tells nothing of a record: neither a name nor a dose. The page asks which child is meant.
"""

import re
from dataclasses import dataclass

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.faq.actions import AnswerFaq
from actions.faq.related import sure_entry, with_entry
from actions.health import messages
from actions.health.ages_parsing import age_in_months, vaccine_named
from actions.identity.step_up import ask
from actions.matters.another_matter import another_matter, other_than_own
from auth.levels import Level
from identity.contract import IdentityClient
from messages.neutral import Choice, Text
from services.health.contract import HealthClient
from services.residents.contract import AUDIENCE, Relation, ResidentsClient

PATH = "/my/health/"
_PEOPLE = ("residents:people:read",)
_HANDBOOKS = frozenset({Relation.parent, Relation.guardian})


@dataclass(frozen=True)
class Part:
    """One part of the handbook: its page, the button that opens it, and what is said at first."""

    page: str
    label: str
    first: str = ""
    """Said to words before the card is asked for."""
    more: tuple[Choice, ...] = ()


_ADULTS = (
    "大人の方の記録は、マイナポータルでご覧ください。"
    "ここでは、お子さんの母子健康手帳をお見せします。"
)
PARTS = {
    "view_vaccination_record": Part("vaccinations", "予防接種のページ"),
    "view_checkup_record": Part("checks", "健診のページ", _ADULTS, (messages.MYNA,)),
    "view_growth_chart": Part("growth", "成長のページ"),
    "record_growth": Part(
        "growth",
        "成長のページ",
        "このトークに書かれた数字は、記録されません。専用ページで記録していただきます。",
    ),
    "view_medication": Part("medication", "お薬のページ", _ADULTS, (messages.MYNA,)),
    "write_diary": Part(
        "diary",
        "日記のページ",
        "このトークに書かれたことは、日記には残りません。専用ページで書いていただきます。",
    ),
}


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    return [AskVaccinationSchedule(context), OpenHandbook(context)]


async def children(context: ActionContext, turn: Turn) -> int | None:
    """Return how many handbooks a citizen may open; None before the card."""
    given = await context.client(IdentityClient).grant(turn.citizen_id, AUDIENCE, _PEOPLE, Level.L3)
    if given is None:
        return None
    people = (await context.client(ResidentsClient).people(given)).people
    return sum(person.relation in _HANDBOOKS for person in people)


OWN_DOSES = "view_vaccination_record"
_IN_TIME = re.compile(r"間に合|まで|いつ|遅れ|過ぎ|受けられ|打てる|打てま")
# The schedule is a child's; who asks for a grown-up is answered by the FAQ.
_GROWN_UP = re.compile(r"インフル|帯状|高齢|大人|おとな|シニア|[3-9]\d歳|[3-9]\d才")


class AskVaccinationSchedule(CityAction):
    """Serves `ask_vaccination_schedule`: by age or vaccine for everybody, a child's on its page."""

    action_name = "action_ask_vaccination_schedule"

    async def act(self, turn: Turn) -> Events:
        """Answer what the published schedule has; the next dose of a child needs the card."""
        if _GROWN_UP.search(turn.text):
            return await AnswerFaq(self.context).act(turn)
        other = await another_matter(self.context, turn)
        if other is not None:
            return other
        entry = await sure_entry(self.context, turn)
        turn.say(with_entry(await self._answer(turn), entry))
        return []

    async def _answer(self, turn: Turn) -> Text:
        months, vaccine = age_in_months(turn.text), vaccine_named(turn.text)
        health = self.context.client(HealthClient)
        said = {"age": None if months is None else turn.text, "vaccine": vaccine and turn.text}
        if any(said.values()):
            turn.leave_topic("ask_vaccination_schedule", said)
        if vaccine is not None:
            return messages.of_vaccine(await health.of_vaccine(vaccine))
        if months is not None:
            return messages.at_age(await health.at_age(months))
        count = await children(self.context, turn)
        if count:
            return messages.my_children(count, f"{self.context.settings.public_base_url}{PATH}")
        return messages.which_age()


class OpenHandbook(CityAction):
    """Serves what is shown or written on a page: the card first, then how many there are."""

    action_name = "action_open_handbook"

    async def act(self, turn: Turn) -> Events:
        """Ask for the card; then say how many handbooks there are and open the page."""
        other = await other_than_own(self.context, turn)
        if other is not None:
            return other
        part = PARTS[turn.intent]
        count = await children(self.context, turn)
        if count is None:
            await self._ages_first(turn)
            if part.first and not turn.text.startswith("/"):
                turn.say(Text(text=part.first))
            await ask(self.context, turn, Level.L3, resume=f"/{turn.intent}")
        elif count == 0:
            turn.say(messages.no_child(part.more))
        else:
            url = f"{self.context.settings.public_base_url}{PATH}{part.page}"
            turn.say(messages.page(count, part.label, url, part.more))
        return []

    async def _ages_first(self, turn: Turn) -> None:
        """Answer who fears to miss a vaccination from the published schedule, before the card."""
        vaccine = vaccine_named(turn.text)
        if vaccine is not None and turn.intent == OWN_DOSES and _IN_TIME.search(turn.text):
            found = await self.context.client(HealthClient).of_vaccine(vaccine)
            turn.say(messages.of_vaccine(found).model_copy(update={"choices": ()}))
