"""What the bot says from the FAQ, to what it does not understand, and about a person to ask."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext
from actions.city import GeneralDesk, load_city
from actions.danger.help import load_help
from actions.faq import actions as faq
from actions.procedures import actions as procedures
from actions.talking import contact as desk
from actions.talking import fallback
from actions.talking.contact import desk_message, next_opening
from kit.db import Database
from kit.errors import UnavailableError
from kit.http import internal_client
from kit.settings import ROOT, Settings
from messages.neutral import OpenLink, Payload, Text, message_list
from services.faq import feedback_repository as feedback_rows
from services.faq.api import router
from services.faq.contract import SearchResult, Verdict
from services.faq.feedback import FeedbackBook
from services.faq.feedback_repository import Question
from services.faq.importer import import_city
from services.faq.search.learning import Vote
from services.faq.service import FaqService
from services.waste.api import router as waste_router
from services.waste.importer import import_city as import_waste
from services.waste.service import WasteService
from tests.actions.rules import rules
from tests.support import bare_app

JST = ZoneInfo("Asia/Tokyo")
REAL_CITY = ROOT / "city" / "aizuwakamatsu"
CITY = load_city(REAL_CITY)
# A Tuesday, half past twelve in Japan.
NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
DEMONSTRATION = "※デモ用の回答です"

QUESTIONS = {
    "reg-001": "住民票の写しはどこで取れますか？",
    "reg-002": "戸籍謄本はどこで取れますか？",
    "mov-001": "市外から引っ越してきたときの転入の届け出は？",
    "mov-002": "市外へ引っ越すときの転出の届け出は？",
    "num-001": "マイナンバーカードをなくしたときは？",
    "num-002": "マイナンバーカードの暗証番号を忘れたときは？",
    "dog-001": "犬を飼いはじめたときの手続きは？",
    "tax-001": "固定資産税はいつまでに納めますか？",
}


def now() -> datetime:
    return NOW


class Talk:
    """The actions of this skill, without Rasa in between."""

    def __init__(self, context: ActionContext) -> None:
        self.turns = 0
        modules = (fallback, faq, desk, procedures)
        self.actions = {a.name(): a for module in modules for a in module.actions(context)}

    async def hear(
        self, text: str, intent: str = "ask_faq", action: str = "", **entities: str
    ) -> list[Text]:
        """Let one action answer one message."""
        return await self.judge(text, intent, action or rules()[intent], [], **entities)

    async def judge(
        self,
        text: str,
        intent: str,
        action: str,
        ranking: list[tuple[str, float]],
        **entities: str,
    ) -> list[Text]:
        """Let one action answer one message, of which Rasa had these guesses."""
        message = {
            "text": text,
            "intent": {"name": intent},
            "intent_ranking": [{"name": name, "confidence": c} for name, c in ranking],
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }
        self.turns += 1
        event = {"event": "user", "metadata": {"turn_id": f"turn-{self.turns}"}}
        tracker = Tracker("ctz_1", {}, message, [event], False, None, {}, None)
        dispatcher = CollectingDispatcher()
        await self.actions[action].run(dispatcher, tracker, {})
        said = message_list.validate_python([m["custom"] for m in dispatcher.messages])
        return [message for message in said if isinstance(message, Text)]

    async def tap(self, payload: str) -> list[Text]:
        """Press a button."""
        intent, _, entities = payload.removeprefix("/").partition("{")
        return await self.hear(payload, intent, **json.loads("{" + entities if entities else "{}"))


def payloads(message: Text) -> list[str]:
    return [choice.payload for choice in message.choices if isinstance(choice, Payload)]


def entries_named(message: Text) -> list[str]:
    """The entries on the buttons, in order; an empty text for a button of another kind."""
    bodies = [json.loads(p[len("/ask_faq") :] or "{}") for p in payloads(message) if "faq_id" in p]
    return [body["faq_id"] for body in bodies]


def button(message: Text, label: str) -> str:
    return next(c.payload for c in message.choices if isinstance(c, Payload) and c.label == label)


async def kept(database: Database) -> list[Question]:
    """Every question asked in vain, newest first."""
    async with database.transaction() as session:
        return await feedback_rows.unanswered(session, 100)


async def votes(database: Database) -> list[Vote]:
    async with database.transaction() as session:
        return await feedback_rows.votes(session)


def numbers(message: Text | None) -> list[str]:
    assert message is not None
    return [choice.url for choice in message.choices if isinstance(choice, OpenLink)]


def write(city_dir: Path) -> None:
    (city_dir / "faq").mkdir()
    entries = [
        {
            "id": entry_id,
            "category": "くらし",
            "question": question,
            "variants": [],
            "answer": f"{entry_id}の答えです。",
            "desk": "市民課",
            "source": "住民基本台帳法" if entry_id == "reg-001" else "デモ用の記述",
            "source_url": "https://laws.e-gov.go.jp/" if entry_id == "reg-001" else None,
            "review_by": "2027-03-31",
            "demonstration": entry_id != "dog-001",
            "keywords": [],
        }
        for entry_id, question in QUESTIONS.items()
    ]
    lines = "\n".join(json.dumps(entry) for entry in entries)
    (city_dir / "faq" / "all.jsonl").write_text(lines, encoding="utf-8")


@pytest.fixture
async def talk(database: Database, settings: Settings, tmp_path: Path) -> AsyncIterator[Talk]:
    write(tmp_path)
    assert (await import_city(database, tmp_path, now)).ok
    assert (await import_waste(database, REAL_CITY, now)).ok
    app = bare_app(settings, "faq and waste")
    app.include_router(router)
    app.include_router(waste_router)
    app.state.container.put(FaqService, FaqService(database, now, settings))
    book = FeedbackBook(database, now, settings, app.state.container.get(FaqService))
    app.state.container.put(FeedbackBook, book)
    app.state.container.put(WasteService, WasteService(database, now, settings))
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        yield Talk(context(http, settings))


def context(http: httpx2.AsyncClient, settings: Settings) -> ActionContext:
    return ActionContext(http, now, settings)


async def test_a_clear_question_gets_its_answer_with_desk_source_and_notice(talk: Talk) -> None:
    (said,) = await talk.hear("住民票の写しはどこで取れますか")
    assert "reg-001の答えです。" in said.text
    assert "担当：市民課" in said.text
    assert "根拠：住民基本台帳法" in said.text
    assert said.text.endswith(DEMONSTRATION)
    assert numbers(said) == ["https://laws.e-gov.go.jp/"]


async def test_an_answer_that_is_real_carries_no_demonstration_notice(talk: Talk) -> None:
    (said,) = await talk.hear("犬を飼いはじめたときの手続き")
    assert "dog-001の答えです。" in said.text
    assert DEMONSTRATION not in said.text


async def test_an_unclear_question_gets_choices_that_lead_to_answers(talk: Talk) -> None:
    (said,) = await talk.hear("マイナンバーカード", "ask_mynumber_card")
    assert "num-001の答えです。" not in said.text
    assert said.choices[-1].label == "どれでもない"
    assert "none" in entries_named(said)
    assert "num-001" in entries_named(said)
    (answer,) = await talk.tap(payloads(said)[entries_named(said).index("num-001")])
    assert "num-001の答えです。" in answer.text


async def test_none_of_these_gives_the_telephone_and_a_hint(talk: Talk) -> None:
    (said,) = await talk.tap('/ask_faq{"faq_id": "none"}')
    assert "0242-39-1111" in said.text
    assert numbers(said) == ["tel:0242-39-1111"]


async def test_an_answer_that_helped_is_thanked_for_and_counted(
    talk: Talk, database: Database
) -> None:
    (answer,) = await talk.hear("住民票の写しはどこで取れますか")
    assert await talk.tap(button(answer, "役に立った")) == [faq.THANKS]
    [vote] = await votes(database)
    assert (vote.entry_id, vote.helpful) == ("reg-001", True)
    assert "住民" in vote.terms
    assert await kept(database) == []


async def test_a_wrong_answer_leads_on_and_its_question_is_listed(
    talk: Talk, database: Database
) -> None:
    (answer,) = await talk.hear("住民票の写しはどこで取れますか")
    (said,) = await talk.tap(button(answer, "ちがった"))
    assert said == faq.none_message(CITY)
    assert [vote.helpful for vote in await votes(database)] == [False]
    assert [question.words for question in await kept(database)] == [
        "住民票の写しはどこで取れますか"
    ]
    await talk.tap(button(answer, "役に立った"))
    assert [vote.helpful for vote in await votes(database)] == [True], "a mind that changed"


async def test_none_of_these_and_refusals_are_listed_as_unanswered(
    talk: Talk, database: Database
) -> None:
    (said,) = await talk.hear("マイナンバーカード", "ask_mynumber_card")
    assert await kept(database) == []
    await talk.tap(button(said, "どれでもない"))
    await talk.hear("ピアノの調律師を紹介してほしい")
    await talk.hear("ふにゃらか", "nlu_fallback")
    outcomes = {(question.words, question.outcome) for question in await kept(database)}
    assert outcomes == {
        ("マイナンバーカード", "none_fits"),
        ("ピアノの調律師を紹介してほしい", "refused"),
        ("ふにゃらか", "refused"),
    }


async def test_a_choice_that_passes_over_the_first_speaks_for_itself(
    talk: Talk, database: Database
) -> None:
    (said,) = await talk.hear("マイナンバーカード", "ask_mynumber_card")
    await talk.tap(payloads(said)[0])
    assert await votes(database) == []
    await talk.tap(payloads(said)[1])
    assert [(v.entry_id, v.helpful) for v in await votes(database)] == [
        (entries_named(said)[1], True)
    ]


async def test_words_said_in_danger_are_not_kept(talk: Talk, database: Database) -> None:
    await talk.hear("夫に殴られています。ピアノの調律師を紹介してほしい")
    assert await kept(database) == []


async def test_no_button_carries_the_words_or_the_citizen(talk: Talk) -> None:
    (answer,) = await talk.hear("住民票の写しはどこで取れますか")
    for payload in payloads(answer):
        assert "ctz_1" not in payload
        assert "住民票" not in json.dumps(payload, ensure_ascii=False)
        assert "turn-1" not in payload


async def test_an_answer_says_when_it_was_last_changed(talk: Talk) -> None:
    (said,) = await talk.hear("犬を飼いはじめたときの手続き")
    assert "更新日：2026年11月24日" in said.text


async def test_a_button_of_an_entry_that_has_gone_is_answered_honestly(talk: Talk) -> None:
    (said,) = await talk.tap('/ask_faq{"faq_id": "old-999"}')
    assert "まだ用意がありません" in said.text
    (said,) = await talk.tap('/ask_faq{"faq_id": "../stale"}')
    assert "まだ用意がありません" in said.text


async def test_a_question_the_faq_does_not_hold_is_refused_honestly(talk: Talk) -> None:
    (said,) = await talk.hear("ピアノの調律師を紹介してほしい")
    assert "まだ用意がありません" in said.text
    assert "/request_human" in payloads(said)


@pytest.mark.parametrize("text", ["/ask_faq", "よくある質問", "よくある質問を見たい"])
async def test_the_bare_menu_entry_asks_for_a_question(talk: Talk, text: str) -> None:
    assert await talk.hear(text) == [faq.SUBJECTS]


async def test_every_choice_of_the_menu_leads_somewhere(talk: Talk) -> None:
    for payload in payloads(faq.SUBJECTS):
        if payload != "/request_human":
            (said,) = await talk.tap(payload)
            assert said.choices
            if payload == "/ask_moving":
                continue
            assert "none" in entries_named(said) or "の答えです" in said.text


async def test_a_detail_on_a_button_is_searched_for(talk: Talk) -> None:
    (said,) = await talk.tap('/ask_moving{"direction": "転出"}')
    assert "転出の届け出" in said.text


async def test_small_words_about_a_known_topic_still_get_choices_of_it(talk: Talk) -> None:
    (said,) = await talk.hear("カードのことなんだけど", "ask_mynumber_card")
    assert {"num-001", "num-002"} <= {*entries_named(said)}


async def test_what_is_not_understood_gets_the_honest_fallback(talk: Talk) -> None:
    said = await talk.hear("ふにゃらか", "nlu_fallback")
    assert said == [fallback.FALLBACK]
    assert payloads(said[0]) == [
        "/ask_waste_day",
        "/ask_waste_sorting",
        "/ask_shelter",
        "/ask_facility",
        "/ask_faq",
        "/request_human",
        "/change_language",
    ]


async def test_the_fallback_answers_from_the_faq_when_sure(talk: Talk) -> None:
    question = "固定資産税はいつまでに納めますか"
    (said,) = await talk.hear(question, "nlu_fallback")
    assert "tax-001の答えです。" in said.text


async def test_a_likely_entry_is_offered_unless_the_words_are_foreign(talk: Talk) -> None:
    words = "マイナンバーカード"
    (said,) = await talk.hear(words, "nlu_fallback")
    assert "num-002" in entries_named(said)
    assert await talk.hear(words, "out_of_scope") == [fallback.FALLBACK]


@pytest.mark.parametrize(
    ("ranking", "asked"),
    [
        ([("ask_waste_day", 0.4), ("set_waste_reminder", 0.3)], ["ごみの日"]),
        # What is guessed has to be named.
        ([("ask_shelter", 0.4), ("out_of_scope", 0.3)], []),
        ([("nlu_fallback", 0.45), ("ask_river_level", 0.3), ("greet", 0.2)], ["川の水位"]),
        ([("ask_shelter", 0.09)], []),
        ([("chitchat", 0.3), ("ask_shelter", 0.25)], []),
        ([("out_of_scope", 0.4), ("ask_shelter", 0.3)], []),
        ([], []),
    ],
)
async def test_a_near_guess_is_asked_back(
    talk: Talk, ranking: list[tuple[str, float]], asked: list[str]
) -> None:
    (said,) = await talk.judge("ふにゃらか", "nlu_fallback", rules()["nlu_fallback"], ranking)
    labels = [choice.label for choice in said.choices]
    assert (labels[:-2] if said != fallback.FALLBACK else []) == asked
    if asked:
        assert said.text == f"「{'」か「'.join(asked)}」のことですか？"
        assert labels[-2:] == ["どれもちがう", "職員に相談"]


@pytest.mark.parametrize(
    ("word", "item"), [("わりばし", "割りばし"), ("ぬいぐるみ。", "ぬいぐるみ")]
)
async def test_a_bare_word_that_is_a_thing_is_sorted(talk: Talk, word: str, item: str) -> None:
    (said,) = await talk.hear(word, "nlu_fallback")
    assert f"「{item}」は【燃やせるごみ】です。" in said.text


async def test_a_listed_word_is_known_in_any_width(talk: Talk) -> None:
    (said,) = await talk.hear("ｃｄ", "nlu_fallback", waste_item="CD")
    assert "「CD" in said.text


async def test_a_listed_word_that_may_be_several_things_is_asked_about(talk: Talk) -> None:
    (said,) = await talk.hear("電池", "nlu_fallback", waste_item="電池")
    assert '/ask_waste_sorting{"waste_item": "乾電池"}' in payloads(said)


@pytest.mark.parametrize("text", ["テレビが映らない", "テレビの番組表", "てれびのばんぐみひょう"])
async def test_a_thing_named_in_passing_is_not_sorted(talk: Talk, text: str) -> None:
    said = await talk.hear(text, "out_of_scope", waste_item="テレビ")
    assert said == [fallback.FALLBACK]


async def test_in_the_fallback_danger_comes_before_everything(talk: Talk) -> None:
    (said,) = await talk.hear("もう死にたい", "nlu_fallback")
    assert "tel:0120-279-226" in numbers(said)


async def test_a_question_asked_in_danger_is_answered_after_the_numbers(talk: Talk) -> None:
    text = "夫に殴られています。住民票の写しはどこで取れますか"
    crisis, answer = await talk.hear(text, "ask_certificate")
    assert "tel:110" in numbers(crisis)
    assert "住民票の写し" in answer.text


async def test_despair_is_never_taken_for_a_question_about_a_death(talk: Talk) -> None:
    (said,) = await talk.hear("死にたい", "ask_certificate")
    assert "tel:0120-279-226" in numbers(said)


async def test_the_question_of_a_long_story_counts_where_the_story_is_about_many_things(
    talk: Talk,
) -> None:
    story = "犬を飼いはじめて、先月はごみの集積所の当番でした。転出や転入の友人も多くて忙しいです。"
    (said,) = await talk.hear(f"{story}それで、住民票の写しはどこで取れますか？")
    assert "reg-001の答えです" in said.text


async def test_who_asks_whether_somebody_helps_reads_of_the_faq_too(talk: Talk) -> None:
    sounds = "住民票の写しはどこで取れますか"
    (said,) = await talk.hear(sounds, "request_human", "action_request_human")
    assert said.text.startswith("【住民票の写しはどこで取れますか")
    (said,) = await talk.hear(
        f"{sounds}。人と話したいです", "request_human", "action_request_human"
    )
    assert "よくある質問：住民票の写しはどこで取れますか" in said.text
    assert '/ask_faq{"faq_id": "reg-001"}' in payloads(said)
    (said,) = await talk.hear("人と話したい", "request_human")
    assert "よくある質問" not in said.text


async def test_when_the_faq_does_not_answer_the_turn_fails_and_can_be_repeated(
    settings: Settings,
) -> None:
    broken = bare_app(settings, "nothing is mounted here")
    token = settings.internal_token.get_secret_value()

    @broken.post("/services/faq/search", status_code=503)
    async def down() -> None:
        return None

    async with internal_client("http://internal", token, app=broken) as http:
        talk = Talk(context(http, settings))
        with pytest.raises(UnavailableError):
            await talk.hear("住民票")
        # A person is named all the same.
        (said,) = await talk.hear("人と話したい", "request_human")
        assert "tel:0242-39-1111" in numbers(said)


@pytest.mark.parametrize(
    ("local", "opening"),
    [
        (datetime(2026, 11, 24, 8, 29), datetime(2026, 11, 24, 8, 30)),
        (datetime(2026, 11, 24, 8, 30), None),
        (datetime(2026, 11, 24, 17, 14, 59), None),
        (datetime(2026, 11, 24, 17, 15), datetime(2026, 11, 25, 8, 30)),
        # Friday evening before a weekend and a holiday (23 November, 勤労感謝の日).
        (datetime(2026, 11, 20, 18, 0), datetime(2026, 11, 24, 8, 30)),
        # The year-end closure, then a Monday.
        (datetime(2026, 12, 28, 17, 30), datetime(2027, 1, 4, 8, 30)),
        (datetime(2027, 1, 3, 12, 0), datetime(2027, 1, 4, 8, 30)),
    ],
)
def test_the_desk_opens_on_working_days(local: datetime, opening: datetime | None) -> None:
    expected = opening and opening.replace(tzinfo=JST)
    assert next_opening(CITY.general_desk, local.replace(tzinfo=JST)) == expected


def test_a_closure_within_one_year_is_understood_too() -> None:
    general = GeneralDesk(
        name="支所",
        phone="0242-39-1111",
        opens=time(9),
        closes=time(16),
        closed_from="08-13",
        closed_to="08-16",
    )
    assert general.closed_on(date(2026, 8, 13))
    assert not general.closed_on(date(2026, 8, 17))


def test_the_desk_says_whether_it_is_open() -> None:
    open_now = desk_message(CITY, datetime(2026, 11, 24, 12, 30, tzinfo=JST))
    assert "ただいま受付中です（本日17:15まで）" in open_now.text
    closed = desk_message(CITY, datetime(2026, 11, 24, 20, 0, tzinfo=JST))
    assert "次の受付は11月25日(水) 8:30から" in closed.text
    assert numbers(closed) == ["tel:0242-39-1111"]


def test_a_desk_named_by_its_matter_is_passed_on() -> None:
    said = desk_message(
        CITY, datetime(2026, 11, 24, 12, 30, tzinfo=JST), "水道のことで人と話したい"
    )
    assert "「上下水道局をお願いします」" in said.text


def test_every_desk_that_the_faq_names_can_be_asked_for() -> None:
    files = (REAL_CITY / "faq").glob("*.jsonl")
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    named = {json.loads(line)["desk"] for line in lines}
    assert len(named) > 20
    assert named <= {desk.name for desk in CITY.desks}


def test_a_city_without_a_help_line_is_refused(tmp_path: Path) -> None:
    whole = (ROOT / "city" / "aizuwakamatsu" / "danger.toml").read_text(encoding="utf-8")
    before, _, after = whole.partition("[help.fraud]")
    without = before + after[after.index("[help.") :]
    (tmp_path / "danger.toml").write_text(without, encoding="utf-8")
    with pytest.raises(ValueError, match=r"\[help\.…\] for: fraud"):
        load_help(tmp_path)


@pytest.mark.parametrize(
    ("words", "answers"),
    [("犬の手続きはどうする", True), ("マイナンバーカード", False), ("再発行いくら？", False)],
)
def test_only_words_with_a_matter_of_their_own_are_answered_at_once(
    words: str, answers: bool
) -> None:
    likely = SearchResult(verdict=Verdict.likely, confidence=0.9, hits=())
    assert faq.leads(likely, words=words) is answers
