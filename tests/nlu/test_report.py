"""The gate: a model that understands clearly less than the committed report does not pass."""

import json

import pytest
from typer.testing import CliRunner

from concierge.cli import app
from concierge.nlu_cli import COMMITTED, EVALUATION, FILES, REPORT, lasting_figures

TOLERANCE = 0.01
HIGHER_IS_BETTER = ("accuracy", "macro_f1")
# One sentence more or less of an intent moves these further.
FLOORS = {"ja": 0.75, "foreign": 0.5}
GOALS = {"ja": 0.90, "foreign": 0.85}


@pytest.fixture(scope="module", params=FILES)
def measured(request: pytest.FixtureRequest) -> tuple[str, dict[str, float]]:
    return request.param, lasting_figures(EVALUATION / f"{request.param}.jsonl")


def test_the_model_is_as_good_as_the_committed_report(
    measured: tuple[str, dict[str, float]],
) -> None:
    name, figures = measured
    committed = json.loads(COMMITTED.read_text())[name]
    for figure in HIGHER_IS_BETTER:
        assert figures[figure] >= committed[figure] - TOLERANCE, figure


def test_the_goals_are_met(measured: tuple[str, dict[str, float]]) -> None:
    name, figures = measured
    assert figures["accuracy"] >= GOALS[name]
    assert figures["weakest_recall"] >= FLOORS[name]
    assert figures["foreign_accepted"] <= 0.15
    assert figures["real_refused"] <= 0.08


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
