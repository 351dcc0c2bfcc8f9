"""What-if: the market of a round with one thing changed, on a copy. Pure.

A trial is a plain object: `{"nursery", "age", "seats"}` adds seats to a class (or opens one),
`{"ties": "lottery"}` orders equals by the lottery alone, without the city's table.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from kit.errors import InvalidInputError, NotFoundError
from services.nursery.instance import AGES

MOST_SEATS = 100
LOTTERY = {"ties": "lottery"}

Trial = dict[str, Any]


class Effect(NamedTuple):
    """Against the result without the change: more with a place, children better and worse off."""

    more: int
    better: int
    worse: int


def new_class(nursery: str, age: str, seats: str) -> Trial:
    """Return the trial of further seats, as a form tells them. Raises InvalidInputError."""
    numbers = [int(text) if text.isascii() and text.isdigit() else -1 for text in (age, seats)]
    if not nursery or numbers[0] not in AGES or not 1 <= numbers[1] <= MOST_SEATS:
        raise InvalidInputError
    return {"nursery": nursery, "age": numbers[0], "seats": numbers[1]}


def changed(document: Mapping[str, Any], trial: Mapping[str, Any]) -> dict[str, Any]:
    """Return a market with a trial's seats, on a copy. Raises NotFoundError."""
    if "nursery" not in trial:
        return dict(document)
    copy = deepcopy(dict(document))
    for nursery in copy["nurseries"]:
        if nursery["id"] == trial["nursery"]:
            _add(nursery["pools"], trial["age"], trial["seats"])
            return copy
    raise NotFoundError


def _add(pools: list[dict[str, Any]], age: int, seats: int) -> None:
    for pool in pools:
        if age in pool["ages"]:
            pool["cap"] += seats
            return
    pools.append({"ages": [age], "cap": seats})


def effect(
    document: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Effect:
    """Return what a trial's assignment does to the children of the market."""
    more = better = worse = 0
    for child in document["children"]:
        ranks = {wish[0]: rank for rank, wish in enumerate(child["wishes"])}
        last = len(ranks)
        old, new = before.get(child["id"]), after.get(child["id"])
        more += (new is not None) - (old is not None)
        old_rank, new_rank = (_rank(place, ranks, last) for place in (old, new))
        better, worse = better + (new_rank < old_rank), worse + (new_rank > old_rank)
    return Effect(more, better, worse)


def _rank(place: str | None, ranks: Mapping[str, int], last: int) -> int:
    """The current nursery, which is no wish, comes after the wishes; no place comes last."""
    return last + 1 if place is None else ranks.get(place, last)
