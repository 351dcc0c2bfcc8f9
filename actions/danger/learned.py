"""What messages like this one told of, by their letters, their meaning and the words in them.

Two small models, fitted by `tools/danger.py` on `prototypes/` and on the everyday sentences of
`nlu/data`. The one on sentence vectors only speaks when an embedder of the version it was fitted
for is there; the one on letters and sounds always does. A word of `words/` raises the score in
both, so more is asked where there is one: what it says is dropped where everything else speaks
against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from actions.danger.features import Rows, Runs, nearness, runs, words
from actions.danger.kinds import Kind
from kit.errors import UnavailableError

MODEL = Path(__file__).with_name("model.npz")
NONE = "none"

# How far the scores of the meaning count beside those of the letters, and from where on danger is
# heard: with a word of `words/` and without. Chosen on the folds of the prototypes: where about two
# in a hundred everyday sentences that the fit did not see raise an alarm.
MEANING = 0.5


@dataclass(frozen=True)
class Enough:
    """The scores from which danger is heard."""

    with_word: float
    without: float


ENOUGH = Enough(with_word=0.56, without=0.41)
ENOUGH_BY_LETTERS = Enough(with_word=0.5, without=0.4)
_SETTLED = 0.55
"""The same without a word, in what answers our question or is surely a skill's."""
_SHORT, _SHORT_ENOUGH = 12, 0.54
"""Characters, and what so short a message needs without a word."""
_OWN = 0.08
"""What the likeliest kind needs of its own, where no word tells of danger."""
_OWN_SETTLED = 0.25
"""The same in what answers our question: life told in dialect is no danger without a name."""
_ALSO = 0.15
_MEMORY = 2_000
"""The score of a kind that is told beside the likeliest one, where a word says it."""


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

    def scores_of(self, told: Runs) -> NDArray[np.float32]:
        """Return (labels,) for one text whose other columns are zero."""
        scores: NDArray[np.float32] = told.values @ self.weights[told.columns] + self.bias
        return scores


@dataclass(frozen=True)
class Learned:
    """Both models. `version` names the embedder whose vectors `meaning` was fitted on."""

    labels: tuple[str, ...]
    by_letters: Linear
    by_meaning: Linear
    marks: Rows
    """Sentences, as vectors and words, to which `by_meaning` measures the nearness."""
    version: str
    embedder: Embedder | None = None
    _known: dict[int, tuple[NDArray[np.float32], Enough]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """Scores by a salted hash, not the words: what was said before is judged again each turn."""

    @classmethod
    def load(cls, embedder: Embedder | None = None, file: Path = MODEL) -> Self:
        """Read the fitted models; an embedder of another version is not used."""
        with np.load(file, allow_pickle=False) as kept:
            version = str(kept["version"])
            return cls(
                tuple(map(str, kept["labels"])),
                Linear(unpacked(kept["letters"], kept["letters_step"]), kept["letters_bias"]),
                Linear(kept["meaning"], kept["meaning_bias"]),
                unpacked(kept["marks"], kept["marks_step"]),
                version,
                embedder if embedder is not None and embedder.version == version else None,
            )

    def kinds_in(
        self, text: str, by_words: frozenset[Kind], *, settled: bool = False
    ) -> frozenset[Kind]:
        """Return the likeliest kind where danger is likely, and what the words rightly add."""
        if not text.strip():
            return frozenset()
        scores, enough = self._scores(text)
        without = max(enough.without, _SETTLED) if settled else enough.without
        if len(text) <= _SHORT:
            # 「いや、ソファだけ」 tells of too little to be heard as danger without a word of it.
            without = max(without, _SHORT_ENOUGH)
        if 1 - scores[self.labels.index(NONE)] < (enough.with_word if by_words else without):
            return frozenset()
        dangers = {n: s for n, s in zip(self.labels, scores, strict=True) if n != NONE}
        likeliest = Kind(max(dangers, key=lambda label: dangers[label]))
        if not by_words and dangers[likeliest] < (_OWN_SETTLED if settled else _OWN):
            # Not surely everyday, but no danger that has a name either.
            return frozenset()
        return frozenset({likeliest} | {kind for kind in by_words if dangers[kind] >= _ALSO})

    def danger_in(self, text: str) -> float:
        """Return how far the message is from an everyday one, about 0 to 1."""
        if not text.strip():
            return 0.0
        scores, _ = self._scores(text)
        return 1 - float(scores[self.labels.index(NONE)])

    def _scores(self, text: str) -> tuple[NDArray[np.float32], Enough]:
        """Return the score of each label, and how much of danger is enough."""
        known = self._known.get(hash(text))
        if known is None:
            if len(self._known) >= _MEMORY:
                self._known.clear()
            known = self._known[hash(text)] = self._weighed(text)
        return known

    def _weighed(self, text: str) -> tuple[NDArray[np.float32], Enough]:
        said = words([text])
        by_letters = self.by_letters.scores_of(runs(text, said[0]))
        vectors = self._vectors(text)
        if vectors is None:
            return by_letters, ENOUGH_BY_LETTERS
        near = nearness(np.hstack([vectors, said]), self.marks, self._squares)
        by_meaning = self.by_meaning.scores(near)[0]
        return MEANING * by_meaning + (1 - MEANING) * by_letters, ENOUGH

    @cached_property
    def _squares(self) -> Rows:
        squares: Rows = (self.marks**2).sum(1)
        return squares

    def _vectors(self, text: str) -> Rows | None:
        if self.embedder is None:
            return None
        try:
            return self.embedder.embed([text], "query")
        except UnavailableError:
            return None


def packed(rows: Rows) -> tuple[NDArray[np.int8], Rows]:
    """Return each column in a byte a number, and its step."""
    step = np.maximum(np.abs(rows).max(0), 1e-9).astype(np.float32) / 127
    return np.rint(rows / step).astype(np.int8), step


def unpacked(numbers: NDArray[np.int8], step: Rows) -> Rows:
    """Return what was packed, nearly."""
    rows: Rows = numbers.astype(np.float32) * step
    return rows


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
