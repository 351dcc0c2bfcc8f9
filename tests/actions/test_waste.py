"""The waste conversations, turn by turn; the service behind the actions is the real one."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext
from actions.talking.fallback import Fallback
from actions.waste.actions import FORM, PENDING, actions
from actions.waste.not_household import ANIMAL_FAQ, BUSINESS_FAQ
from kit.db import Database
from kit.errors import UnavailableError
from kit.http import internal_client
from kit.settings import Settings
from messages.neutral import Message, OpenLink, Payload, Text, message_list
from services.places.api import router as places_router
from services.places.importer import from_districts
from services.places.service import PlacesService
from services.waste.api import router
from services.waste.contract import WasteClient
from services.waste.importer import import_city, read_city
from services.waste.repository import replace_dataset
from services.waste.service import WasteService
from tests.actions.rules import rules
from tests.support import bare_app

TUESDAY_NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
RULES = rules("waste")
_events: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(list[dict[str, Any]])


class Talk:
    """One conversation. It does what Rasa does with this skill's four rules and its form."""

    def __init__(self, context: ActionContext, citizen: str = "ctz_1") -> None:
        self.actions = {action.name(): action for action in actions(context)}
        self.citizen = citizen
        self.slots: dict[str, Any] = {}
        self.past: list[dict[str, Any]] = []
        self.open = False
        self.turn = 0
        self.answers: list[Message] = []

    async def hear(self, text: str, intent: str, **entities: str) -> str:
        """Let the skill answer one message; returns the words of its answer, joined."""
        self.turn += 1
        parsed = {
            "text": text,
            "intent": {"name": intent},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }
        metadata = {"turn_id": f"turn-{self.turn}"}
        self.past.append(
            {"event": "user", "text": text, "parse_data": parsed, "metadata": metadata}
        )
        self.answers = []
        if self.open and await self._form(parsed):
            return self.words
        if intent in RULES:
            events = await self._run(RULES[intent], parsed)
            if any(event["event"] == "followup" for event in events):
                self.open = True
        elif "action_fallback" in self.actions:
            await self._run("action_fallback", parsed)
        if self.open:
            self.past += [{"event": "bot"}] if self.answers else []
            await self._form(parsed)
        return self.words

    async def tap(self, label: str) -> str:
        """Tap a choice of the latest answers by its label."""
        [choice] = [c for c in self.choices if c.label == label]
        assert isinstance(choice, Payload)
        name, brace, rest = choice.payload[1:].partition("{")
        entities = TypeAdapter(dict[str, str]).validate_json(brace + rest) if brace else {}
        return await self.hear(choice.payload, name, **entities)

    @property
    def asks(self) -> bool:
        """Whether a question of ours is open; an answer may be gone on from and asks nothing."""
        return self.open and (self.slots.get(PENDING) or {}).get("ask") != "more"

    @property
    def choices(self) -> list[Any]:
        return [c for answer in self.answers if isinstance(answer, Text) for c in answer.choices]

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.choices]

    @property
    def words(self) -> str:
        return "\n".join(a.text for a in self.answers if isinstance(a, Text))

    async def _form(self, parsed: dict[str, Any]) -> bool:
        """Run the form's validation as Rasa does; tell whether the form took the message."""
        before = list(self.answers)
        events = await self._run(f"validate_{FORM}", parsed)
        slots = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
        if not slots:
            # Rasa throws away what a declining form says; the next action says it.
            self.answers = before
            self.past.append({"event": "action_execution_rejected", "name": FORM})
            return False
        self.open = slots["requested_slot"] is not None
        return True

    async def _run(self, name: str, parsed: dict[str, Any]) -> list[dict[str, Any]]:
        tracker = Tracker(
            self.citizen, dict(self.slots), parsed, list(self.past), False, None, {}, None
        )
        dispatcher = CollectingDispatcher()
        events = _events.validate_python(await self.actions[name].run(dispatcher, tracker, {}))
        self.past.extend(events)
        self.slots.update({e["name"]: e["value"] for e in events if e["event"] == "slot"})
        said = [message["custom"] for message in dispatcher.messages]
        self.answers.extend(message_list.validate_python(said))
        return events


@pytest.fixture
async def context(database: Database, settings: Settings) -> AsyncIterator[ActionContext]:
    report = await import_city(database, settings.city_dir, lambda: TUESDAY_NOON)
    report.raise_if_bad()
    app = bare_app(settings, "waste")
    app.include_router(router)
    app.include_router(places_router)
    app.state.container.put(PlacesService, PlacesService.of_city(settings.city_dir))
    app.state.container.put(WasteService, WasteService(database, lambda: TUESDAY_NOON, settings))
    http = internal_client("http://test", settings.internal_token.get_secret_value(), app=app)
    yield ActionContext(http, lambda: TUESDAY_NOON, settings)
    await http.aclose()


@pytest.fixture
def talk(context: ActionContext) -> Talk:
    return Talk(context)


async def test_a_whole_question_is_answered_in_one_turn(talk: Talk) -> None:
    said = await talk.hear("城西は明日は何のごみ？", "ask_waste_day")
    assert said == (
        "明日 11月25日(水)の城西は「びん類」の日です。\n"
        "朝8時30分までに出してください。\n"
        "次からもこの地区でお答えしますか？「この地区を覚える」を押すと覚えます。\n"
        "※デモ用のデータです"
    )


async def test_the_district_is_asked_once_and_remembered(talk: Talk) -> None:
    assert "地区はどちらですか" in await talk.hear("明日は何のごみ？", "ask_waste_day")
    assert "「びん類」の日です" in await talk.hear("城西です", "ask_shelter")
    assert not talk.asks
    assert "城西の次の「燃やせるごみ」" in await talk.hear("次の燃えるごみは？", "ask_waste_day")


async def test_districts_are_paged_within_lines_thirteen_choices(talk: Talk) -> None:
    await talk.hear("ごみの日", "ask_waste_day")
    shown: list[str] = []
    for _ in range(3):
        assert len(talk.labels) <= 11
        shown += talk.labels[:-3]
        await talk.tap("ほかの地区")
    assert len(set(shown)) == 24
    assert "鶴城の次の収集日です。" in await talk.tap("鶴城")


async def test_two_districts_of_one_name_are_offered(talk: Talk) -> None:
    await talk.hear("プラの日いつ", "ask_waste_day")
    first = await talk.hear("門田", "nlu_fallback")
    assert "どの地区ですか？\n・門田（北部）\n・門田（南部）" in first
    assert talk.labels == ["門田（北部）", "門田（南部）", "やめる"]
    again = await talk.hear("門田です", "nlu_fallback")
    assert "下のボタンから選んでください" in again
    assert talk.labels == ["門田（北部）", "門田（南部）", "職員に相談", "やめる"]
    assert "門田（南部）の次の「プラスチック製容器包装」" in await talk.tap("門田（南部）")


async def test_an_unknown_town_gets_a_short_list(talk: Talk) -> None:
    await talk.hear("プラの日いつ", "ask_waste_day")
    said = await talk.hear("猪苗代町", "nlu_fallback")
    assert said.startswith("「猪苗代町」は、市の外のようです。")
    assert len(said.splitlines()) == 3
    assert talk.labels[8:] == ["ほかの地区", "地図で場所を送る", "やめる"]


async def test_every_sentence_that_names_a_district_bears_the_demonstration_mark(
    talk: Talk,
) -> None:
    mark = "※デモ用のデータです"
    assert (await talk.hear("プラの日いつ", "ask_waste_day")).endswith(mark)
    assert (await talk.hear("城西", "nlu_fallback")).count(mark) == 2
    said = await talk.hear("ごみの地区を鶴城に変更してください", "ask_waste_day")
    assert said.endswith(mark)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("もう死にたい", "tel:0120-279-226"),
        ("彼に首しめられた", "tel:110"),
        ("車が雪にうまって出られない", "tel:119"),
    ],
)
@pytest.mark.parametrize(
    "question",
    [("プラの日いつ", "ask_waste_day"), ("城西のごみの日を知らせて", "set_waste_reminder")],
)
async def test_danger_in_the_middle_of_the_form_is_heard_once_and_ends_it(
    talk: Talk, context: ActionContext, text: str, number: str, question: tuple[str, str]
) -> None:
    talk.actions["action_fallback"] = Fallback(context)
    await talk.hear(*question)
    await talk.hear(text, "nlu_fallback")
    assert number in [c.url for c in talk.choices if isinstance(c, OpenLink)]
    assert len(talk.answers) == 1
    assert not talk.asks


async def test_another_question_leaves_the_open_one_without_a_word(talk: Talk) -> None:
    await talk.hear("プラの日いつ", "ask_waste_day")
    assert await talk.hear("近くの避難所はどこですか", "ask_shelter") == ""
    assert not talk.asks
    assert talk.slots[PENDING] is None


async def test_a_cancelled_question_is_left(talk: Talk) -> None:
    await talk.hear("プラの日いつ", "ask_waste_day")
    assert await talk.hear("やめる", "cancel") == ""
    assert not talk.asks


async def test_a_new_waste_question_replaces_the_open_one(talk: Talk) -> None:
    await talk.hear("プラの日いつ", "ask_waste_day")
    said = await talk.hear("城西の燃えるごみは？", "ask_waste_day")
    assert "次の「燃やせるごみ」" in said


async def test_a_sorting_question_in_between_is_answered(talk: Talk) -> None:
    await talk.hear("プラの日いつ", "ask_waste_day")
    assert "【危険・有害ごみ】" in await talk.hear("乾電池の出し方は", "ask_waste_sorting") or (
        "どれに近いですか" in talk.words
    )
    assert not talk.asks


async def test_after_two_unknown_districts_it_gives_up_honestly(talk: Talk) -> None:
    await talk.hear("プラの日いつ", "ask_waste_day")
    for _ in range(2):
        assert "見つかりませんでした" in await talk.hear("ほげほげ", "nlu_fallback")
    assert "確認できませんでした" in await talk.hear("ふがふが", "out_of_scope")
    assert not talk.asks


@pytest.mark.parametrize("text", ["ごみの地区を鶴城に変更してください", "地区を変えたい、鶴城に"])
async def test_the_district_can_be_changed_in_words(talk: Talk, text: str) -> None:
    assert "「鶴城」で覚えました" in await talk.hear(text, "ask_waste_day")
    assert "鶴城の次の" in await talk.hear("ごみの日", "ask_waste_day")


async def test_the_district_can_be_changed_and_kept_by_buttons(talk: Talk) -> None:
    await talk.hear("城西のごみの日", "ask_waste_day")
    assert "「城西」で覚えました" in await talk.tap("この地区を覚える")
    await talk.tap("地区を変える")
    assert "地区を「城西」から「行仁」に直しました" in await talk.tap("行仁")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "城西の日曜日は",
            "11月29日(日)の城西に、ごみの収集はありません。\n次の収集\n・11月30日(月)",
        ),
        (
            "城西、明日燃えるごみ出せる？",
            "「燃やせるごみ」の収集はありません。\n次の収集\n・11月26日(木)",
        ),
        (
            "城西は大晦日に出せる？",
            "12月31日(木)は収集がお休みのため、城西の「燃やせるごみ」は出せません",
        ),
        ("城西の年末年始", "・12月31日(木) 燃やせるごみ（お休み）"),
        ("城西の来週の予定", "城西の11月30日(月)から12月6日(日)の収集です。"),
        ("城西の粗大ごみいつ", "申し込み制です"),
        ("大戸の燃えるごみ", "※大雪の日は、収集の時刻が遅れることがあります。"),
    ],
)
async def test_answers_fit_the_question(talk: Talk, text: str, expected: str) -> None:
    said = await talk.hear(text, "ask_waste_day")
    assert expected in said
    assert said.endswith("※デモ用のデータです")


async def test_a_thing_is_explained_with_kind_hint_and_manner(talk: Talk) -> None:
    said = await talk.hear("スプレー缶ってどう捨てるの？", "ask_waste_sorting")
    assert said.startswith("「スプレー缶」は【危険・有害ごみ】です。\n中身を使い切り")
    assert "出し方：種類ごとに透明な袋" in said
    assert said.endswith("※デモ用のデータです")


async def test_a_thing_the_city_does_not_take_is_said_plainly(talk: Talk) -> None:
    said = await talk.hear("テレビ捨てたい", "ask_waste_sorting")
    assert said.startswith("「テレビ」は、市では収集できません。\n家電リサイクル法")


async def test_several_things_become_choices_that_answer(talk: Talk) -> None:
    assert "どれに近いですか" in await talk.hear("ストーブを捨てたい", "ask_waste_sorting")
    assert "【粗大ごみ】" in await talk.tap("石油ストーブ")


async def test_an_unknown_thing_is_admitted_with_a_telephone_number(talk: Talk) -> None:
    said = await talk.hear("宇宙船の捨て方", "ask_waste_sorting")
    assert "「宇宙船」は市の一覧で見つかりませんでした" in said
    assert "0242-39-1111" in said
    assert any(isinstance(c, OpenLink) and c.url == "tel:0242391111" for c in talk.choices)


@pytest.mark.parametrize("text", ["ごみのやつ", "ゴミ", "ごみのこと"])
async def test_vague_words_are_asked_what_they_are_about(talk: Talk, text: str) -> None:
    assert "何をお調べしますか" in await talk.hear(text, "ask_waste_sorting")
    assert {"収集日", "分け方・出し方"} <= set(talk.labels)
    assert "何を捨てますか" in await talk.tap("分け方・出し方")
    assert "何をお調べしますか" in await talk.hear(text, "nlu_fallback")
    assert not talk.asks


@pytest.mark.parametrize(
    ("text", "button"),
    [
        ("店のごみはいつ", '/ask_faq{"faq_id": "gomi-009"}'),
        ("会社のゴミの分け方", '/ask_faq{"faq_id": "gomi-009"}'),
        ("飼っていた犬が死んだ、燃えるごみ？", '/ask_faq{"faq_id": "pet-006"}'),
    ],
)
@pytest.mark.parametrize("intent", ["ask_waste_day", "ask_waste_sorting"])
async def test_no_household_waste_leads_to_the_faq(
    talk: Talk, text: str, button: str, intent: str
) -> None:
    said = await talk.hear(text, intent)
    assert "集積所" in said
    assert talk.choices[0].payload == button
    await talk.hear("/ask_waste_sorting", "ask_waste_sorting")
    assert await talk.hear(text, "nlu_fallback") == said
    assert not talk.asks


async def test_a_person_is_no_waste(talk: Talk) -> None:
    said = await talk.hear("人間を燃えるゴミに出したい", "ask_waste_sorting")
    assert "ごみとしてはご案内できません" in said
    assert {"110 警察", "119 火事・救急", "職員に相談"} == set(talk.labels)
    said = await talk.hear("赤ちゃんを捨てたい", "ask_waste_sorting")
    assert said.startswith("知らせてくださって")
    assert "ごみ" not in said


def test_the_faq_entries_that_waste_leads_to_exist(settings: Settings) -> None:
    files = [settings.city_dir / "faq" / name for name in ("waste.jsonl", "animal.jsonl")]
    known = "".join(file.read_text(encoding="utf-8") for file in files)
    assert all(f'"id": "{faq}"' in known for faq in (BUSINESS_FAQ, ANIMAL_FAQ))


async def test_a_question_without_a_thing_asks_for_it_and_takes_any_word(talk: Talk) -> None:
    assert "何を捨てますか" in await talk.hear("ごみの分け方", "ask_waste_sorting")
    assert "【燃やせないごみ】" in await talk.hear("フライパン", "nlu_fallback")
    assert not talk.asks


async def test_another_question_is_not_taken_for_a_thing(talk: Talk) -> None:
    await talk.hear("/ask_waste_sorting", "ask_waste_sorting")
    assert await talk.hear("図書館は何時までですか", "nlu_fallback") == ""
    assert not talk.asks


async def test_a_reminder_is_set_changed_and_stopped(talk: Talk) -> None:
    await talk.hear("ごみの日を前の日に教えて", "set_waste_reminder")
    assert "何時にお知らせ" in await talk.tap("城西")
    assert "収集日の前の日の20時に" in await talk.hear("夜8時", "ask_facility")
    assert not talk.asks
    await talk.tap("時刻を変える")
    assert "収集日の朝6時30分に" in await talk.tap("当日の朝6時半")
    assert "止めました" in await talk.tap("お知らせを止める")


async def test_a_bare_hour_is_asked_back(talk: Talk) -> None:
    await talk.hear("城西のごみの日を8時に教えて", "set_waste_reminder")
    assert "朝ですか、夜ですか" in talk.words
    assert "前の日の20時" in await talk.tap("夜の8時")


@pytest.mark.parametrize("intent", ["nlu_fallback", "set_waste_reminder", "ask_waste_day", "deny"])
async def test_a_district_is_corrected_while_the_time_is_asked(talk: Talk, intent: str) -> None:
    await talk.hear("城西のごみの日を教えて", "set_waste_reminder")
    await talk.hear("城西じゃなくて門田", intent)
    assert talk.labels[:2] == ["門田（北部）", "門田（南部）"]
    assert "何時にお知らせ" in await talk.tap("門田（南部）")
    assert "門田（南部）のごみの日を、収集日の前の日の20時に" in await talk.hear("20時", "deny")


@pytest.mark.parametrize("intent", ["nlu_fallback", "set_waste_reminder", "deny"])
async def test_a_time_is_corrected_while_the_district_is_asked(talk: Talk, intent: str) -> None:
    await talk.hear("夜8時半にごみの日を教えて", "set_waste_reminder")
    assert "地区" in await talk.hear("いや、21時にして", intent)
    assert "見つかりません" not in talk.words
    assert "前の日の21時に" in await talk.tap("城西")


async def test_a_corrected_time_is_the_one_that_is_kept(talk: Talk) -> None:
    said = await talk.hear("城西で20時じゃなくて8時に教えて", "set_waste_reminder")
    assert "8時は、朝ですか" in said
    said = await talk.hear("20時30分じゃなくて21時", "set_waste_reminder")
    assert "前の日の21時に" in said


async def test_an_hour_after_the_lorry_gets_a_hint(talk: Talk) -> None:
    said = await talk.hear("城西のごみの日を当日の朝9時に知らせて", "set_waste_reminder")
    assert "それより早い時刻をおすすめします" in said


async def test_an_opening_hour_question_sets_no_reminder(talk: Talk) -> None:
    await talk.hear("城西のごみの日を知らせて", "set_waste_reminder")
    assert await talk.hear("図書館は夜の8時まで開いてますか", "ask_facility") == ""
    subscription = await talk_client(talk).subscription(talk.citizen)
    assert subscription.reminder_time is None


async def test_the_words_of_the_wish_are_kept_while_the_district_is_asked(talk: Talk) -> None:
    await talk.hear("夜9時にごみの日を教えて", "set_waste_reminder")
    assert "収集日の前の日の21時に" in await talk.hear("湊", "out_of_scope")


async def test_a_repeated_turn_gives_the_same_answer_and_one_change(
    talk: Talk, context: ActionContext
) -> None:
    first = await talk.hear("城西のごみの日を20時に教えて", "set_waste_reminder")
    again = Talk(context)
    assert await again.hear("城西のごみの日を20時に教えて", "set_waste_reminder") == first


async def test_when_the_service_is_silent_the_turn_fails_to_be_repeated(
    settings: Settings,
) -> None:
    http = internal_client("http://127.0.0.1:9", "token", timeout=1)
    talk = Talk(ActionContext(http, lambda: TUESDAY_NOON, settings))
    with pytest.raises(UnavailableError):
        await talk.hear("明日は何のごみ", "ask_waste_day")
    await http.aclose()


@pytest.mark.parametrize("text", ["", "あ" * 5000, "🗑️", "\x07", "　"])
async def test_odd_texts_get_a_fitting_answer(talk: Talk, text: str) -> None:
    for intent in RULES:
        assert await talk.hear(text, intent)


def talk_client(talk: Talk) -> WasteClient:
    action: Any = talk.actions["action_answer_waste_day"]
    client: WasteClient = action.context.client(WasteClient)
    return client


@pytest.fixture
async def after_the_end(context: ActionContext, database: Database, shared: Path) -> Talk:
    """A talk with a calendar whose 可燃 ended in March."""
    report, city = read_city(shared / "cases/data/06-calendar-has-ended")
    assert report.ok
    async with database.transaction() as session:
        await replace_dataset(session, city, TUESDAY_NOON)
    # That city has no table of towns: its districts alone are known.
    app: Any = context.http._transport.app  # type: ignore[attr-defined]
    app.state.container.put(PlacesService, PlacesService(from_districts(["北町"])))
    return Talk(context)


@pytest.mark.parametrize(
    "text", ["北町の今週のごみは？", "北町の可燃はいつ", "北町の明日のごみは", "北町の明日の可燃は"]
)
async def test_what_a_calendar_does_not_say_is_not_denied(after_the_end: Talk, text: str) -> None:
    said = await after_the_end.hear(text, "ask_waste_day")
    assert "「可燃」の予定表は、2026年3月30日で終わりです。" in said
    assert "市役所のごみ担当窓口へお問い合わせください" in said
    assert "ありません" not in said
    assert "見つかりません" not in said


async def test_a_reminder_says_what_it_cannot_remind_of(after_the_end: Talk) -> None:
    said = await after_the_end.hear("北町で夜8時に知らせて", "set_waste_reminder")
    assert "北町のごみの日を" in said
    assert "「可燃」の予定表は、2026年3月30日で終わりです。" in said
    assert "お知らせできません" in said
