"""A lifecycle is a table of allowed steps."""

from collections.abc import Mapping

from kit.errors import IllegalTransitionError

Lifecycle = Mapping[str, frozenset[str]]


def check_step(lifecycle: Lifecycle, before: str, after: str) -> str:
    """Return `after` when the lifecycle allows it from `before`; else raise."""
    if after not in lifecycle.get(before, frozenset()):
        raise IllegalTransitionError(f"no step from {before} to {after}")
    return after
