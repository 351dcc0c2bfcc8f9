"""Runs the checks that need Rasa's own Python environment, all of them in one process of it."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from concierge.plan import RASA_ENV, RASA_PYTHON
from kit.settings import ROOT

CHECKS = Path(__file__).parent / "in_rasa"


class Outcome:
    """What the checks said: each by its file, and all that was printed."""

    def __init__(self, report: Path, printed: str) -> None:
        self.printed = printed
        self.by_file: dict[str, list[tuple[str, str]]] = {}
        for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():  # noqa: S314
            file = case.get("classname", "").rpartition(".")[2]
            bad = next((child.tag for child in case if child.tag != "system-out"), "")
            self.by_file.setdefault(file, []).append((case.get("name", ""), bad))


@pytest.fixture(scope="session")
def outcome(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    report = tmp_path_factory.mktemp("in_rasa") / "report.xml"
    command = [
        *(str(RASA_PYTHON), "-m", "pytest", "-c", str(CHECKS / "pytest.ini"), str(CHECKS)),
        *("--junit-xml", str(report)),
    ]
    env = {**RASA_ENV, "TRAINED_MODEL": str(model)}
    ended = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    return Outcome(report, ended.stdout[-12000:] + ended.stderr[-2000:])


@pytest.mark.parametrize("path", sorted(CHECKS.glob("checks_*.py")), ids=lambda path: path.stem)
def test_the_checks_inside_the_rasa_environment_pass(path: Path, outcome: Outcome) -> None:
    checks = outcome.by_file.get(path.stem, [])
    assert checks, outcome.printed
    assert [(name, bad) for name, bad in checks if bad] == [], outcome.printed
