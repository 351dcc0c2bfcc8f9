"""The choice of thresholds: what mistakes cost, and that the cheapest pair wins."""

import numpy as np
import pytest
from thresholds import ASKED_RIGHT, FOREIGN_ASKED, REFUSED, WRONG, Held, choose, cost


def _held(real: bool, right: tuple[bool, bool], sure: tuple[float, float]) -> Held:
    return Held(
        np.array([real]),
        np.array([False]),
        np.array([right]),
        np.array([sure]),
        np.array([1.0]),
    )


@pytest.mark.parametrize(
    ("real", "right", "sure", "expected"),
    [
        (True, (True, False), (0.7, 0.1), 0.0),
        (True, (False, True), (0.7, 0.3), WRONG),
        (True, (False, True), (0.5, 0.3), ASKED_RIGHT),
        (True, (True, False), (0.1, 0.1), REFUSED),
        (False, (False, False), (0.7, 0.1), WRONG),
        (False, (False, False), (0.5, 0.1), FOREIGN_ASKED),
        (False, (False, False), (0.1, 0.1), 0.0),
    ],
)
def check_each_kind_of_answer_has_its_price(
    real: bool, right: tuple[bool, bool], sure: tuple[float, float], expected: float
) -> None:
    assert cost(_held(real, right, sure), answer=0.6, ask=0.2) == expected


def check_of_pairs_that_cost_alike_the_one_that_answers_most_is_chosen() -> None:
    always_right = _held(True, (True, False), (0.95, 0.01))
    assert choose(always_right)[0].answer == pytest.approx(0.1)


def check_an_answer_that_is_always_wrong_is_not_given() -> None:
    assert choose(_held(True, (False, True), (0.5, 0.45)))[0].answer > 0.5
