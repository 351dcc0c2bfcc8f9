"""The ranking on a handful of entries: what must be found, and what must not be claimed."""

import random
import time
from datetime import date

import pytest

from services.faq.contract import Verdict
from services.faq.rules import Entry
from services.faq.search.ranker import Ranker, Ranking
from services.faq.search.terms import Analyzer, without_oneself

SYNONYMS = {"国保": "国民健康保険", "マイナ": "マイナンバー", "まいなんばー": "マイナンバー"}
ENTRIES = {
    "reg-001": ("住民票の写しはどこで取れますか？", "市民課の窓口とコンビニで取れます。"),
    "tax-001": ("固定資産税はいつまでに納めますか？", "年に四回の納期があります。"),
    "tax-002": ("軽自動車を手放したときの税金はどうなりますか？", "4月1日の持ち主にかかります。"),
    "hok-001": ("国民健康保険に入るにはどうすればよいですか？", "14日以内に届け出てください。"),
    "num-001": ("マイナンバーカードをなくしたときはどうすればよいですか？", "まず止めてください。"),
    "num-002": ("マイナンバーカードの暗証番号を忘れました", "窓口で設定し直せます。"),
    "dog-001": ("犬を飼いはじめたときの手続きはありますか？", "登録と狂犬病の予防注射が要ります。"),
    "wat-001": ("水道の使用をやめるときの連絡先はどこですか？", "引っ越しの前にお電話ください。"),
    "sno-001": ("除雪車は何センチの雪で出ますか？", "朝までに10センチ積もるときに出ます。"),
    "vot-001": ("期日前投票はどこでできますか？", "市役所などでできます。"),
}


def entry(entry_id: str, question: str, answer: str, *variants: str) -> Entry:
    return Entry(
        id=entry_id,
        category="くらし",
        question=question,
        variants=variants,
        keywords=(),
        answer=answer,
        desk="市民課",
        source="デモ用の記述",
        source_url=None,
        review_by=date(2027, 3, 31),
        demonstration=True,
    )


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker([entry(key, *texts) for key, texts in ENTRIES.items()], SYNONYMS)


def first(ranking: Ranking) -> str:
    return ranking.found[0].entry.id


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("住民票はどこでとれますか", "reg-001"),
        ("じゅうみんひょうがほしい", "reg-001"),
        ("こていしさんぜいのしはらい", "tax-001"),
        ("固定資產税いつ", "tax-001"),
        ("国保に加入したい", "hok-001"),
        ("マイナカードなくした", "num-001"),
        ("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞの暗証番号わすれた", "num-002"),
        ("狂犬病の注射", "dog-001"),
        ("こんにちは。お忙しいところすみませんが、犬の登録について教えてください。", "dog-001"),
        ("水道を止めたいです😊", "wat-001"),
        ("き日前投票", "vot-001"),
    ],
)
def test_the_entry_meant_comes_first(ranker: Ranker, text: str, wanted: str) -> None:
    assert first(ranker.rank(text)) == wanted


def test_the_question_itself_is_a_sure_answer(ranker: Ranker) -> None:
    ranking = ranker.rank("住民票の写しはどこで取れますか？")
    assert (first(ranking), ranking.verdict) == ("reg-001", Verdict.sure)


@pytest.mark.parametrize(
    "text",
    ["", "😊😊", "？？？", "宇宙人はいますか", "ラーメンが食べたい", "asdfghjkl", "\x00\x07"],
)
def test_what_the_entries_do_not_answer_is_not_claimed(ranker: Ranker, text: str) -> None:
    assert ranker.rank(text).verdict is Verdict.unsure


def test_a_question_at_the_end_of_a_very_long_story_is_still_read(ranker: Ranker) -> None:
    story = "きのうは孫が来て、みんなで鍋を囲んで、それはにぎやかでした。" * 150
    assert first(ranker.rank(story + "それで、期日前投票はどこでできますか")) == "vot-001"


def test_another_wording_of_an_entry_counts_as_its_question() -> None:
    ranker = Ranker(
        [
            entry("a-1", "使用の中止について", "お電話ください。", "水を止めたい"),
            entry("b-1", "水の検査について", "毎年調べています。"),
        ],
        {},
    )
    ranking = ranker.rank("水を止めたい")
    assert first(ranking) == "a-1"
    assert ranking.found[0].signals["question"] == pytest.approx(1.0, abs=0.01)


def test_as_many_entries_come_as_were_asked_for(ranker: Ranker) -> None:
    assert [len(ranker.rank("住民票", top).found) for top in (1, 3, 50)] == [1, 3, len(ENTRIES)]


def test_an_empty_faq_answers_nothing() -> None:
    assert Ranker([], {}).rank("住民票").found == ()


def test_two_thousand_entries_are_searched_within_twenty_milliseconds() -> None:
    chance = random.Random(7)  # noqa: S311  test data
    words = sorted({part for texts in ENTRIES.values() for text in texts for part in _parts(text)})
    entries = [
        entry(f"e-{n}", "".join(chance.choices(words, k=6)), "".join(chance.choices(words, k=60)))
        for n in range(2000)
    ]
    ranker = Ranker(entries, SYNONYMS)
    seconds = []
    for n in range(200):
        started = time.process_time()
        ranker.rank(entries[n * 10].question)
        seconds.append(time.process_time() - started)
    assert sorted(seconds)[189] < 0.020


def _parts(text: str) -> list[str]:
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def test_who_tells_about_themselves_first_still_gets_the_entry_they_ask_for(ranker: Ranker) -> None:
    story = "はじめまして。先月ここに引っ越してきた三十二歳です。子どもが二人います。"
    assert first(ranker.rank(story + "狂犬病の予防注射はどこで受けますか")) == "dog-001"
    assert without_oneself(story + "犬の登録は") == "はじめまして。犬の登録は"
    assert without_oneself("犬の登録はどこですか。あと予防注射も。") == ""


def test_a_piece_of_a_word_heard_whole_is_no_word_of_its_own() -> None:
    analyzer = Analyzer({})
    analyzer.learn(["固定資産税の納期"])
    terms = analyzer.analyse("こていしさんぜいののうき").terms
    assert {"固定", "資産", "税", "納期"} <= {*terms}
    assert "ぜい" not in terms
