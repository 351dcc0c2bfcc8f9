"""Ages, the market of a round, and reasons, pure."""

from datetime import date

import pytest

from services.nursery.allocating import solved
from services.nursery.building import Applicant, Household, Place, build
from services.nursery.choices import MOST_CHOICES
from services.nursery.contract import Draft, DraftChild
from services.nursery.explaining import explain
from services.nursery.rules import class_age, is_cut_short

APRIL = date(2027, 4, 1)


@pytest.mark.parametrize(
    ("birthdate", "age"),
    [
        (date(2026, 4, 2), 0),
        (date(2026, 4, 1), 1),
        (date(2027, 6, 1), 0),
        (date(2021, 4, 2), 5),
        (date(2021, 4, 1), None),
        (date(2024, 2, 29), 3),
    ],
)
def test_a_class_is_the_age_on_the_first_of_april(birthdate: date, age: int | None) -> None:
    assert class_age(birthdate, APRIL) == age


def test_who_starts_in_autumn_is_in_the_class_of_the_last_april() -> None:
    assert class_age(date(2026, 4, 2), date(2027, 10, 1)) == 0


def child(name: str, *wishes: str, current: str | None = None) -> Applicant:
    return Applicant(name, 1, 1, current, wishes)


def family(name: str, base: int, *children: Applicant, mode: str = "same_only") -> Household:
    rule = {"mode": mode, "prefer": "same", "solo": "either"} if len(children) > 1 else None
    return Household(name, children, base, {}, (0.0, float(ord(name))), rule)


A = Place("A", 37.5, 139.93, ((0, 5, 2),))
B = Place("B", 37.51, 139.93, ((0, 5, 2),))


def test_the_lowest_points_admitted_are_told_and_no_family() -> None:
    market = build(
        [A],
        [
            family("x", 44, child("x1", "A")),
            family("y", 42, child("y1", "A")),
            family("z", 40, child("z1", "A")),
        ],
    )
    document, result, problem = solved(market)
    assert problem == ""
    assert result is not None
    reasons = explain(document, result["assignment"])
    assert reasons["x1"] == reasons["y1"] == []
    [reason] = reasons["z1"]
    assert reason == ("A", 2, "full", 42, 40)


def test_who_would_have_had_a_seat_alone_hears_that_the_siblings_wish_was_not_met() -> None:
    market = build(
        [A, B],
        [family("x", 44, child("x1", "A")), family("y", 40, child("y1", "A"), child("y2", "A"))],
    )
    document, result, _ = solved(market)
    assert result is not None
    assert result["assignment"] == {"x1": "A", "y1": None, "y2": None}
    reasons = explain(document, result["assignment"])
    assert [reason.reason for reason in reasons["y1"]] == ["siblings"]


def test_the_seat_of_a_child_who_moves_on_is_free_for_others_and_kept_otherwise() -> None:
    small = Place("B", 37.51, 139.93, ((0, 5, 0),))
    moving = family("x", 30, child("x1", "A", current="B"))
    waiting = family("y", 44, child("y1", "B"))
    _, result, _ = solved(build([A, small], [moving, waiting]))
    assert result is not None
    assert result["assignment"] == {"x1": "A", "y1": "B"}
    full = Place("A", 37.5, 139.93, ((0, 5, 0),))
    _, result, _ = solved(build([full, small], [moving, waiting]))
    assert result is not None
    assert result["assignment"] == {"x1": "B", "y1": None}


def test_thirty_wishes_for_three_siblings_are_bounded_and_that_is_said() -> None:
    names = [f"n{number}" for number in range(30)]
    places = [Place(name, 37.5, 139.93, ((0, 5, 2),)) for name in names]
    three = [child(f"c{number}", *names) for number in range(3)]
    document, result, problem = solved(build(places, [family("x", 40, *three, mode="any")]))
    assert (problem, result is not None and result["remarks"]) == ("", 1)
    assert len(document["families"][0]["choices"]) == MOST_CHOICES
    row = DraftChild(person_id="r", name="架空", birthdate=APRIL, wishes=tuple(names))
    assert is_cut_short(Draft(children=(row, row, row)))
    assert not is_cut_short(Draft(children=(row, row)))
    assert not is_cut_short(Draft(children=(row,)))
