"""Static word vectors: how near two words are in meaning.

`tools/vectors.py` makes the files at set-up and describes them.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kit.settings import ROOT

Vector = NDArray[np.float32]

FOLDER = ROOT / ".vectors"


class WordVectors:
    """Vectors of length one behind folded words (`kit.text.fold`). The table stays on disk."""

    def __init__(self, folder: Path) -> None:
        """Map the files into memory. Raises FileNotFoundError before `make setup`."""
        self._keys, self._rows, self._table = (
            # As plain arrays: a look-up of one number in a `memmap` costs ten times as much.
            np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))
            for name in ("keys", "rows", "table")
        )
        self.width = int(self._table.shape[1])

    def of(self, word: str) -> Vector | None:
        """Return the vector of a folded word, None when it is not known."""
        digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
        key = np.uint64(int.from_bytes(digest, "big"))
        place = int(np.searchsorted(self._keys, key))
        if place == len(self._keys) or self._keys[place] != key:
            return None
        vector: Vector = self._table[self._rows[place]].astype(np.float32)
        return vector

    def mean(self, weights: Mapping[str, float]) -> Vector:
        """Return the weighted mean of the known words' vectors, zeros where none is known."""
        total = np.zeros(self.width, dtype=np.float32)
        for word, weight in weights.items():
            if (vector := self.of(word)) is not None:
                total += weight * vector
        return total


@lru_cache(maxsize=1)
def word_vectors() -> WordVectors:
    """Return the vectors of this installation, opened once in a process."""
    return WordVectors(FOLDER)
