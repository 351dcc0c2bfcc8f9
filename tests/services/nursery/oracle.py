"""Exhaustive search: the selected outcome of a tiny market, written straight from its definition.

It shares no code with the solver or the verifier, and tries every joint outcome there is.
"""

from collections.abc import Iterator
from typing import Any

Outcome = tuple[str | None, ...]
Document = dict[str, Any]


class Oracle:
    """`select` returns the level and the selected assignment of a `nursery-instance/1` document."""

    def __init__(self, document: Document) -> None:
        self.children = {child["id"]: child for child in document["children"]}
        self.families = sorted(document["families"], key=self._order)
        self.caps = {
            (nursery["id"], age): ((nursery["id"], tuple(pool["ages"])), pool["cap"])
            for nursery in document["nurseries"]
            for pool in nursery["pools"]
            for age in pool["ages"]
        }
        self.choices = [self._choices(family) for family in self.families]

    def _order(self, family: Document) -> tuple[bool, tuple[float, float]]:
        members = [self.children[each] for each in family["children"]]
        simple = len(members) == 1 and members[0]["units"] == 1
        return simple, min((-child["base"], child["tie"]) for child in members)

    def _choices(self, family: Document) -> list[Outcome]:
        members = [self.children[each] for each in family["children"]]
        stay = tuple(child["current"] for child in members)
        choices = [*map(tuple, family["choices"]), stay]
        return [
            choice
            for choice in choices[: choices.index(stay) + 1]
            if all(
                place or not child["current"] for place, child in zip(choice, members, strict=True)
            )
        ]

    def _outcomes(self, family: int, taken: dict[Any, int]) -> Iterator[list[int]]:
        """Yield every feasible outcome as positions, the lexicographically smallest first."""
        if family == len(self.families):
            yield []
            return
        for position, choice in enumerate(self.choices[family]):
            after = dict(taken)
            fits = True
            for pool, cap, child in self._seats(family, choice):
                after[pool] = after.get(pool, 0) + child["units"]
                fits = fits and after[pool] <= cap
            if fits:
                for rest in self._outcomes(family + 1, after):
                    yield [position, *rest]

    def _seats(self, family: int, choice: Outcome) -> Iterator[tuple[Any, int, Document]]:
        for each, place in zip(self.families[family]["children"], choice, strict=True):
            if place is not None:
                child = self.children[each]
                yield *self.caps[place, child["age"]], child

    def _priority(self, child: Document, place: str) -> tuple[bool, float, float]:
        score: Any = dict(child["wishes"]).get(place, child["base"])
        return child["current"] != place, -score, child["tie"]

    def blockers(self, outcome: list[int], *, weak: bool) -> int:
        """Count the families with a justified claim."""
        seated: dict[Any, list[tuple[Any, int, int, str]]] = {}
        for family, position in enumerate(outcome):
            for pool, _, child in self._seats(family, self.choices[family][position]):
                row = (self._priority(child, pool[0]), child["units"], family, child["id"])
                seated.setdefault(pool, []).append(row)
        return sum(
            any(self._justified(family, self.choices[family][t], seated, weak) for t in range(held))
            for family, held in enumerate(outcome)
        )

    def _justified(
        self, family: int, choice: Outcome, seated: dict[Any, list[Any]], weak: bool
    ) -> bool:
        groups: dict[Any, list[Document]] = {}
        caps = {}
        for pool, cap, child in self._seats(family, choice):
            groups.setdefault(pool, []).append(child)
            caps[pool] = cap
        for pool, group in groups.items():
            lowest = max(self._priority(child, pool[0]) for child in group)
            ids = {child["id"] for child in group}
            others = sum(
                units
                for priority, units, owner, child in seated.get(pool, [])
                if priority < lowest and (owner != family or (weak and child not in ids))
            )
            if others + sum(child["units"] for child in group) > caps[pool]:
                return False
        return True

    def select(self) -> tuple[str, dict[str, str | None]]:
        fewest: tuple[int, list[int]] | None = None
        weak: list[int] | None = None
        for outcome in self._outcomes(0, {}):
            if weak is None or fewest is None:
                blocking = self.blockers(outcome, weak=True)
                if blocking == 0:
                    weak = weak or outcome
                if fewest is None or blocking < fewest[0]:
                    fewest = (blocking, outcome)
                if blocking:
                    continue
            if not self.blockers(outcome, weak=False):
                return "stable", self._assignment(outcome)
        if weak is not None:
            return "weak", self._assignment(weak)
        assert fewest is not None
        return "fewest", self._assignment(fewest[1])

    def _assignment(self, outcome: list[int]) -> dict[str, str | None]:
        return {
            child: place
            for family, position in enumerate(outcome)
            for child, place in zip(
                self.families[family]["children"], self.choices[family][position], strict=True
            )
        }
