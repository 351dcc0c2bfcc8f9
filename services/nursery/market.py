"""The market in numbers: families in the order of selection, seats and ranks, no names.

Everything that decides is taken from scores and tie numbers, so that other ids or another order of
the file give the same market. An *entry* is a child in a pool that it could be seated in; its
*rank* there counts from the highest priority: the child whose seat is there, then the higher score,
then the lower tie number. A *position* is a joint outcome of a family, best first; the last one is
the implicit "everyone keeps the current seat or has none".
"""

from typing import NamedTuple

from services.nursery.instance import Child, Choice, Family, Instance, Nursery

Need = tuple[int, int, int]
"""Pool, rank of the family's child with the lowest priority there, units of all its children."""


class Pools(NamedTuple):
    """By pool: seat units, and the entries in order of priority."""

    cap: list[int]
    order: list[list[int]]


class Entries(NamedTuple):
    """By entry: its pool, rank, units and family, and the first position of the family using it."""

    pool: list[int]
    rank: list[int]
    units: list[int]
    family: list[int]
    first: list[int]


class Market(NamedTuple):
    """By family, in the order of selection; `simple` ones have one child of one unit.

    `groups` is the number of families that are not simple: they come first. `original` gives each
    position's index among the family's choices; the last is their number.
    """

    ids: list[str]
    simple: list[bool]
    groups: int
    entries_of: list[list[tuple[int, ...]]]
    needs: list[list[tuple[Need, ...]]]
    original: list[list[int]]
    pools: Pools
    entries: Entries


def build_market(instance: Instance) -> Market:
    """Number everything once, and rank the applicants of each pool."""
    families = sorted(instance.families.values(), key=lambda each: _order(each, instance))
    builder = _Builder(instance)
    for family in families:
        builder.add(family)
    return builder.finish([family.id for family in families])


def is_simple(children: list[Child]) -> bool:
    """One child of one unit: deferred acceptance alone is right for it."""
    return len(children) == 1 and children[0].units == 1


def _order(family: Family, instance: Instance) -> tuple[bool, float, float]:
    children = [instance.children[each] for each in family.children]
    if len(children) == 1:
        return (children[0].units == 1, -children[0].base, children[0].tie)
    best = min((-child.base, child.tie) for child in children)
    return (is_simple(children), *best)


class _Builder:
    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.pool_of: dict[tuple[str, int], int] = {}
        self.cap: list[int] = []
        self.ranked: list[list[tuple[bool, float, float, int]]] = []
        self.entry_pool: list[int] = []
        self.entry_units: list[int] = []
        self.entry_family: list[int] = []
        self.first: list[int] = []
        self.simple: list[bool] = []
        self.positions: list[list[tuple[int, ...]]] = []
        self.original: list[list[int]] = []

    def add(self, family: Family) -> None:
        """Number a family's positions; what cannot be or comes after staying is left out."""
        children = [self.instance.children[each] for each in family.children]
        self.simple.append(is_simple(children))
        if len(children) == 1:
            self._add_one(family.choices, children[0])
            return
        choices = _usable(family.choices, children)
        known: dict[tuple[int, str], int] = {}
        scores = [dict(child.wishes) for child in children]
        positions: list[tuple[int, ...]] = []
        for choice in choices:
            entries = []
            for index, nursery in enumerate(choice):
                if nursery is not None:
                    entry = known.get((index, nursery))
                    if entry is None:
                        entry = self._entry(children[index], nursery, scores[index], len(positions))
                        known[index, nursery] = entry
                    entries.append(entry)
            positions.append(tuple(entries))
        self.positions.append(positions)
        self.original.append(list(choices.values()))

    def _add_one(self, choices: tuple[Choice, ...], child: Child) -> None:
        """The same for a child alone, of which there are thousands: a choice is a nursery."""
        scores = dict(child.wishes)
        kept: dict[str | None, int] = {}
        for number, (nursery,) in enumerate(choices):
            if nursery == child.current:
                break
            if nursery is not None and nursery not in kept:
                kept[nursery] = number
        kept[child.current] = len(choices)
        self.positions.append(
            [
                () if nursery is None else (self._entry(child, nursery, scores, position),)
                for position, nursery in enumerate(kept)
            ]
        )
        self.original.append(list(kept.values()))

    def _pool(self, nursery: Nursery, age: int) -> int:
        pool = next(pool for pool in nursery.pools if age in pool.ages)
        number = len(self.cap)
        self.cap.append(pool.cap)
        self.ranked.append([])
        for each in pool.ages:
            self.pool_of[nursery.id, each] = number
        return number

    def _entry(self, child: Child, nursery: str, scores: dict[str, float], at: int) -> int:
        entry = len(self.entry_pool)
        pool = self.pool_of.get((nursery, child.age))
        if pool is None:
            pool = self._pool(self.instance.nurseries[nursery], child.age)
        self.entry_pool.append(pool)
        self.entry_units.append(child.units)
        self.entry_family.append(len(self.positions))
        self.first.append(at)
        score = scores.get(nursery, child.base)
        self.ranked[pool].append((child.current != nursery, -score, child.tie, entry))
        return entry

    def finish(self, ids: list[str]) -> Market:
        rank = [0] * len(self.entry_pool)
        order = []
        for ranked in self.ranked:
            ranked.sort()
            order.append([each[3] for each in ranked])
            for number, entry in enumerate(order[-1]):
                rank[entry] = number
        self.ranked.clear()
        entries = Entries(self.entry_pool, rank, self.entry_units, self.entry_family, self.first)
        alone = [
            ((pool, place, units),)
            for pool, place, units in zip(self.entry_pool, rank, self.entry_units, strict=True)
        ]
        needs = [
            [
                alone[position[0]] if len(position) == 1 else _needs(position, entries)
                for position in positions
            ]
            for positions in self.positions
        ]
        return Market(
            ids,
            self.simple,
            self.simple.count(False),
            self.positions,
            needs,
            self.original,
            Pools(self.cap, order),
            entries,
        )


def _usable(choices: tuple[Choice, ...], children: list[Child]) -> dict[Choice, int]:
    """Return each choice with its index, the implicit last included.

    A choice that would take a child's seat away without another is no outcome, a repeated one
    says nothing new, and nothing after staying as it is can ever be reached.
    """
    stay = tuple(child.current for child in children)
    seated = [index for index, place in enumerate(stay) if place is not None]
    kept: dict[Choice, int] = {}
    for number, choice in enumerate(choices):
        if choice == stay:
            break
        if not any(choice[index] is None for index in seated):
            kept.setdefault(choice, number)
    kept[stay] = len(choices)
    return kept


def _needs(position: tuple[int, ...], entries: Entries) -> tuple[Need, ...]:
    needs: dict[int, tuple[int, int]] = {}
    for entry in position:
        pool = entries.pool[entry]
        lowest, units = needs.get(pool, (0, 0))
        needs[pool] = (max(lowest, entries.rank[entry]), units + entries.units[entry])
    return tuple((pool, *need) for pool, need in needs.items())
