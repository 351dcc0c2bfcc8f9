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

from actions.danger.kinds import Kind
from actions.danger.vocabulary import kinds_by_words, sounds_harmless

Rows = NDArray[np.float32]
"""(texts, width), every row of length one or zero."""

SOUNDS = 2048
# What a word of `words/` weighs beside a vector of length one: evidence, not a verdict.
_EACH_KIND, _ANY_KIND = 0.25, 0.375
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


def words(texts: Sequence[str]) -> Rows:
    """Return what the words of each text say: a column a kind, any at all, and only alike."""
    rows = np.zeros((len(texts), len(Kind) + 2), np.float32)
    for row, text in zip(rows, texts, strict=True):
        heard = kinds_by_words(text)
        row[: len(Kind)] = [_EACH_KIND * (kind in heard) for kind in Kind]
        row[-2:] = _ANY_KIND * bool(heard), _EACH_KIND * sounds_harmless(text)
    return rows


def nearness(rows: Rows, marks: Rows) -> Rows:
    """Return how near each row lies to each mark, one where they are the same."""
    apart = (rows**2).sum(1)[:, None] + (marks**2).sum(1) - 2 * rows @ marks.T
    near: Rows = np.exp(-np.maximum(apart, 0)).astype(np.float32)
    return near


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
