"""What the search could not finish, given to OR-Tools CP-SAT; the package is optional.

Only what the bounds left open becomes variables. The time is counted in the solver's own
deterministic units and one worker runs, so that every run says the same.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from services.nursery.bounds import Bounds, Contradiction, Prepared, bits
from services.nursery.market import Need

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_TIME = 10.0
"""Deterministic seconds of the solver, about as long as real ones."""


class UnknownError(Exception):
    """Neither an outcome nor a proof was found, or OR-Tools is not installed."""


def find(prepared: Prepared, *, weak: bool) -> list[int] | None:
    """Return some outcome without justified claims; None proves that there is none.

    Raises `UnknownError` where the time is over or the package is missing.
    """
    try:
        cp_model = import_module("ortools.sat.python.cp_model")
    except ImportError as error:
        raise UnknownError from error
    bounds = Bounds(prepared, weak=weak)
    try:
        bounds.propagate()
    except Contradiction:
        return None
    model = _Model(bounds, cp_model.CpModel())
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = MOST_TIME
    status = solver.solve(model.build())
    if status == cp_model.INFEASIBLE:
        return None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise UnknownError
    return [
        next(position for position, chosen in row.items() if solver.value(chosen))
        for row in model.chosen
    ]


class _Model:
    def __init__(self, bounds: Bounds, model: Any) -> None:
        self.bounds = bounds
        self.market = bounds.market
        self.model = model
        self.chosen: list[dict[int, Any]] = []
        self.seated: dict[int, Any] = {}
        self.blocked: dict[tuple[int, int, tuple[int, ...]], Any] = {}

    def build(self) -> Any:
        """Add one literal per possible position, the capacities, and a clause per claim."""
        for family, alive in enumerate(self.bounds.alive):
            row = {position: self.model.new_bool_var("") for position in bits(alive)}
            self.model.add_exactly_one(row.values())
            self.chosen.append(row)
            for position, chosen in row.items():
                for entry in self.market.entries_of[family][position]:
                    self.seated[entry] = self.seated.get(entry, 0) + chosen
        for pool, cap in enumerate(self.market.pools.cap):
            inside = [entry for entry in self.market.pools.order[pool] if entry in self.seated]
            if sum(map(self._units, inside)) > cap:
                self.model.add(self._filled(inside) <= cap)
        for family in range(len(self.chosen)):
            self._forbid_claims(family)
        return self.model

    def _units(self, entry: int) -> int:
        return self.market.entries.units[entry]

    def _filled(self, entries: "Iterable[int]") -> Any:
        return sum(self._units(entry) * self.seated[entry] for entry in entries)

    def _forbid_claims(self, family: int) -> None:
        row = self.chosen[family]
        for position in range(max(row)):
            held = [chosen for better, chosen in row.items() if better <= position]
            needs = self.market.needs[family][position]
            blocked = [self._blocked(family, position, need) for need in needs]
            self.model.add_bool_or([*held, *(each for each in blocked if each is not None)])

    def _blocked(self, family: int, position: int, need: Need) -> Any:
        """A literal that implies that others fill the pool above; None where they cannot."""
        pool, rank, units = need
        asking = self.market.entries_of[family][position]
        others = tuple(
            entry
            for entry in self.market.pools.order[pool][:rank]
            if entry in self.seated
            and (
                self.market.entries.family[entry] != family
                or (self.bounds.weak and entry not in asking)
            )
        )
        room = self.market.pools.cap[pool] - units
        if sum(map(self._units, others)) <= room:
            return None
        key = (pool, units, others)
        if key not in self.blocked:
            literal = self.blocked[key] = self.model.new_bool_var("")
            self.model.add(self._filled(others) >= room + 1).only_enforce_if(literal)
        return self.blocked[key]
