"""Fits the second signal of danger (`actions/danger/learned.py`) and says how good it is.

`python tools/danger.py` measures on folds of our own sentences; with `--fit` it writes
`actions/danger/model.npz` as well. It never reads `nlu/evaluation/`.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import yaml
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from actions.danger.features import RUNS, Rows, Runs, nearness, runs, words  # noqa: E402
from actions.danger.learned import (  # noqa: E402
    MEANING,
    MODEL,
    NONE,
    Linear,
    packed,
    unpacked,
)
from actions.danger.vocabulary import kinds_by_words  # noqa: E402
from kit.embedding import Embedder, embedder  # noqa: E402

PROTOTYPES = ROOT / "actions" / "danger" / "prototypes"
FOLDS = 5
FALSE_ALARMS = (0.005, 0.01, 0.02, 0.03)
"""Shares of all that is not danger, at which the recall is shown."""
MORE_WITH_WORD = (0.0, 0.1, 0.2)
"""How much more is asked where there is a word of `words/`."""
# A sentence of danger weighs as much as these of everyday life: recall first.
WEIGHT_OF_DANGER = 2.0
DECAY = {"letters": 0.2, "meaning": 0.1}
MARKS = 4_000
"""Prototypes to which the model measures: half a KB each in the file."""
STEPS = 40
"""Of the solver for the letters: the figures on the folds no longer move."""
# People who report that they need rescue are in danger, and some of these say it in passing.
_NOT_EVERYDAY = frozenset({"report_safety"})
_MAY_BE_DANGER = frozenset(
    {
        *("ask_oncall_clinic", "ask_shelter", "ask_river_level", "ask_procedure", "ask_facility"),
        *("ask_faq", "chitchat", "help", "request_human", "out_of_scope", "cancel", "complain"),
    }
)
_MARKED = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def sentences() -> list[tuple[str, str]]:
    """Return (sentence, label): our prototypes, and the training data as everyday sentences."""
    told: dict[str, str] = {}
    for file in sorted((ROOT / "nlu" / "data").rglob("*.yml")):
        for block in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("nlu", []):
            for line in str(block.get("examples", "")).splitlines():
                text = _MARKED.sub(r"\1", line.strip().removeprefix("-").strip())
                if text and _is_everyday(block.get("intent"), text):
                    told[text] = NONE
    for file in sorted(PROTOTYPES.glob("*.yml")):
        for label, texts in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            told |= dict.fromkeys(map(str, texts), str(label))
    return list(told.items())


def _is_everyday(intent: str | None, text: str) -> bool:
    if intent is None or intent in _NOT_EVERYDAY:
        return False
    return intent not in _MAY_BE_DANGER or not kinds_by_words(text)


_COLUMNS = RUNS + words([""]).shape[1]


@dataclass(frozen=True)
class Letters:
    """The rows of `runs` one after another. What is no column of a text is zero."""

    columns: NDArray[np.intp]
    values: NDArray[np.float32]
    starts: NDArray[np.intp]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, told: Sequence[Runs]) -> "Letters":
        """Put the rows of texts together."""
        lengths = np.array([len(row.columns) for row in told])
        return cls(
            np.concatenate([row.columns for row in told]),
            np.concatenate([row.values for row in told]),
            np.cumsum(lengths) - lengths,
            np.repeat(np.arange(len(told)), lengths),
        )

    def times(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one number a text."""
        return np.add.reduceat(self.values * weights[self.columns], self.starts)

    def turned_times(self, texts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one number a column, of one number a text."""
        told = self.values * texts[self.rows]
        return np.bincount(self.columns, told, minlength=_COLUMNS).astype(np.float64)


def fitted_letters(told: Sequence[Runs], targets: NDArray[np.intp], count: int) -> Linear:
    """Fit by weighted least squares, with conjugate gradients: the columns are many."""
    letters, weight = Letters.of(told), _weight(targets)
    solved = [_solved(letters, (targets == label).astype(float), weight) for label in range(count)]
    weights = np.stack([weights for weights, _ in solved], 1).astype(np.float32)
    return Linear(weights, np.array([bias for _, bias in solved], np.float32))


def _solved(
    letters: Letters, wanted: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    bias = float(weight @ wanted / weight.sum())
    missing = letters.turned_times(weight * (wanted - bias))
    solution, direction, size = np.zeros_like(missing), missing.copy(), missing @ missing
    for _ in range(STEPS):
        turned = letters.turned_times(weight * letters.times(direction))
        turned += DECAY["letters"] * direction
        far = size / (direction @ turned)
        solution += far * direction
        missing -= far * turned
        before, size = size, missing @ missing
        direction = missing + size / before * direction
    return solution, bias


def marks_of(rows: Rows, targets: NDArray[np.intp], texts: Sequence[str]) -> Rows:
    """Return the sentences to measure to: as many of danger as of what only sounds like it."""
    order = np.argsort([crc32(f"mark {text}".encode()) for text in texts])
    order = order[np.argsort(~_prototypes_among(texts)[order], kind="stable")]
    chosen = [order[(targets[order] > 0) == danger][: MARKS // 2] for danger in (True, False)]
    marks: Rows = unpacked(*packed(rows[np.concatenate(chosen)]))
    return marks


def fitted_near(rows: Rows, marks: Rows, targets: NDArray[np.intp], count: int) -> Linear:
    """Fit on the nearness to the marks: a Gaussian kernel, after Williams and Seeger (2001)."""
    near, weight = nearness(rows, marks), _weight(targets).astype(np.float32)
    wanted = (targets[:, None] == np.arange(count)).astype(np.float32)
    middle, usual = (weight @ near / weight.sum(), weight @ wanted / weight.sum())
    near, wanted = near - middle, wanted - usual
    squares = (near.T @ (near * weight[:, None])).astype(np.float64)
    squares += DECAY["meaning"] * nearness(marks, marks)
    squares[np.diag_indices(len(squares))] += 1e-3
    weights = np.linalg.solve(squares, near.T @ (wanted * weight[:, None])).astype(np.float32)
    return Linear(weights, usual - middle @ weights)


def _weight(targets: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.where(targets == 0, 1.0, WEIGHT_OF_DANGER)


def main(arguments: Sequence[str]) -> None:
    """Measure on folds, and fit."""
    told, source = sentences(), _embedder()
    texts = [text for text, _ in told]
    labels = [NONE, *sorted({label for _, label in told} - {NONE})]
    targets = np.array([labels.index(label) for _, label in told])
    said = words(texts)
    letters = [runs(text, row) for text, row in zip(texts, said, strict=True)]
    vectors = [source.embed(texts[i : i + 64], "query") for i in range(0, len(texts), 64)]
    meaning = np.hstack([np.concatenate(vectors), said])
    _measure(texts, letters, meaning, targets)
    if "--fit" in arguments:
        marks = marks_of(meaning, targets, texts)
        near = fitted_near(meaning, marks, targets, len(labels))
        _write(fitted_letters(letters, targets, len(labels)), near, marks, labels, source.version)


def _measure(
    texts: Sequence[str], letters: Sequence[Runs], meaning: Rows, targets: NDArray[np.intp]
) -> None:
    fold = np.array([crc32(f"fold {text}".encode()) % FOLDS for text in texts])
    danger = (targets > 0).astype(np.intp)
    shares = {name: np.zeros(len(texts)) for name in ("letters", "meaning")}
    for held in range(FOLDS):
        known = [int(i) for i in np.flatnonzero(fold != held)]
        unknown = [int(i) for i in np.flatnonzero(fold == held)]
        spelt = fitted_letters([letters[i] for i in known], danger[known], 1)
        marks = marks_of(meaning[known], targets[known], [texts[i] for i in known])
        near = fitted_near(meaning[known], marks, danger[known], 1)
        shares["letters"][unknown] = [1 - spelt.scores_of(letters[i])[0] for i in unknown]
        shares["meaning"][unknown] = 1 - near.scores(nearness(meaning[unknown], marks))[:, 0]
    shares["both"] = MEANING * shares["meaning"] + (1 - MEANING) * shares["letters"]
    by_word = np.array([bool(kinds_by_words(text)) for text in texts])
    print(f"{len(texts)} sentences, {danger.sum()} of danger; words alone: ", end="")
    _say(by_word, targets, texts)
    for name, share in shares.items():
        for more in MORE_WITH_WORD:
            asked = np.sort((share - more * by_word)[targets == 0])[::-1]
            for false_alarms in FALSE_ALARMS:
                enough = asked[int(false_alarms * len(asked))]
                print(f"{name} above {enough:.3f}, {enough + more:.3f} with a word: ", end="")
                _say(share - more * by_word > enough, targets, texts)


def _prototypes_among(texts: Sequence[str]) -> NDArray[np.bool_]:
    everyday = yaml.safe_load((PROTOTYPES / "none.yml").read_text(encoding="utf-8"))[NONE]
    return np.isin(np.array(texts), np.array(list(map(str, everyday))))


def _say(heard: NDArray[np.bool_], targets: NDArray[np.intp], texts: Sequence[str]) -> None:
    alike = _prototypes_among(texts)
    everyday = (targets == 0) & ~alike
    print(
        f"recall {heard[targets > 0].mean():.3f}, false alarms {heard[alike].mean():.3f}"
        f" on what only sounds like danger, {heard[everyday].mean():.4f} on everyday sentences"
    )


def _write(letters: Linear, near: Linear, marks: Rows, labels: Sequence[str], version: str) -> None:
    spelt, spelt_step = packed(letters.weights)
    measured, measured_step = packed(marks)
    np.savez_compressed(
        MODEL,
        labels=np.array(labels),
        version=np.array(version),
        letters=spelt,
        letters_step=spelt_step,
        letters_bias=letters.bias,
        meaning=near.weights,
        meaning_bias=near.bias,
        marks=measured,
        marks_step=measured_step,
    )


def _embedder() -> Embedder:
    found = embedder()
    if found is None:
        raise SystemExit("Sentence vectors are needed: leave EMBEDDING_PROVIDER at builtin.")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
