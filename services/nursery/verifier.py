"""An independent check of an outcome: shares no code with the solver, works on the plain documents.

It trusts nothing: feasibility, and every claim that any family could make, are computed anew from
`nursery-instance/1` and the assignment. Nothing is imported from the rest of this service.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, NamedTuple

Priority = tuple[int, float, float]
Seat = tuple[str, int]


class Verdict(NamedTuple):
    """What the check found.

    `problems` are reasons why the outcome is none at all; `claims` and `weak_claims` are
    (family, choice) that would be justified. `level` is what the outcome earns: `stable`, `weak`,
    `blocked`, or `infeasible`.
    """

    problems: list[str]
    claims: list[tuple[str, list[str | None]]]
    weak_claims: list[tuple[str, list[str | None]]]

    @property
    def level(self) -> str:
        if self.problems:
            return "infeasible"
        if not self.claims:
            return "stable"
        return "blocked" if self.weak_claims else "weak"


def verify(document: dict[str, Any], result: dict[str, Any]) -> Verdict:
    """Check a result against its instance; both as parsed from JSON."""
    check = _Check(document)
    problems = check.seat(result.get("assignment"))
    if problems:
        return Verdict(problems, [], [])
    claims, weak_claims = check.claims()
    problems = _wrong_words(result, claims, weak_claims)
    return Verdict(problems, claims, weak_claims)


def _wrong_words(result: dict[str, Any], claims: list[Any], weak_claims: list[Any]) -> list[str]:
    """Say where the result's own level promises more than the check found."""
    level = result.get("level")
    if level not in (None, "stable", "weak", "fewest"):
        return [f"the level {level!r} is not one of stable, weak and fewest"]
    if level == "stable" and claims:
        return [f"the result calls itself stable, but {len(claims)} claims are justified"]
    if level == "weak" and weak_claims:
        return [f"the result calls itself weak, but {len(weak_claims)} weak claims are justified"]
    return []


class _Check:
    def __init__(self, document: dict[str, Any]) -> None:
        self.cap: dict[Seat, int] = {}
        self.pool_of: dict[tuple[str, int], Seat] = {}
        for nursery in document["nurseries"]:
            for number, pool in enumerate(nursery["pools"]):
                seat = (nursery["id"], number)
                self.cap[seat] = pool["cap"]
                self.pool_of.update({(nursery["id"], age): seat for age in pool["ages"]})
        self.children = {child["id"]: child for child in document["children"]}
        self.families = list(_families(document))
        self.place: dict[str, str | None] = {}
        self.seated: dict[Seat, list[tuple[Priority, int, str, str]]] = {}
        self.ranks: dict[Seat, list[Priority]] = {}
        self.filled: dict[Seat, list[int]] = {}

    def seat(self, assignment: Any) -> list[str]:
        """Take the assignment in; return why it is not feasible."""
        if not isinstance(assignment, dict):
            return ["the result has no assignment"]
        problems = [f"child {key!r} is unknown" for key in assignment if key not in self.children]
        problems += [f"child {key!r} is missing" for key in self.children if key not in assignment]
        if problems:
            return problems
        self.place = assignment
        for child in self.children.values():
            place = assignment[child["id"]]
            if place is None:
                if child.get("current") is not None:
                    problems.append(f"child {child['id']!r} loses its seat")
            elif not isinstance(place, str) or (place, child["age"]) not in self.pool_of:
                problems.append(f"child {child['id']!r} cannot be in {place!r}")
            else:
                self._sit(child, place)
        return problems + list(self._overfull()) + list(self._not_chosen())

    def _sit(self, child: dict[str, Any], place: str) -> None:
        row = (_priority(child, place), child.get("units", 1), child["family"], child["id"])
        self.seated.setdefault(self.pool_of[place, child["age"]], []).append(row)

    def _overfull(self) -> Iterator[str]:
        for seat, rows in self.seated.items():
            rows.sort()
            self.ranks[seat] = [row[0] for row in rows]
            self.filled[seat] = [0, *accumulate(row[1] for row in rows)]
            if self.filled[seat][-1] > self.cap[seat]:
                yield f"nursery {seat[0]!r}, pool {seat[1]}: {self.filled[seat][-1]} units seated"

    def _not_chosen(self) -> Iterator[str]:
        for family, ids, choices, stay in self.families:
            outcome = [self.place[each] for each in ids]
            if outcome != stay and outcome not in choices:
                yield f"family {family!r}: {outcome} is not among its choices"

    def claims(self) -> tuple[list[Any], list[Any]]:
        """Return all justified claims, then those that are justified in the weak sense too."""
        claims, weak_claims = [], []
        for family, ids, choices, stay in self.families:
            outcome = [self.place[each] for each in ids]
            for choice in [*choices, stay]:
                if choice == outcome:
                    break
                strict, weak = self._justified(family, ids, choice)
                if strict:
                    claims.append((family, choice))
                if weak:
                    weak_claims.append((family, choice))
        return claims, weak_claims

    def _justified(
        self, family: str, ids: list[str], choice: list[str | None]
    ) -> tuple[bool, bool]:
        wanted: dict[Seat, list[dict[str, Any]]] = {}
        for each, place in zip(ids, choice, strict=True):
            child = self.children[each]
            if place is not None:
                wanted.setdefault(self.pool_of[place, child["age"]], []).append(child)
            elif child.get("current") is not None:
                return False, False  # nobody may lose a seat: this choice is no outcome
        strict = weak = True
        for seat, children in wanted.items():
            room = self.cap[seat] - sum(child.get("units", 1) for child in children)
            lowest = max(_priority(child, seat[0]) for child in children)
            above = bisect_left(self.ranks.get(seat, []), lowest)
            units = self.filled[seat][above] if above else 0
            if units <= room:
                continue
            if len(ids) == 1:
                return False, False
            own, own_elsewhere = self._own_units(seat, family, lowest, {c["id"] for c in children})
            strict = strict and units - own <= room
            weak = weak and units - own + own_elsewhere <= room
            if not strict:
                return False, False
        return strict, weak

    def _own_units(
        self, seat: Seat, family: str, lowest: Priority, asking: set[str]
    ) -> tuple[int, int]:
        """Units of the family's own children above `lowest`: all, and those not asking now."""
        own = [
            (units, child)
            for priority, units, its_family, child in self.seated.get(seat, [])
            if its_family == family and priority < lowest
        ]
        leaving = sum(units for units, child in own if child not in asking)
        return sum(units for units, _ in own), leaving


def _priority(child: dict[str, Any], place: str) -> Priority:
    score = next((wish[1] for wish in child["wishes"] if wish[0] == place), child["base"])
    return (0 if child.get("current") == place else 1, -score, child["tie"])


def _families(
    document: dict[str, Any],
) -> Iterator[tuple[str, list[str], list[list[str | None]], list[str | None]]]:
    """Yield id, children, choices and what staying means; a family not listed is one child."""
    children = {child["id"]: child for child in document["children"]}
    listed = {family["id"] for family in document.get("families", [])}
    for family in document.get("families", []):
        stay = [children[each].get("current") for each in family["children"]]
        choices = family.get("choices")
        if choices is None and len(stay) == 1:
            choices = _wishes(children[family["children"][0]])
        yield family["id"], family["children"], choices, stay
    for child in children.values():
        if child["family"] not in listed:
            yield child["family"], [child["id"]], _wishes(child), [child.get("current")]


def _wishes(child: dict[str, Any]) -> list[list[str | None]]:
    return [[wish[0]] for wish in child["wishes"]]
