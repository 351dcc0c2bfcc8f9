"""What is due for all children of a city.

One process is enough: a hundred thousand children take about half a minute, less than handing
their records to other processes would.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from services.health.forecast import next_lines
from services.health.lines import Line
from services.health.parsing import Child

WANTED = frozenset(("due", "overdue", "ask"))


def wanted_lines(child: Child, on: date) -> list[Line]:
    """The next doses of one child that somebody has to do something about."""
    return [line for line in next_lines(child, on) if line.state in WANTED]


def due_list(children: Iterable[Child], on: date) -> Iterator[list[Line]]:
    """What is due for each child, in the order given, as they are read. Raises `FileError` for an
    impossible record."""
    for child in children:
        yield wanted_lines(child, on)
