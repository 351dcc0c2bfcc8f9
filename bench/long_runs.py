"""The long runs of the suite at their full length: what a short run may be too short to meet."""

import asyncio
import sys
import time
from asyncio.subprocess import DEVNULL

from bench.figures import Figure
from kit.settings import ROOT

RUNS = {
    "two thousand households an event": "tests/services/procedures/test_events.py",
    "a thousand orders of each pair of operations": "tests/identity/test_races.py",
    "ten thousand sends through a failing LINE": "tests/bot/test_ten_thousand_sends.py",
    "ten thousand births, two forecasters": "tests/services/health/test_two_forecasters.py",
    "six thousand requests of any kind to every route": "tests/concierge/test_any_route.py",
    "hostile skills beside an honest one": "tests/services/developers/test_hostile.py",
    "ten thousand requests for records": "tests/services/residents/test_matrix.py",
    "sample telegrams and fuzzed ones: all right, no drill told, no crash": (
        "tests/services/disaster/test_samples.py tests/services/disaster/test_robustness.py"
    ),
    "six days of the agency's entry log, shuffled, doubled, restarted twice": (
        "tests/services/disaster/test_entry_log_told.py tests/services/disaster/test_entry_log.py"
    ),
}


async def long_run(name: str) -> Figure:
    """Do one run with a process of pytest of its own; it is met when nothing was wrong."""
    command = (sys.executable, "-m", "pytest", "-q", "--whole", "--timeout=0")
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command, *RUNS[name].split(), cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL
    )
    code = await process.wait()
    seconds = time.perf_counter() - started
    told = "nothing wrong" if code == 0 else f"FAULTS: pytest --whole {RUNS[name]}"
    return Figure(
        name, f"{told} ({seconds:.0f} s)", "nothing lost, doubled or let through", code == 0
    )
