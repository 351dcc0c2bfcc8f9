"""Disasters and sensors: each row of what is asked of them.

`python -m bench.disaster [row …]` measures some rows alone.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.figures import Figure
from bench.house import House
from bench.sensing import city_with_sensors, page, sensors
from bench.telling import kills, million, telegrams
from concierge.local_stack import LocalStack
from kit.settings import Settings

ROWS: dict[str, Callable[[House], Awaitable[list[Figure]]]] = {
    "sensors": sensors,
    "page": page,
    "telegrams": telegrams,
    "kills": kills,
    "million": million,
}


def bench_disaster(names: tuple[str, ...] = tuple(ROWS)) -> list[Figure]:
    """Measure with a house of its own, whose city has thousands of sensors."""
    with tempfile.TemporaryDirectory(prefix="concierge-bench-") as folder:
        os.environ["CITIES_DIR"] = str(city_with_sensors(Path(folder) / "city"))
        stack = LocalStack(Settings(environment="test"), Path(folder) / "data")
        try:
            return [figure for name in names for figure in _row(stack, name)]
        finally:
            stack.close()
            del os.environ["CITIES_DIR"]


def _row(stack: LocalStack, name: str) -> list[Figure]:
    figures = list(asyncio.run(_measured(stack, name)))
    for figure in figures:
        sys.stderr.write(f"{figure.name}: {figure.measured} (goal {figure.goal})\n")
    return figures


async def _measured(stack: LocalStack, name: str) -> list[Figure]:
    return await ROWS[name](House(stack))


if __name__ == "__main__":
    bench_disaster(tuple(sys.argv[1:]) or tuple(ROWS))
