"""The selected outcome by exhaustive search in its own order, with a bound on the work.

What remains open after the bounds are drawn falls apart into components that share no pool whose
occupation is open: each has its own best solution, and one without a solution proves that there is
none at all.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.nursery.acceptance import blocking
from services.nursery.bounds import Bounds, Contradiction, Prepared, bits
from services.nursery.market import Need


class OutOfWork(Exception):  # noqa: N818 - part of the search, not an error
    """The search was cut off: nothing is proved."""


def select(
    prepared: Prepared, *, weak: bool, work: int, exempt: frozenset[int] = frozenset()
) -> list[int] | None:
    """Return the first outcome without justified claims in the order of selection.

    Claims of the families `exempt` are let be. None is a proof that there is no such outcome.
    Raises `OutOfWork` after looking at `work` entries of pools: a number, not a time, so that every
    run does the same.
    """
    try:
        return _Search(Bounds(prepared, weak=weak, exempt=exempt), work).run()
    except Contradiction:
        return None


class _Component(NamedTuple):
    """Families that depend on each other: open ones in order, and decided ones that could claim."""

    open: list[int]
    others: list[int]
    pools: set[int]


class _Search:
    def __init__(self, bounds: Bounds, work: int) -> None:
        self.bounds = bounds
        self.market = bounds.market
        self.work = work

    def run(self) -> list[int] | None:
        self.bounds.propagate()
        everybody = range(len(self.market.ids))
        self._probe(everybody)
        changing = self._changing(family for family in everybody if self.bounds.is_open(family))
        # A claim that touches no open pool is there in every outcome that the bounds allow.
        if any(not touched & changing for touched in self._claims()) or not self._solve(everybody):
            return None
        if any(self._claims()) or self._overfull():
            raise OutOfWork
        return list(self.bounds.best)

    def _claims(self) -> Iterator[set[int]]:
        """Yield the pools of each claim against the best that is possible for everybody."""
        bounds = self.bounds
        for family, position in blocking(self.market, bounds.best, weak=bounds.weak):
            if family not in bounds.exempt:
                yield {pool for pool, _, _ in self.market.needs[family][position]}

    def _overfull(self) -> bool:
        filled = [0] * len(self.market.pools.cap)
        for family, position in enumerate(self.bounds.best):
            for pool, _, units in self.market.needs[family][position]:
                filled[pool] += units
        return any(used > cap for used, cap in zip(filled, self.market.pools.cap, strict=True))

    def _probe(self, families: Iterable[int]) -> None:
        """Refuse for good what leads into a contradiction at once; raises `Contradiction`."""
        again = True
        while again:
            again = False
            for family in families:
                if family >= self.market.groups:
                    break
                if self.bounds.is_open(family):
                    again = self._probe_family(family) or again

    def _probe_family(self, family: int) -> bool:
        bounds, changed = self.bounds, False
        for position in bits(bounds.alive[family]):
            if bounds.work > self.work:
                raise OutOfWork
            if not bounds.alive[family] >> position & 1:
                continue
            mark = bounds.mark()
            try:
                bounds.decide(family, position)
            except Contradiction:
                bounds.back(mark)
                bounds.refuse(family, position)
                changed = True
            else:
                bounds.back(mark)
        return changed

    def _solve(self, families: Iterable[int]) -> bool:
        """Decide what is open among these families; True leaves the solution in place."""
        return all(self._solve_component(each) for each in self._components(families))

    def _solve_component(self, component: _Component) -> bool:
        bounds, family = self.bounds, component.open[0]
        if family >= self.market.groups and self._stands(component.pools):
            return True
        members = component.open + component.others
        while bounds.is_open(family):
            if bounds.work > self.work:
                raise OutOfWork
            mark, position = bounds.mark(), bounds.best[family]
            try:
                bounds.decide(family, position)
                if self._solve(members) and self._stands(component.pools):
                    return True
            except Contradiction:
                pass
            bounds.back(mark)
            try:
                bounds.refuse(family, position)
            except Contradiction:
                return False
        return self._solve(members) and self._stands(component.pools)

    def _components(self, families: Iterable[int]) -> list[_Component]:
        """Group families by the pools whose occupation is open and that their claims touch."""
        families = list(families)
        self.bounds.work += 5 * len(families)
        changing = self._changing(family for family in families if self.bounds.is_open(family))
        union = _Union()
        touched = {}
        for family in families:
            is_open = self.bounds.is_open(family)
            if not is_open and family >= self.market.groups:
                continue
            if pools := self._pools(family, changing, whole=is_open):
                touched[family] = next(iter(pools))
        for pool in changing:
            union.find(pool)
        for family in touched:
            self._join(family, changing, union)
        return self._gathered(touched, changing, union)

    def _pools(self, family: int, changing: set[int], *, whole: bool) -> set[int]:
        worst = self.bounds.alive[family].bit_length() if whole else self.bounds.best[family]
        needs = self.market.needs[family][:worst]
        return {pool for position in needs for pool, _, _ in position if pool in changing}

    def _join(self, family: int, changing: set[int], union: "_Union") -> None:
        """An open family ties all its pools together; a decided one those of each single claim."""
        if self.bounds.is_open(family):
            union.join(self._pools(family, changing, whole=True))
            return
        for position in self.market.needs[family][: self.bounds.best[family]]:
            union.join(pool for pool, _, _ in position if pool in changing)

    def _gathered(
        self, touched: dict[int, int], changing: set[int], union: "_Union"
    ) -> list[_Component]:
        found: dict[int, _Component] = {}
        for pool in changing:
            found.setdefault(union.find(pool), _Component([], [], set())).pools.add(pool)
        for family in sorted(touched):
            if self.bounds.is_open(family):
                found[union.find(touched[family])].open.append(family)
                continue
            pools = self._pools(family, changing, whole=False)
            for root in sorted({union.find(pool) for pool in pools}):
                found[root].others.append(family)
        return sorted(each for each in found.values() if each.open)

    def _changing(self, open_ones: Iterable[int]) -> set[int]:
        support, pools = self.bounds.support, self.market.entries.pool
        changing: set[int] = set()
        for family in open_ones:
            number = self.bounds.alive[family].bit_count()
            for entries in self.market.entries_of[family]:
                changing.update(pools[entry] for entry in entries if 0 < support[entry] < number)
        return changing

    def _stands(self, pools: set[int]) -> bool:
        """Say whether, with the best that is possible, these pools hold and nobody claims them."""
        market, bounds = self.market, self.bounds
        seats = _Seats(bounds)
        if any(seats.filled(pool) > market.pools.cap[pool] for pool in pools):
            return False
        order, family_of = market.pools.order, market.entries.family
        around = {family_of[entry] for pool in pools for entry in order[pool]}
        bounds.work += len(around)
        for family in around - bounds.exempt:
            for position in range(bounds.best[family]):
                needs = market.needs[family][position]
                touching = any(pool in pools for pool, _, _ in needs)
                if touching and seats.justified(family, position, needs):
                    return False
        return True


class _Seats:
    """Who sits where when everybody has the best that is possible; looked up pool by pool."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.known: dict[int, list[tuple[int, int, int]]] = {}

    def rows(self, pool: int) -> list[tuple[int, int, int]]:
        """Return (rank, units, entry) of those seated in a pool, in order."""
        if pool not in self.known:
            market, best = self.bounds.market, self.bounds.best
            entries = market.entries
            self.known[pool] = [
                (rank, entries.units[entry], entry)
                for rank, entry in enumerate(market.pools.order[pool])
                if self.bounds.support[entry]
                and entry in market.entries_of[entries.family[entry]][best[entries.family[entry]]]
            ]
        return self.known[pool]

    def filled(self, pool: int) -> int:
        return sum(units for _, units, _ in self.rows(pool))

    def justified(self, family: int, position: int, needs: tuple[Need, ...]) -> bool:
        market = self.bounds.market
        family_of, asking = market.entries.family, market.entries_of[family][position]
        for pool, lowest, asked in needs:
            above = sum(
                units
                for rank, units, entry in self.rows(pool)
                if rank < lowest
                and (family_of[entry] != family or (self.bounds.weak and entry not in asking))
            )
            if above + asked > market.pools.cap[pool]:
                return False
        return True


class _Union:
    """Disjoint sets of numbers."""

    def __init__(self) -> None:
        self.parent: dict[int, int] = {}

    def find(self, number: int) -> int:
        while (parent := self.parent.get(number, number)) != number:
            self.parent[number] = self.parent.get(parent, parent)
            number = parent
        return number

    def join(self, numbers: Iterable[int]) -> None:
        first = None
        for number in numbers:
            if first is None:
                first = self.find(number)
            else:
                self.parent[self.find(number)] = first
