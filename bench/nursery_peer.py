"""The `matching` library's hospital-resident game beside our allocation, where it applies.

It knows neither siblings nor transfers nor children of several units; it stands in `.tools`, is no
part of the program, and runs in a process of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from bench.figures import Figure
from kit.settings import ROOT
from services.nursery.allocation import allocate
from services.nursery.generator import Shape, generate
from services.nursery.reading import read_instance
from tools.setup import find_uv, install_apart

FOLDER = ROOT / ".tools" / "matching"
LOCK = ROOT / "requirements" / "bench.txt"
LONGEST_SECONDS = 600
SMALL = Shape(2000, 75, siblings=0.0, transfers=0.0)
CITY = Shape(8000, 300, siblings=0.0, transfers=0.0)


class Peer(NamedTuple):
    """What the library gave: seconds of its solving alone, or the name of its error."""

    seconds: float
    error: str
    assignment: dict[str, str | None]


def peer_beside_ours() -> Figure:
    """Solve the same markets by both; where both end, the outcomes are the same child by child."""
    if not FOLDER.is_dir():
        install_apart(LOCK, str(FOLDER), find_uv())
    told, met = [], True
    for shape in (SMALL, CITY):
        document = generate(shape, 1)
        market = read_instance(document)
        started = time.perf_counter()
        ours = allocate(market)
        seconds = time.perf_counter() - started
        peer = _peer(document)
        same = ours["assignment"] == peer.assignment
        met = met and (same if not peer.error else True) and seconds < LONGEST_SECONDS
        theirs = peer.error or f"{peer.seconds:.2f} s, {'same' if same else 'ANOTHER'} outcome"
        told.append(f"{shape.children:,}: ours {seconds:.2f} s, matching {theirs}")
    return Figure(
        "nursery places without siblings, beside the `matching` library",
        "; ".join(told),
        "the same outcome wherever it ends",
        met,
    )


def _peer(document: dict[str, Any]) -> Peer:
    with tempfile.TemporaryDirectory(prefix="concierge-bench-") as folder:
        path = Path(folder) / "game.json"
        path.write_text(json.dumps(game_of(document)))
        command = [sys.executable, "-W", "ignore", "-c", _PROGRAM, str(FOLDER), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["?"]
        return Peer(0.0, f"ends in {last[0].partition(':')[0]}", {})
    seconds, seated = json.loads(done.stdout)
    found: dict[str, str | None] = dict.fromkeys(child["id"] for child in document["children"])
    for pool, children in seated.items():
        found.update(dict.fromkeys(children, pool.partition("\t")[0]))
    return Peer(seconds, "", found)


def game_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return a market of single children as residents, hospitals (one a pool) and capacities."""
    pool_of = {
        (nursery["id"], age): (f"{nursery['id']}\t{number}", pool["cap"])
        for nursery in document["nurseries"]
        for number, pool in enumerate(nursery["pools"])
        for age in pool["ages"]
    }
    residents: dict[str, list[str]] = {}
    ranked: dict[str, list[tuple[float, float, str]]] = {}
    for child in document["children"]:
        wishes = [(pool_of[name, child["age"]], score) for name, score in child["wishes"]]
        open_to = [(pool, score) for (pool, cap), score in wishes if cap]
        if open_to:
            residents[child["id"]] = [pool for pool, _ in open_to]
        for pool, score in open_to:
            ranked.setdefault(pool, []).append((-score, child["tie"], child["id"]))
    caps = dict(pool_of.values())
    return {
        "residents": residents,
        "hospitals": {pool: [row[2] for row in sorted(rows)] for pool, rows in ranked.items()},
        "capacities": {pool: caps[pool] for pool in ranked},
    }


_PROGRAM = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from matching.games import HospitalResident
told = json.load(open(sys.argv[2]))
names = (told["residents"], told["hospitals"], told["capacities"])
started = time.perf_counter()
game = HospitalResident.create_from_dictionaries(*names)
solved = game.solve()
seconds = time.perf_counter() - started
print(json.dumps([seconds, {h.name: [r.name for r in rs] for h, rs in solved.items()}]))
"""
