"""The evaluation script: its arithmetic, and that it never tells a sentence."""

import pytest
from evaluate import REFUSED, Judged, accuracy, details, figures, scores, summary


def _judged(text: str, wanted: str, found: str, voice: str) -> Judged:
    return Judged(text, wanted, found, found, 0.9, voice, "ja", 0.002)


ROWS = [
    _judged("秘密の文その一", "greet", "greet", "plain"),
    _judged("秘密の文その二", "greet", "thank", "story"),
    _judged("秘密の文その三", "thank", "thank", "plain"),
    _judged("秘密の文その四", "thank", REFUSED, "plain"),
    _judged("秘密の文その五", REFUSED, "greet", "story"),
    _judged("秘密の文その六", REFUSED, REFUSED, "plain"),
]


def check_an_intent_has_precision_recall_and_f1() -> None:
    score = scores(ROWS)["greet"]
    assert (score.precision, score.recall, score.f1) == pytest.approx((0.5, 0.5, 0.5))
    assert accuracy(ROWS) == pytest.approx(0.5)


def check_foreign_and_real_sentences_are_counted_apart() -> None:
    numbers = figures(ROWS)
    assert numbers["foreign_accepted"] == 0.5
    assert numbers["real_refused"] == 0.25


def check_the_report_holds_no_sentence() -> None:
    report = summary(figures(ROWS)) + details(ROWS)
    assert "| greet | thank | 1 |" in report
    assert "秘密" not in report


def check_an_empty_part_is_no_division_by_zero() -> None:
    assert accuracy([]) == 0.0
