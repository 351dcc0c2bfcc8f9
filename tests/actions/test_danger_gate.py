"""How much danger is heard, on messy sentences that other hands wrote. A floor for CI."""

import json
from collections import Counter

import pytest
import yaml

from actions.danger.judge import the_judge
from actions.danger.learned import learned
from kit.settings import ROOT

EVALUATION = ROOT / "nlu" / "evaluation" / "danger.jsonl"
ROWS = [json.loads(line) for line in EVALUATION.read_text(encoding="utf-8").splitlines()]
# With sentence vectors, and with words and sounds alone.
RECALL, FALSE_ALARMS = (0.90, 0.10) if learned().embedder is not None else (0.80, 0.10)


@pytest.fixture(scope="module")
def heard() -> Counter[tuple[bool, bool]]:
    """Count (is danger, was heard)."""
    judge = the_judge()
    return Counter((row["kind"] != "none", bool(judge.judge(row["text"]))) for row in ROWS)


def test_danger_is_heard(heard: Counter[tuple[bool, bool]]) -> None:
    assert heard[True, True] / (heard[True, True] + heard[True, False]) >= RECALL


def test_everyday_sentences_that_sound_like_it_raise_few_alarms(
    heard: Counter[tuple[bool, bool]],
) -> None:
    assert heard[False, True] / (heard[False, True] + heard[False, False]) <= FALSE_ALARMS


def test_no_prototype_stands_in_the_evaluation() -> None:
    measured = {row["text"] for row in ROWS}
    for file in (ROOT / "actions" / "danger" / "prototypes").glob("*.yml"):
        for texts in yaml.safe_load(file.read_text(encoding="utf-8")).values():
            assert not measured.intersection(texts)
