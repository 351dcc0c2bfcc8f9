"""A contract costs its importer nothing: no tables, no server, nothing read or connected."""

import json
import os
import subprocess
import sys

import pytest

from kit.settings import ROOT

CONTRACTS = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in ("auth", "messages", "services", "identity", "bot", "actions")
    for path in sorted((ROOT / package).rglob("contract.py"))
]
# Loaded by a contract, these would bring tables, a server or a queue with them.
HEAVY = ("sqlalchemy", "fastapi", "starlette", "procrastinate", "psycopg", "redis", "rasa_sdk")

# Whatever a module does at import is told to the audit hook; reading modules is no doing. What
# libraries read of themselves, as certificates or time zones, is theirs.
PROBE = """
import importlib, json, sys, sysconfig
from pathlib import Path
contract, root = sys.argv[1:]
libraries = {sysconfig.get_path(n) for n in ("stdlib", "platstdlib", "purelib", "platlib")}
libraries |= {str(Path(p).resolve()) for p in libraries}
seen = []
def watch(event, arguments):
    if event == "open":
        path, mode = str(arguments[0]), str(arguments[1] or "r")
        code = path.endswith((".py", ".pyc", ".so")) or ".pyc." in path
        ours = path.startswith(root) and not any(path.startswith(p) for p in libraries)
        if not code and (ours or set(mode) & set("wax+")):
            seen.append([event, path])
    elif event.startswith(("socket.connect", "socket.bind", "subprocess.", "os.system")):
        seen.append([event, repr(arguments)])
sys.addaudithook(watch)
before = set(sys.modules)
importlib.import_module(contract)
print(json.dumps({"done": seen, "loaded": sorted(set(sys.modules) - before)}))
"""


def import_alone(contract: str) -> tuple[list[list[str]], list[str]]:
    """Import one module in a fresh interpreter; return what it did, and what it loaded."""
    command = [sys.executable, "-c", PROBE, contract, str(ROOT)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": "postgresql://127.0.0.1:9/x"}
    ended = subprocess.run(command, env=env, cwd="/", capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-3000:]
    told = json.loads(ended.stdout)
    return told["done"], told["loaded"]


def test_there_are_contracts_to_look_at() -> None:
    assert {"identity.contract", "bot.preferences.contract", "services.waste.contract"} <= set(
        CONTRACTS
    )


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_loads_no_tables_and_no_server_and_does_nothing(contract: str) -> None:
    done, loaded = import_alone(contract)
    assert done == []
    assert [name for name in loaded if name.partition(".")[0] in HEAVY] == []
    own = contract.rpartition(".")[0]
    of_ours = [name for name in loaded if name.startswith(f"{own}.") and name != contract]
    assert [name for name in of_ours if name.endswith((".models", ".repository", ".module"))] == []


def test_the_probe_sees_what_it_looks_for() -> None:
    _, loaded = import_alone("services.waste.models")
    assert "sqlalchemy" in loaded
    done, _ = import_alone("services.waste.module")
    assert [path for _, path in done if path.endswith("manifest.toml")]
