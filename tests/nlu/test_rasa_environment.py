"""Runs the checks that need Rasa's own Python environment."""

import subprocess
from pathlib import Path

import pytest

from concierge.plan import RASA_ENV, RASA_PYTHON
from kit.settings import ROOT

CHECKS = Path(__file__).parent / "in_rasa"


def rasa_pytest(path: Path, model: Path) -> "subprocess.CompletedProcess[str]":
    env = {**RASA_ENV, "TRAINED_MODEL": str(model)}
    command = [str(RASA_PYTHON), "-m", "pytest", "-c", str(CHECKS / "pytest.ini"), str(path)]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("path", sorted(CHECKS.glob("checks_*.py")), ids=lambda path: path.stem)
def test_the_checks_inside_the_rasa_environment_pass(path: Path, model: Path) -> None:
    result = rasa_pytest(path, model)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert " passed" in result.stdout
