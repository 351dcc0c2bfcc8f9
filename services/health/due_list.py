"""Forecasts for all children of a city, spread over processes."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from itertools import islice
from multiprocessing import get_context

from services.health.forecast import Line, forecast
from services.health.parsing import Child

_CHUNK = 500
WANTED = frozenset(("due", "overdue", "ask"))


def _chunks(children: Iterable[Child]) -> Iterator[list[Child]]:
    left = iter(children)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def wanted_lines(child: Child, on: date) -> list[Line]:
    """The next doses of one child that somebody has to do something about."""
    return [line for line in forecast(child, on) if line.written is None and line.state in WANTED]


def _of_chunk(chunk: list[Child], on: date) -> list[list[Line]]:
    return [wanted_lines(child, on) for child in chunk]


def due_list(children: Iterable[Child], on: date, workers: int = 2) -> Iterator[list[Line]]:
    """What is due for each child, in the order given. The processes are spawned, so that nothing
    of a running server is copied into them. Raises `FileError` for an impossible record."""
    work = partial(_of_chunk, on=on)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for lines in pool.map(work, _chunks(children)):
            yield from lines
