"""`concierge nlu …`: how well the language model understands, in numbers.

Heavy imports happen inside the commands.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from kit.settings import ROOT
from kit.terminal import console

nlu_app = typer.Typer(help="How well the language model understands.", no_args_is_help=True)

EVALUATION = ROOT / "nlu" / "evaluation"
FILES = {"ja": "日本語 / Japanese", "foreign": "English, 中文, Tiếng Việt, Português"}
REPORT = ROOT / "docs" / "nlu-report.md"
HEAD = EVALUATION / "README.md"
COMPARISON = EVALUATION / "comparison.md"
DIALOGUES = EVALUATION / "dialogues.json"
COMMITTED = EVALUATION / "report.json"
# What a run of the same model gives again on another machine.
LASTING = ("accuracy", "macro_f1", "weakest_recall", "foreign_accepted", "real_refused")


class Evaluated(NamedTuple):
    """What the model made of one file."""

    tables: str
    """As Markdown."""
    figures: dict[str, float]
    """Those that last."""


def evaluate_files(files: Sequence[Path]) -> list[Evaluated]:
    """Let the trained model judge each file. Raises CalledProcessError when Rasa fails."""
    from actions.talking.fallback import ASK_BACK_FROM, TITLES
    from concierge.training import MODEL

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        _in_rasa(
            *("evaluate.py", *(str(file.resolve()) for file in files)),
            *("--model", str(MODEL), "--json", str(path)),
            *("--ask-from", str(ASK_BACK_FROM), "--ask-about", ",".join(TITLES)),
        )
        told = json.loads(path.read_text())
    return [
        Evaluated(one["tables"], {name: one["figures"][name] for name in LASTING}) for one in told
    ]


def _in_rasa(script: str, *arguments: str, **variables: str) -> str:
    """Return what a script of nlu/ prints. Raises CalledProcessError when it fails."""
    from concierge.plan import RASA_ENV, RASA_PYTHON

    command = [str(RASA_PYTHON), str(ROOT / "nlu" / script), *arguments]
    env = {**os.environ, **RASA_ENV, "PYTHONWARNINGS": "ignore", **variables}
    done = subprocess.run(  # noqa: S603  our own program
        command, cwd=ROOT / "nlu", env=env, check=True, text=True, capture_output=True
    )
    return done.stdout


def folds() -> dict[str, float]:
    """Return cross-validation figures of the trained model and the thresholds they ask for."""
    figures: dict[str, float] = json.loads(_in_rasa("thresholds.py", "--json"))
    return figures


@nlu_app.command()
def evaluate(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines of {text, intent}, perhaps voice and lang.")
    ],
) -> None:
    """Print accuracy, a table by intent, confusions, refusal, calibration and latency."""
    if not file.is_file():
        console.print(f"There is no file {file}.", style="red", markup=False)
        raise typer.Exit(2)
    try:
        typer.echo(evaluate_files([file])[0].tables)
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or "").strip().splitlines()
        reason = lines[-1] if lines else "no reason was given"
        console.print(
            f"The model could not judge {file}: {reason}\n"
            "Each line has to be a JSON object with `text` and `intent`; "
            "the model has to be trained (`concierge train`).",
            style="red",
            markup=False,
        )
        raise typer.Exit(1) from None


@nlu_app.command()
def thresholds() -> None:
    """Print how the training folds were understood, and the thresholds that cost least."""
    typer.echo(_in_rasa("thresholds.py"))


@nlu_app.command()
def compare(
    per_intent: Annotated[int, typer.Option(help="Training sentences of each intent.")] = 30,
    epochs: Annotated[int, typer.Option(help="Rounds of training of Bürokratt's classifier.")] = 30,
) -> None:
    """Train our pipeline and Bürokratt's on the same sentences and measure both; some minutes."""
    size = ("--per-intent", str(per_intent), "--epochs", str(epochs))
    # Bürokratt's classifier is a neural network: here alone, TensorFlow is needed.
    table = _in_rasa("compare.py", *size, PYTHONPATH=str(ROOT / "nlu"))
    typer.echo(table)
    COMPARISON.write_text(table, encoding="utf-8")


def _dialogue_table() -> str:
    """Return how many dialogues and turns were right, by kind."""
    rows = [
        "## Dialogues",
        "",
        "Played at the emulator as new citizens; a dialogue is right when all its turns are.",
        "",
        "| kind | dialogues | turns |",
        "|---|---|---|",
    ]
    for kind, one in json.loads(DIALOGUES.read_text("utf-8")).items():
        whole = f"{one['dialogues_right']} of {one['dialogues']}"
        rows.append(f"| {kind} | {whole} | {one['turns_right']} of {one['turns']} |")
    return "\n".join([*rows, ""])


@nlu_app.command()
def report(
    dialogues: Annotated[
        Path | None,
        typer.Option(help="the --json of run_dialogues.py, to be kept as the new floor"),
    ] = None,
) -> None:
    """Write docs/nlu-report.md, and the figures that the tests hold later models against."""
    if dialogues is not None:
        played = json.loads(dialogues.read_text("utf-8"))["table"]
        DIALOGUES.write_text(json.dumps(played, indent=2) + "\n", encoding="utf-8")
    parts = [HEAD.read_text("utf-8"), _dialogue_table()]
    figures: dict[str, dict[str, float]] = {}
    evaluated = evaluate_files([EVALUATION / f"{name}.jsonl" for name in FILES])
    for (name, title), one in zip(FILES.items(), evaluated, strict=True):
        figures[name] = one.figures
        parts.append(f"## {title}\n\n{one.tables.strip()}\n")
    parts.append(f"## Training folds\n\n{_in_rasa('thresholds.py').strip()}\n")
    parts.append(f"## Beside Bürokratt's pipeline\n\n{COMPARISON.read_text('utf-8').strip()}\n")
    held_out = folds()
    figures["folds"] = {name: held_out[name] for name in ("accuracy", "macro_f1")}
    REPORT.write_text("\n".join(parts), encoding="utf-8")
    COMMITTED.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    console.print(f"{REPORT} and {COMMITTED} are written.", markup=False)
