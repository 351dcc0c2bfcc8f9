"""The evaluation script: its arithmetic, and that it never tells a sentence."""

import pytest
from evaluate import REFUSED, Judged, accuracy, details, scores, summary

ROWS = [
    Judged("秘密の文その一", "greet", "greet", "plain"),
    Judged("秘密の文その二", "greet", "thank", "story"),
    Judged("秘密の文その三", "thank", "thank", "plain"),
    Judged("秘密の文その四", "thank", REFUSED, "plain"),
    Judged("秘密の文その五", REFUSED, "greet", "story"),
    Judged("秘密の文その六", REFUSED, REFUSED, "plain"),
]


def check_an_intent_has_precision_recall_and_f1() -> None:
    score = scores(ROWS)["greet"]
    assert (score.precision, score.recall, score.f1) == pytest.approx((0.5, 0.5, 0.5))
    assert accuracy(ROWS) == pytest.approx(0.5)


def check_foreign_and_real_sentences_are_counted_apart() -> None:
    lines = dict(line.rsplit(maxsplit=1) for line in summary(ROWS).splitlines())
    assert lines["foreign sentences accepted"] == "0.500"
    assert lines["real sentences refused"] == "0.250"


def check_the_report_holds_no_sentence() -> None:
    report = summary(ROWS) + details(ROWS)
    assert "greet -> thank" in report
    assert "秘密" not in report


def check_an_empty_part_is_no_division_by_zero() -> None:
    assert accuracy([]) == 0.0
