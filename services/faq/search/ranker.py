"""The mix of words, letters and meaning: which entries answer a sentence, how sure that is.

Each signal looks at what the others miss; the weights were fitted to real questions to a Japanese
city (docs/decisions/0010), those of sentence vectors to questions to the demo city (0017).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kit.embedding import Embedder, Vectors
from services.faq.contract import Verdict
from services.faq.rules import Entry
from services.faq.search.circumstances import Circumstances
from services.faq.search.clusters import Reader
from services.faq.search.learning import NOTHING_LEARNED, Learned
from services.faq.search.meaning import Cover, Echo, Means, Nearness
from services.faq.search.postings import Bm25, Documents, Scores
from services.faq.search.senses import Senses
from services.faq.search.terms import Analysis, Analyzer, without_oneself
from services.faq.search.vectors import word_vectors
from services.faq.search.weights import Weights


@dataclass(frozen=True)
class Found:
    """One entry of a ranking; the signals are explained in `contract.Hit`."""

    entry: Entry
    score: float
    signals: dict[str, float]


@dataclass(frozen=True)
class Ranking:
    """The best entries, best first."""

    verdict: Verdict
    confidence: float
    found: tuple[Found, ...]


# One word, such as 窓口, does not say what a story leads to.
ENOUGH_TERMS = 2

# What each says of one hit is the same whatever the other entries are.
_ABSOLUTE = ("echo", "cover", "passage", "wording")

NOTHING = Ranking(Verdict.unsure, 0.0, ())


class Ranker:
    """An index over one revision of the entries. Used by one thread at a time."""

    def __init__(
        self,
        entries: Sequence[Entry],
        synonyms: Mapping[str, str],
        weights: Weights | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        """Index the entries; two thousand take some seconds. `embedder` adds sentence vectors."""
        self.weights = weights or Weights()
        self._entries = tuple(entries)
        self._synonyms = dict(synonyms)
        self._analyzer = Analyzer(synonyms)
        for entry in entries:
            self._analyzer.learn((entry.question, *entry.variants))
        self._senses = Senses(entries, embedder) if entries and embedder else None
        if entries:
            self._index(entries)

    def _index(self, entries: Sequence[Entry]) -> None:
        words, letters = Documents(), Documents()
        wordings: list[Counter[str]] = []
        firsts: list[int] = []
        whole: list[dict[str, float]] = []
        for entry in entries:
            asked = [self._analyzer.analyse(text) for text in (entry.question, *entry.variants)]
            firsts.append(len(wordings))
            wordings += [wording.terms for wording in asked]
            asked.append(self._analyzer.analyse("、".join((entry.category, *entry.keywords))))
            told = self._analyzer.analyse(entry.answer)
            own = _union(wording.terms for wording in asked)
            words.add(_mix(own, told.terms, self.weights.question_terms))
            letters.add(_mix(_union(wording.runs for wording in asked), told.runs, 1))
            whole.append(_mix(own, told.terms, 1))
        self._words, self._letters = Bm25(words), Bm25(letters)
        # Where each entry's wordings begin among all wordings.
        self._firsts = np.asarray(firsts, dtype=np.intp)
        self._index_meaning(wordings, whole)
        self._circumstances = Circumstances(entries)

    def _index_meaning(
        self, wordings: Sequence[Counter[str]], whole: Sequence[Mapping[str, float]]
    ) -> None:
        idf, vectors = self._words.idf, word_vectors()
        self._questions, self._wholes = Means(wordings, vectors, idf), Means(whole, vectors, idf)
        self._nearness = Nearness({term for document in whole for term in document}, vectors, idf)
        self._echo = Echo(wordings, self._nearness)
        self._cover = Cover(whole, self._nearness)

    def rank(self, text: str, top: int = 3, learned: Learned = NOTHING_LEARNED) -> Ranking:
        """Return the best `top` entries for a sentence."""
        return self.rank_with(self.vector(self.wording(text)), text, top, learned)

    def wording(self, text: str) -> str:
        """Return what is embedded of a sentence."""
        return self._analyzer.wording(text)

    def vector(self, wording: str) -> Vectors | None:
        """Return the vector of a wording, None where there is none now. For any thread."""
        return self._senses.vector(wording) if self._senses else None

    def rank_with(
        self, vector: Vectors | None, text: str, top: int, learned: Learned = NOTHING_LEARNED
    ) -> Ranking:
        """Return the best `top` entries for a sentence and the vector of its wording."""
        query = self._analyzer.analyse(text)
        if not self._entries or not query.runs:
            return NOTHING
        signals = self._signals(query)
        rest = self._analyzer.analyse(without_oneself(text))
        if len(rest.terms) >= ENOUGH_TERMS:
            core = self._signals(rest)
            signals = {name: _mean(values, core[name]) for name, values in signals.items()}
        # Kana is read with its kanji: がいこくじん is 外国人.
        signals |= self._circumstances.signals(f"{text}\n{self.wording(text)}")
        if self._senses and vector is not None:
            signals |= self._senses.cosines(vector)
        if learned.is_enough:
            signals["learned"] = self._learned(query, learned)
        scores = sum(getattr(self.weights, name) * values for name, values in signals.items())
        order = np.argsort(-scores, kind="stable")
        found = tuple(
            Found(
                self._entries[i],
                float(scores[i]),
                {name: round(float(values[i]), 4) for name, values in signals.items()},
            )
            for i in order[: max(top, 2)]
        )
        return Ranking(self._verdict(found), _confidence(found[0]), found[:top])

    def known_terms(self, text: str) -> tuple[str, ...]:
        """Return those of a sentence's words that the entries use too."""
        if not self._entries:
            return ()
        return tuple(sorted(filter(self._words.knows, self._analyzer.analyse(text).terms)))

    def reader(self) -> Reader:
        """Return what reads sentences as this index does, for another thread."""
        idf = self._words.idf if self._entries else lambda _: 1.0
        return Reader(Analyzer(self._synonyms), word_vectors(), idf)

    def _signals(self, query: Analysis) -> dict[str, Scores]:
        terms = query.terms
        idf, near = self._nearness.of(terms)
        return {
            "words": _as_share_of_best(self._words.sum(dict.fromkeys(terms, 1.0))),
            "letters": _as_share_of_best(self._letters.sum(dict.fromkeys(query.runs, 1.0))),
            "question": self._best_wording(self._questions.cosines(terms)),
            "entry": self._wholes.cosines(terms),
            "cover": self._cover.of(idf, near),
            "echo": self._best_wording(self._echo.of(near)),
        }

    def _learned(self, query: Analysis, learned: Learned) -> Scores:
        values = learned.values(query.terms, self._words.idf)
        return np.array([values.get(entry.id, 0.0) for entry in self._entries], np.float32)

    def _best_wording(self, scores: Scores) -> Scores:
        best: Scores = np.maximum.reduceat(scores, self._firsts)
        return best

    def _verdict(self, found: Sequence[Found]) -> Verdict:
        first, w = found[0], self.weights
        lead = first.score - found[1].score if len(found) > 1 else first.score
        likely, sure, sure_lead = (
            (w.likely, w.sure, w.sure_lead)
            if "passage" in first.signals
            else (w.likely_by_words, w.sure_by_words, w.sure_lead_by_words)
        )
        if _confidence(first) >= sure and lead >= sure_lead:
            return Verdict.sure
        return Verdict.likely if _confidence(first) >= likely else Verdict.unsure


def _confidence(first: Found) -> float:
    """Say how well the first hit fits, by the signals that do not depend on other hits."""
    signals = [first.signals[name] for name in _ABSOLUTE if name in first.signals]
    return max(0.0, sum(signals) / len(signals))


def _union(counters: Iterable[Counter[str]]) -> Counter[str]:
    """Join wordings: a term counts as often as in the wording that says it most."""
    union: Counter[str] = Counter()
    for counter in counters:
        union |= counter
    return union


def _mix(question: Counter[str], answer: Counter[str], times: int) -> dict[str, float]:
    mixed = {term: float(times * count) for term, count in question.items()}
    for term, count in answer.items():
        mixed[term] = mixed.get(term, 0.0) + count
    return mixed


def _mean(whole: Scores, core: Scores) -> Scores:
    """Mix a message with its core; the whole counts a third: a story may name the matter, too."""
    mixed: Scores = (whole + 2 * core) / np.float32(3)
    return mixed


def _as_share_of_best(scores: Scores) -> Scores:
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores
