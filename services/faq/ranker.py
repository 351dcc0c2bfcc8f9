"""The lexical mix: which entries answer a sentence, and how far to trust that.

The recipe was measured on real questions to a Japanese city: BM25 over Sudachi's short units
leads, the cosine with the bare question and runs of letters correct it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.faq.contract import Verdict
from services.faq.postings import Bm25, Cosine, Documents, Postings, Scores
from services.faq.rules import Entry
from services.faq.words import Analysis, Analyzer


@dataclass(frozen=True)
class Weights:
    """Everything that can be tuned. The score ranks; the confidence decides what is said."""

    question_terms: int = 3
    """How often a term of the question counts against one of the answer."""
    words: float = 1.0
    question: float = 0.5
    letters: float = 0.3
    # Chosen on tests/services/faq/dev_questions.jsonl; the test beside it
    # says what they cost.
    likely: float = 0.28
    sure: float = 0.45
    # One word alone fits many entries well; only one that stands out is an answer.
    sure_lead: float = 0.4


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


NOTHING = Ranking(Verdict.unsure, 0.0, ())


class Ranker:
    """An index over one revision of the entries. Used by one thread at a time."""

    def __init__(
        self,
        entries: Sequence[Entry],
        synonyms: Mapping[str, str],
        weights: Weights | None = None,
    ) -> None:
        """Index the entries; two thousand take some seconds."""
        self.weights = weights or Weights()
        self._entries = tuple(entries)
        self._analyzer = Analyzer(synonyms)
        for entry in entries:
            self._analyzer.learn((entry.question, *entry.variants))
        self._index(entries)

    def _index(self, entries: Sequence[Entry]) -> None:
        words, letters, questions, cover = (Documents() for _ in range(4))
        firsts = []
        for entry in entries:
            firsts.append(len(questions.sizes))
            asked = [self._analyzer.analyse(text) for text in (entry.question, *entry.variants)]
            for wording in asked:
                questions.add(wording.terms)
            labels = "、".join((entry.category, *entry.keywords))
            asked.append(self._analyzer.analyse(labels))
            told = self._analyzer.analyse(entry.answer)
            own = _union(wording.terms for wording in asked)
            words.add(_mix(own, told.terms, self.weights.question_terms))
            letters.add(_mix(_union(wording.runs for wording in asked), told.runs, 1))
            cover.add(own)
        self._words, self._letters = Bm25(words), Bm25(letters)
        self._questions, self._cover = Cosine(questions), Postings(cover)
        # Where each entry's wordings begin among all wordings.
        self._firsts = np.asarray(firsts, dtype=np.intp)

    def rank(self, text: str, top: int = 3) -> Ranking:
        """Return the best `top` entries for a sentence."""
        query = self._analyzer.analyse(text)
        if not self._entries or not query.runs:
            return NOTHING
        signals = self._signals(query)
        w = self.weights
        scores = (
            w.words * signals["words"]
            + w.question * signals["question"]
            + w.letters * signals["letters"]
        )
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

    def _signals(self, query: Analysis) -> dict[str, Scores]:
        terms = query.terms
        cosines = self._questions.sum(self._questions.vector(terms))
        mass = {term: self._cover.idf(term) for term in terms}
        return {
            "words": _as_share_of_best(self._words.sum(dict.fromkeys(terms, 1.0))),
            "question": np.maximum.reduceat(cosines, self._firsts),
            "letters": _as_share_of_best(self._letters.sum(dict.fromkeys(query.runs, 1.0))),
            "cover": self._cover.sum(mass) / max(sum(mass.values()), 1e-9),
        }

    def _verdict(self, found: Sequence[Found]) -> Verdict:
        first, w = found[0], self.weights
        lead = first.score - found[1].score if len(found) > 1 else first.score
        if _confidence(first) >= w.sure and lead >= w.sure_lead:
            return Verdict.sure
        return Verdict.likely if _confidence(first) >= w.likely else Verdict.unsure


def _confidence(first: Found) -> float:
    """Say how well the first hit fits, by the two signals that do not depend on other hits."""
    return (first.signals["question"] + first.signals["cover"]) / 2


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


def _as_share_of_best(scores: Scores) -> Scores:
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores
