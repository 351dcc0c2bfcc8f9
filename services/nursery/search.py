"""The selected outcome by exhaustive search in its own order, with a bound on the work."""

from services.nursery.acceptance import blocking
from services.nursery.bounds import Bounds, Contradiction
from services.nursery.market import Market


class OutOfWork(Exception):  # noqa: N818 - part of the search, not an error
    """The search was cut off: nothing is proved."""


def select(market: Market, *, weak: bool, work: int) -> list[int] | None:
    """Return the first outcome without justified claims in the order of selection.

    None is a proof that there is no such outcome. Raises `OutOfWork` after looking at `work`
    entries of pools: a number, not a time, so that every run does the same.
    """
    bounds = Bounds(market, weak=weak)
    try:
        bounds.propagate()
    except Contradiction:
        return None
    return _descend(bounds, work)


def _descend(bounds: Bounds, work: int) -> list[int] | None:
    decisions: list[tuple[tuple[int, int], int, int]] = []
    while True:
        if bounds.work > work:
            raise OutOfWork
        family = _undecided(bounds)
        if family is None or family >= bounds.market.groups:
            if _is_outcome(bounds):
                return list(bounds.best)
            if family is None and not _turn(bounds, decisions):
                return None
            if family is None:
                continue
        position = bounds.best[family]
        decisions.append((bounds.mark(), family, position))
        try:
            bounds.decide(family, position)
        except Contradiction:
            if not _turn(bounds, decisions):
                return None


def _turn(bounds: Bounds, decisions: list[tuple[tuple[int, int], int, int]]) -> bool:
    """Go back to the last decision that can be taken otherwise; False when there is none."""
    while decisions:
        mark, family, position = decisions.pop()
        bounds.back(mark)
        try:
            bounds.refuse(family, position)
        except Contradiction:
            continue
        return True
    return False


def _undecided(bounds: Bounds) -> int | None:
    for family, alive in enumerate(bounds.alive):
        if alive & (alive - 1):
            return family
    return None


def _is_outcome(bounds: Bounds) -> bool:
    """Say whether the best that is possible for everybody is an outcome without claims."""
    market, filled = bounds.market, [0] * len(bounds.market.pools.cap)
    for family, position in enumerate(bounds.best):
        for pool, _, units in market.needs[family][position]:
            filled[pool] += units
    if any(used > cap for used, cap in zip(filled, market.pools.cap, strict=True)):
        return False
    return not blocking(market, bounds.best, weak=bounds.weak)
