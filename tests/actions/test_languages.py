"""The same talk in six languages: every action on the real services, without Rasa in between."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext
from actions.server import make_executor
from bot.citizens import repository as citizen_rows
from bot.preferences.contract import PreferencesClient
from bot.turns.language import turn_language
from concierge.app import build_web
from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from kit.text import grapheme_length
from kit.wording import read_catalogue
from messages.languages import Language
from messages.neutral import Cards, Message, OpenLink, Payload, message_list
from services.facilities.importer import import_city as import_places
from services.faq.importer import import_city as import_faq
from services.waste.importer import import_city as import_waste
from tests.actions.rules import rules

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
STATION = {"latitude": 37.508, "longitude": 139.930}
FOREIGN = ["en", "zh", "vi", "pt"]
HELLO = {
    "easy": "こんにちは、ごみの 日は いつ ですか",
    "en": "Hello, can you help me?",
    "zh": "你好，请问可以帮我吗？",
    "vi": "Xin chào, bạn giúp tôi được không?",
    "pt": "Olá, você pode me ajudar?",
}
DEATH = {
    "en": "I want to die",
    "zh": "我想死",
    "vi": "Tôi muốn chết",
    "pt": "Eu quero morrer",
}
_events: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(list[dict[str, Any]])
_entities: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


class Talk:
    """One citizen. What the bot tells of the language travels with each message, as in a turn."""

    def __init__(self, context: ActionContext, citizen: str) -> None:
        self.executor = make_executor(context)
        self.preferences = context.client(PreferencesClient)
        self.citizen = citizen
        self.slots: dict[str, Any] = {}
        self.past: list[dict[str, Any]] = []
        self.answers: list[Message] = []

    async def hear(self, text: str, intent: str, **entities: str) -> str:
        chosen = (await self.preferences.get(self.citizen)).language
        spoken = turn_language(chosen, None if text.startswith("/") else text)
        parsed = {
            "text": text,
            "intent": {"name": intent},
            "entities": [{"entity": k, "value": v} for k, v in entities.items()],
        }
        metadata: dict[str, Any] = {"turn_id": f"turn-{len(self.past)}"}
        if spoken is not None:
            metadata |= {"language": spoken.language, "is_chosen": spoken.is_chosen}
        user = {"event": "user", "text": text, "parse_data": parsed, "metadata": metadata}
        self.past.append({**user, "timestamp": NOW.timestamp()})
        self.answers = []
        await self.run(rules()[intent])
        return self.words

    async def run(self, action: str) -> None:
        latest = self.past[-1] if self.past[-1]["event"] == "user" else None
        parsed = (latest or next(e for e in reversed(self.past) if e["event"] == "user"))[
            "parse_data"
        ]
        tracker = Tracker(self.citizen, dict(self.slots), parsed, self.past, False, None, {}, None)
        dispatcher = CollectingDispatcher()
        function = self.executor.actions[action]
        events = _events.validate_python(await function(dispatcher, tracker, {}))
        self.slots.update({e["name"]: e["value"] for e in events if e["event"] == "slot"})
        said = message_list.validate_python([m["custom"] for m in dispatcher.messages])
        self.answers += said
        self.past += [{"event": "bot"}] * len(said) + [{"event": "action", "name": action}]
        for event in events:
            if event["event"] == "followup" and event["name"] == "facilities_origin_form":
                await self.run("action_ask_facilities_origin")

    async def tap(self, number: int = 0) -> str:
        choice = [c for c in self.choices if isinstance(c, Payload)][number]
        name, brace, rest = choice.payload[1:].partition("{")
        entities = _entities.validate_json(brace + rest) if brace else {}
        return await self.hear(choice.payload, name, **entities)

    @property
    def choices(self) -> list[Any]:
        return [choice for answer in self.answers for choice in answer.choices]

    @property
    def words(self) -> str:
        return "\n".join(a.summary if isinstance(a, Cards) else a.text for a in self.answers)


@pytest.fixture
async def talk(database: Database, settings: Settings) -> AsyncIterator[Talk]:
    for import_city in (import_waste, import_places, import_faq):
        (await import_city(database, settings.city_dir, lambda: NOW)).raise_if_bad()
    async with database.transaction() as session:
        [citizen] = (await citizen_rows.ensure_citizens(session, {"U" + "a" * 32}, NOW)).values()
    app = build_web(settings, lambda: NOW)
    token = settings.internal_token.get_secret_value()
    async with (
        app.router.lifespan_context(app),
        internal_client("http://internal", token, app=app) as http,
    ):
        yield Talk(ActionContext(http, lambda: NOW, settings), citizen)


def japanese_left(talk: Talk, settings: Settings) -> str:
    """Return what hiragana an answer still holds, but for names that the city gave to things."""
    named = read_catalogue(settings.city_wording / "en.po")
    texts = [a.text for a in talk.answers if not isinstance(a, Cards)]
    left = "\n".join([*texts, *(choice.label for choice in talk.choices)])
    for name in (*sorted(named, key=len, reverse=True), "ことば", "を選んでください", "の"):
        left = left.replace(name, "")
    left = re.sub(r"「[^」]*」", "", left)
    return "".join(re.findall(r"[ぁ-ゖ]+", left))


@pytest.mark.parametrize("language", FOREIGN)
async def test_who_writes_another_language_is_answered_in_it_throughout(
    talk: Talk, settings: Settings, language: str
) -> None:
    async def check(words: str) -> None:
        assert words
        assert japanese_left(talk, settings) == ""
        long = [c.label for c in talk.choices if grapheme_length(c.label) > 20]
        assert not [label for label in long if not re.search(r"[ぁ-ゖ一-鿿]", label)]

    await check(await talk.hear(HELLO[language], "greet"))
    for intent in ("help", "thank", "complain", "cancel", "start_over", "request_human"):
        await check(await talk.hear(f"/{intent}", intent))
    for intent in ("ask_oncall_clinic", "ask_river_level", "set_alert_area", "ask_faq"):
        await check(await talk.hear(f"/{intent}", intent))
    for intent in ("report_snow_road", "ask_slippery_road", "ask_report_status"):
        await check(await talk.hear(f"/{intent}", intent))
    await check(await talk.hear("/ask_waste_day", "ask_waste_day"))
    assert "城西" in await talk.hear(
        '/ask_waste_day{"waste_area": "城西"}', "ask_waste_day", waste_area="城西"
    )
    assert japanese_left(talk, settings) == ""
    await check(
        await talk.hear(
            "/set_waste_reminder",
            "set_waste_reminder",
            waste_area="城西",
            reminder_time="20:00",
        )
    )
    await check(await talk.hear("/ask_facility", "ask_facility"))
    await check(await talk.hear("/ask_shelter", "ask_shelter"))
    talk.slots["location"] = STATION
    await check(await talk.hear("/share_location", "share_location"))
    await check(await talk.hear("qwertz", "out_of_scope"))


@pytest.mark.parametrize("language", FOREIGN)
async def test_somebody_in_despair_reads_the_numbers_in_their_language(
    talk: Talk, language: str
) -> None:
    await talk.hear(DEATH[language], "out_of_scope")
    links = [choice.url for choice in talk.choices if isinstance(choice, OpenLink)]
    assert links[:2] == ["tel:0120-279-226", "tel:0120-783-556"]
    assert {"https://talkme.jp/", "tel:119"} <= set(links)
    assert len(talk.answers) == 1
    assert "Yorisoi" in talk.words or "よりそい" in talk.words
    assert "お話" not in talk.words


async def test_the_offer_to_keep_a_language_is_made_once(talk: Talk) -> None:
    assert "machine translation" in await talk.hear(HELLO["en"], "greet")
    [keep] = [c for c in talk.choices if c.label == "Always in English"]
    assert isinstance(keep, Payload)
    assert "machine translation" not in await talk.hear("What can you do?", "help")
    await talk.hear(keep.payload, "change_language", language="en")
    assert (await talk.preferences.get(talk.citizen)).language is Language.en
    assert "machine translation" not in await talk.hear("Hello again, my friend", "greet")


async def test_the_chosen_language_wins_over_the_written_one(talk: Talk) -> None:
    await talk.hear('/change_language{"language": "vi"}', "change_language", language="vi")
    assert "Tôi có thể giúp bạn" in await talk.hear("何ができますか", "help")


async def test_japanese_is_spoken_again_when_it_is_asked_for(talk: Talk) -> None:
    await talk.hear(HELLO["en"], "greet")
    said = await talk.hear('/change_language{"language": "ja"}', "change_language", language="ja")
    assert said == "これからは日本語でご案内します。"
    assert "お手伝いできます" in await talk.hear("/help", "help")


async def test_a_kanji_answer_does_not_change_the_language(talk: Talk) -> None:
    assert "Which district" in await talk.hear("What garbage is collected?", "ask_waste_day")
    assert "I can help you" in await talk.hear("城西", "help")
    assert "I can help you" in await talk.hear("👍", "help")


async def test_somebody_who_only_wrote_kanji_is_answered_in_japanese(talk: Talk) -> None:
    assert "お手伝いできます" in await talk.hear("住民票", "help")
    assert "お手伝いできます" in await talk.hear("👍", "help")


async def test_easy_japanese_is_answered_in_easy_japanese(talk: Talk) -> None:
    said = await talk.hear(HELLO["easy"], "greet")
    assert "手続（てつづ）き" in said
    assert "やさしい日本語に する" in [choice.label for choice in talk.choices]


async def test_what_the_city_wrote_stays_japanese_and_says_so(talk: Talk) -> None:
    await talk.hear(HELLO["en"], "greet")
    said = await talk.hear("/ask_certificate", "ask_certificate")
    # Every choice has a core answer: nothing in the list is Japanese.
    assert "in Japanese only" not in said
    said = await talk.tap()
    assert "in Japanese only" in said
    assert "In Japanese: 住民票" in said
    assert "Citizens Division (市民課)" in said


async def test_a_things_kind_is_told_and_its_remark_is_marked_as_japanese(talk: Talk) -> None:
    await talk.hear(HELLO["en"], "greet")
    said = await talk.hear(
        '/ask_waste_sorting{"waste_item": "スプレー缶"}',
        "ask_waste_sorting",
        waste_item="スプレー缶",
    )
    assert "“スプレー缶” is [Dangerous waste (危険・有害ごみ)]." in said
    assert "in Japanese only" in said


async def test_a_question_in_other_words_is_answered_by_the_core_answer(talk: Talk) -> None:
    said = await talk.hear("landlord wants the rent, i got fired and cant pay", "out_of_scope")
    assert "住居確保給付金" in said
    assert "in Japanese only" not in said.split("In Japanese:")[0]


async def test_an_entry_without_a_core_answer_says_so_first_and_offers_a_person(
    talk: Talk,
) -> None:
    said = await talk.hear("can you remove a wasp nest from my house", "ask_faq")
    assert said.startswith("The following is in Japanese only.")
    assert "ハチ" in said
    assert "Ask staff" in [choice.label for choice in talk.choices]


async def test_choices_are_put_in_the_language_of_the_question(talk: Talk) -> None:
    await talk.hear(HELLO["en"], "greet")
    said = await talk.hear("pipes froze last night, no water coming out", "ask_faq")
    assert "Frozen water pipes" in said
    assert "Ask staff" in [choice.label for choice in talk.choices]
