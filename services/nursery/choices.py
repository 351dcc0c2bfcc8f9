"""From what siblings asked for to a strict ranking of joint outcomes, always the same one.

Ranked by the number of children left without a place; then, where the family puts the same nursery
first, outcomes in one nursery; then the sum of the wishes' ranks; then the worst rank; one nursery
before several; then the ranks from the eldest on. Staying at the current nursery ranks last.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import dist
from typing import NamedTuple

from services.nursery.instance import Child, Choice, InstanceError, Nursery, Rule

MODES = ("same_only", "together", "near", "any")
PREFERENCES = ("same", "rank")
SOLO = ("older", "younger", "either")
MOST_CHOICES = 2000
"""Joint outcomes kept for one family: 30 wishes for 3 siblings would be 27,000."""
MOST_COMBINATIONS = 60_000
"""Joint outcomes looked at for one family before its wish lists are shortened."""


class Derived(NamedTuple):
    """`remark` says, where it is not None, what was left out."""

    choices: tuple[Choice, ...]
    remark: str | None = None


class _Option(NamedTuple):
    place: str | None
    rank: int


def derive_choices(
    children: Sequence[Child], rule: Rule, nurseries: Mapping[str, Nursery]
) -> Derived:
    """Rank the joint outcomes that the rule allows; `children` eldest first."""
    lists = [_options(child) for child in children]
    longest = _affordable(lists)
    shortened = [_shorten(options, longest) for options in lists]
    found = [
        combination
        for combination in product(*shortened)
        if _changes_something(combination, children) and _allowed(combination, rule, nurseries)
    ]
    found.sort(key=lambda combination: _order(combination, rule))
    kept = tuple(tuple(option.place for option in each) for each in found[:MOST_CHOICES])
    if shortened == lists and len(found) <= MOST_CHOICES:
        return Derived(kept)
    return Derived(kept, _remark(children, lists, len(kept)))


def rule_problem(rule: Rule) -> str | None:
    """Say what is wrong with a rule's words, or None."""
    if rule.mode not in MODES:
        return f"mode must be one of {', '.join(MODES)}"
    if rule.prefer not in PREFERENCES:
        return f"prefer must be one of {', '.join(PREFERENCES)}"
    if rule.solo not in SOLO:
        return f"solo must be one of {', '.join(SOLO)}"
    if rule.mode == "near" and (rule.within is None or rule.within < 0):
        return "mode near needs a distance of 0 or more in within"
    return None


def _options(child: Child) -> list[_Option]:
    places = [nursery for nursery, _ in child.wishes if nursery != child.current]
    options = [_Option(place, rank) for rank, place in enumerate(places, start=1)]
    return [*options, _Option(child.current, len(options) + 1)]


def _affordable(lists: Sequence[list[_Option]]) -> int:
    """Return the longest list that keeps the number of combinations within bounds."""
    longest = max(len(options) for options in lists)
    while longest > 1 and _combinations(lists, longest) > MOST_COMBINATIONS:
        longest -= 1
    return longest


def _combinations(lists: Iterable[list[_Option]], longest: int) -> int:
    number = 1
    for options in lists:
        number *= min(len(options), longest)
    return number


def _shorten(options: list[_Option], longest: int) -> list[_Option]:
    """Keep the first wishes and, as the last, staying as it is."""
    return options if len(options) <= longest else [*options[: longest - 1], options[-1]]


def _changes_something(combination: Sequence[_Option], children: Sequence[Child]) -> bool:
    return any(
        option.place != child.current for option, child in zip(combination, children, strict=True)
    )


def _allowed(combination: Sequence[_Option], rule: Rule, nurseries: Mapping[str, Nursery]) -> bool:
    places = [option.place for option in combination]
    if rule.mode == "any":
        return _alone_allowed([place is not None for place in places], rule.solo)
    named = [place for place in places if place is not None]
    if len(named) < len(places):
        return False
    if rule.mode == "same_only":
        return len(set(named)) == 1
    return rule.mode == "together" or _are_near(named, rule.within or 0.0, nurseries)


def _alone_allowed(placed: Sequence[bool], solo: str) -> bool:
    """`older`: nobody is placed before an elder sibling is; `younger`: the other way round."""
    if solo == "older":
        return list(placed) == sorted(placed, reverse=True)
    return solo == "either" or list(placed) == sorted(placed)


def _are_near(places: Sequence[str], within: float, nurseries: Mapping[str, Nursery]) -> bool:
    points = [nurseries[place].xy for place in set(places)]
    return all(dist(one, other) <= within for one in points for other in points)


def _order(combination: Sequence[_Option], rule: Rule) -> tuple[object, ...]:
    places = {option.place for option in combination}
    ranks = tuple(option.rank for option in combination)
    unplaced = sum(option.place is None for option in combination)
    split = len(places) > 1 or None in places
    return (unplaced, split and rule.prefer == "same", sum(ranks), max(ranks), split, ranks)


def _remark(children: Sequence[Child], lists: Sequence[list[_Option]], kept: int) -> str:
    wishes = " x ".join(str(len(options) - 1) for options in lists)
    return (
        f"family {children[0].family}: {wishes} wishes give more joint outcomes than are looked"
        f" at; the best {kept} are used"
    )


def single_choices(child: Child) -> tuple[Choice, ...]:
    """The choices of a child without siblings are its wishes."""
    return tuple((nursery,) for nursery, _ in child.wishes)


def check_rule(rule: Rule, where: str) -> Rule:
    """Return the rule, or raise `InstanceError` that names the place."""
    if problem := rule_problem(rule):
        raise InstanceError(f"{where}: {problem}.")
    return rule
