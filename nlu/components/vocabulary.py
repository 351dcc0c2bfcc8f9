"""Which terms of a sentence count, and how much: rare ones more, each block of terms alike."""

from collections import Counter
from dataclasses import dataclass
from math import log, sqrt

from rasa.nlu.tokenizers.tokenizer import Token

from components.intent_features import BLOCKS

Row = tuple[list[int], list[float]]
"""Columns and values of a sentence."""

SEEN = 2
"""Training sentences that have to hold a term. Two thirds of all terms stand in one sentence only;
without them accuracy in cross-validation stays the same, and model and training are far smaller."""


@dataclass(frozen=True)
class Vocabulary:
    """Which terms are known, block by block: term → (column, inverse document frequency)."""

    columns: dict[str, dict[str, tuple[int, float]]]

    @classmethod
    def learn(cls, sentences: list[list[Token]]) -> "Vocabulary":
        """Number the terms of the training sentences in a fixed order."""
        columns: dict[str, dict[str, tuple[int, float]]] = {}
        start = 0
        for block, terms in BLOCKS.items():
            counts = Counter(term for tokens in sentences for term in set(terms(tokens)))
            known = sorted(term for term, count in counts.items() if count >= SEEN)
            columns[block] = {
                term: (start + number, rarity(counts[term], len(sentences)))
                for number, term in enumerate(known)
            }
            start += len(known)
        return cls(columns)

    def row(self, tokens: list[Token]) -> Row:
        """Return columns and values of a sentence; every block has length one or is empty."""
        indices: list[int] = []
        values: list[float] = []
        for block, terms in BLOCKS.items():
            known = self.columns[block]
            counts = Counter(term for term in terms(tokens) if term in known)
            weights = [(1 + log(n)) * known[term][1] for term, n in counts.items()]
            length = sqrt(sum(weight * weight for weight in weights))
            indices += [known[term][0] for term in counts]
            values += [weight / length for weight in weights]
        return indices, values

    def __len__(self) -> int:
        """Return the number of columns."""
        return sum(len(terms) for terms in self.columns.values())


def rarity(documents: int, total: int) -> float:
    """Return the inverse document frequency of a term, at least one."""
    return log((1 + total) / (1 + documents)) + 1
