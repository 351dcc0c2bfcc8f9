"""Made-up markets with the shape of real ones: a map, few distinct scores, siblings, transfers.

The shares are calibrated on what is published of Japanese markets: 1 to 15 wishes, about three on
average; a sixth of the children with siblings; a tenth asking for a transfer; scores that most
families share, with a bonus at the nursery that an older sibling attends.
"""

from math import ceil, hypot
from random import Random
from typing import Any, NamedTuple

from services.nursery.choices import derive_choices
from services.nursery.instance import FORMAT, Child, Nursery, Pool, Rule

AGE_SHARE = (30, 30, 15, 12, 8, 5)
"""Applicants of 100, by age on 1 April."""
BASES = (62, 62, 62, 62, 60, 58, 56, 52, 52, 46, 40, 34)
"""Two parents in full-time work have the value that is common."""


class Shape(NamedTuple):
    """What the market looks like; shares are between 0 and 1.

    `siblings` is the share of children who apply with siblings, `twins` of siblings with the same
    age, `pooled` of nurseries whose ages share seats, `several` of children who need two units,
    `bonus` of wishes with points of their own, `seats` the seats per applicant.
    """

    children: int
    nurseries: int
    siblings: float = 0.16
    transfers: float = 0.08
    twins: float = 0.0
    pooled: float = 0.0
    several: float = 0.0
    bonus: float = 0.04
    disagreement: float = 0.0
    seats: float = 0.95
    wishes: int = 15


def generate(shape: Shape, seed: int) -> dict[str, Any]:
    """Make a `nursery-instance/1` document; the same seed gives the same document."""
    return _Maker(shape, Random(seed)).document()  # noqa: S311 - a test market, no secret


class _Maker:
    def __init__(self, shape: Shape, random: Random) -> None:
        self.shape = shape
        self.random = random
        self.size = max(1.0, shape.nurseries**0.5)
        self.nurseries = [self._nursery(number) for number in range(shape.nurseries)]
        self.names = [nursery.id for nursery in self.nurseries]
        self.by_id = {nursery.id: nursery for nursery in self.nurseries}
        self.popular = {name: random.gauss(0, 0.6) for name in self.names}
        self.grid = _grid(self.nurseries)
        self.room: dict[str, list[int]] = {
            nursery.id: [pool.cap for pool in nursery.pools] for nursery in self.nurseries
        }
        self.children: list[Child] = []
        self.families: list[dict[str, Any]] = []

    def document(self) -> dict[str, Any]:
        while len(self.children) < self.shape.children:
            self._family()
        ties = self._ties()
        return {
            "format": FORMAT,
            "nurseries": [_nursery_row(nursery) for nursery in self.nurseries],
            "children": [_child_row(child, ties[child.id]) for child in self.children],
            "families": self.families,
        }

    def _nursery(self, number: int) -> Nursery:
        point = (self._coordinate(), self._coordinate())
        seats = self.shape.children * self.shape.seats / max(1, self.shape.nurseries)
        seats *= self.random.uniform(0.5, 1.5)
        caps = [self._round(seats * share / 100) for share in AGE_SHARE]
        groups: list[tuple[int, ...]] = [(0,), (1,), (2,), (3,), (4,), (5,)]
        if self.random.random() < self.shape.pooled:
            groups = [(0,), (1, 2), (3, 4, 5)]
        pools = tuple(Pool(ages, sum(caps[age] for age in ages)) for ages in groups)
        return Nursery(f"n{number + 1}", point, pools)

    def _coordinate(self) -> float:
        return round(self.random.uniform(0, self.size), 3)

    def _round(self, seats: float) -> int:
        return int(seats) + (self.random.random() < seats % 1)

    def _family(self) -> None:
        left = self.shape.children - len(self.children)
        size = min(left, self._family_size())
        home = (self._coordinate(), self._coordinate())
        base = self.random.choice(BASES)
        ages = self._ages(size)
        wishes = self._wishes(home)
        number = len(self.families) + 1
        older_at = self.random.choice(wishes) if self.random.random() < 0.1 else None
        members = [
            self._child(f"f{number}", index, age, base + (size > 1), wishes, older_at)
            for index, age in enumerate(ages)
        ]
        self.children += members
        self.families.append(self._family_row(f"f{number}", members))

    def _family_size(self) -> int:
        share = self.shape.siblings
        if self.random.random() >= share / (share + (1 - share) * 2.1):
            return 1
        return 3 if self.random.random() < 0.1 else 2

    def _ages(self, size: int) -> list[int]:
        if size == 1:
            return self.random.choices(range(6), AGE_SHARE)
        ages = sorted(self.random.sample(range(6), size), reverse=True)
        if self.random.random() < self.shape.twins:
            ages[1] = ages[0]
        return ages

    def _wishes(self, home: tuple[float, float]) -> list[str]:
        number = min(self.shape.wishes, 1 + int(self.random.expovariate(0.42)))
        near = _near(self.grid, home, 3 * number + 5)
        scored = []
        for name in near:
            x, y = self.by_id[name].xy
            distance = hypot(x - home[0], y - home[1])
            scored.append((distance - self.popular[name] + self.random.gauss(0, 0.4), name))
        return [name for _, name in sorted(scored)[:number]]

    def _child(
        self, family: str, index: int, age: int, base: int, wishes: list[str], older: str | None
    ) -> Child:
        units = 2 if self.random.random() < self.shape.several else 1
        possible = [name for name in wishes if self._class(name, age) is not None]
        scored = tuple((name, base + self._extra(name, older)) for name in possible)
        current = self._current(age, units, possible)
        if current is not None and len(scored) > 1:
            scored = tuple(wish for wish in scored if wish[0] != current)
        else:
            current = None
        return Child(f"{family}c{index + 1}", family, age, units, current, base, 0, scored)

    def _class(self, name: str, age: int) -> int | None:
        pools = self.by_id[name].pools
        return next((index for index, pool in enumerate(pools) if age in pool.ages), None)

    def _extra(self, name: str, older: str | None) -> int:
        extra = 8 if name == older else 0
        if self.random.random() < self.shape.bonus:
            extra += self.random.choice((1, 2, 5))
        if self.shape.disagreement:
            extra += round(self.random.gauss(0, 10 * self.shape.disagreement))
        return extra

    def _current(self, age: int, units: int, possible: list[str]) -> str | None:
        """A child who asks for a transfer has its seat in the last nursery it would name."""
        if age == 0 or not possible or self.random.random() >= self.shape.transfers:
            return None
        name = possible[-1]
        pool = self._class(name, age)
        if pool is None or self.room[name][pool] < units:
            return None
        self.room[name][pool] -= units
        return name

    def _family_row(self, family: str, members: list[Child]) -> dict[str, Any]:
        row: dict[str, Any] = {"id": family, "children": [child.id for child in members]}
        if len(members) == 1:
            places = [[name] for name, _ in members[0].wishes]
            return row | {"rule": None, "choices": places}
        rule = Rule(
            self.random.choice(("same_only", "together", "near", "any", "any")),
            self.random.choice(("same", "rank")),
            self.random.choice(("older", "younger", "either")),
            1.0,
        )
        derived = derive_choices(members, rule, self.by_id)
        return row | {"rule": rule._asdict(), "choices": [list(each) for each in derived.choices]}

    def _ties(self) -> dict[str, int]:
        """Siblings are mostly next to each other in the tie table, and drawn apart now and then."""
        keys = {family["id"]: self.random.random() for family in self.families}
        apart = 0.02 + self.shape.disagreement
        for child in self.children:
            own = keys[child.family]
            keys[child.id] = self.random.random() if self.random.random() < apart else own
        drawn = sorted(self.children, key=lambda child: (keys[child.id], child.id))
        return {child.id: number for number, child in enumerate(drawn, start=1)}


Grid = dict[tuple[int, int], list[tuple[float, float, str]]]


def _grid(nurseries: list[Nursery]) -> Grid:
    grid: Grid = {}
    for nursery in nurseries:
        x, y = nursery.xy
        grid.setdefault((int(x), int(y)), []).append((x, y, nursery.id))
    return grid


def _near(grid: Grid, home: tuple[float, float], number: int) -> list[str]:
    """Return the nurseries around a point, growing the square until there are enough."""
    column, row = int(home[0]), int(home[1])
    total = sum(map(len, grid.values()))
    reach = ceil((number**0.5) / 2)
    while True:
        found = [
            place
            for x in range(column - reach, column + reach + 1)
            for y in range(row - reach, row + reach + 1)
            for place in grid.get((x, y), ())
        ]
        if len(found) >= min(number, total):
            found.sort(key=lambda place: hypot(place[0] - home[0], place[1] - home[1]))
            return [name for _, _, name in found[:number]]
        reach += 1


def _nursery_row(nursery: Nursery) -> dict[str, Any]:
    pools = [{"ages": list(pool.ages), "cap": pool.cap} for pool in nursery.pools]
    return {"id": nursery.id, "xy": list(nursery.xy), "pools": pools}


def _child_row(child: Child, tie: int) -> dict[str, Any]:
    row: dict[str, Any] = child._asdict()
    return row | {"tie": tie, "wishes": [list(wish) for wish in child.wishes]}
