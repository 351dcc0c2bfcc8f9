"""Static word vectors in Rasa's environment: how near two words are in meaning.

`tools/vectors.py` makes the files at set-up and describes them; the product reads the same ones.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

FOLDER = Path(__file__).resolve().parents[2] / ".vectors"
_KEPT = 16_384


class WordVectors:
    """Vectors of length one behind folded words (`sudachi_tokenizer.fold`)."""

    def __init__(self, folder: Path) -> None:
        """Map the files into memory. Raises FileNotFoundError before `make setup`."""
        self._keys = np.load(folder / "keys.npy", mmap_mode="r")
        self._rows = np.load(folder / "rows.npy", mmap_mode="r")
        self._table = np.load(folder / "table.npy", mmap_mode="r")
        self.width = int(self._table.shape[1])

        # Reading a vector costs more than all that is done with it, and words come again and again.
        self.of = lru_cache(maxsize=_KEPT)(self._read)

    def _read(self, word: str) -> "Vector | None":
        """Return the vector of a folded word, None when it is not known."""
        digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
        key = np.uint64(int.from_bytes(digest, "big"))
        place = int(np.searchsorted(self._keys, key))
        if place == len(self._keys) or self._keys[place] != key:
            return None
        vector: Vector = self._table[self._rows[place]].astype(np.float32)
        return vector

    def mean(self, weights: Mapping[str, float]) -> Vector:
        """Return the direction of the weighted mean of the known words: length one, or zeros."""
        total = np.zeros(self.width, dtype=np.float32)
        for word, weight in weights.items():
            vector = self.of(word)
            if vector is not None:
                total += weight * vector
        length = float(np.linalg.norm(total))
        return total / length if length else total


@lru_cache(maxsize=1)
def word_vectors() -> WordVectors:
    """Return the vectors of this installation, opened once in a process."""
    return WordVectors(FOLDER)
