"""Fits the second signal of danger (`actions/danger/learned.py`) and says how good it is.

`python tools/danger.py` measures on folds of our own sentences; with `--fit` it writes
`actions/danger/model.npz` as well. It never reads `nlu/evaluation/`.
"""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import yaml
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from actions.danger.features import Rows, nearness, sounds, words  # noqa: E402
from actions.danger.learned import MEANING, MODEL, NONE, Linear  # noqa: E402
from actions.danger.vocabulary import kinds_by_words  # noqa: E402

PROTOTYPES = ROOT / "actions" / "danger" / "prototypes"
FOLDS = 5
THRESHOLDS = tuple((word, none) for none in (0.35, 0.4, 0.45) for word in (none, 0.5, 0.6, 0.7))
"""From where on danger is heard: with a word of `words/`, and without."""
# A sentence of danger weighs as much as these of everyday life: recall first.
WEIGHT_OF_DANGER = 1.5
DECAY = {"sound": 2.0, "meaning": 0.5}
EVERYDAY_SHARE = 2
"""Every second sentence of the training data: they are much alike, and the prototypes count."""
MARKS = 800
"""Prototypes to which the model measures: 1 KB each in the file."""
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
                is_taken = crc32(text.encode()) % EVERYDAY_SHARE == 0
                if text and is_taken and _is_everyday(block.get("intent"), text):
                    told[text] = NONE
    for file in sorted(PROTOTYPES.glob("*.yml")):
        for label, texts in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            told |= dict.fromkeys(map(str, texts), str(label))
    return list(told.items())


def _is_everyday(intent: str | None, text: str) -> bool:
    if intent is None or intent in _NOT_EVERYDAY:
        return False
    return intent not in _MAY_BE_DANGER or not kinds_by_words(text)


def marks_of(rows: Rows, targets: NDArray[np.intp], texts: Sequence[str]) -> Rows:
    """Return the sentences to measure to: as many of danger as of everyday life."""
    order = np.argsort([crc32(f"mark {text}".encode()) for text in texts])
    chosen = [order[(targets[order] > 0) == danger][: MARKS // 2] for danger in (True, False)]
    marks: Rows = rows[np.concatenate(chosen)]
    return marks


def fitted_near(
    rows: Rows, marks: Rows, targets: NDArray[np.intp], count: int, decay: float
) -> Linear:
    """Fit on the nearness to the marks: a Gaussian kernel, after Williams and Seeger (2001)."""
    values, axes = np.linalg.eigh(nearness(marks, marks).astype(np.float64))
    whiten = (axes / np.sqrt(np.maximum(values, 1e-4))).astype(np.float32)
    model = fitted(nearness(rows, marks) @ whiten, targets, count, decay)
    return Linear(whiten @ model.weights, model.bias)


def fitted(
    rows: NDArray[np.float32], targets: NDArray[np.intp], count: int, decay: float
) -> Linear:
    """Fit by weighted least squares; the same data give the same model."""
    weight = np.sqrt(np.where(targets == 0, 1.0, WEIGHT_OF_DANGER)).astype(np.float32)[:, None]
    known = np.hstack([rows, np.ones((len(rows), 1), np.float32)]) * weight
    wanted = np.eye(count, dtype=np.float32)[targets] * weight
    squares = known.T @ known
    squares[np.diag_indices(len(squares) - 1)] += decay
    solved = np.linalg.solve(squares, known.T @ wanted).astype(np.float32)
    return Linear(solved[:-1], solved[-1])


def main(arguments: Sequence[str]) -> None:
    """Measure on folds, and fit."""
    told = sentences()
    texts = [text for text, _ in told]
    labels = [NONE, *sorted({label for _, label in told} - {NONE})]
    targets = np.array([labels.index(label) for _, label in told])
    said, embedder = words(texts), _embedder()
    rows = {"sound": np.hstack([sounds(texts), said])}
    if embedder is not None:
        vectors = [embedder.embed(texts[i : i + 64], "query") for i in range(0, len(texts), 64)]
        rows["meaning"] = np.hstack([np.concatenate(vectors), said])
    _measure(texts, rows, targets, len(labels))
    if "--fit" in arguments and embedder is not None:
        _write(_models(texts, rows, targets, len(labels)), labels, embedder.version)


def _models(
    texts: Sequence[str], rows: dict[str, Rows], targets: NDArray[np.intp], count: int
) -> dict[str, Any]:
    marks = marks_of(rows["meaning"], targets, texts).astype(np.float16).astype(np.float32)
    return {
        "sound": fitted(rows["sound"], targets, count, DECAY["sound"]),
        "meaning": fitted_near(rows["meaning"], marks, targets, count, DECAY["meaning"]),
        "marks": marks,
    }


def _measure(
    texts: Sequence[str], rows: dict[str, Rows], targets: NDArray[np.intp], count: int
) -> None:
    fold = np.array([crc32(f"fold {text}".encode()) % FOLDS for text in texts])
    shares = {name: np.zeros(len(texts)) for name in rows}
    for held in range(FOLDS):
        known = fold != held
        models = _fold_models(texts, rows, targets, count, known)
        for name, score in models.items():
            shares[name][~known] = 1 - score(rows[name][~known])[:, 0]
    if "meaning" in shares:
        shares["both"] = MEANING * shares["meaning"] + (1 - MEANING) * shares["sound"]
    prototypes = _prototypes_among(texts)
    by_word = np.array([bool(kinds_by_words(text)) for text in texts])
    print(f"{len(texts)} sentences, {(targets > 0).sum()} of danger; words alone: ", end="")
    _say(by_word, targets, prototypes)
    for name, share in shares.items():
        for with_word, without in THRESHOLDS:
            print(f"{name} from {with_word} with a word, {without} without: ", end="")
            _say(share >= np.where(by_word, with_word, without), targets, prototypes)


def _fold_models(
    texts: Sequence[str],
    rows: dict[str, Rows],
    targets: NDArray[np.intp],
    count: int,
    known: NDArray[np.bool_],
) -> dict[str, Callable[[Rows], Rows]]:
    sound = fitted(rows["sound"][known], targets[known], count, DECAY["sound"])
    models: dict[str, Callable[[Rows], Rows]] = {"sound": sound.scores}
    if "meaning" in rows:
        part, told = rows["meaning"][known], [t for t, k in zip(texts, known, strict=True) if k]
        marks = marks_of(part, targets[known], told)
        near = fitted_near(part, marks, targets[known], count, DECAY["meaning"])
        models["meaning"] = lambda unknown: near.scores(nearness(unknown, marks))
    return models


def _prototypes_among(texts: Sequence[str]) -> NDArray[np.bool_]:
    everyday = yaml.safe_load((PROTOTYPES / "none.yml").read_text(encoding="utf-8"))[NONE]
    return np.isin(np.array(texts), np.array(list(map(str, everyday))))


def _say(
    heard: NDArray[np.bool_], targets: NDArray[np.intp], prototypes: NDArray[np.bool_]
) -> None:
    everyday = (targets == 0) & ~prototypes
    print(
        f"recall {heard[targets > 0].mean():.3f}, false alarms {heard[prototypes].mean():.3f}"
        f" on what only sounds like danger, {heard[everyday].mean():.4f} on everyday sentences"
    )


def _write(models: dict[str, Any], labels: Sequence[str], version: str) -> None:
    kept: dict[str, Any] = {"labels": np.array(labels), "version": np.array(version)}
    kept["marks"] = models.pop("marks").astype(np.float16)
    for name, model in models.items():
        kept[f"{name}_weights"] = model.weights.astype(
            np.float32 if name == "meaning" else np.float16
        )
        kept[f"{name}_bias"] = model.bias
    np.savez_compressed(MODEL, **kept)


def _embedder() -> Any:
    try:
        from kit.embedding import embedder
    except ImportError:
        return None
    return embedder()


if __name__ == "__main__":
    main(sys.argv[1:])
