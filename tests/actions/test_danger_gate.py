"""How much danger is heard, on messy sentences that other hands wrote. Floors for CI.

One half of `danger.jsonl` was read while the words were written (its misses and false alarms,
twice), the other was counted while prototypes were added: both flatter. `danger_unseen.jsonl` was
written when the model was done and counted twice: its figures are what to believe.
"""

import hashlib
import json
from collections import Counter

import pytest
import yaml

from actions.danger.judge import the_judge
from actions.danger.learned import learned
from kit.settings import ROOT

FOLDER = ROOT / "nlu" / "evaluation"
READ, COUNTED, UNSEEN = "read", "counted", "unseen"
# Recall and false alarms with sentence vectors and without: just under what was measured, and short
# of the goal (.98 and .01).
FLOORS = {
    (True, READ): (0.985, 0.016),
    (True, COUNTED): (0.955, 0.035),
    (True, UNSEEN): (0.91, 0.04),
    (False, READ): (0.98, 0.03),
    (False, COUNTED): (0.96, 0.085),
    (False, UNSEEN): (0.88, 0.09),
}


def _rows(name: str) -> list[dict[str, str]]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _half(text: str) -> str:
    return READ if int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2 == 0 else COUNTED


ROWS = [(_half(row["text"]), row) for row in _rows("danger.jsonl")]
ROWS += [(UNSEEN, row) for row in _rows("danger_unseen.jsonl")]


@pytest.fixture(scope="module")
def heard() -> Counter[tuple[str, bool, bool]]:
    """Count (part, is danger, was heard)."""
    judge = the_judge()
    return Counter(
        (part, row["kind"] != "none", bool(judge.judge(row["text"]))) for part, row in ROWS
    )


@pytest.mark.parametrize("part", [READ, COUNTED, UNSEEN])
def test_danger_is_heard_and_everyday_sentences_raise_few_alarms(
    heard: Counter[tuple[str, bool, bool]], part: str
) -> None:
    recall, false_alarms = FLOORS[learned().embedder is not None, part]
    assert _share(heard, part, danger=True) >= recall
    assert _share(heard, part, danger=False) <= false_alarms


def _share(heard: Counter[tuple[str, bool, bool]], part: str, *, danger: bool) -> float:
    known, missed = heard[part, danger, True], heard[part, danger, False]
    return known / (known + missed)


def test_no_prototype_stands_in_the_evaluation() -> None:
    measured = {row["text"] for _, row in ROWS}
    for file in (ROOT / "actions" / "danger" / "prototypes").glob("*.yml"):
        for texts in yaml.safe_load(file.read_text(encoding="utf-8")).values():
            assert not measured.intersection(texts)
