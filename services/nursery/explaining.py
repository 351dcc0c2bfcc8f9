"""Why a child did not get what it wished for more: from the market and the outcome alone. Pure.

Of other families only the lowest points that were admitted to a class are told.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Reason(NamedTuple):
    """A nursery that was wished for more: `full`, or not to be had with the siblings' wish."""

    nursery: str
    seats: int
    reason: str
    lowest: float | None
    own: float


class _Seated(NamedTuple):
    is_transfer: bool
    score: float
    tie: float
    child: str
    units: int


Pools = dict[tuple[str, int], list[_Seated]]


def explain(
    document: Mapping[str, Any], assignment: Mapping[str, str | None]
) -> dict[str, list[Reason]]:
    """Return for each child the better wishes with the reason, in the order of the wishes."""
    pool_of = {
        (nursery["id"], age): (index, pool["cap"])
        for nursery in document["nurseries"]
        for index, pool in enumerate(nursery["pools"])
        for age in pool["ages"]
    }
    seated = _seated(document, assignment, pool_of)
    return {
        child["id"]: [
            _reason(child, wish, pool_of, seated)
            for wish in _better(child, assignment[child["id"]])
        ]
        for child in document["children"]
    }


def _better(child: Mapping[str, Any], place: str | None) -> Sequence[Sequence[Any]]:
    """Return the wishes before the place that a child has now; the current one ranks last."""
    wishes: Sequence[Sequence[Any]] = child["wishes"]
    names = [wish[0] for wish in wishes]
    return wishes[: names.index(place)] if place in names else wishes


def _seated(
    document: Mapping[str, Any],
    assignment: Mapping[str, str | None],
    pool_of: Mapping[tuple[str, int], tuple[int, int]],
) -> Pools:
    found: Pools = {}
    for child in document["children"]:
        place = assignment[child["id"]]
        if place is None:
            continue
        score = next((s for name, s in child["wishes"] if name == place), child["base"])
        is_transfer = child["current"] == place
        row = _Seated(is_transfer, score, child["tie"], child["id"], child["units"])
        found.setdefault((place, pool_of[place, child["age"]][0]), []).append(row)
    return found


def _reason(
    child: Mapping[str, Any],
    wish: Sequence[Any],
    pool_of: Mapping[tuple[str, int], tuple[int, int]],
    seated: Pools,
) -> Reason:
    name, own = wish
    index, cap = pool_of[name, child["age"]]
    inside = seated.get((name, index), [])
    above = [
        row for row in inside if row.is_transfer or (-row.score, row.tie) < (-own, child["tie"])
    ]
    if sum(row.units for row in above) + child["units"] <= cap:
        return Reason(name, cap, "siblings", None, own)
    scores = [row.score for row in inside if not row.is_transfer]
    return Reason(name, cap, "full", min(scores, default=None), own)
