"""Settings in the chat, turn by turn; preferences and districts are the real services."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext
from actions.preferences import actions as preferences
from actions.preferences.parsing import apply_wish, read_language, read_wish
from actions.waste import actions as waste
from bot.citizens import repository as citizen_rows
from bot.preferences.contract import Preferences, PreferencesClient, QuietHours
from concierge.app import build_web
from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from messages.hazards import WARNED, Hazard
from messages.languages import Language
from messages.neutral import OpenLink, Payload, Text, message_list
from messages.topics import Topic
from services.waste.importer import import_city

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
URL = "http://127.0.0.1:8000/my/settings?t="


class Talk:
    """One citizen's conversation with this skill."""

    def __init__(self, context: ActionContext, citizen: str) -> None:
        modules = (preferences, waste)
        self.actions = {a.name(): a for module in modules for a in module.actions(context)}
        self.preferences = context.client(PreferencesClient)
        self.citizen = citizen
        self.said = Text(text="…")

    async def hear(self, text: str, intent: str = "set_alert_area", **entities: str) -> str:
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        message = {"text": text, "intent": {"name": intent}, "entities": found}
        tracker = Tracker(self.citizen, {}, message, [], False, None, {}, None)
        dispatcher = CollectingDispatcher()
        await self.actions[f"action_{intent}"].run(dispatcher, tracker, {})
        [said] = message_list.validate_python([m["custom"] for m in dispatcher.messages])
        assert isinstance(said, Text)
        assert len(said.choices) <= 13
        self.said = said
        return said.text

    async def tap(self, label: str) -> str:
        [choice] = [c for c in self.said.choices if c.label == label]
        assert isinstance(choice, Payload)
        name, brace, rest = choice.payload[1:].partition("{")
        entities = TypeAdapter(dict[str, str]).validate_json(brace + rest) if brace else {}
        return await self.hear(choice.payload, name, **entities)

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.said.choices]

    async def chosen(self) -> Preferences:
        return await self.preferences.get(self.citizen)


@pytest.fixture
async def talk(database: Database, settings: Settings) -> AsyncIterator[Talk]:
    (await import_city(database, settings.city_dir, lambda: NOW)).raise_if_bad()
    async with database.transaction() as session:
        user = "U" + "a" * 32
        [citizen] = (await citizen_rows.ensure_citizens(session, {user}, NOW)).values()
    app = build_web(settings, lambda: NOW)
    token = settings.internal_token.get_secret_value()
    async with (
        app.router.lifespan_context(app),
        internal_client("http://internal", token, app=app) as http,
    ):
        yield Talk(ActionContext(http, lambda: NOW, settings), citizen)


async def test_the_settings_are_shown_with_a_link_to_the_page(talk: Talk) -> None:
    assert await talk.hear("通知の設定") == (
        "今の設定です。\n"
        "地区：市内すべて\n"
        "お知らせ：防災\n"
        "災害の種類：すべて\n"
        "知らせる段階：レベル3から\n"
        "送らない時間：21時から7時まで\n"
        "ことば：日本語\n"
        "命にかかわる緊急のお知らせは、この設定にかかわらず届きます。"
    )
    [link] = [choice for choice in talk.said.choices if isinstance(choice, OpenLink)]
    assert link.url.startswith(URL)
    assert talk.citizen not in link.url


async def test_districts_are_chosen_in_words(talk: Talk) -> None:
    assert "地区：門田（北部）、門田（南部）" in await talk.hear("門田だけ通知して")
    assert "地区：門田（北部）、門田（南部）、城西" in await talk.hear("城西も追加してください")
    assert "地区：城西" in await talk.hear("門田はいらない")
    assert "今の設定です" in await talk.hear("城西はいらない")
    assert "地区：市内すべて" in await talk.hear("市内すべての情報がほしい")


async def test_an_everyday_name_of_a_district_is_understood(talk: Talk) -> None:
    assert "地区：東山" in await talk.hear("東山温泉の災害情報を登録したい")


async def test_an_unknown_district_is_said_to_be_unknown(talk: Talk) -> None:
    assert "見つかりませんでした" in await talk.hear("ほげほげ地区だけ通知して")
    assert await talk.chosen() == Preferences()


async def test_districts_are_chosen_by_button_page_by_page(talk: Talk) -> None:
    await talk.hear("通知の設定")
    await talk.tap("地区を選ぶ")
    seen: list[str] = []
    for _ in range(3):
        seen += talk.labels
        await talk.tap("ほかの地区")
    assert len(set(seen) - {"市内すべて", "ほかの地区", "やめる"}) == 24
    assert "地区：鶴城" in await talk.tap("鶴城")
    await talk.tap("地区を追加")
    assert "地区：鶴城、行仁" in await talk.tap("行仁")
    await talk.tap("地区を選ぶ")
    assert "地区：市内すべて" in await talk.tap("市内すべて")


async def test_topics_and_the_night_are_switched_by_button(talk: Talk) -> None:
    await talk.hear("通知の設定")
    await talk.tap("お知らせを選ぶ")
    assert "お知らせ：防災、子育て\n" in await talk.tap("子育ても受け取る")
    await talk.tap("お知らせを選ぶ")
    assert "お知らせ：子育て\n" in await talk.tap("防災を止める")
    assert "送らない時間：なし" in await talk.tap("夜も送る")
    assert "送らない時間：21時から7時まで" in await talk.tap("夜は送らない")


@pytest.mark.parametrize(
    "entities",
    [{"alert_area": "ない地区"}, {"alert_topic": "+nothing"}, {"quiet_hours": "99"}, {}],
)
async def test_a_button_that_means_nothing_changes_nothing(
    talk: Talk, entities: dict[str, str]
) -> None:
    assert "今の設定です" in await talk.hear("/set_alert_area", **entities)
    assert await talk.chosen() == Preferences()


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("英語にして", "en", "From now on I will answer in English"),
        ("やさしい日本語で", "easy", "やさしい日本語（にほんご）で 答（こた）えます"),
        ("请用中文", "zh", "今后将用中文"),
        ("Tiếng Việt", "vi", "Từ nay tôi sẽ trả lời bằng tiếng Việt"),
        ("Português, por favor", "pt", "vou responder em português"),
        ("日本語に戻して", "ja", "日本語で"),
    ],
)
async def test_a_language_is_remembered_and_confirmed_in_it(
    talk: Talk, text: str, language: str, words: str
) -> None:
    assert words in await talk.hear(text, "change_language")
    assert (await talk.chosen()).language == language


async def test_without_a_language_the_citizen_is_asked(talk: Talk) -> None:
    assert "Please choose a language" in await talk.hear("言語を変えたい", "change_language")
    assert "answer in English" in await talk.tap("English")
    assert (await talk.chosen()).language is Language.en


async def test_quiet_nights_are_no_end_of_the_waste_reminder(talk: Talk) -> None:
    await talk.hear("夜でも通知して")
    said = await talk.hear("夜はお知らせいらない", "set_waste_reminder")
    assert "送らない時間：21時から7時まで" in said
    stopped = await talk.hear("夜のごみのお知らせはいらない", "set_waste_reminder")
    assert "ごみの日のお知らせは、まだ設定していません" in stopped


async def test_a_repeated_turn_changes_nothing_more(talk: Talk) -> None:
    for _ in range(2):
        await talk.hear("子育ての情報もほしい")
    assert (await talk.chosen()).topics == (Topic.disaster, Topic.childcare)


EVERYTHING = Preferences(topics=tuple(Topic))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("夜は送らないで", {"quiet": QuietHours(start=21, end=7)}),
        ("夜中の通知を止めてほしい", {"quiet": QuietHours(start=21, end=7)}),
        ("22時から6時までは通知しないで", {"quiet": QuietHours(start=22, end=6)}),
        ("夜10時から朝6時は鳴らさないで", {"quiet": QuietHours(start=22, end=6)}),
        ("7時から２０時に送ってください", {"quiet": QuietHours(start=20, end=7)}),
        ("子育てはいらない、ごみは送って", {"topics": tuple(Topic)[:3] + tuple(Topic)[4:]}),
        ("防災情報だけ送って", {"topics": (Topic.disaster,)}),
        ("防災と除雪だけでいい", {"topics": (Topic.disaster, Topic.snow)}),
        ("イベントの通知を止めて", {"topics": tuple(Topic)[:5]}),
        ("全部の通知をやめたい", {"topics": ()}),
        ("通知を止めたい", {}),
        ("大雨のお知らせだけでいいです", {"hazards": (Hazard.flood,)}),
        ("地震の通知はいらない", {"hazards": tuple(h for h in WARNED if h != "earthquake")}),
        ("台風のお知らせもほしい", {}),
    ],
)
def test_sentences_change_what_they_name(text: str, after: dict[str, Any]) -> None:
    before = EVERYTHING.model_copy(update={"quiet": None})
    assert apply_wish(before, read_wish(text, ())) == before.model_copy(update=after)


def test_a_district_named_beside_the_night_is_not_chosen() -> None:
    after = apply_wish(EVERYTHING, read_wish("夜は城西の通知をやめて", ("城西",)))
    assert after == EVERYTHING


@pytest.mark.parametrize("text", ["いつでも通知していいよ", "夜でも送って", "24時間通知して"])
def test_quiet_hours_are_given_up_in_words(text: str) -> None:
    assert apply_wish(EVERYTHING, read_wish(text, ())).quiet is None


def test_a_foreign_language_counts_before_japanese() -> None:
    assert read_language("日本語がわからないので英語で") is Language.en
    assert read_language("やさしい にほんごで おねがいします") is Language.easy
    assert read_language("韓国語で") is None
    assert read_language("simple Japanese please") is Language.easy
    assert read_language("where can I take Japanese lessons") is None
    assert read_language("como troco para inglês") is None


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("日本語わからない", None),
        ("にほんごが むずかしいです", None),
        ("I don't understand Japanese", None),
        ("日本語がわからないので英語で", Language.en),
        ("日本語に戻して", Language.ja),
        ("Japanese please", Language.ja),
    ],
)
def test_the_language_that_is_not_understood_is_not_chosen(
    words: str, language: Language | None
) -> None:
    assert read_language(words) is language


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("警報はレベル4からだけ知らせて", 4),
        ("注意報も送ってください", 2),
        ("注意報はいらない", 3),
        ("防災のお知らせがほしい", None),
    ],
)
def test_the_step_from_which_on_to_be_warned_is_read(said: str, step: int | None) -> None:
    assert read_wish(said, ()).warn_from == step
    assert apply_wish(Preferences(warn_from=4), read_wish(said, ())).warn_from == (step or 4)
