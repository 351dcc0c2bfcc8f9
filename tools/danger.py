"""Fits the second signal of danger (`actions/danger/learned.py`) and says how good it is.

`python tools/danger.py` measures on folds of our own sentences; with `--fit` it writes
`actions/danger/model.npz` as well. It never reads `nlu/evaluation/`.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import yaml
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from actions.danger.features import sounds  # noqa: E402
from actions.danger.learned import MEANING, MODEL, NONE, Linear  # noqa: E402
from actions.danger.vocabulary import kinds_by_words  # noqa: E402

PROTOTYPES = ROOT / "actions" / "danger" / "prototypes"
FOLDS = 5
# A sentence of danger weighs as much as these of everyday life: recall first.
WEIGHT_OF_DANGER = 3.0
DECAY = {"sound": 3.0, "meaning": 3.0}
EVERYDAY_SHARE = 1
"""Every sentence of the training data; every third (3) is enough to try something."""
_MARKED = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def sentences() -> list[tuple[str, str]]:
    """Return (sentence, label): our prototypes, and the training data as everyday sentences."""
    told: dict[str, str] = {}
    for file in sorted((ROOT / "nlu" / "data").rglob("*.yml")):
        for block in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("nlu", []):
            for line in str(block.get("examples", "")).splitlines():
                text = _MARKED.sub(r"\1", line.strip().removeprefix("-").strip())
                # What the words take for danger is no example of everyday life.
                is_taken = crc32(text.encode()) % EVERYDAY_SHARE == 0
                if block.get("intent") and text and is_taken and not kinds_by_words(text):
                    told[text] = NONE
    for file in sorted(PROTOTYPES.glob("*.yml")):
        for label, texts in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            told |= dict.fromkeys(map(str, texts), str(label))
    return list(told.items())


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
    embedder = _embedder()
    rows = {"sound": sounds(texts)}
    if embedder is not None:
        rows["meaning"] = np.concatenate(
            [embedder.embed(texts[i : i + 64], "query") for i in range(0, len(texts), 64)]
        )
    _measure(texts, rows, targets, len(labels))
    if "--fit" in arguments and embedder is not None:
        models = {
            name: fitted(part, targets, len(labels), DECAY[name]) for name, part in rows.items()
        }
        _write(models, labels, embedder.version)


def _measure(
    texts: Sequence[str],
    rows: dict[str, NDArray[np.float32]],
    targets: NDArray[np.intp],
    count: int,
) -> None:
    fold = np.array([crc32(f"fold {text}".encode()) % FOLDS for text in texts])
    shares = {name: np.zeros(len(texts)) for name in rows}
    for held in range(FOLDS):
        for name, part in rows.items():
            model = fitted(part[fold != held], targets[fold != held], count, DECAY[name])
            shares[name][fold == held] = 1 - model.scores(part[fold == held])[:, 0]
    words = np.array([bool(kinds_by_words(text)) for text in texts])
    if "meaning" in shares:
        shares["both"] = MEANING * shares["meaning"] + (1 - MEANING) * shares["sound"]
    print(f"{len(texts)} sentences, {(targets > 0).sum()} of danger; words alone: ", end="")
    _say(words, targets)
    for name, share in shares.items():
        for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
            print(f"words or {name} at {threshold}: ", end="")
            _say(words | (share >= threshold), targets)


def _say(heard: NDArray[np.bool_], targets: NDArray[np.intp]) -> None:
    recall, false = heard[targets > 0].mean(), heard[targets == 0].mean()
    print(f"recall {recall:.3f}, false alarms {false:.4f}")


def _write(models: dict[str, Linear], labels: Sequence[str], version: str) -> None:
    kept: dict[str, Any] = {"labels": np.array(labels), "version": np.array(version)}
    for name, model in models.items():
        kept[f"{name}_weights"] = model.weights.astype(np.float16)
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
