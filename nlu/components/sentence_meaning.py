"""What a sentence is about, as numbers: where its mean word vector lies among known sentences.

The mean vector alone draws straight borders between intents. Its nearness to some hundred
training sentences (Nyström's approximation of a Gaussian kernel; Williams and Seeger 2001) bends
them, which cross-validation rewards (docs/decisions/0008).
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.nlu.tokenizers.tokenizer import Token

from components.word_vectors import Vector, word_vectors

Numbers = NDArray[np.floating[Any]]

LANDMARKS = 200
"""Training sentences that others are compared with."""
STEEPNESS = 1.0
"""Nearness is exp(-STEEPNESS × squared distance of the two vectors of length one)."""
WEIGHT = 2.0
"""Length of these features beside the three blocks of terms, which have length one each."""


@dataclass(frozen=True)
class Meaning:
    """Rarity of words and the chosen sentences. Holds numbers and single words, no sentence."""

    rarity: dict[str, float]
    unknown: float
    landmarks: Numbers
    """(landmarks, width of the vectors)"""
    whitening: Numbers
    """(landmarks, landmarks)"""

    @classmethod
    def learn(cls, sentences: list[list[Token]], seed: int) -> "Meaning":
        """Weigh words by how few sentences hold them, and choose the landmarks."""
        counts = Counter(word for tokens in sentences for word in {t.lemma for t in tokens})
        total = len(sentences)
        rarity = {word: float(np.log((1 + total) / (1 + n)) + 1) for word, n in counts.items()}
        unknown = float(np.log(1 + total) + 1)
        vectors = np.unique([mean_vector(tokens, rarity, unknown) for tokens in sentences], axis=0)
        size = min(LANDMARKS, len(vectors))
        chosen = np.random.default_rng(seed).choice(len(vectors), size, replace=False)
        landmarks = vectors[np.sort(chosen)]
        left, values, right = np.linalg.svd(_nearness(landmarks, landmarks))
        whitening = left / np.sqrt(np.maximum(values, 1e-6)) @ right
        return cls(rarity, unknown, landmarks, whitening.astype(np.float32))

    def features(self, sentences: list[list[Token]]) -> Numbers:
        """Return one row for each sentence, with one number for each landmark."""
        vectors = [mean_vector(tokens, self.rarity, self.unknown) for tokens in sentences]
        nearness = _nearness(np.array(vectors), self.landmarks)
        features: Numbers = WEIGHT * (nearness @ self.whitening.T)
        return features

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.landmarks)


def mean_vector(tokens: list[Token], rarity: dict[str, float], unknown: float) -> Vector:
    """Return the mean of the words' vectors, rare words heavier; length one, or zeros."""
    return word_vectors().mean({t.lemma: rarity.get(t.lemma, unknown) for t in tokens})


def _nearness(some: Numbers, others: Numbers) -> Numbers:
    squares = (some**2).sum(-1)[..., None] + (others**2).sum(-1) - 2 * some @ others.T
    nearness: Numbers = np.exp(-STEEPNESS * np.maximum(squares, 0))
    return nearness
