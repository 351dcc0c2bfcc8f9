"""`concierge nlu …`: how well the language model understands, in numbers."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from concierge.plan import MODELS, RASA_ENV, RASA_PYTHON
from concierge.terminal import console
from kit.settings import ROOT

nlu_app = typer.Typer(help="How well the language model understands.", no_args_is_help=True)

EVALUATION = ROOT / "nlu" / "evaluation"
FILES = {"ja": "日本語 / Japanese", "foreign": "English, 中文, Tiếng Việt, Português"}
REPORT = ROOT / "docs" / "nlu-report.md"
HEAD = EVALUATION / "README.md"
COMMITTED = EVALUATION / "report.json"
# What a run of the same model gives again on another machine.
LASTING = ("accuracy", "macro_f1", "weakest_recall", "foreign_accepted", "real_refused")


def evaluate_file(file: Path, json_path: Path | None = None) -> str:
    """Return the tables of one file as Markdown. Raises CalledProcessError when Rasa fails."""
    command = [str(RASA_PYTHON), str(ROOT / "nlu" / "evaluate.py"), str(file.resolve())]
    command += ["--model", str(MODELS / "concierge.tar.gz")]
    if json_path is not None:
        command += ["--json", str(json_path)]
    env = {**os.environ, **RASA_ENV, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(  # noqa: S603  our own program
        command, cwd=ROOT / "nlu", env=env, check=True, text=True, capture_output=True
    )
    return done.stdout


def lasting_figures(file: Path) -> dict[str, float]:
    """Return those figures of a file that do not depend on the machine."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        evaluate_file(file, path)
        figures = json.loads(path.read_text())
    return {name: figures[name] for name in LASTING}


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
        typer.echo(evaluate_file(file))
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
def report() -> None:
    """Write docs/nlu-report.md, and the figures that the tests hold later models against."""
    parts, figures = [HEAD.read_text("utf-8")], {}
    for name, title in FILES.items():
        file = EVALUATION / f"{name}.jsonl"
        parts.append(f"## {title}\n\n{evaluate_file(file).strip()}\n")
        figures[name] = lasting_figures(file)
    REPORT.write_text("\n".join(parts), encoding="utf-8")
    COMMITTED.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    console.print(f"{REPORT} and {COMMITTED} are written.", markup=False)
