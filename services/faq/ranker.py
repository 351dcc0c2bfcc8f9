"""The lexical mix: which entries answer a sentence, and how far to trust that.

The recipe was measured on real questions to a Japanese city: BM25 over Sudachi's short units
leads, the cosine with the bare question and runs of letters correct it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.faq.contract import Verdict
from services.faq.postings import Bm25, Cosine, Postings, Scores
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
    # Chosen on tests/services/faq/dev_questions.jsonl: among sure answers 95 % are right, and
    # four of five questions about something else are refused.
    likely: float = 0.25
    sure: float = 0.4
    # One word alone fits many entries well; only one that stands out is an answer.
    sure_lead: float = 0.3


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
        wordings = [(e.question, *e.variants) for e in entries]
        self._analyzer.learn(text for texts in wordings for text in texts)
        asked = [[self._analyzer.analyse(text) for text in texts] for texts in wordings]
        extra = [self._analyzer.analyse("、".join((e.category, *e.keywords))) for e in entries]
        told = [self._analyzer.analyse(e.answer) for e in entries]
        self._firsts = np.cumsum([0, *(len(analyses) for analyses in asked)])[:-1]
        self._index(asked, extra, told)

    def _index(
        self, asked: list[list[Analysis]], extra: list[Analysis], told: list[Analysis]
    ) -> None:
        times = self.weights.question_terms
        wide = [[*many, more] for many, more in zip(asked, extra, strict=True)]
        own = [_union(a.terms for a in analyses) for analyses in wide]
        runs = [_union(a.runs for a in analyses) for analyses in wide]
        self._words = Bm25([_mix(q, a.terms, times) for q, a in zip(own, told, strict=True)])
        self._letters = Bm25([_mix(q, a.runs, 1) for q, a in zip(runs, told, strict=True)])
        self._questions = Cosine([analysis.terms for many in asked for analysis in many])
        self._cover = Postings([dict.fromkeys(terms, 1.0) for terms in own])

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
