"""A message as numbers: letters, and sounds, in which kana, kanji and dialect look alike."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sudachipy import Dictionary, SplitMode

from actions.danger.kinds import Kind
from actions.danger.vocabulary import kinds_by_words, sounds_harmless

Rows = NDArray[np.float32]
"""(texts, width), every row of length one or zero."""

RUNS = 1 << 16
"""Buckets for runs of letters and sounds; those for the columns of `words` follow."""
# What a word of `words/` weighs beside a vector of length one: evidence, not a verdict.
_EACH_KIND, _ANY_KIND = 0.25, 0.375
_LENGTHS = (1, 2, 3, 4)
# What a message says first and last; a story of a whole page tells it in its sentences.
_LONGEST = 300
_NO_SOUND = re.compile(r"キゴウ|[\W_]+")


class Runs(NamedTuple):
    """The columns of one text that are not zero, and what stands there: of length one."""

    columns: NDArray[np.intp]
    values: NDArray[np.float32]


def runs(text: str, said: NDArray[np.float32]) -> Runs:
    """Return hashed runs of one to four letters and sounds of a text, and its row of `words`."""
    spellings = (unicodedata.normalize("NFKC", text[:_LONGEST]).casefold(), reading(text))
    counts = Counter(
        crc32(f"{place} {run}".encode()) % RUNS
        for place, spelling in enumerate(spellings)
        for run in _runs(f" {spelling} ")
    )
    values = np.sqrt(np.fromiter(counts.values(), np.float32, len(counts)))
    told = np.flatnonzero(said)
    return Runs(
        np.concatenate([np.fromiter(counts, np.intp, len(counts)), RUNS + told]),
        np.concatenate([values / np.linalg.norm(values), said[told]]),
    )


def _runs(text: str) -> list[str]:
    return [
        text[start : start + length]
        for length in _LENGTHS
        for start in range(len(text) - length + 1)
    ]


def words(texts: Sequence[str]) -> Rows:
    """Return what the words of each text say: a column a kind, any at all, and only alike."""
    rows = np.zeros((len(texts), len(Kind) + 2), np.float32)
    for row, text in zip(rows, texts, strict=True):
        heard = kinds_by_words(text)
        row[: len(Kind)] = [_EACH_KIND * (kind in heard) for kind in Kind]
        row[-2:] = _ANY_KIND * bool(heard), _EACH_KIND * sounds_harmless(text)
    return rows


def nearness(rows: Rows, marks: Rows, squares: Rows | None = None) -> Rows:
    """Return how near each row lies to each mark, one where they are the same.

    `squares`: those of the marks' lengths, where they are known; else they take most of the time.
    """
    known = (marks**2).sum(1) if squares is None else squares
    apart = (rows**2).sum(1)[:, None] + known - 2 * rows @ marks.T
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
