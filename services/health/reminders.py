"""Of which doses a guardian is told, once a stage. Pure functions."""

from collections.abc import Iterable
from datetime import date, timedelta

from services.health.lines import Line

BOOKING = timedelta(days=14)
"""So long before the usual period begins one can still find an appointment."""
LAST_CALL = timedelta(days=30)
_OPEN = frozenset(("due_soon", "due", "overdue", "ask"))


def stages(lines: Iterable[Line], today: date) -> set[str]:
    """Return what there is to tell of a child's next doses; nothing of those that are over."""
    return {f"{line.vaccine} {line.dose} {stage}" for line in lines for stage in _of(line, today)}


def _of(line: Line, today: date) -> Iterable[str]:
    if line.state not in _OPEN or line.due_from is None or line.due_to is None:
        return
    if line.due_from - BOOKING <= today:
        yield "coming"
    if today > line.due_to:
        yield "overdue"
    if line.latest is not None and line.latest - LAST_CALL <= today:
        yield "ending"
