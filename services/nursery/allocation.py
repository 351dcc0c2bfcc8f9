"""From a market to the best outcome that exists: stable, else weakly stable, else fewest claims."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from services.nursery.acceptance import Acceptance, blocking
from services.nursery.bounds import Bounds, Contradiction, Prepared, prepare
from services.nursery.instance import Instance
from services.nursery.market import Market, build_market
from services.nursery.search import OutOfWork, select

RESULT_FORMAT = "nursery-result/1"
WORK = 500_000
"""Entries of pools that one search may look at, and as many more per entry of the market as below:
a few seconds."""
WORK_PER_ENTRY = 8
FAMILIES_SEARCHED = 20_000
"""Up to this size a stable outcome that carries no certificate is still compared with all others;
above, it is kept as it is: verified, but not proved to be the selected one."""
FEWEST_WORK = 1_500_000
ALL_SUBSETS = 12
"""Up to this many families anybody may turn out to be the one whose claim must be let be."""


class Outcome(NamedTuple):
    """`positions` by family. `selected` says how it is known to be the selected outcome, if it is.

    `excluded` are the better levels that were proved not to exist.
    """

    positions: list[int]
    level: str
    selected: str
    excluded: tuple[str, ...] = ()


def allocate(instance: Instance) -> dict[str, Any]:
    """Solve a market; return the result as `nursery-result/1`, not yet verified."""
    market = build_market(instance)
    outcome = solve(market)
    return {
        "format": RESULT_FORMAT,
        "level": outcome.level,
        "selected": outcome.selected,
        "excluded": list(outcome.excluded),
        "claims": list(_claims(instance, market, outcome.positions)),
        "assignment": _assignment(instance, market, outcome.positions),
    }


def solve(market: Market) -> Outcome:
    """Return the selected outcome, or the best that could be found within bounded work."""
    quick = Acceptance(market)
    complete = quick.run()
    stable = complete and not blocking(market, quick.position)
    if stable and quick.certified:
        return Outcome(quick.position, "stable", "certificate")
    if stable and len(market.ids) > FAMILIES_SEARCHED:
        return Outcome(quick.position, "stable", "not proved")
    prepared = prepare(market)
    excluded: tuple[str, ...] = ()
    for level in ("stable", "weak"):
        found = _best(prepared, level)
        if found is None and level == "stable" and stable:
            found = Outcome(quick.position, level, "not proved")
        if found is None:
            continue
        if found.positions:
            return found._replace(excluded=excluded)
        excluded += (level,)
    return _fewest(prepared, quick.position, excluded)


def _best(prepared: Prepared, level: str) -> Outcome | None:
    """Return an outcome of this level, one without positions if there is none, None if unknown."""
    weak = level == "weak"
    try:
        work = WORK + WORK_PER_ENTRY * len(prepared.market.entries.pool)
        positions = select(prepared, weak=weak, work=work)
        return Outcome(positions or [], level, "search")
    except OutOfWork:
        return None


def _fewest(prepared: Prepared, quick: list[int], excluded: tuple[str, ...]) -> Outcome:
    """Let the claims of as few families as possible be; the quick outcomes are the fallback."""
    market = prepared.market
    loose = Acceptance(market, weak=True)
    loose.run()
    fallback = min((loose.position, quick), key=lambda each: len(_blockers(market, each)))
    most = len(_blockers(market, fallback))
    if not most:
        level = "weak" if blocking(market, fallback) else "stable"
        return Outcome(fallback, level, "not proved", excluded)
    if len(market.ids) > FAMILIES_SEARCHED or "weak" not in excluded:
        return Outcome(fallback, "fewest", "not proved", excluded)
    candidates = _candidates(prepared, fallback)
    tries = _Tries(prepared)
    for number in range(1, most + 1):
        best = tries.best(combinations(candidates, number))
        if best is not None:
            proved = tries.complete and len(candidates) == len(market.ids)
            return Outcome(best, "fewest", "search" if proved else "not proved", excluded)
    return Outcome(fallback, "fewest", "not proved", excluded)


class _Tries:
    """Searches that let the claims of some families be, until the work is used up."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.cost = 4 * len(prepared.market.entries.pool)
        self.left = FEWEST_WORK
        self.complete = True

    def best(self, subsets: Iterator[tuple[int, ...]]) -> list[int] | None:
        """Return the first outcome in the order of selection over all the subsets tried."""
        best: list[int] | None = None
        for exempt in subsets:
            if self.left < self.cost:
                self.complete = False
                return best
            self.left -= self.cost
            try:
                work = max(10 * self.cost, 200_000)
                found = select(self.prepared, weak=True, work=work, exempt=frozenset(exempt))
            except OutOfWork:
                # One try that cannot be finished costs as much as a hundred others.
                self.complete, self.left = False, 0
                return best
            if found is not None and (best is None or found < best):
                best = found
        return best


def _blockers(market: Market, positions: list[int]) -> set[int]:
    return {family for family, _ in blocking(market, positions, weak=True)}


def _candidates(prepared: Prepared, positions: list[int]) -> list[int]:
    """Families whose claims may be let be: all in a tiny market, else those that quarrel."""
    market = prepared.market
    if len(market.ids) <= ALL_SUBSETS:
        return list(range(len(market.ids)))
    found = _blockers(market, positions)
    bounds = Bounds(prepared, weak=True)
    try:
        bounds.propagate()
    except Contradiction:
        return sorted(found)
    return sorted(found | {each for each in range(market.groups) if bounds.is_open(each)})


def _assignment(instance: Instance, market: Market, positions: list[int]) -> dict[str, str | None]:
    placed: dict[str, str | None] = dict.fromkeys(instance.children)
    for index, family_id in enumerate(market.ids):
        family = instance.families[family_id]
        choice = market.original[index][positions[index]]
        if choice < len(family.choices):
            placed.update(zip(family.children, family.choices[choice], strict=True))
        else:
            placed.update((each, instance.children[each].current) for each in family.children)
    return placed


def _claims(instance: Instance, market: Market, positions: list[int]) -> Iterator[dict[str, Any]]:
    weak = set(blocking(market, positions, weak=True))
    for family, position in blocking(market, positions):
        row = instance.families[market.ids[family]]
        choice = row.choices[market.original[family][position]]
        yield {"family": row.id, "choice": list(choice), "weak": (family, position) in weak}
