"""The gate: a model that understands clearly less than the committed report does not pass."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from actions.talking.fallback import ASK_BACK_FROM
from concierge.cli import app
from concierge.nlu_cli import COMMITTED, EVALUATION, FILES, REPORT, evaluate_files, folds
from concierge.training import NLU

TOLERANCE = 0.01
HIGHER_IS_BETTER = ("accuracy", "macro_f1")
# One sentence more or less of an intent moves these further.
FLOORS = {"ja": 0.7, "foreign": 0.5}
GOALS = {"ja": 0.90, "foreign": 0.85}


Figures = dict[str, float]


@pytest.fixture(scope="module")
def evaluated(model: Path) -> dict[str, Figures]:
    told = evaluate_files([EVALUATION / f"{name}.jsonl" for name in FILES])
    return {name: one.figures for name, one in zip(FILES, told, strict=True)}


@pytest.fixture(scope="module")
def held_out(model: Path) -> Figures:
    return folds()


@pytest.mark.parametrize("name", FILES)
def test_the_model_is_as_good_as_the_committed_report(
    evaluated: dict[str, Figures], name: str
) -> None:
    figures = evaluated[name]
    committed = json.loads(COMMITTED.read_text())[name]
    for figure in HIGHER_IS_BETTER:
        assert figures[figure] >= committed[figure] - TOLERANCE, figure


@pytest.mark.parametrize("name", FILES)
def test_the_goals_are_met(evaluated: dict[str, Figures], name: str) -> None:
    figures = evaluated[name]
    assert figures["accuracy"] >= GOALS[name]
    assert figures["weakest_recall"] >= FLOORS[name]
    assert figures["foreign_accepted"] <= 0.15
    assert figures["real_refused"] <= 0.08


def test_the_training_folds_are_understood_as_well_as_the_committed_report(
    held_out: Figures,
) -> None:
    committed = json.loads(COMMITTED.read_text())["folds"]
    for figure in HIGHER_IS_BETTER:
        assert held_out[figure] >= committed[figure] - TOLERANCE, figure


def test_the_thresholds_are_those_that_the_training_folds_ask_for(held_out: Figures) -> None:
    pipeline = yaml.safe_load((NLU / "config.yml").read_text())["pipeline"]
    (fallback,) = (part for part in pipeline if part["name"] == "FallbackClassifier")
    # A step of the grid either way is the noise of new training sentences.
    assert fallback["threshold"] == pytest.approx(held_out["answer"], abs=0.051)
    assert pytest.approx(held_out["ask"], abs=0.051) == ASK_BACK_FROM


def test_the_report_shows_the_committed_figures() -> None:
    shown = REPORT.read_text()
    for figures in json.loads(COMMITTED.read_text()).values():
        assert f"| accuracy | {figures['accuracy']:g} |" in shown


def test_no_evaluation_sentence_is_written_down_in_the_report() -> None:
    shown = REPORT.read_text()
    for name in FILES:
        for line in (EVALUATION / f"{name}.jsonl").read_text().splitlines():
            text = json.loads(line)["text"]
            assert len(text) < 8 or text not in shown


def test_a_file_that_is_missing_or_wrong_is_told_kindly(tmp_path: object) -> None:
    answer = CliRunner().invoke(app, ["nlu", "evaluate", f"{tmp_path}/none.jsonl"])
    assert answer.exit_code == 2
