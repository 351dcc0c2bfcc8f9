"""What a citizen wants to be told: districts, topics, hazards, quiet hours, language."""

import re
from collections.abc import Sequence

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.faq.actions import AnswerFaq
from actions.preferences import messages
from actions.preferences.parsing import (
    NIGHT,
    Change,
    Wish,
    apply_wish,
    is_about_learning,
    names_unknown_area,
    read_language,
    read_wish,
)
from bot.preferences.contract import Preferences, PreferencesClient
from kit.errors import UnavailableError
from kit.wording import load_wording, spoken_in
from messages.languages import Language
from messages.topics import Topic
from services.waste.contract import TEXT_LIMIT, ReminderRequest, WasteClient

_CHANGED = "設定を変えました。"
_STOPPED = "お知らせをすべて止めました。"
_SAME = "今の設定です。"
# A fire alarm on the ceiling is no warning of the city's.
_HOME_ALARM = re.compile(r"警報器|報知器|警報機")
_PAGE = re.compile(r"([?+])(\d{1,2})")


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    return [SetAlertArea(context), ChangeLanguage(context)]


class _PreferenceAction(CityAction):
    """What the actions of this skill share."""

    async def show(self, turn: Turn, chosen: Preferences, first_words: str) -> None:
        """Say what is set. Without a link to the page the chat still offers everything."""
        try:
            link = await self.context.client(PreferencesClient).link(turn.citizen_id)
        except UnavailableError:
            link = None
        turn.say(messages.settings(chosen, link, first_words))

    async def change(self, turn: Turn, wish: Wish) -> Preferences:
        """Carry a wish out; return the choice after it. A repeated turn changes nothing more."""
        before = await self.context.client(PreferencesClient).get(turn.citizen_id)
        after = apply_wish(before, wish)
        if after != before:
            await self.context.client(PreferencesClient).put(turn.citizen_id, after)
        return after


class SetAlertArea(_PreferenceAction):
    """Serves `set_alert_area`: shows the settings and changes them by sentence or button."""

    action_name = "action_set_alert_area"

    async def act(self, turn: Turn) -> Events:
        """Do what the sentence or the button says; show the settings when it names no change."""
        if turn.text.startswith("/"):
            await self._tapped(turn)
        else:
            if _HOME_ALARM.search(turn.text):
                return await AnswerFaq(self.context).act(turn)
            await self._said(turn)
        turn.leave_topic("set_alert_area", {})
        return []

    async def _tapped(self, turn: Turn) -> None:
        area, topic = turn.entity("alert_area"), turn.entity("alert_topic")
        page = _PAGE.fullmatch(area or "")
        if page:
            await self._ask_area(turn, int(page[2]), add=page[1] == "+")
        elif topic == "?":
            chosen = await self.context.client(PreferencesClient).get(turn.citizen_id)
            turn.say(messages.which_topics(chosen))
        else:
            known = await self._areas() if area else ()
            await self._carry_out(
                turn, _tapped_wish(area, topic, turn.entity("quiet_hours"), known)
            )

    async def _said(self, turn: Turn) -> None:
        text = turn.text[:TEXT_LIMIT]
        named = await self._named_areas(text)
        wish = read_wish(text, named)
        if wish.is_empty and names_unknown_area(text):
            await self._ask_area(turn, 0, unknown=True)
        else:
            await self._carry_out(turn, wish)

    async def _carry_out(self, turn: Turn, wish: Wish) -> None:
        before = await self.context.client(PreferencesClient).get(turn.citizen_id)
        after = await self.change(turn, wish)
        if wish.nothing:
            await self._stop_reminder(turn)
            return await self.show(turn, after, _STOPPED)
        await self.show(turn, after, _SAME if after == before else _CHANGED)

    async def _stop_reminder(self, turn: Turn) -> None:
        key = f"{turn.turn_id}:reminder"
        off = ReminderRequest(citizen_id=turn.citizen_id, text="", switch="off", key=key)
        await self.context.client(WasteClient).remind(off)

    async def _ask_area(
        self, turn: Turn, page: int, *, add: bool = False, unknown: bool = False
    ) -> None:
        areas = await self._areas()
        turn.say(messages.which_area(areas, page, add=add, unknown=unknown))

    async def _areas(self) -> Sequence[str]:
        return (await self.context.client(WasteClient).areas()).areas

    async def _named_areas(self, text: str) -> Sequence[str]:
        match = await self.context.client(WasteClient).resolve_area(text)
        if match.whole:
            return (match.area,) if match.area else match.candidates
        return match.named


class ChangeLanguage(_PreferenceAction):
    """Serves `change_language`: remembers the language of the citizen."""

    action_name = "action_change_language"

    async def act(self, turn: Turn) -> Events:
        """Keep the language that is named; ask when none is, or one that we do not have."""
        is_tap = turn.text.startswith("/")
        if not is_tap and is_about_learning(turn.text):
            # It knows this module's words.
            from actions.talking.fallback import Fallback

            return await Fallback(self.context).act(turn)
        language = _tapped_language(turn) if is_tap else read_language(turn.text)
        if language is None:
            turn.say(messages.which_language())
            return []
        await self.change(turn, Wish(language=language))
        with spoken_in(load_wording(language, self.context.settings.city_wording)):
            turn.say(messages.language_remembered(language))
        return []


def _tapped_language(turn: Turn) -> Language | None:
    given = turn.entity("language")
    return next((language for language in Language if language.value == given), None)


def _tapped_wish(
    area: str | None, topic: str | None, quiet: str | None, known: Sequence[str]
) -> Wish:
    """Read a button of ours. One that is old or was tampered with asks for no change."""
    if area == messages.WHOLE_CITY:
        return Wish(whole_city=True)
    if area:
        name = area.removeprefix("+")
        change = Change.add if area.startswith("+") else Change.only
        return Wish(areas=(name,), areas_change=change) if name in known else Wish()
    if topic and topic[1:] in set(Topic):
        change = Change.add if topic.startswith("+") else Change.remove
        return Wish(topics={Topic(topic[1:]): change})
    if quiet == "off":
        return Wish(quiet_off=True)
    return Wish(quiet=NIGHT) if quiet == "night" else Wish()
