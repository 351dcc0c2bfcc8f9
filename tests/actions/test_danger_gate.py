"""How much danger is heard, on messy sentences that other hands wrote. Floors for CI.

Half of the file was read while the words were written (its misses and false alarms, twice), so its
figures flatter. The other half was only ever counted: its figures are what to believe.
"""

import hashlib
import json
from collections import Counter

import pytest
import yaml

from actions.danger.judge import the_judge
from actions.danger.learned import learned
from kit.settings import ROOT

EVALUATION = ROOT / "nlu" / "evaluation" / "danger.jsonl"
ROWS = [json.loads(line) for line in EVALUATION.read_text(encoding="utf-8").splitlines()]
# Recall and false alarms on the half that was read and on the other, with sentence vectors and
# without: just under what was measured, and short of the goal (.98 and .01). The other half was
# counted by kind (never read) while prototypes were added, so it flatters a little as well.
FLOORS = {
    (True, True): (0.975, 0.02),
    (True, False): (0.97, 0.04),
    (False, True): (0.98, 0.03),
    (False, False): (0.96, 0.085),
}


def _was_read(text: str) -> bool:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2 == 0


@pytest.fixture(scope="module")
def heard() -> Counter[tuple[bool, bool, bool]]:
    """Count (was read, is danger, was heard)."""
    judge = the_judge()
    return Counter(
        (_was_read(row["text"]), row["kind"] != "none", bool(judge.judge(row["text"])))
        for row in ROWS
    )


@pytest.mark.parametrize("was_read", [True, False])
def test_danger_is_heard_and_everyday_sentences_raise_few_alarms(
    heard: Counter[tuple[bool, bool, bool]], was_read: bool
) -> None:
    recall, false_alarms = FLOORS[learned().embedder is not None, was_read]
    assert _share(heard, was_read, danger=True) >= recall
    assert _share(heard, was_read, danger=False) <= false_alarms


def _share(heard: Counter[tuple[bool, bool, bool]], was_read: bool, *, danger: bool) -> float:
    known, missed = heard[was_read, danger, True], heard[was_read, danger, False]
    return known / (known + missed)


def test_no_prototype_stands_in_the_evaluation() -> None:
    measured = {row["text"] for row in ROWS}
    for file in (ROOT / "actions" / "danger" / "prototypes").glob("*.yml"):
        for texts in yaml.safe_load(file.read_text(encoding="utf-8")).values():
            assert not measured.intersection(texts)
