"""Rasa's model as a plain list of calls.

Rasa plans its graph anew with dask for every message and every prediction, which takes longer than
most components do. The graph never changes after loading, so its order is worked out once.
"""

from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.runner.dask import DaskGraphRunner

_Plan = list[tuple[str, list[str]]]


class PlannedRunner:
    """Stands in for the runner of a loaded model, with the same `run`."""

    def __init__(self, runner: DaskGraphRunner) -> None:
        """Take over the components of a loaded model."""
        self._nodes = runner._instantiated_nodes
        self._schema = runner._graph_schema
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Return the outputs of the targets."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._plan(wanted)
        # A node takes and gives pairs of a name and an output.
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._plans[wanted]:
            done[name] = self._nodes[name](*(done[need] for need in needs))
        return dict(done[name] for name in wanted)

    def _plan(self, targets: tuple[str, ...]) -> _Plan:
        schema = self._schema.minimal_graph_schema(list(targets))
        needs = {name: list(node.needs.values()) for name, node in schema.nodes.items()}
        order = TopologicalSorter(needs).static_order()
        return [(name, needs[name]) for name in order if name in needs]
