"""How near a sentence is to others in meaning, by static word vectors.

Two measures, both from 0 (or a little below) to 1: the cosine of mean word vectors, and overlap,
which asks for every word of one side how near its nearest word of the other side is.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from services.faq.search.postings import Scores
from services.faq.search.vectors import WordVectors

Idf = Callable[[str], float]

# The rarest words of a long story say what it is about; each costs a pass over all entries.
MOST_WORDS = 12
# Words whose nearness stays at hand, 40 KB each: a story and its core have them in common.
KEPT_WORDS = 128
# Squared cosines below this are chance: most pairs of words are that near.
FAR = 0.1


class Means:
    """Mean word vectors of documents, without what all of them share.

    The first principal component is mostly the style of the collection: it is taken out (Arora,
    Liang and Ma 2017).
    """

    def __init__(
        self, documents: Sequence[Mapping[str, float]], vectors: WordVectors, idf: Idf
    ) -> None:
        """`documents` are terms with their counts."""
        self._vectors = vectors
        self._idf = idf
        means = _unit(np.array([self._mean(document) for document in documents], np.float32))
        self._common = np.linalg.eigh(means.T @ means)[1][:, -1]
        self._means = self._without_common(means)

    def cosines(self, document: Mapping[str, float]) -> Scores:
        """Return the cosine of this document with each."""
        mean = self._without_common(_unit(self._mean(document)[None]))
        scores: Scores = self._means @ mean[0]
        return scores

    def _mean(self, document: Mapping[str, float]) -> Scores:
        weights = {word: self._idf(word) * (1 + np.log(n)) for word, n in document.items()}
        return self._vectors.mean(weights)

    def _without_common(self, means: Scores) -> Scores:
        return _unit(means - np.outer(means @ self._common, self._common).astype(np.float32))


class Nearness:
    """How near each word of a vocabulary is to the words of a sentence."""

    def __init__(self, words: Collection[str], vectors: WordVectors, idf: Idf) -> None:
        """Look up all words."""
        self.numbers = {word: number for number, word in enumerate(sorted(words))}
        self.idf = np.array([idf(word) for word in self.numbers], np.float32)
        self._weigh = idf
        self._vectors = vectors
        self._table = self._lookup(list(self.numbers))
        self._rows: dict[str, Scores] = {}

    def of(self, terms: Collection[str]) -> tuple[Scores, Scores]:
        """Return idf (terms,) and squared cosines (terms, vocabulary) of the rarest terms."""
        kept = sorted(terms, key=self._weigh, reverse=True)[:MOST_WORDS]
        if len(self._rows) > KEPT_WORDS:
            self._rows.clear()
        self._look_at([term for term in kept if term not in self._rows])
        near = np.array([self._rows[term] for term in kept], np.float32)
        idf = np.array([self._weigh(term) for term in kept], np.float32)
        return idf, near.reshape(len(kept), len(self.numbers))

    def _look_at(self, terms: Sequence[str]) -> None:
        near = np.maximum(self._lookup(terms) @ self._table.T, 0) ** 2
        for row, term in zip(near, terms, strict=True):
            if (number := self.numbers.get(term)) is not None:
                row[number] = 1
            self._rows[term] = row

    def _lookup(self, words: Sequence[str]) -> Scores:
        table = np.zeros((len(words), self._vectors.width), np.float32)
        for row, word in enumerate(words):
            if (vector := self._vectors.of(word)) is not None:
                table[row] = vector
        return table


class Echo:
    """Which part of each document the words of a sentence account for."""

    def __init__(self, documents: Sequence[Collection[str]], nearness: Nearness) -> None:
        """Number the words. A document without words takes part and scores nothing."""
        sizes = [max(len(document), 1) for document in documents]
        self._starts = np.cumsum([0, *sizes[:-1]])
        numbers = [
            nearness.numbers[word] if word else 0
            for document in documents
            for word in (sorted(document) or [""])
        ]
        self._numbers = np.array(numbers, dtype=np.intp)
        idf = nearness.idf[self._numbers]
        idf[self._starts[[not document for document in documents]]] = 0
        self._shares = idf / np.repeat(np.maximum(np.add.reduceat(idf, self._starts), 1e-9), sizes)

    def of(self, near: Scores) -> Scores:
        """Return a number from 0 to 1 for each document."""
        nearest = near.max(axis=0, initial=0)[self._numbers]
        scores: Scores = np.add.reduceat(self._shares * nearest, self._starts)
        return scores


class Cover:
    """Which part of a sentence the words of each document account for."""

    def __init__(self, documents: Sequence[Collection[str]], nearness: Nearness) -> None:
        """List the documents that hold each word."""
        self._size = len(documents)
        numbers = [nearness.numbers[word] for document in documents for word in document]
        holders = np.repeat(np.arange(self._size), [len(document) for document in documents])
        order = np.argsort(numbers, kind="stable")
        self._holders = holders[order]
        edges = np.arange(len(nearness.numbers) + 1)
        self._starts = np.searchsorted(np.array(numbers, dtype=np.intp)[order], edges)

    def of(self, idf: Scores, near: Scores) -> Scores:
        """Return a number from 0 to 1 for each document."""
        scores = np.zeros(self._size, np.float32)
        for weight, nearness in zip(idf, near, strict=True):
            scores += weight * self._nearest(nearness)
        return scores / max(float(idf.sum()), 1e-9)

    def _nearest(self, nearness: Scores) -> Scores:
        """Return for each document how near its nearest word is to one word."""
        words = np.flatnonzero(nearness >= FAR)
        words = words[np.argsort(nearness[words], kind="stable")]
        starts, sizes = self._starts[words], self._starts[words + 1] - self._starts[words]
        ends = np.cumsum(sizes)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + sizes, sizes)
        nearest = np.zeros(self._size, np.float32)
        # Of several words of one document the nearest is written last, and stays.
        nearest[self._holders[places]] = np.repeat(nearness[words], sizes)
        return nearest


def _unit(rows: Scores) -> Scores:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Scores = rows / np.maximum(lengths, 1e-9)
    return unit
