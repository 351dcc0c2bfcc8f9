"""What every stable outcome has in common: positions that a family surely does not get, or surely.

For each family a set of positions that are still possible (bits of an integer). Two rules shrink it
until nothing changes; each is right for every outcome without justified claims:

* *Full.* A family with one child sits in its best possible pool, or that pool is filled above it:
  so, from the top down, units that are surely taken are known, and what does not fit is impossible.
* *Safe.* Where everybody who could possibly be seated above still leaves room, the claim is
  justified: the family gets that position or a better one.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from services.nursery.market import Market


class Contradiction(Exception):  # noqa: N818 - part of the search, not an error
    """No outcome without justified claims agrees with what has been decided."""


Lowest = list[tuple[int, int, list[int]]]
"""(position, units, other entries in the pool) of the positions in which an entry is the lowest."""


class Prepared(NamedTuple):
    """A market, and what is computed once for all bounds: `single` families never ask for two
    seats at a time, `lowest` is by entry of the others.
    """

    market: Market
    single: list[bool]
    lowest: dict[int, Lowest]


def prepare(market: Market) -> Prepared:
    """Get a market ready for drawing bounds."""
    single = [all(len(each) <= 1 for each in every) for every in market.entries_of]
    return Prepared(market, single, _lowest(market, single))


class Bounds:
    """Possible positions by family; `mark` and `back` undo. `work` counts entries looked at."""

    def __init__(
        self, prepared: Prepared, *, weak: bool, exempt: frozenset[int] = frozenset()
    ) -> None:
        market = self.market = prepared.market
        self.single, self.lowest = prepared.single, prepared.lowest
        self.weak = weak
        self.exempt = exempt
        self.alive = [(1 << len(needs)) - 1 for needs in market.needs]
        self.best = [0] * len(market.ids)
        self.support = [0] * len(market.entries.pool)
        for positions in market.entries_of:
            for entries in positions:
                for entry in entries:
                    self.support[entry] += 1
        self.safe = [-1] * len(market.pools.cap)
        self.refused: list[tuple[int, int]] = []
        self.watched: dict[int, list[tuple[int, int]]] = {}
        self.looked_at: set[int] = set()
        self.trail: list[tuple[int, int]] = []
        self.dirty = deque(range(len(market.pools.cap)))
        self.is_dirty = bytearray(b"\1" * len(market.pools.cap))
        self.work = 0

    def is_open(self, family: int) -> bool:
        """Say whether more than one position is possible."""
        return self.alive[family] & (self.alive[family] - 1) != 0

    def mark(self) -> tuple[int, int]:
        """Remember this state."""
        return len(self.trail), len(self.refused)

    def back(self, mark: tuple[int, int]) -> None:
        """Return to a remembered state."""
        while len(self.trail) > mark[0]:
            index, old = self.trail.pop()
            if index < 0:
                self.safe[-1 - index] = old
                continue
            for position in bits(old & ~self.alive[index]):
                for entry in self.market.entries_of[index][position]:
                    self.support[entry] += 1
            self.alive[index] = old
            self.best[index] = _lowest_bit(old)
        while len(self.refused) > mark[1]:
            family, position = self.refused.pop()
            for pool, _, _ in self.market.needs[family][position]:
                self.watched[pool].pop()
        for pool in self.dirty:
            self.is_dirty[pool] = 0
        self.dirty.clear()
        self.looked_at.clear()

    def decide(self, family: int, position: int) -> None:
        """Give a family a position, and draw the conclusions."""
        self._remove(family, self.alive[family] & ~(1 << position))
        self.propagate()

    def refuse(self, family: int, position: int) -> None:
        """Deny a family a position: its claim must be blocked; draw the conclusions."""
        self._deny(family, position)
        self.propagate()

    def propagate(self) -> None:
        """Apply the rules until nothing changes; raises `Contradiction`."""
        while self.dirty or self.looked_at:
            while self.dirty:
                pool = self.dirty.popleft()
                self.is_dirty[pool] = 0
                self._look_at(pool)
            looked_at, self.looked_at = self.looked_at, set()
            for pool in looked_at & self.watched.keys():
                for family, position in tuple(self.watched[pool]):
                    worse = 0 if family in self.exempt else -1 << (position + 1)
                    if self.alive[family] & worse and not self._can_be_blocked(family, position):
                        self._remove(family, worse)

    def _remove(self, family: int, positions: int) -> None:
        old = self.alive[family]
        new = old & ~positions
        if new == old:
            return
        if not new:
            raise Contradiction
        self.trail.append((family, old))
        self.alive[family] = new
        entries_of = self.market.entries_of[family]
        for position in bits(old & positions):
            for entry in entries_of[position]:
                self.support[entry] -= 1
                if not self.support[entry]:
                    self._touch(entry)
        best = _lowest_bit(new)
        if best != self.best[family] or new == 1 << best or not self.single[family]:
            self.best[family] = best
            for entry in entries_of[best]:
                self._touch(entry)

    def _deny(self, family: int, position: int) -> None:
        """Take a position away whose claim must be blocked; its pools are watched from now on."""
        self.refused.append((family, position))
        for pool, _, _ in self.market.needs[family][position]:
            self.looked_at.add(pool)
            self.watched.setdefault(pool, []).append((family, position))
        self._remove(family, 1 << position)

    def _touch(self, entry: int) -> None:
        pool = self.market.entries.pool[entry]
        if not self.is_dirty[pool]:
            self.is_dirty[pool] = 1
            self.dirty.append(pool)

    def _look_at(self, pool: int) -> None:
        market = self.market
        family_of, units_of, first = (
            market.entries.family,
            market.entries.units,
            market.entries.first,
        )
        support, alive, best = self.support, self.alive, self.best
        cap = market.pools.cap[pool]
        taken = taken_by_one = possible = 0
        safe = -1
        order = market.pools.order[pool]
        self.work += len(order)
        self.looked_at.add(pool)
        sure: set[int] = set()
        for rank, entry in enumerate(order):
            if not support[entry]:
                continue
            family, units = family_of[entry], units_of[entry]
            if self.single[family]:
                at = first[entry]
                if taken + units > cap:
                    self._remove(family, 1 << at)
                    continue
                if alive[family] == 1 << at:
                    taken += units
                    taken_by_one += units
                    sure.add(entry)
                elif best[family] == at and family not in self.exempt:
                    taken = min(taken + units, max(taken, cap - units + 1))
                    taken_by_one += units == 1 and taken_by_one < cap
            else:
                self._exclude(entry, taken, taken_by_one, sure)
                if not support[entry]:
                    continue
                if support[entry] == alive[family].bit_count():
                    taken += units
                    taken_by_one += units
                    sure.add(entry)
                    if taken > cap:
                        raise Contradiction
            possible += units
            if possible <= cap:
                safe = rank
        decided = sum([units_of[entry] for entry in sure])
        if decided > cap:
            raise Contradiction
        if possible > cap:
            self._keep_room(pool, cap - decided, sure)
        if safe > self.safe[pool]:
            self.trail.append((-1 - pool, self.safe[pool]))
            self.safe[pool] = safe
            for entry in order[: safe + 1]:
                if support[entry]:
                    self._secure(entry)

    def _exclude(self, entry: int, taken: int, taken_by_one: int, sure: set[int]) -> None:
        """Take away a family's positions for which the seats above are surely gone.

        A child of several units may be kept out by a sibling of this very child, so that where
        several siblings ask, only what is taken by children of one unit counts.
        """
        family = self.market.entries.family[entry]
        cap = self.market.pools.cap[self.market.entries.pool[entry]]
        for position, units, others in self.lowest[entry]:
            own = sum(self.market.entries.units[other] for other in others if other in sure)
            above = taken_by_one if others else taken
            if above - own + units > cap:
                self._remove(family, 1 << position)

    def _keep_room(self, pool: int, room: int, decided: set[int]) -> None:
        """Take away what would push out a child whose seat is decided: a claim to be blocked."""
        units_of, family_of = self.market.entries.units, self.market.entries.family
        for entry in self.market.pools.order[pool]:
            if not self.support[entry] or entry in decided:
                continue
            family = family_of[entry]
            for position in bits(self.alive[family]):
                asked = self.market.entries_of[family][position]
                if entry in asked and room < sum(
                    units_of[other]
                    for other in asked
                    if self.market.entries.pool[other] == pool and other not in decided
                ):
                    self._deny(family, position)

    def _secure(self, entry: int) -> None:
        """Take away what is worse than a position that surely is there."""
        family = self.market.entries.family[entry]
        if family in self.exempt:
            return
        if self.single[family]:
            self._remove(family, -1 << (self.market.entries.first[entry] + 1))
            return
        for position in bits(self.alive[family]):
            if all(
                rank <= self.safe[pool] for pool, rank, _ in self.market.needs[family][position]
            ):
                self._remove(family, -1 << (position + 1))
                return

    def _can_be_blocked(self, family: int, position: int) -> bool:
        """Say whether enough others could be seated above for a denied position to be taken."""
        cap = self.market.pools.cap
        return any(
            self._possible_above(family, position, pool, rank) + units > cap[pool]
            for pool, rank, units in self.market.needs[family][position]
        )

    def _possible_above(self, family: int, position: int, pool: int, rank: int) -> int:
        entries = self.market.entries
        asking = self.market.entries_of[family][position]
        total = 0
        for entry in self.market.pools.order[pool][:rank]:
            if not self.support[entry]:
                continue
            if entries.family[entry] != family or (self.weak and entry not in asking):
                total += entries.units[entry]
        self.work += rank
        return total


def _lowest(market: Market, single: list[bool]) -> dict[int, Lowest]:
    """By entry of siblings: (position, units, other entries there) where it is the lowest one."""
    found: dict[int, Lowest] = {}
    entries = market.entries
    for family in range(market.groups):
        if single[family]:
            continue
        for position, asked in enumerate(market.entries_of[family]):
            apart = len(asked) == len(market.needs[family][position])
            for entry in asked:
                if apart:
                    row = found.setdefault(entry, [])
                    row.append((position, entries.units[entry], []))
                    continue
                pool = entries.pool[entry]
                together = [each for each in asked if entries.pool[each] == pool]
                row = found.setdefault(entry, [])
                if entry == max(together, key=entries.rank.__getitem__):
                    units = sum(entries.units[each] for each in together)
                    row.append((position, units, [each for each in together if each != entry]))
    return found


def bits(positions: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    while positions:
        low = positions & -positions
        yield low.bit_length() - 1
        positions ^= low


def _lowest_bit(positions: int) -> int:
    return (positions & -positions).bit_length() - 1
