"""A life event told in a citizen's words: guided through, interrupted, corrected, left, resumed."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from actions.base import ActionContext
from actions.danger.help import load_help
from actions.danger.kinds import Kind
from actions.danger.messages import help_message
from actions.faq.actions import actions as faq_actions
from actions.procedures.actions import actions as procedure_actions
from actions.procedures.after_danger import with_guide
from actions.procedures.answers_parsing import answered
from actions.procedures.asking_parsing import comes_back, own_matter, told_beside_a_doctor
from actions.procedures.navigating import FORM, PENDING
from actions.procedures.parsing import LifeEvent, life_event
from actions.talking.actions import actions as talking_actions
from kit.db import Database
from kit.settings import Settings
from services.faq.contract import Entry, FaqClient, Hit, SearchResult
from services.faq.importer import FaqReport, read_entries, read_synonyms
from services.faq.search.ranker import Ranker
from services.procedures.contract import UNKNOWN, Choice, Question
from tests.actions.form_talk import FormTalk
from tests.actions.rules import rules
from tests.services.procedures.world import HANAKO, World

SETTINGS = Settings(environment="test")
RULES = rules("procedures") | {"ask_moving": "action_guide_moving", "cancel": "action_leave"}


class Faq:
    """The real entries and the real ranking, without a database in between."""

    def __init__(self) -> None:
        report, folder = FaqReport("faq"), SETTINGS.city_dir / "faq"
        self.ranker = Ranker(read_entries(folder, report), read_synonyms(folder, report))

    async def search(self, text: str, top: int = 3) -> SearchResult:
        ranking = self.ranker.rank(text, top)
        hits = tuple(
            Hit(entry=_wire(found.entry), score=found.score, signals=found.signals)
            for found in ranking.found
        )
        return SearchResult(verdict=ranking.verdict, confidence=ranking.confidence, hits=hits)

    async def note(self, asked: object) -> str:
        return "key"


def _wire(entry: Any) -> Entry:
    return Entry(**{name: getattr(entry, name) for name in Entry.model_fields})


@pytest.fixture(scope="module")
def faq() -> Faq:
    return Faq()


class Context(ActionContext):
    """The navigator behind its API; the FAQ is only searched."""

    def __init__(self, world: World, faq: Faq) -> None:
        super().__init__(world.http, lambda: world.now, SETTINGS)
        self._faq = faq

    def client(self, kind: Any) -> Any:
        return self._faq if kind is FaqClient else super().client(kind)


@pytest.fixture
async def world(database: Database, settings: Settings) -> AsyncIterator[World]:
    world = World(database, settings)
    yield world
    await world.close()


@pytest.fixture
def talk(world: World, faq: Faq) -> FormTalk:
    context = Context(world, faq)
    made = [*procedure_actions(context), *talking_actions(context)]
    return FormTalk(made, RULES, FORM, HANAKO)


@pytest.fixture
def asked(world: World, faq: Faq) -> FormTalk:
    """A talk in which questions go to the FAQ."""
    context = Context(world, faq)
    made = [*procedure_actions(context), *faq_actions(context), *talking_actions(context)]
    return FormTalk(made, RULES | {"ask_faq": "action_answer_faq"}, FORM, HANAKO)


async def test_a_family_that_moved_in_gets_its_list_in_five_questions(
    talk: FormTalk, world: World
) -> None:
    said = await talk.hear(
        "11月20日に郡山から引っ越してきました。2歳と5歳の子と犬がいます。何をすればいいですか"
    )
    assert "引っ越した日：11月20日(金)" in said
    assert "2歳、5歳" in said
    assert said.count("■") == 3
    assert "12月4日(金)まで" in said
    asked = 1
    while talk.open:
        last = next(iter(talk.labels))
        assert "わからない" in talk.labels
        said = await talk.tap("これで全部" if "これで全部" in talk.labels else last)
        asked += 1
        assert asked < 9
    assert "ですることは" in said
    assert said.count("■") == 3
    assert "ほか" in said
    [link] = [one for one in talk.choices if getattr(one, "url", "").startswith("http")]
    assert "引っ越した" not in link.url
    assert (await world.page(link.url.partition("?t=")[2])).status_code == 200


async def test_condolence_comes_first_and_nothing_is_cheerful(talk: FormTalk) -> None:
    said = await talk.hear("母が亡くなりました。どんな手続きが必要でしょうか")
    assert said.index("お悔やみ") < said.index("死亡届")
    assert "！" not in said
    assert talk.labels[-2:] == ["わからない", "あとで"]
    said = await talk.hear("昨日です", "nlu_fallback")
    assert talk.slots[PENDING]["fact"] != "died_on"
    assert "お悔やみ" not in said


async def test_what_most_households_have_is_urgent_before_it_is_known(talk: FormTalk) -> None:
    await talk.hear("父が今朝病院で亡くなりました。どこから手をつければいいか")
    said = await talk.hear("死亡届はもう出しました", "nlu_fallback")
    urgent = said.partition("次に急ぐもの")[2]
    assert "年金を止める届" in urgent
    assert "あてはまる方：年金を受け取っていた方のご遺族" in urgent
    assert urgent.index("年金") < urgent.index("世帯主")
    assert "水道" not in urgent.partition("。\n\n")[0]
    said = await talk.hear("健康保険は後期高齢者でした", "nlu_fallback")
    assert "国民健康保険をやめる届" not in (await talk.hear("一覧を見せて", "nlu_fallback"))


async def test_one_matter_is_answered_first_and_the_list_is_offered(talk: FormTalk) -> None:
    said = await talk.hear("妻が亡くなったのですが、葬祭費はいくらもらえますか")
    assert "喪主" in said
    assert "一覧を作る" in talk.labels
    # What was offered waits for whoever asks for it, and takes nothing else.
    await talk.hear("図書館は何時まで", "ask_facility")
    assert not talk.words
    await talk.hear("一覧をお願いします", "nlu_fallback")
    assert "【ご家族が亡くなったとき】" in talk.words
    assert talk.open


@pytest.mark.parametrize(
    ("words", "begun"),
    [
        ("先週やっと離婚が成立しました。これ、次はどうしたらいいんでしょう", "離婚"),
        ("店をたたむことにしました。市役所の手続きの一覧をください", "仕事"),
        ("先週クビになりました。この先どうすれば", "仕事"),
    ],
)
async def test_who_tells_an_event_and_asks_widely_is_guided_whatever_was_understood(
    asked: FormTalk, words: str, begun: str
) -> None:
    said = await asked.hear(words, "ask_faq")
    assert begun in said.partition("\n\nまず")[0]
    assert asked.open


async def test_one_question_of_an_event_is_answered_and_the_guide_is_one_tap_away(
    asked: FormTalk,
) -> None:
    said = await asked.hear("母子手帳は夫だけで行ってももらえますか", "ask_faq")
    assert "母子" in said
    assert not asked.open
    assert asked.labels[-2:] == ["一覧を作る", "職員に相談"]
    assert "【妊娠・出産のとき】" in await asked.tap("一覧を作る")


@pytest.mark.parametrize(
    ("words", "event"),
    [
        ("勤め先が倒産して先月で辞めました。明後日の通院、保険がないんだけど", LifeEvent.lost_job),
        ("会社を辞めました。熱があるので病院に行きたい", None),
        ("来週の病院の予約", None),
    ],
)
def test_a_doctor_named_in_passing_is_not_what_is_told(words: str, event: LifeEvent | None) -> None:
    assert told_beside_a_doctor(words) is event


async def test_who_tells_of_two_events_gets_the_first_and_a_tap_to_the_second(
    talk: FormTalk,
) -> None:
    said = await talk.hear("来春に退職して、4月5日に新潟から会津若松へ引っ越します。何をすれば")
    assert "【市外から引っ越してきたとき】" in said
    assert "退職の手続きも、下のボタンから" in said
    assert talk.labels[-2:] == ["わからない", "あとで"]
    assert "【仕事" in await talk.tap("退職の手続き")


async def test_a_question_in_english_with_a_weekday_is_no_date(talk: FormTalk) -> None:
    await talk.hear("We moved here from Osaka. What should we do at the city hall?")
    asked = talk.slots[PENDING]["fact"]
    assert asked == "moved_on"
    await talk.hear("are you open this sunday", "ask_facility")
    assert talk.slots[PENDING]["fact"] == asked


async def test_a_day_that_stands_before_its_month_is_read(talk: FormTalk, world: World) -> None:
    await talk.hear("Em sinh con gái ngày 19/11, phải làm giấy tờ gì ạ?")
    guide = await world.client.latest(HANAKO)
    assert "11月19日" in " ".join(one.words for one in guide.known)


def test_after_violence_the_guides_are_offered_once_and_quietly() -> None:
    help = load_help(SETTINGS.city_dir)
    call = help_message([Kind.partner_violence], help)
    told = "夫に叩かれています。離婚して子どもと引っ越したいです"
    said = with_guide(call, told, [], help)
    assert said.text.startswith(call.text)
    labels = [one.label for one in said.choices]
    assert labels[-3:] == ["離婚の手続き", "引っ越しの手続き", "職員に相談"]
    assert with_guide(call, told, [said.text], help) == call
    assert with_guide(call, "夫に叩かれています", [], help) == call
    fire = help_message([Kind.fire], help)
    assert with_guide(fire, told, [], help) == fire


async def test_another_skill_answers_in_between_and_the_question_comes_back(
    talk: FormTalk,
) -> None:
    await talk.hear("父が亡くなりました。何をすればいいですか")
    question = talk.slots[PENDING]["fact"]
    await talk.hear("年金の窓口はどこですか", "ask_faq")
    assert "の続きです" in talk.words
    assert talk.slots[PENDING]["fact"] == question
    await talk.hear("図書館は何時まで", "ask_facility")
    assert "の続きです" not in talk.words
    assert talk.open
    await talk.hear("はい", "affirm")
    assert talk.slots[PENDING]["fact"] == question
    await talk.hear("避難所はどこですか", "ask_shelter")
    await talk.hear("はい", "affirm")
    assert talk.slots[PENDING]["paused"]
    assert not talk.words
    await talk.hear("続きをお願いします", "nlu_fallback")
    assert "の続きです" in talk.words
    assert talk.slots[PENDING]["fact"] == question
    assert "paused" not in talk.slots[PENDING]


async def test_later_keeps_everything_and_a_week_later_it_goes_on(
    talk: FormTalk, world: World
) -> None:
    await talk.hear("先日離婚しました。手続きを教えてください")
    question = talk.slots[PENDING]["fact"]
    said = await talk.hear("あとでやります", "nlu_fallback")
    assert "残してあります" in said
    assert talk.slots[PENDING]["paused"]
    world.now += timedelta(days=7)
    await talk.hear("手続きの続き")
    assert talk.slots[PENDING]["fact"] == question


@pytest.mark.parametrize(
    "left", ["会議が始まるのであとでやります", "すみません、学校から電話", "バスが来たので、また"]
)
@pytest.mark.parametrize("back", ["戻りました。どこまでやりましたか", "途中でした、続きをお願い"])
async def test_who_is_called_away_is_let_go_and_finds_the_question_again(
    talk: FormTalk, left: str, back: str
) -> None:
    await talk.hear("先日離婚しました。手続きを教えてください")
    question = talk.slots[PENDING]["fact"]
    assert "残してあります" in await talk.hear(left, "request_human")
    await talk.hear("燃えるごみは何曜日", "ask_waste_day")
    assert not talk.words
    await talk.hear(back, "follow_up")
    assert talk.slots[PENDING]["fact"] == question
    assert "の続きです" in talk.words


async def test_a_day_that_was_put_off_replaces_the_one_told_whatever_else_is_asked(
    talk: FormTalk,
) -> None:
    await talk.hear("12月20日に市外へ引っ越します。手続きを教えてください", "ask_moving")
    said = await talk.hear("家の鍵の受け取りが遅れて27日になりました", "ask_moving")
    assert "12月27日" in said
    assert "どのお引っ越し" not in said
    said = await talk.hear("引っ越す日、27日でなく28日でした。何か出し直しますか", "ask_moving")
    assert "12月28日" in said


async def test_who_fears_a_fine_hears_that_it_is_not_too_late(talk: FormTalk) -> None:
    said = await talk.hear(
        "郡山から引っ越してきて20日たちました。何をすればいいですか。罰金とかありますか",
        "ask_moving",
    )
    assert "期限を過ぎていても、手続きはできます" in said
    assert "5万円以下の過料" in said
    assert "必ずかかるものではありません" in said
    again = await talk.hear("罰金はいくらですか", "ask_faq")
    assert "必ずかかるものではありません" in again
    assert talk.open


async def test_an_answer_is_no_question_of_how_to_go_without_coming(
    talk: FormTalk, world: World
) -> None:
    await talk.hear("先週の水曜に娘が産まれました。手続きを教えてください")
    await talk.hear("小さく生まれて、まだ入院しています", "nlu_fallback")
    known = {one.name: one.words for one in (await world.client.latest(HANAKO)).known}
    assert known["situation"] == "小さく生まれた・入院している"
    assert "窓口へ行かずに" not in talk.words
    said = await talk.hear("急ぎのものだけ教えてください", "complain")
    assert "まず、急ぐものです" in said
    assert "出生届" in said


async def test_a_correction_in_the_middle_is_named(talk: FormTalk) -> None:
    await talk.hear("11月20日に東京から引っ越してきました。3歳の子がいます。手続きは？")
    assert talk.open
    said = await talk.hear("すみません、子どもは3歳と0歳です", "nlu_fallback")
    assert "直しました" in said
    assert talk.open


async def test_a_day_that_cannot_be_is_asked_again_kindly(talk: FormTalk) -> None:
    await talk.hear("引っ越してきました。何をすればいいですか。市外からです")
    assert talk.slots[PENDING]["fact"] == "moved_on"
    said = await talk.hear("2035年1月1日", "nlu_fallback")
    assert "もう一度" in said
    assert talk.slots[PENDING]["fact"] == "moved_on"
    await talk.hear("今月の20日です", "nlu_fallback")
    assert talk.slots[PENDING]["fact"] != "moved_on"


async def test_a_settled_list_is_put_right_and_ticked_by_words(
    talk: FormTalk, world: World
) -> None:
    guide = await world.settled()
    talk.slots["topic"] = {"task": "ask_procedure", "slots": {}, "entry": "", "subject": ""}
    said = await talk.hear("やっぱり引っ越したのは11月25日です", "ask_procedure")
    assert "直しました（引っ越した日：11月25日(水)）" in said
    said = await talk.hear("やっぱり引っ越したのは2035年1月1日です", "ask_procedure")
    assert "もう一度" in said
    said = await talk.hear("転入届は出しました", "ask_procedure")
    assert "済んだ印を付けました" in said
    after = await world.client.latest(HANAKO)
    assert (after.id, after.done) == (guide.id, 1)


async def test_a_birth_that_is_expected_and_one_that_was_have_other_lists(
    talk: FormTalk, world: World
) -> None:
    said = await talk.hear("病院で9週って言われました。妊娠の手続きを教えてください")
    assert "妊娠届" in said
    said = await talk.hear("昨日の夜、女の子が生まれました！手続きは？")
    assert "もう生まれた" in said
    titles = [one.title for one in (await world.client.latest(HANAKO)).first]
    assert any(title.startswith("出生届") for title in titles)
    assert not any(title.startswith("妊娠届") for title in titles)


async def test_a_move_without_direction_asks_for_it_and_keeps_what_was_said(
    talk: FormTalk,
) -> None:
    said = await talk.hear("引っ越しの手続きを教えてください。11月20日です", "ask_moving")
    assert said.endswith("どのお引っ越しですか？")
    assert "14日以内" in said
    said = await talk.tap("市の中で移る")
    assert talk.open
    assert "市の中" in said or "市内" in said


async def test_a_third_unclear_answer_leaves_it_with_a_person_at_hand(talk: FormTalk) -> None:
    await talk.hear("離婚しました。手続きは？")
    for _ in range(3):
        await talk.hear("うーん、なんともいえない", "nlu_fallback")
    assert "残してあります" in talk.words
    assert "職員に相談" in talk.labels


async def test_the_bare_intent_asks_which_event(talk: FormTalk) -> None:
    said = await talk.press("/ask_procedure")
    assert "どのようなときの手続きですか" in said


async def test_words_without_an_event_are_searched_as_any_question(talk: FormTalk) -> None:
    said = await talk.hear("住民票の写しはどこで取れますか")
    assert "住民票" in said
    assert not talk.open


async def test_reminders_are_set_only_when_wished(talk: FormTalk, world: World) -> None:
    guide = await world.settled()
    assert not guide.reminds
    said = await talk.press('/ask_procedure{"procedure_answer": "remind"}')
    assert "前日" in said
    assert (await world.client.latest(HANAKO)).reminds


def question(kind: str, *choices: Choice) -> Question:
    return Question.model_validate(
        {
            "name": "fact",
            "kind": kind,
            "words": "？",
            "label": "？",
            "choices": choices,
            "most": 120,
        }
    )


OWNED = (
    Choice(value="dog", label="犬", words=("ペット",)),
    Choice(value="car", label="車・バイク"),
    Choice(value="house", label="持ち家"),
)
ILL = (
    Choice(value="hospital", label="入院している"),
    Choice(value="work", label="休職した"),
)
INSURANCE = (
    Choice(value="work", label="会社などの健康保険", words=("社保", "協会けんぽ")),
    Choice(value="kokuho", label="国民健康保険", words=("国保",)),
)
AGES = (
    Choice(value="young", label="59歳まで"),
    Choice(value="middle", label="60〜64歳"),
    Choice(value="old", label="65歳以上"),
)
NOW = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        (question("yes_no"), "はい", True),
        (question("yes_no"), "うん、いるよ", True),
        (question("yes_no"), "んだ", True),
        (question("yes_no"), "いえ、いません", False),
        (question("yes_no"), "ないです", False),
        (question("yes_no"), "持ってないねえ", False),
        (question("yes_no"), "わがんねえ", UNKNOWN),
        (question("people"), "2歳と5歳です", [2, 5]),
        (question("people"), "いません", []),
        (question("people"), "3、7", [3, 7]),
        (question("people"), "子どもはいない", []),
        (question("date"), "11月20日です", "2026-11-20"),
        (question("date"), "きのう", "2026-11-29"),
        (question("date"), "11月20日付け", "2026-11-20"),
        (question("date"), "1月5日の予定", "2027-01-05"),
        (question("date"), "来年の11月20日", "2027-11-20"),
        (question("people"), "11/20", None),
        (question("date"), "まだわかりません", UNKNOWN),
        (question("date"), "先月の15", "2026-10-15"),
        (question("date"), "たぶん29です", "2026-11-29"),
        (question("date"), "クリスマスイブ", "2026-12-24"),
        (question("date"), "18/11", "2026-11-18"),
        (question("date"), "moved on 18 Nov", "2026-11-18"),
        (question("date"), "12 Jan, sometime in January", "2027-01-12"),
        (question("date"), "10日の木曜です", "2026-12-10"),
        (question("several", *OWNED), "うーんと、特に…ないですね", []),
        (question("several", *OWNED), "没有", []),
        (question("several", *ILL), "まだ入院しています", ["hospital"]),
        (question("several", *ILL), "入院していません", None),
        (question("several", *OWNED), "犬と車", ["dog", "car"]),
        (question("several", *OWNED), "車はないけど犬はいます", ["dog"]),
        (question("several", *OWNED), "どれもないです", []),
        (question("several", *OWNED), "バイクだけ", ["car"]),
        (question("choice", *AGES), "61歳です", "middle"),
        (question("choice", *AGES), "58", "young"),
        (question("choice", *AGES), "65歳以上です", "old"),
        (question("choice", *AGES), "母は88歳です", "old"),
        (question("choice", *INSURANCE), "61歳です", None),
        (question("choice", *INSURANCE), "国保です", "kokuho"),
        (question("choice", *INSURANCE), "会社の社保ですね、協会けんぽ", "work"),
        (question("choice", *INSURANCE), "今は社保で、やめたら国保です", "work"),
        (question("choice", *INSURANCE), "国保じゃなくて社保", "work"),
        (question("choice", *INSURANCE), "ちょっとわからない", UNKNOWN),
        (question("choice", *INSURANCE), "明日の天気は", None),
        (question("yes_no"), "図書館は何時まで", None),
    ],
)
def test_answers_are_read_as_they_are_written(asked: Question, text: str, value: Any) -> None:
    assert answered(asked, text, NOW) == value


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("母が亡くなりました。どんな手続きが必要でしょうか", ()),
        ("引っ越してきました。何をすればいいですか", ()),
        ("引っ越しの手続きを教えて", ()),
        ("会社を辞めました", ()),
        ("夫が他界しました。葬祭費はいくらですか", ("葬祭費",)),
        ("子が生まれました。児童手当はいつまで？", ("児童手当",)),
        ("引っ越したので免許証の住所を変えたい", ("免許証", "住所")),
        ("世帯主は私になりますか 夫が死にました", ("世帯主",)),
    ],
)
def test_one_matter_is_told_from_all_there_is_to_do(text: str, things: tuple[str, ...]) -> None:
    assert own_matter(text) == things


async def test_a_question_about_the_event_is_answered_within_it(talk: FormTalk) -> None:
    await talk.hear("夫が亡くなりました。手続きを教えてください")
    fact = talk.slots[PENDING]["fact"]
    said = await talk.hear("葬祭費はいくらもらえますか", "ask_procedure")
    assert "喪主" in said
    assert "の続きです" in said
    assert talk.slots[PENDING]["fact"] == fact


async def test_a_question_with_a_day_in_it_is_no_date(talk: FormTalk) -> None:
    await talk.hear("11月20日に離婚しました。手続きを教えてください")
    await talk.hear("土曜日も市役所は開いていますか", "ask_facility")
    assert "の続きです" in talk.words


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("手続きの続き", True),
        ("さっきの手続きの続きをお願いします", True),
        ("引っ越しの手続きの一覧見せて", True),
        ("手続きの続きは面倒ですね", False),
        ("続き", False),
    ],
)
def test_coming_back_is_read(text: str, back: bool) -> None:
    assert comes_back(text) is back


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("ばっぱが死んじまって、なにすっといいんだべ", LifeEvent.bereavement),
        ("おっとが しにました。どうしますか", LifeEvent.bereavement),
        ("うちの犬が死んだんですけど", None),
        ("こどもが うまれました", LifeEvent.birth),
        ("夫を亡くしたあと引っ越します。夫が亡くなったのは先月です", LifeEvent.bereavement),
        ("来月で定年です", LifeEvent.retirement),
        ("リストラにあいました", LifeEvent.lost_job),
        ("My husband passed away", LifeEvent.bereavement),
        ("孩子出生了", LifeEvent.birth),
        ("Tôi mất việc", LifeEvent.lost_job),
        ("quero abrir um restaurante", LifeEvent.business),
        ("来月東京から引っ越してきます", LifeEvent.moving_in),
        ("転入の手続き", LifeEvent.moving_in),
        ("県外に引っ越す", LifeEvent.moving_out),
        ("引っ越しました", LifeEvent.moving),
        ("図書館は何時まで", None),
    ],
)
def test_the_gravest_event_that_is_told_is_read(text: str, event: LifeEvent | None) -> None:
    assert life_event(text) is event


async def test_what_is_told_beside_the_question_is_kept_and_said_back(talk: FormTalk) -> None:
    await talk.hear("会社をクビになりました。手続きは何がありますか")
    await talk.hear("11月20日です")
    await talk.hear("家のローンもあるし、かみさんは俺の扶養だった", "ask_waste_day")
    assert "うかがいました" in talk.words
    assert "ローン" in talk.words
    await talk.hear("やっぱり25日でした", "ask_waste_day")
    assert "辞めた日：11月25日" in talk.words


async def test_who_cannot_come_hears_what_is_done_by_post(talk: FormTalk) -> None:
    await talk.hear("父が亡くなりました。何をすればいいですか")
    await talk.hear("役所は遠いから行げない。足わりぃ", "complain")
    assert "窓口へ行かずにできるもの" in talk.words
    assert talk.open


async def test_the_list_is_shown_before_the_last_question(talk: FormTalk) -> None:
    await talk.hear("父が亡くなりました。何をすればいいですか")
    await talk.hear("リスト見せて", "ask_procedure")
    assert "いまわかっている範囲" in talk.words
    assert talk.open


async def test_a_reason_is_an_answer_whatever_it_sounds_like(talk: FormTalk) -> None:
    await talk.hear("仕事を失いました。手続きを教えてください")
    while talk.slots[PENDING]["fact"] != "reason":
        await talk.hear("わからない")
    await talk.hear("会社の都合でやめた", "request_human")
    assert talk.open
    assert talk.slots[PENDING]["fact"] != "reason"


@pytest.mark.parametrize(
    ("words", "event"),
    [
        ("来月から仙台で働くことになったんで引っ越すんだけど", "moving_out"),
        (
            "実家さ戻ることになって、市内の引っ越しなんだげんちょ手続きってなにすっと",
            "moving_within",
        ),
        ("家内がなくなりました。先週です", "bereavement"),
    ],
)
def test_events_are_read_from_how_people_say_them(words: str, event: str) -> None:
    assert life_event(words) is LifeEvent(event)


async def test_an_offered_list_is_found_again_after_a_form_of_another_skill(
    talk: FormTalk,
) -> None:
    await talk.hear("妻が亡くなったのですが、葬祭費はいくらもらえますか")
    talk.open = False
    assert "【ご家族が亡くなったとき】" in await talk.hear("一覧を見せて", "ask_procedure")
