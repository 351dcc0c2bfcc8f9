"""What is due for all children of a city.

One process is enough: a hundred thousand children take about half a minute, less than handing
their records to other processes would.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from services.health.checkups import CheckAge, DueItem, due_checks
from services.health.contract import Body, Check
from services.health.forecast import next_lines
from services.health.handbook import child_of
from services.health.lines import Line
from services.health.parsing import Child, FileError

WANTED = frozenset(("due", "overdue", "ask"))
SHOWN = WANTED | {"due_soon"}
"""What the desk's list has besides: whom it can still invite in time."""


def wanted_lines(child: Child, on: date) -> list[Line]:
    """The next doses of one child that somebody has to do something about."""
    return [line for line in next_lines(child, on) if line.state in WANTED]


def due_list(children: Iterable[Child], on: date) -> Iterator[list[Line]]:
    """What is due for each child, in the order given, as they are read. Raises `FileError` for an
    impossible record."""
    for child in children:
        yield wanted_lines(child, on)


def due_items(
    birth: date, sex: str | None, bodies: Iterable[Body], ages: Iterable[CheckAge], on: date
) -> list[DueItem]:
    """Vaccinations and checks of one child for the desk's list.

    Where the record contradicts itself one item asks to look at it (`what` empty).
    """
    kept = list(bodies)
    had = [body.name for body in kept if isinstance(body, Check)]
    checks = list(due_checks(ages, birth, had, on))
    try:
        lines = next_lines(child_of(birth, sex, kept), on)
    except FileError:
        return [DueItem("", 0, "ask", on, on, None), *checks]
    return [_item(line) for line in lines if line.state in SHOWN and line.due_from] + checks


def _item(line: Line) -> DueItem:
    start = line.due_from or date.min
    return DueItem(line.vaccine, line.dose, line.state, start, line.due_to or start, line.latest)
