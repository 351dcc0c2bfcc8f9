"""A message as numbers: the sounds in it, so that kana, kanji and dialect look alike."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sudachipy import Dictionary, SplitMode

Rows = NDArray[np.float32]
"""(texts, width), every row of length one or zero."""

SOUNDS = 2048
_LENGTHS = (2, 3, 4)
# What a message says first and last; a story of a whole page tells it in its sentences.
_LONGEST = 300
_NO_SOUND = re.compile(r"キゴウ|[\W_]+")


def sounds(texts: Sequence[str]) -> Rows:
    """Return hashed runs of two to four sounds (letters in other languages) of each text."""
    rows = np.zeros((len(texts), SOUNDS), np.float32)
    for row, text in zip(rows, texts, strict=True):
        said = f" {reading(text)} "
        for length in _LENGTHS:
            for start in range(len(said) - length + 1):
                row[crc32(said[start : start + length].encode()) % SOUNDS] += 1
    rows = np.sqrt(rows)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Rows = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


def reading(text: str) -> str:
    """Return a text in katakana, or in plain Latin letters without marks."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    if re.search(r"[ぁ-ゖァ-ヺ一-鿿]", text):
        joined = re.sub(r"\s+", "", text)
        text = "".join(word.reading_form() or word.surface() for word in _tokenizer()(joined))
    plain = unicodedata.normalize("NFD", text) if re.search(r"[a-z]", text) else text
    letters = "".join(c for c in plain if not unicodedata.combining(c)).replace("đ", "d")
    return _NO_SOUND.sub(" ", letters).strip()


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    tokenizer = Dictionary().tokenizer(SplitMode.C)
    return tokenizer.tokenize
