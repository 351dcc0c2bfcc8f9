"""Allocating nursery places: time from file to file, and what the naive rule leaves behind."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.nursery_peer import peer_beside_ours
from services.nursery.allocation import allocate
from services.nursery.generator import Shape, generate
from services.nursery.reading import read_instance
from services.nursery.verifier import verify

COMMAND = "from services.nursery.cli import app; app()"
CITY = Shape(8000, 300)
EVERYTHING = CITY._replace(twins=0.3, pooled=0.5, several=0.03)
REGION = Shape(100_000, 3000)
HARD = Shape(600, 30, siblings=0.45, disagreement=1.0, seats=0.8)
HARD_MARKETS = 20


def _timed(name: str, shape: Shape, limit: float) -> Figure:
    with tempfile.TemporaryDirectory(prefix="concierge-bench-") as folder:
        instance, result = Path(folder) / "instance.json", Path(folder) / "result.json"
        instance.write_text(json.dumps(generate(shape, 1)))
        arguments = ["allocate", str(instance), "--out", str(result)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", COMMAND, *arguments], check=True)
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        outcome = json.loads(result.read_text())
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = after.ru_maxrss / 1024
    met = wall <= limit and memory <= 1024 and (not outcome["claims"] or bool(outcome["excluded"]))
    return Figure(
        f"nursery places, {name}",
        f"{wall:.2f} s ({seconds:.2f} s of one core, {memory:.0f} MiB), {outcome['level']},"
        f" {len(outcome['claims'])} claims, selected: {outcome['selected']}",
        f"<= {limit:.0f} s, <= 1 GiB, no claims or the proof that it cannot be",
        met,
    )


def _hard() -> Figure:
    """Markets where siblings and nurseries disagree; a level counts when the better is excluded."""
    settled = stable = 0
    for seed in range(HARD_MARKETS):
        outcome = allocate(read_instance(generate(HARD, seed)))
        stable += outcome["level"] == "stable"
        better = {"stable": (), "weak": ("stable",), "fewest": ("stable", "weak")}
        settled += tuple(outcome["excluded"]) == better[outcome["level"]]
    return Figure(
        f"nursery places, {HARD_MARKETS} hard markets of 600: best level that exists",
        f"{settled} settled, {stable} of them stable",
        f"{HARD_MARKETS}",
        settled == HARD_MARKETS,
    )


def _naive() -> Figure:
    """Families by points, each takes its best free choice: how many could rightly complain."""
    document = generate(CITY, 1)
    naive = verify(document, {"assignment": greedy(document)})
    ours = allocate(read_instance(document))
    families = len({family for family, _ in naive.claims})
    return Figure(
        "nursery places, 8,000 x 300: families with a justified claim",
        f"{len(ours['claims'])} (naive rule by points: {families})",
        "0",
        not ours["claims"] and not naive.problems,
    )


def greedy(document: dict[str, Any]) -> dict[str, str | None]:
    """The naive rule: by the best child's points, then tie number, each takes what is free."""
    children = {child["id"]: child for child in document["children"]}
    pools = {
        (nursery["id"], age): (nursery["id"], number)
        for nursery in document["nurseries"]
        for number, pool in enumerate(nursery["pools"])
        for age in pool["ages"]
    }
    room = {
        (nursery["id"], number): pool["cap"]
        for nursery in document["nurseries"]
        for number, pool in enumerate(nursery["pools"])
    }
    placed: dict[str, str | None] = {key: row["current"] for key, row in children.items()}
    for row in children.values():
        if row["current"] is not None:
            room[pools[row["current"], row["age"]]] -= row["units"]

    def order(family: dict[str, Any]) -> tuple[float, float]:
        members = [children[each] for each in family["children"]]
        return min((-child["base"], child["tie"]) for child in members)

    for family in sorted(document["families"], key=order):
        for choice in family["choices"]:
            if _take(family["children"], choice, children, pools, room, placed):
                break
    return placed


def _take(
    ids: list[str],
    choice: list[str | None],
    children: dict[str, dict[str, Any]],
    pools: dict[tuple[str, int], tuple[str, int]],
    room: dict[tuple[str, int], int],
    placed: dict[str, str | None],
) -> bool:
    """Seat a family if there is room; a seat that is left is free for the next."""
    needed: dict[tuple[str, int], int] = {}
    for each, place in zip(ids, choice, strict=True):
        child = children[each]
        if placed[each] is not None:
            if place is None:
                return False
            old = pools[str(placed[each]), child["age"]]
            needed[old] = needed.get(old, 0) - child["units"]
        if place is not None:
            new = pools[place, child["age"]]
            needed[new] = needed.get(new, 0) + child["units"]
    if any(units > room[pool] for pool, units in needed.items()):
        return False
    for pool, units in needed.items():
        room[pool] -= units
    placed.update(zip(ids, choice, strict=True))
    return True


ALLOCATIONS: dict[str, Callable[[], Figure]] = {
    "8,000 nursery children": lambda: _timed("8,000 x 300, file to file", CITY, 1.0),
    "8,000 with all that is hard": lambda: _timed(
        "8,000 x 300 with twins, pooled ages and units", EVERYTHING, 5.0
    ),
    "100,000 nursery children": lambda: _timed("100,000 x 3,000, file to file", REGION, 15.0),
    "hard nursery markets": _hard,
    "the naive rule for nursery places": _naive,
    "the matching library": peer_beside_ours,
}
"""What is measured on one core, file to file, as a person would: the command with the file."""
