"""The dialogues of other hands, played at the emulator: no kind falls below what it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from concierge.local_stack import LocalStack
from concierge.nlu_cli import DIALOGUES

# Each citizen waits most of the time, to see that nothing more is said.
AT_ONCE = "10"
# A dialogue more or less may hang on the day of the week.
TOLERANCE = 1
LEAST = 0.85
KINDS = json.loads(DIALOGUES.read_text("utf-8"))

Table = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def table(stack: LocalStack, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Table:
    result = tmp_path_factory.mktemp("dialogues") / "result.json"
    runner = shared / "cases" / "run_dialogues.py"
    command = [sys.executable, str(runner), "--emulator", stack.line, "--jobs", AT_ONCE, "--quiet"]
    subprocess.run([*command, "--json", str(result)], check=True, capture_output=True)
    found: Table = json.loads(result.read_text("utf-8"))["table"]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_dialogue_is_answered_worse_than_before(table: Table, kind: str) -> None:
    assert table[kind]["dialogues"] >= KINDS[kind]["dialogues"]
    assert table[kind]["dialogues_right"] >= KINDS[kind]["dialogues_right"] - TOLERANCE


def test_most_dialogues_are_right_from_beginning_to_end(table: Table) -> None:
    assert table["all"]["dialogues_right"] >= LEAST * table["all"]["dialogues"]


def test_everything_that_worked_works(table: Table) -> None:
    assert table["Z"]["dialogues_right"] == table["Z"]["dialogues"]
