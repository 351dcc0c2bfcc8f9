"""Small talk, leaving, and danger heard before either: the actions without Rasa in between."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext, Events, Turn
from actions.city import load_city
from actions.talking import actions as talking
from actions.talking import contact as desk
from actions.talking.actions import MENU, greeting
from actions.talking.fallback import Fallback
from actions.waste import actions as waste
from kit.http import internal_client
from kit.settings import ROOT, Settings
from messages.neutral import OpenLink, Payload, Text, message_list
from tests.actions.rules import rules
from tests.support import bare_app

SMALL_TALK = ["greet", "thank", "goodbye", "affirm", "deny", "help", "chitchat", "complain"]
LOST = "もう死にたい"
HOTLINE = "tel:0120-279-226"


class Talk:
    """Lets one action answer one message."""

    def __init__(self, context: ActionContext) -> None:
        modules = (talking, desk, waste)
        self.actions = {a.name(): a for module in modules for a in module.actions(context)}
        self.events: list[dict[str, Any]] = []
        self.past: list[dict[str, Any]] = []

    async def hear(
        self, text: str, intent: str, action: str = "", confidence: float = 1.0
    ) -> list[Text]:
        """Return what the action says; its events are in `events`."""
        understood = {"name": intent, "confidence": confidence}
        message = {"text": text, "intent": understood, "entities": []}
        tracker = Tracker("ctz_1", {}, message, self.past, False, None, {}, None)
        dispatcher = CollectingDispatcher()
        self.events = await self.actions[action or rules()[intent]].run(dispatcher, tracker, {})
        said = message_list.validate_python([m["custom"] for m in dispatcher.messages])
        return [message for message in said if isinstance(message, Text)]


@pytest.fixture
async def talk(settings: Settings) -> AsyncIterator[Talk]:
    # No service is mounted: whatever called one would fail.
    app = bare_app(settings, "nothing")
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        yield Talk(ActionContext(http, lambda: datetime(2026, 11, 24, tzinfo=UTC), settings))


def links(message: Text) -> list[str]:
    return [choice.url for choice in message.choices if isinstance(choice, OpenLink)]


def payloads(message: Text) -> list[str]:
    return [choice.payload for choice in message.choices if isinstance(choice, Payload)]


@pytest.mark.parametrize("intent", SMALL_TALK)
async def test_small_talk_gets_one_answer_of_its_own(talk: Talk, intent: str) -> None:
    (said,) = await talk.hear("…", intent)
    others = [await talk.hear("…", other) for other in SMALL_TALK if other != intent]
    assert [said] not in others


async def test_the_greeting_names_the_city_and_offers_the_menu(talk: Talk) -> None:
    city = load_city(ROOT / "city" / "aizuwakamatsu")
    assert await talk.hear("/greet", "greet") == [greeting(city)]
    assert "会津若松市" in greeting(city).text
    assert greeting(city).choices == MENU


@pytest.mark.parametrize("intent", SMALL_TALK)
async def test_in_danger_the_numbers_and_a_person_are_the_whole_answer(
    talk: Talk, intent: str
) -> None:
    (said,) = await talk.hear(LOST, intent)
    assert HOTLINE in links(said)
    assert payloads(said) == ["/request_human"]


@pytest.mark.parametrize(
    ("words", "confidence"), [("きのうから家の中がたいへんなことに", 0.55), ("え？", 0.9)]
)
async def test_nothing_cheerful_is_said_to_words_that_are_not_surely_small_talk(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, words: str, confidence: float
) -> None:
    async def not_understood(_: Fallback, turn: Turn) -> Events:
        return [{"event": "passed_on"}]

    monkeypatch.setattr(Fallback, "act", not_understood)
    assert await talk.hear(words, "chitchat", confidence=confidence) == []
    assert talk.events == [{"event": "passed_on"}]
    assert await talk.hear("ひまだなあ", "chitchat", confidence=0.9)


async def test_who_apologises_is_not_apologised_to(talk: Talk) -> None:
    (said,) = await talk.hear("わかった、悪かったな怒鳴って", "complain")
    assert "申し訳" not in said.text


@pytest.mark.parametrize("intent", ["cancel", "start_over"])
async def test_leaving_clears_every_open_question(talk: Talk, intent: str) -> None:
    (said,) = await talk.hear("やめる", intent)
    assert said.choices == MENU
    cleared = {event["name"]: event["value"] for event in talk.events}
    assert cleared == {
        "waste_pending": None,
        "waste_interrupted": None,
        "snow_pending": None,
        "snow_interrupted": None,
        "facilities_wanted": None,
        "facilities_origin": None,
        "requested_slot": None,
    }


async def test_somebody_who_leaves_in_danger_hears_the_numbers_only(talk: Talk) -> None:
    (said,) = await talk.hear("もうやめたい、死にたい", "cancel")
    assert HOTLINE in links(said)
    assert talk.events, "the open questions are cleared all the same"


async def test_a_person_in_danger_who_asks_for_staff_gets_both_numbers(talk: Talk) -> None:
    said = await talk.hear("夫に殴られた、職員と話したい", "request_human")
    assert "tel:110" in links(said[0])
    assert "tel:0242-39-1111" in links(said[1])


async def test_an_open_question_does_not_swallow_danger(talk: Talk) -> None:
    (said,) = await talk.hear(LOST, "nlu_fallback", f"validate_{waste.FORM}")
    assert HOTLINE in links(said)
    assert talk.events == [], "the form declines, so that the question is left"


async def test_the_numbers_are_said_once_a_turn(talk: Talk) -> None:
    user = {"event": "user", "text": LOST}
    talk.past = [user, {"event": "bot"}, {"event": "action", "name": "action_talk"}]
    said = await talk.hear(LOST, "request_human")
    assert [HOTLINE in links(message) for message in said] == [False]
    talk.past = [user, {"event": "bot"}, user]
    assert HOTLINE in links((await talk.hear(LOST, "chitchat"))[0])


async def test_a_tapped_button_is_not_the_citizens_words(talk: Talk) -> None:
    (said,) = await talk.hear('/chitchat{"x": "死にたい"}', "chitchat")
    assert links(said) == []


@pytest.mark.parametrize("intent", ["chitchat", "affirm", "ask_waste_sorting"])
async def test_who_asks_whether_a_machine_answers_is_told_so_whatever_was_understood(
    talk: Talk, intent: str
) -> None:
    (said,) = await talk.hear("そちらは市の職員の方ですか？ それともロボットですか？", intent)
    assert "自動応答のプログラム" in said.text
    assert "/request_human" in payloads(said)


async def test_a_price_asked_beside_an_agreement_is_not_met_with_thanks(talk: Talk) -> None:
    (said,) = await talk.hear("じゃあそれで、なんぼすんだ", "affirm")
    assert "ありがとう" not in said.text
