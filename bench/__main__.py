"""Start the program and a bare Rasa on the same model, measure both in turn, print the table."""

import asyncio
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import desk
from bench.actions import action_rate
from bench.bare_rasa import BareRasa
from bench.disaster import bench_disaster
from bench.figures import Figure
from bench.gate import gate_cost
from bench.health import city_due_list, handbook_page, one_forecast
from bench.long_runs import RUNS, long_run
from bench.loop import loop_held
from bench.measure import acknowledgement, ingest, latency, memory, throughput
from bench.nursery import ALLOCATIONS
from bench.nursery_evening import deadline_evening
from bench.nursery_pages import pages_of_nurseries
from bench.snow import snow
from concierge.local_stack import LocalStack
from kit.settings import Settings

console = Console(stderr=True)


def main() -> int:
    """Measure everything; exit status 1 when a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="concierge-bench-") as folder:
        stack = LocalStack(Settings(environment="test"), Path(folder))
        try:
            with BareRasa(Path(folder)) as bare:
                figures = asyncio.run(_measure(stack, bare))
        finally:
            stack.close()
    figures += bench_disaster()
    _print(figures)
    return 0 if all(figure.is_met for figure in figures) else 1


async def _measure(stack: LocalStack, bare: BareRasa) -> list[Figure]:
    steps = (
        ("one message at a time", latency(stack, bare)),
        ("many citizens at once", throughput(stack, bare)),
        ("memory", memory(stack)),
        ("the gate before personal records", gate_cost(stack)),
        ("a forecast", one_forecast(stack)),
        ("the due list of a large city", city_due_list(stack)),
        ("a page of the handbook", handbook_page(stack)),
        ("the action server beside the stock one", action_rate()),
        ("one request of any size to any route", loop_held(stack)),
        ("webhooks, 200 a second for a minute", acknowledgement(stack)),
        ("webhooks at full speed", ingest(stack)),
        ("a long conversation", desk.opening(stack)),
        ("200 staff live", desk.live(stack)),
        ("a million messages searched", desk.searching(stack)),
        ("pages of nursery places", pages_of_nurseries(stack)),
        ("the evening of a deadline", deadline_evening(stack)),
        *((name, asyncio.to_thread(measure)) for name, measure in ALLOCATIONS.items()),
        *((name, long_run(name)) for name in RUNS),
    )
    figures = []
    for name, step in steps:
        with console.status(name):
            figures.append(await step)
        console.print(f"{name}: {figures[-1].measured}", highlight=False)
    with console.status("snow"):
        figures += await snow(stack)
    return figures


def _print(figures: list[Figure]) -> None:
    table = Table("what", "measured", "goal", "met")
    for figure in figures:
        table.add_row(figure.name, figure.measured, figure.goal, "yes" if figure.is_met else "NO")
    Console().print(table)


if __name__ == "__main__":
    raise SystemExit(main())
