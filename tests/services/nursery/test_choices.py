"""From what siblings asked for to their ranking, in the order of the specification."""

import pytest

from services.nursery.choices import MOST_CHOICES, derive_choices
from services.nursery.instance import Child, Choice, Nursery, Rule

NURSERIES = {
    name: Nursery(name, (float(at), 0.0), ()) for name, at in (("A", 0), ("B", 1), ("C", 5))
}


def sibling(name: str, wishes: str, current: str | None = None) -> Child:
    return Child(name, "F", 1, 1, current, 50, 0, tuple((place, 50) for place in wishes))


def ranking(rule: Rule, *children: Child) -> list[str]:
    derived = derive_choices(children, rule, NURSERIES)
    assert derived.remark is None
    return [_letters(choice) for choice in derived.choices]


def _letters(choice: Choice) -> str:
    return "".join(place or "-" for place in choice)


PAIR = (sibling("elder", "AB"), sibling("younger", "AB"))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("same_only"), ["AA", "BB"]),
        (Rule("together", "rank"), ["AA", "AB", "BA", "BB"]),
        (Rule("together", "same"), ["AA", "BB", "AB", "BA"]),
        (Rule("any", "rank", "older"), ["AA", "AB", "BA", "BB", "A-", "B-"]),
        (Rule("any", "rank", "younger"), ["AA", "AB", "BA", "BB", "-A", "-B"]),
        (
            Rule("any", "rank", "either"),
            ["AA", "AB", "BA", "BB", "A-", "-A", "B-", "-B"],
        ),
    ],
)
def test_two_siblings_with_the_same_two_wishes(rule: Rule, expected: list[str]) -> None:
    assert ranking(rule, *PAIR) == expected


def test_near_leaves_out_what_is_too_far_apart() -> None:
    children = (sibling("elder", "AC"), sibling("younger", "BC"))
    assert ranking(Rule("near", within=1.0), *children) == ["AB", "CC"]
    assert ranking(Rule("near", within=4.0), *children) == ["AB", "CB", "CC"]


def test_equal_sums_are_decided_by_the_worst_rank_then_by_one_nursery_then_by_the_eldest() -> None:
    children = (sibling("elder", "ABC"), sibling("younger", "ABC"))
    found = ranking(Rule("together", "rank"), *children)
    assert found == ["AA", "AB", "BA", "BB", "AC", "CA", "BC", "CB", "CC"]


def test_staying_ranks_last_and_staying_with_both_is_not_a_choice() -> None:
    children = (sibling("elder", "A", current="C"), sibling("younger", "A"))
    assert ranking(Rule("any"), *children) == ["AA", "CA", "A-"]


def test_thirty_wishes_of_three_siblings_are_bounded_and_it_is_said() -> None:
    nurseries = {f"n{k}": Nursery(f"n{k}", (0.0, 0.0), ()) for k in range(30)}
    wishes = tuple((name, 50.0) for name in nurseries)
    children = [Child(f"c{k}", "F", 1, 1, None, 50, k, wishes) for k in range(3)]
    derived = derive_choices(children, Rule("any"), nurseries)
    assert len(derived.choices) == MOST_CHOICES
    assert derived.choices[0] == ("n0", "n0", "n0")
    assert derived.remark is not None
    assert "30 x 30 x 30 wishes" in derived.remark


def test_five_siblings_with_thirty_wishes_end_in_time_all_the_same() -> None:
    nurseries = {f"n{k}": Nursery(f"n{k}", (0.0, 0.0), ()) for k in range(30)}
    wishes = tuple((name, 50.0) for name in nurseries)
    children = [Child(f"c{k}", "F", 1, 1, None, 50, k, wishes) for k in range(5)]
    assert derive_choices(children, Rule("together"), nurseries).remark is not None
