"""Of which doses a guardian is told, once a stage. Pure functions."""

from collections.abc import Iterable
from datetime import date, timedelta

from services.health.lines import Line
from services.health.maternity import Course, next_check
from services.health.rules import RSV

BOOKING = timedelta(days=14)
"""So long before the usual period begins one can still find an appointment."""
LAST_CALL = timedelta(days=30)
MISSED = timedelta(days=7)
GIVEN_UP = timedelta(days=28)
"""Who has not come for so long has moved away, or has a reason that no program should ask for."""
_OPEN = frozenset(("due_soon", "due", "overdue", "ask"))


def stages(lines: Iterable[Line], today: date) -> set[str]:
    """Return what there is to tell of a child's next doses; nothing of those that are over."""
    return {f"{line.vaccine} {line.dose} {stage}" for line in lines for stage in _of(line, today)}


def maternal_stages(course: Course, rsv: Line | None, today: date) -> set[str]:
    """Return what there is to tell in a pregnancy; nothing once it has ended or its day is over."""
    if not course.is_open(today) or today > course.due:
        return set()
    told = set() if rsv is None else set(_of(rsv, today))
    found = {f"pregnancy {course.due} {RSV} {stage}" for stage in told if stage != "overdue"}
    usual = next_check(course)
    if usual is not None and usual + MISSED <= today <= usual + GIVEN_UP:
        found.add(f"pregnancy {course.due} check {usual}")
    return found


def _of(line: Line, today: date) -> Iterable[str]:
    if line.state not in _OPEN or line.due_from is None or line.due_to is None:
        return
    if line.due_from - BOOKING <= today:
        yield "coming"
    if today > line.due_to:
        yield "overdue"
    if line.latest is not None and line.latest - LAST_CALL <= today:
        yield "ending"
