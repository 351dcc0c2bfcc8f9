"""What taps teach: it helps where people ask alike, harms nobody else, and one person moves little.

The citizens of the dev questions are played: nine of ten tap what is right if they are shown it,
one taps anything.
"""

import json
import random
from pathlib import Path

import pytest

from kit.db import Database
from kit.errors import InvalidInputError
from kit.settings import ROOT, Settings
from kit.tables import ImportReport
from services.faq import feedback_repository as feedback_rows
from services.faq.importer import import_city, read_entries, read_synonyms
from services.faq.search.learning import ENOUGH, NOTHING_LEARNED, SHRINKAGE, Learned, Vote
from services.faq.search.ranker import Ranker
from services.faq.search.weights import Weights, read_weights
from services.faq.service import FaqService
from tests.services.faq.test_ranker import ENTRIES, entry
from tests.services.faq.test_service import now, write

CITY = ROOT / "city" / "aizuwakamatsu"
ELSEWHERE = [Vote("tax-009", ("納期",), True)] * ENOUGH
Question = tuple[str, frozenset[str]]


def voted(count: int, entry_id: str, *terms: str, helpful: bool = True) -> list[Vote]:
    return [Vote(entry_id, terms, helpful)] * count


def even(_term: str) -> float:
    return 1.0


def test_nothing_is_learned_before_there_are_enough_votes_with_words() -> None:
    votes = voted(ENOUGH - 1, "tax-001", "税") + voted(50, "tax-001")
    assert Learned(votes).values(["税"], even) == {}
    assert Learned([*votes, *voted(1, "tax-001", "税")]).values(["税"], even)["tax-001"] > 0.9


def test_few_votes_are_hardly_believed_and_many_never_beyond_one() -> None:
    one = Learned([*ELSEWHERE, *voted(1, "reg-001", "紙")]).values(["紙"], even)["reg-001"]
    assert one == pytest.approx(1 / (1 + SHRINKAGE))
    many = Learned([*ELSEWHERE, *voted(9999, "reg-001", "紙")]).values(["紙"], even)["reg-001"]
    assert 0.99 < many < 1
    split = voted(30, "reg-001", "紙") + voted(30, "reg-001", "紙", helpful=False)
    assert Learned([*ELSEWHERE, *split]).values(["紙"], even)["reg-001"] == 0


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker([entry(key, *texts) for key, texts in ENTRIES.items()], {})


def test_a_word_that_only_citizens_use_leads_where_they_found_their_answer(
    ranker: Ranker,
) -> None:
    words = "マイナンバーカード"
    before = [found.entry.id for found in ranker.rank(words, 10).found]
    wanted = before[1]
    learned = Learned([*ELSEWHERE, *voted(40, wanted, *ranker.known_terms(words))])
    after = ranker.rank(words, 10, learned)
    assert [found.entry.id for found in after.found].index(wanted) == 0
    named = {found.entry.id: found.signals["learned"] for found in after.found}
    assert named[wanted] == max(named.values()) > 0.5, "the signal says why"


def test_one_citizen_cannot_turn_an_answer_round(ranker: Ranker) -> None:
    words = "住民票の写しはどこで取れますか？"
    terms = ranker.known_terms(words)
    # All that one person can do: one vote on every entry.
    abuse = [Vote(key, terms, key != "reg-001") for key in ENTRIES]
    learned = Learned([*ELSEWHERE, *abuse])
    assert ranker.rank(words, 1, learned).found[0].entry.id == "reg-001"


def play(
    ranker: Ranker, questions: list[Question], chance: random.Random, citizens: int
) -> list[Vote]:
    votes = []
    for text, wanted in questions:
        shown = [found.entry.id for found in ranker.rank(text, 3).found]
        terms = ranker.known_terms(text)
        right = next((name for name in shown if name in wanted), None)
        for _ in range(citizens):
            if chance.random() < 0.1:
                votes.append(Vote(chance.choice(shown), terms, chance.random() < 0.5))
                continue
            if right is not None:
                votes.append(Vote(right, terms, True))
            if shown[0] != right:
                votes.append(Vote(shown[0], terms, False))
    return votes


def first(ranker: Ranker, questions: list[Question], learned: Learned) -> float:
    hits = [ranker.rank(text, 1, learned).found[0].entry.id in w for text, w in questions]
    return sum(hits) / len(hits)


def test_taps_help_who_asks_alike_and_harm_nobody_else() -> None:
    report = ImportReport("faq")
    folder = CITY / "faq"
    ranker = Ranker(read_entries(folder, report), read_synonyms(folder, report))
    lines = Path(__file__).with_name("dev_questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    questions = [
        (row["text"], frozenset(row["relevant"]))
        for row in rows
        if row["kind"] in ("hard", "answerable")
    ]
    chance = random.Random(1)  # noqa: S311  test data
    chance.shuffle(questions)
    asked, others = questions[:160], questions[160:]
    learned = Learned(play(ranker, asked, chance, 5))
    assert first(ranker, asked, learned) >= first(ranker, asked, NOTHING_LEARNED) + 0.08
    assert first(ranker, others, learned) >= first(ranker, others, NOTHING_LEARNED) - 0.015


async def test_the_service_reads_the_votes(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path, reg_001="住民票はどこで取れますか？", dog_001="犬を飼いはじめたときは？")
    assert (await import_city(database, tmp_path, now)).ok
    async with database.transaction() as session:
        for number, vote in enumerate(ELSEWHERE):
            await feedback_rows.put_vote(session, f"{number:032}", vote, now())
    found = await FaqService(database, now, settings).search("住民票")
    assert "learned" in found.hits[0].signals


def test_a_city_weighs_as_it_likes(tmp_path: Path) -> None:
    assert read_weights(tmp_path) == Weights()
    (tmp_path / "faq").mkdir()
    file = tmp_path / "faq" / "ranking.toml"
    file.write_text("letters = 0.9\nlearned = 0\n", encoding="utf-8")
    assert read_weights(tmp_path) == Weights(letters=0.9, learned=0)


@pytest.mark.parametrize(
    ("text", "words"),
    [("latters = 1", "[latters]"), ("sure = 7", "[sure]"), ("sure = ", "ranking.toml")],
)
def test_weights_that_are_none_are_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "ranking.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError) as refused:
        read_weights(tmp_path)
    assert words in refused.value.message
