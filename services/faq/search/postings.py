"""Which document holds which term, and how much that counts. An inverted index in NumPy arrays."""

from array import array
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

K1 = 1.2
B = 0.5


class Documents:
    """Term frequencies of documents, numbered from 0 as they are added; a few bytes a term."""

    def __init__(self) -> None:
        """Start with none."""
        self.numbers: dict[str, int] = {}
        self.terms = array("i")
        self.counts = array("f")
        self.sizes = array("i")

    def add(self, document: Mapping[str, float]) -> None:
        """Add one document: its terms and how often (or how heavily) each occurs."""
        self.terms.extend(self.numbers.setdefault(t, len(self.numbers)) for t in document)
        self.counts.extend(document.values())
        self.sizes.append(len(document))


class Postings:
    """Terms with their documents and weights."""

    def __init__(self, documents: Documents) -> None:
        """Turn the documents round; nothing can be added any more."""
        self.size = len(documents.sizes)
        self._numbers = documents.numbers
        terms = np.asarray(documents.terms, dtype=np.int32)
        holders = np.repeat(np.arange(self.size, dtype=np.int32), documents.sizes)
        order = np.argsort(terms, kind="stable")
        self._terms = terms[order]
        self._holders = holders[order]
        self._counts = np.asarray(documents.counts, dtype=np.float32)[order]
        self._starts = np.searchsorted(self._terms, np.arange(len(self._numbers) + 1))
        spread = np.diff(self._starts).astype(np.float32)
        self._idf = np.log(1 + (self.size - spread + 0.5) / (spread + 0.5)).astype(np.float32)
        # A word that no document holds tells the most: it belongs to another matter.
        self.rarest = float(np.log(1 + (self.size + 0.5) / 0.5))
        self._weights = self._counts

    def knows(self, term: str) -> bool:
        """Tell whether any document holds a term."""
        return term in self._numbers

    def idf(self, term: str) -> float:
        """Return how much a term tells; an unknown one as much as can be."""
        number = self._numbers.get(term)
        return self.rarest if number is None else float(self._idf[number])

    def sum(self, query: Mapping[str, float]) -> Scores:
        """Return for every document the sum over the query's terms of its weights."""
        scores = np.zeros(self.size, dtype=np.float32)
        for term, factor in query.items():
            number = self._numbers.get(term)
            if number is not None:
                span = slice(self._starts[number], self._starts[number + 1])
                scores[self._holders[span]] += factor * self._weights[span]
        return scores

    def _lengths(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.bincount(self._holders, values, minlength=self.size).astype(np.float32)


class Bm25(Postings):
    """Okapi BM25 (Robertson and Zaragoza 2009), with Lucene's never negative idf."""

    def __init__(self, documents: Documents) -> None:
        """See Postings."""
        super().__init__(documents)
        lengths = self._lengths(self._counts)
        usual = float(lengths.mean()) if self.size else 1.0
        slack = K1 * (1 - B + B * lengths / max(usual, 1e-9))
        gain = self._counts * (K1 + 1) / (self._counts + slack[self._holders])
        self._weights = self._idf[self._terms] * gain
