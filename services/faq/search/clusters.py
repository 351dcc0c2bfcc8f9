"""Like questions together: a list of five hundred sentences becomes one of a few matters."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from services.faq.feedback_repository import Question
from services.faq.search.postings import Scores
from services.faq.search.terms import Analyzer
from services.faq.search.vectors import WordVectors

# Chosen by looking: paraphrases of one question are mostly nearer, two matters of one desk
# mostly farther.
ALIKE = 0.72
# Two words out of three, for what is made of words that no vector is known of.
SAME_LETTERS = 0.55


@dataclass(frozen=True)
class Reader:
    """What reads sentences, in a thread of its own."""

    analyzer: Analyzer
    vectors: WordVectors
    idf: Callable[[str], float]


@dataclass(frozen=True)
class Cluster:
    """Questions that are one matter; the first is the most typical one."""

    questions: tuple[Question, ...]

    @property
    def count(self) -> int:
        """How often the matter was asked."""
        return len(self.questions)

    @property
    def examples(self) -> tuple[str, ...]:
        """Up to five different wordings."""
        return tuple(dict.fromkeys(question.words for question in self.questions))[:5]


@dataclass
class _Group:
    members: list[int]
    total: Scores


def clusters(questions: Sequence[Question], reader: Reader) -> list[Cluster]:
    """Group questions by meaning or by letters, the largest group first.

    Each joins the nearest group that is near enough, in the order given, so that the same
    questions always give the same groups.
    """
    read = [reader.analyzer.analyse(question.words) for question in questions]
    vectors = _unit(np.array([_mean(r.terms, reader) for r in read], np.float32))
    letters = [frozenset(run for run in r.runs if len(run) == 2) for r in read]
    groups: list[_Group] = []
    for number in range(len(questions)):
        group = _nearest(groups, number, vectors, letters)
        if group is None:
            groups.append(_Group([number], vectors[number].copy()))
        else:
            group.members.append(number)
            group.total += vectors[number]
    groups.sort(key=lambda group: -len(group.members))
    return [_cluster(group, questions, vectors) for group in groups]


def _nearest(
    groups: Sequence[_Group], number: int, vectors: Scores, letters: Sequence[frozenset[str]]
) -> _Group | None:
    best: tuple[float, _Group] | None = None
    for group in groups:
        centre = group.total / max(float(np.linalg.norm(group.total)), 1e-9)
        near = float(vectors[number] @ centre) / ALIKE
        spelt = _shared(letters[number], letters[group.members[0]]) / SAME_LETTERS
        nearness = max(near, spelt)
        if nearness >= 1 and (best is None or nearness > best[0]):
            best = (nearness, group)
    return None if best is None else best[1]


def _cluster(group: _Group, questions: Sequence[Question], vectors: Scores) -> Cluster:
    typical = sorted(group.members, key=lambda number: -float(vectors[number] @ group.total))
    return Cluster(tuple(questions[number] for number in typical))


def _mean(terms: Counter[str], reader: Reader) -> Scores:
    return reader.vectors.mean({term: reader.idf(term) for term in terms})


def _unit(rows: Scores) -> Scores:
    unit: Scores = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    return unit


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
