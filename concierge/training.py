"""Training the Rasa model, only when something under `nlu/` has changed."""

import asyncio
import hashlib
import os
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from concierge.plan import MODELS, RASA_ENV, RASA_PYTHON
from kit.errors import ConciergeError
from kit.settings import ROOT

NLU = ROOT / "nlu"
MODEL = MODELS / "concierge.tar.gz"
STAMP = MODELS / "concierge.sha256"
LOCKS = [ROOT / "requirements" / name for name in ("rasa.txt", "vectors.txt")]
_IN_THE_MODEL = {"config.yml", "components", "data", "domain"}
# From these the channel learns as it starts (`nlu/channels/talks.py`).
_TALKS = NLU / "data" / "talking" / "follow_ups.yml"
# What a training takes on two cores; only the progress bar depends on it.
EXPECTED_SECONDS = 40


class TrainingFailedError(ConciergeError):
    """The model could not be trained. The log says why; the old model stays in use."""


def fingerprint() -> str:
    """Return a digest of everything the model is made from."""
    digest = hashlib.sha256()
    files = [p for p in NLU.rglob("*") if p.is_file() and _counts(p)]
    for path in sorted([*files, *LOCKS]):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _counts(path: Path) -> bool:
    parts = path.relative_to(NLU).parts
    return parts[0] in _IN_THE_MODEL and "__pycache__" not in parts and path != _TALKS


def is_trained() -> bool:
    """Whether the model on disk belongs to the present data."""
    return MODEL.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


async def train(log_path: Path, console: Console) -> None:
    """Train the model if needed, showing a progress bar. Raises TrainingFailedError."""
    if is_trained():
        return
    wanted = fingerprint()
    with log_path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(str(RASA_PYTHON), "-m", "rasa", "train", "--config", str(NLU / "config.yml")),
            *("--domain", str(NLU / "domain"), "--data", str(NLU / "data"), "--out", str(MODELS)),
            # Validation takes as long as training, and is a test (tests/nlu/in_rasa).
            *("--fixed-model-name", "concierge", "--force", "--skip-validation"),
            env={**os.environ, **RASA_ENV, "OMP_NUM_THREADS": "2"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            code = await _show_progress(process, console)
        except BaseException:
            process.kill()
            raise
    if code != 0:
        raise TrainingFailedError(f"Training the model failed (exit {code}); see {log_path}")
    STAMP.write_text(wanted)


async def _show_progress(process: asyncio.subprocess.Process, console: Console) -> int:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("training the language model", total=EXPECTED_SECONDS)
        finished = asyncio.create_task(process.wait())
        while not finished.done():
            await asyncio.wait([finished], timeout=0.5)
            done = progress.tasks[task].completed
            # The bar slows down towards its end instead of pretending to know it.
            progress.update(task, completed=done + 0.5 * max(0.1, 1 - done / EXPECTED_SECONDS))
        progress.update(task, completed=EXPECTED_SECONDS)
    return finished.result()
