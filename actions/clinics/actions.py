"""Doctors on duty, from the city's calendar alone. Nothing of an illness is kept."""

from datetime import date

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.clinics import messages
from actions.clinics.duties_parsing import department_named, is_for_child, part_named
from actions.danger.help import load_help
from actions.danger.turns_parsing import plans_for_illness
from actions.faq.actions import AnswerFaq
from actions.faq.related import sure_entry, with_entry
from actions.matters.another_matter import another_matter
from actions.procedures.actions import GuideProcedure
from actions.procedures.asking_parsing import told_beside_a_doctor
from kit.errors import UnavailableError
from services.clinics.contract import ClinicsClient, DutyAnswer, DutyQuery
from services.places.contract import PlacesClient

# Where nobody of a narrower department is on duty, whom else to go to.
_INSTEAD = {"整形外科": "外科"}


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    return [AskOncallClinic(context)]


class AskOncallClinic(CityAction):
    """Serves `ask_oncall_clinic`."""

    action_name = "action_ask_oncall_clinic"

    async def act(self, turn: Turn) -> Events:
        """Answer for now, tonight or a day; another municipality's is not known here."""
        if plans_for_illness(turn.text):
            return await AnswerFaq(self.context).act(turn)
        if (event := told_beside_a_doctor(turn.text)) and not turn.warned:
            return await GuideProcedure(self.context).guide(turn, event)
        other = await another_matter(self.context, turn)
        if other is not None:
            return other
        help = load_help(self.context.settings.city_dir)
        if away := await self._elsewhere(turn):
            turn.say(messages.elsewhere(away, help))
            return []
        department, day = department_named(turn.text), self._day(turn)
        found = await self._found(turn, department, day)
        said = {"department": department, "date": f"{day.month}/{day.day}" if day else None}
        turn.leave_topic("ask_oncall_clinic", said)
        told = messages.answer(
            found, department, help, child=is_for_child(turn.text), warned=turn.warned
        )
        turn.say(with_entry(told, await sure_entry(self.context, turn)))
        return []

    async def _found(self, turn: Turn, department: str, day: date | None) -> DutyAnswer:
        part = part_named(turn.text)
        asked = {"part": "day" if part == "now" and day else part, "day": day}
        clinics = self.context.client(ClinicsClient)
        found = await clinics.on_duty(DutyQuery.model_validate(asked | {"department": department}))
        if found.found or found.later or found.is_stale or department not in _INSTEAD:
            return found
        instead = {"department": _INSTEAD[department]}
        return await clinics.on_duty(DutyQuery.model_validate(asked | instead))

    def _day(self, turn: Turn) -> date | None:
        """Return the day that the words name, None for none, for one that is over, and for today.

        Today's night and moment are asked for by other words.
        """
        today = self.context.clock().astimezone(self.context.settings.timezone).date()
        try:
            day = date.fromisoformat(str(turn.entity("date") or ""))
        except ValueError:
            return None
        return day if day > today else None

    async def _elsewhere(self, turn: Turn) -> str:
        """Return the other municipality that the words name, empty for none."""
        if turn.text.startswith("/"):
            return ""
        try:
            named = await self.context.client(PlacesClient).resolve(turn.text)
        except UnavailableError:
            return ""
        return "" if named.places else next((u.elsewhere for u in named.unknown if u.elsewhere), "")
