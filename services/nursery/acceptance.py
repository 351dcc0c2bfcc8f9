"""Deferred acceptance with siblings: fast, and right wherever nobody chases his own seat.

First the families of one child with one unit, as Gale and Shapley do it. Then the others, one by
one in the order of selection: each takes its best justified claim, whoever is pushed out goes on
from its next choice, and seats that fall free are offered to everyone who prefers them.
"""

from bisect import bisect_left, insort
from heapq import heappop, heappush, heapreplace
from itertools import accumulate

from services.nursery.market import Market

UNPLACED = 10**9
"""The position of a family that holds nothing yet: any claim is better."""
CHASES = 30
"""Moves after which a family may claim in the weak sense only: it may be chasing its own seats."""


class Acceptance:
    """The running state: `position` by family, and by pool the ranks of those seated, sorted."""

    def __init__(self, market: Market, *, weak: bool = False) -> None:
        self.market = market
        self.weak = weak
        self.position = [UNPLACED] * len(market.ids)
        self.seated: list[list[int]] = [[] for _ in market.pools.cap]
        self.filled = [0] * len(market.pools.cap)
        self.several = [False] * len(market.pools.cap)
        self.moves = [0] * market.groups
        self.certified = True
        """No family that is not simple was ever pushed out or moved on."""
        self.queue: list[int] = []
        self.waiting = bytearray(len(market.ids))
        units = market.entries.units
        for entry, pool in enumerate(market.entries.pool):
            if units[entry] > 1:
                self.several[pool] = True

    def run(self) -> bool:
        """Fill the pools; False where the moves were cut off, so that claims may be left."""
        self._place_simple()
        for family in range(self.market.groups):
            self._enqueue(family)
            self._settle()
        return self._finish()

    def resume(self, families: list[int]) -> bool:
        """Let these families look again, from an outcome that was loaded."""
        for family in families:
            self._enqueue(family)
        self._settle()
        return self._finish()

    def load(self, positions: list[int]) -> None:
        """Take a feasible outcome over as the state."""
        for family, position in enumerate(positions):
            self._sit(family, position)
        for ranks in self.seated:
            ranks.sort()

    def _sit(self, family: int, position: int) -> None:
        entries = self.market.entries
        self.position[family] = position
        for entry in self.market.entries_of[family][position]:
            pool = entries.pool[entry]
            self.seated[pool].append(entries.rank[entry])
            self.filled[pool] += entries.units[entry]

    def _place_simple(self) -> None:
        """Gale and Shapley: the pool keeps the highest, a heap by lowest rank first."""
        market = self.market
        cap, needs, position = market.pools.cap, market.needs, self.position
        order, of_entry = market.pools.order, market.entries.family
        held: list[list[int]] = [[] for _ in cap]
        for family in range(market.groups, len(market.ids)):
            current, at = family, 0
            while True:
                position[current] = at
                wanted = needs[current][at]
                if not wanted:
                    break
                pool, rank, _ = wanted[0]
                seats = held[pool]
                if len(seats) < cap[pool]:
                    heappush(seats, -rank)
                    break
                if cap[pool] and -seats[0] > rank:
                    out = -heapreplace(seats, -rank)
                    current = of_entry[order[pool][out]]
                    at = position[current]
                at += 1
        for pool, seats in enumerate(held):
            self.seated[pool] = sorted(-rank for rank in seats)
            self.filled[pool] = len(seats)

    def _enqueue(self, family: int) -> None:
        if not self.waiting[family]:
            self.waiting[family] = 1
            heappush(self.queue, family)

    def _settle(self) -> None:
        """Let the families that wait take their best claims, in order, until nobody waits."""
        limit = 30 * len(self.market.ids) + 10_000
        while self.queue and limit:
            limit -= 1
            family = heappop(self.queue)
            self.waiting[family] = 0
            self._improve(family)

    def _improve(self, family: int) -> None:
        held, last = self.position[family], len(self.market.needs[family]) - 1
        moves = self.moves[family] if family < self.market.groups else 0
        if moves > 3 * CHASES and held != UNPLACED:
            return
        weak = self.weak or moves > CHASES
        for position in range(min(held, last)):
            if self.justified(family, position, weak=weak) and moves <= 6 * CHASES:
                self._move(family, position)
                return
        if held == UNPLACED:
            self._move(family, last)

    def justified(self, family: int, position: int, *, weak: bool) -> bool:
        """Say whether the family's claim to a position would be justified now."""
        cap = self.market.pools.cap
        for pool, rank, units in self.market.needs[family][position]:
            room = cap[pool] - units
            if self.filled[pool] <= room:
                continue
            if room < 0:
                return False
            above = self._units(pool, bisect_left(self.seated[pool], rank))
            if above > room and above - self._own(family, pool, rank, position, weak) > room:
                return False
        return True

    def _own(self, family: int, pool: int, rank: int, position: int, weak: bool) -> int:
        """Units of the family's own children above a rank; weakly, only of those who ask again."""
        held = self.position[family]
        if family >= self.market.groups or held == UNPLACED:
            return 0
        entries = self.market.entries
        asking = self.market.entries_of[family][position]
        return sum(
            entries.units[entry]
            for entry in self.market.entries_of[family][held]
            if entries.pool[entry] == pool
            and entries.rank[entry] < rank
            and (not weak or entry in asking)
        )

    def _units(self, pool: int, number: int) -> int:
        """Add up the units of the highest-ranked `number` children."""
        if not self.several[pool]:
            return number
        order, units = self.market.pools.order[pool], self.market.entries.units
        return sum(units[order[rank]] for rank in self.seated[pool][:number])

    def _move(self, family: int, position: int) -> None:
        if family < self.market.groups:
            self.moves[family] += 1
            self.certified = self.certified and self.moves[family] == 1
        freed = self._leave(family)
        self.position[family] = position
        entries = self.market.entries
        touched = []
        for entry in self.market.entries_of[family][position]:
            pool = entries.pool[entry]
            insort(self.seated[pool], entries.rank[entry])
            self.filled[pool] += entries.units[entry]
            touched.append(pool)
        for pool in touched:
            if self.filled[pool] > self.market.pools.cap[pool]:
                freed += self._push_out(pool)
        for pool in dict.fromkeys(freed):
            self._offer(pool)

    def _leave(self, family: int) -> list[int]:
        """Give up all seats of a family; return their pools."""
        held = self.position[family]
        if held == UNPLACED:
            return []
        self.position[family] = UNPLACED
        entries = self.market.entries
        left = []
        for entry in self.market.entries_of[family][held]:
            pool = entries.pool[entry]
            seated = self.seated[pool]
            del seated[bisect_left(seated, entries.rank[entry])]
            self.filled[pool] -= entries.units[entry]
            left.append(pool)
        return left

    def _push_out(self, pool: int) -> list[int]:
        """Keep from the top down whoever fits; the others look for something else."""
        cap = self.market.pools.cap[pool]
        order, entries = self.market.pools.order[pool], self.market.entries
        if not self.several[pool]:
            out = self.seated[pool][cap:]
        else:
            out, total = [], 0
            for rank in self.seated[pool]:
                units = entries.units[order[rank]]
                if total + units > cap:
                    out.append(rank)
                else:
                    total += units
        freed: list[int] = []
        for family in dict.fromkeys(entries.family[order[rank]] for rank in out):
            freed += (left for left in self._leave(family) if left != pool)
            if family < self.market.groups:
                self.certified = False
            self._enqueue(family)
        # Whoever came in ranks above those who go: nobody's chances rise but by a seat left over.
        return [*freed, pool] if self.filled[pool] < cap else freed

    def _offer(self, pool: int) -> None:
        """Let everyone look again who would rather have something that uses this pool."""
        entries = self.market.entries
        for entry in self.market.pools.order[pool]:
            family = entries.family[entry]
            if entries.first[entry] < self.position[family] != UNPLACED:
                self._enqueue(family)

    def _finish(self) -> bool:
        """Bring everyone home who was cut off; keeping the current seat is always possible."""
        complete = not self.queue
        self.queue.clear()
        self.waiting = bytearray(len(self.market.ids))
        while UNPLACED in self.position:
            complete = False
            family = self.position.index(UNPLACED)
            self._move(family, len(self.market.needs[family]) - 1)
            self.queue.clear()
            self.waiting = bytearray(len(self.market.ids))
        return complete


def blocking(market: Market, positions: list[int], *, weak: bool = False) -> list[tuple[int, int]]:
    """Return every justified claim against an outcome as (family, position)."""
    state = Acceptance(market)
    state.load(positions)
    found = [
        (family, position)
        for family in range(market.groups)
        for position in range(positions[family])
        if state.justified(family, position, weak=weak)
    ]
    return found + _blocking_alone(market, positions, state)


def _blocking_alone(
    market: Market, positions: list[int], state: Acceptance
) -> list[tuple[int, int]]:
    """The same for children alone, of one unit: there are thousands of them."""
    cap, seated, needs = market.pools.cap, state.seated, market.needs
    order, units = market.pools.order, market.entries.units
    above = [
        list(accumulate((units[order[pool][rank]] for rank in ranks), initial=0))
        for pool, ranks in enumerate(seated)
    ]
    found = []
    for family in range(market.groups, len(positions)):
        for position in range(positions[family]):
            pool, rank, _ = needs[family][position][0]
            if above[pool][bisect_left(seated[pool], rank)] < cap[pool]:
                found.append((family, position))
    return found
