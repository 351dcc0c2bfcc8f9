"""The evaluation script: its arithmetic, and that it never tells a sentence."""

import pytest
from evaluate import REFUSED, Asking, Judged, accuracy, details, figures, scores, summary


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


def check_a_question_back_helps_only_if_it_names_what_was_meant() -> None:
    asked = [
        row._replace(asked=("thank", "greet")) if row.found == REFUSED else row for row in ROWS
    ]
    numbers = figures(asked)
    assert (numbers["real_refused"], numbers["real_asked_back"]) == (0.0, 0.25)


def check_guesses_are_asked_about_when_likely_and_titled() -> None:
    asking = Asking(0.2, frozenset({"ask_faq", "ask_shelter"}))
    ranking = [
        {"name": "ask_faq", "confidence": 0.4},
        {"name": "greet", "confidence": 0.3},
        {"name": "ask_shelter", "confidence": 0.1},
    ]
    assert asking.guesses(ranking) == ("ask_faq",)
    assert asking.guesses(ranking[1:]) == ()


def check_the_report_holds_no_sentence() -> None:
    report = summary(figures(ROWS)) + details(ROWS)
    assert "| greet | thank | 1 |" in report
    assert "秘密" not in report


def check_an_empty_part_is_no_division_by_zero() -> None:
    assert accuracy([]) == 0.0
