"""Break each guard of some packages once, and demand that a test goes red: `make mutants`.

A guard is a condition that refuses, a comparison, a part of an `and` or `or`, a call whose result
nobody reads, a `raise`. Which tests run a function is found out first. Each mutant is a fork of one
process that has everything imported: the broken function gets its code there, no file is written.
"""

import ast
import gc
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("auth", "identity")
TESTS = ("tests/auth", "tests/identity", "tests/services/residents", "tests/kit/test_web.py")
# Of the tests that run a function the quickest are tried, so long and so many.
MOST_SECONDS, MOST_TESTS, PATIENCE = 20.0, 60, 120
# What only words things: a log line is no guard.
UNGUARDED = ("log.", "super()")
# The plainest first: whoever has not the time for all has seen those.
KINDS = ("never", "not raised", "negated", "left out", "skipped")
Function = tuple[str, str, int]
"""(file, qualified name, first line)"""


@dataclass(frozen=True)
class Mutant:
    """One broken guard: `number` counts the places of a file at which something can be broken."""

    file: str
    number: int
    line: int
    what: str


class Breaker(ast.NodeTransformer):
    """Breaks the place of this number, and notes every place that it passes."""

    def __init__(self, target: int = -1) -> None:
        self.target, self.places = target, list[tuple[int, str]]()

    def _is_it(self, node: ast.AST, what: str) -> bool:
        shown = f"{what}: {ast.unparse(node).splitlines()[0][:90]}"
        self.places.append((getattr(node, "lineno", 0), shown))
        return len(self.places) - 1 == self.target

    def visit_If(self, node: ast.If) -> ast.AST:
        refuses = isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue)
        if refuses and self._is_it(node.test, "never"):
            return ast.If(_unused(node.test, ast.Constant(False)), node.body, node.orelse)
        if not isinstance(node.test, ast.Compare):
            node.test = self.visit(node.test)
        body = node.body[:-1] if refuses else node.body
        node.body = [self.visit(part) for part in body] + node.body[len(body) :]
        node.orelse = [self.visit(part) for part in node.orelse]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return ast.UnaryOp(ast.Not(), node) if self._is_it(node, "negated") else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        for place, part in enumerate(node.values):
            if self._is_it(part, "left out"):
                rest = [value for value in node.values if value is not part]
                left = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
                return _unused(node.values[place], left)
        node.values = [v if isinstance(v, ast.Compare) else self.visit(v) for v in node.values]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        is_call = isinstance(call, ast.Call) and not ast.unparse(call).startswith(UNGUARDED)
        if is_call and self._is_it(node, "skipped"):
            return ast.If(ast.Constant(False), [node], [])
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.If(ast.Constant(False), [node], []) if self._is_it(node, "not raised") else node


def _unused(part: ast.expr, rest: ast.expr) -> ast.expr:
    """Return `rest`; the names of `part` still occur, or a nested function could not be broken."""
    return ast.IfExp(ast.Constant(False), part, rest)


def mutants(file: Path) -> list[Mutant]:
    """Return every way to break a file once."""
    breaker = Breaker()
    breaker.visit(ast.parse(file.read_text()))
    name = str(file.relative_to(ROOT))
    return [Mutant(name, n, line, what) for n, (line, what) in enumerate(breaker.places)]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _functions(mutant: Mutant) -> dict[Function, CodeType]:
    """Return the broken code of each function that differs (a nested one changes its outer too)."""
    path = str(ROOT / mutant.file)
    tree = ast.parse(Path(path).read_text())
    sound = {_name(c): c for c in _codes(compile(tree, path, "exec"))}
    broken = ast.fix_missing_locations(Breaker(mutant.number).visit(tree))
    found = {_name(code): code for code in _codes(compile(broken, path, "exec"))}
    return {name: code for name, code in found.items() if code != sound.get(name)}


def _name(code: CodeType) -> Function:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _break(mutant: Mutant) -> bool:
    """Give the living functions their broken code; False where none could take it."""
    codes, broken = _functions(mutant), False
    for function in [o for o in gc.get_objects() if isinstance(o, FunctionType)]:
        code = codes.get(_name(function.__code__))
        if code is not None and len(code.co_freevars) == len(function.__code__.co_freevars):
            function.__code__, broken = code, True
    return broken


class Watch:
    """A plugin of pytest: which test runs which function, and how long it takes."""

    def __init__(self, out: Path) -> None:
        self.out, self.seen = out, dict[str, tuple[float, list[Function]]]()
        self.now: set[Function] = set()
        self.red = False
        self.whole = tuple(str(ROOT / package) for package in PACKAGES)

    def _trace(self, frame: FrameType, _event: str, _arg: object) -> None:
        if frame.f_code.co_filename.startswith(self.whole):
            self.now.add(_name(frame.f_code))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.now, self.red, started = set(), False, time.perf_counter()
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        done = yield
        sys.settrace(None)
        # Some are too slow under a watch, or wait for one another: those prove nothing.
        if not self.red:
            self.seen[item.nodeid] = (time.perf_counter() - started, sorted(self.now))
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.red = self.red or report.failed

    def pytest_sessionfinish(self) -> None:
        self.out.write_text(json.dumps(self.seen))


def _fork(work: Callable[[], int]) -> int:
    """Return how a piece of work ended in a process of its own, -1 when it did not."""
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.setpgid(0, 0)
        try:
            os._exit(work())
        finally:
            os._exit(3)
    until = time.monotonic() + PATIENCE * (20 if work.__name__ == "look" else 1)
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, 9)
    os.waitpid(child, 0)
    return -1


def _pytest(*arguments: str, plugin: object = None) -> int:
    usual = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments)
    return int(pytest.main(list(usual), plugins=[plugin] if plugin else []))


def main() -> int:
    """Try what the arguments begin (`auth/`, `auth/gate.py:46`), or everything; 1 below 95 %."""
    os.chdir(ROOT)
    asked = sys.argv[1:]
    _pytest("--collect-only", *TESTS)
    import tests.conftest as ours

    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ours.server_folder() as servers:
        running = ours._run_servers(servers)
        kept = next(running)
        ours._run_servers = lambda _folder: iter([kept])
        seen = Path(os.environ.get("MUTANTS_SEEN", f"{folder}/seen.json"))

        def look() -> int:
            return _pytest(*TESTS, plugin=Watch(seen))

        if not seen.exists() and _fork(look) not in (0, 1):
            raise SystemExit("the tests cannot be run as they are")
        survivors, tried = _try_all(asked, json.loads(seen.read_text()))
        running.close()
    print(f"{tried - len(survivors)} of {tried} killed")
    return 0 if len(survivors) <= tried * 0.05 else 1


def _try_all(asked: list[str], seen: dict[str, Any]) -> tuple[list[Mutant], int]:
    tests: dict[Function, list[tuple[float, str]]] = {}
    for test, (seconds, functions) in seen.items():
        for function in functions:
            tests.setdefault(tuple(function), []).append((seconds, test))
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    every = [mutant for file in files for mutant in mutants(file)]
    every.sort(key=lambda mutant: KINDS.index(mutant.what.partition(":")[0]))
    chosen = [m for m in every if not asked or f"{m.file}:{m.line}".startswith(tuple(asked))]
    survivors = [mutant for mutant in chosen if not _is_killed(mutant, tests)]
    return survivors, len(chosen)


def _is_killed(mutant: Mutant, tests: dict[Function, list[tuple[float, str]]]) -> bool:
    changed = sorted(_functions(mutant), key=lambda name: -name[2])
    able = sorted({test for name in changed[:1] for test in tests.get(name, ())})
    chosen, budget = list[str](), MOST_SECONDS
    for seconds, test in able[:MOST_TESTS]:
        if chosen and seconds > budget:
            break
        chosen.append(test)
        budget -= seconds

    def tried() -> int:
        return _pytest("-x", *chosen) if _break(mutant) else 0

    code = _fork(tried) if chosen else 0
    state = {0: "SURVIVED", 1: "killed", -1: "killed (no end)"}.get(code, f"killed ({code})")
    print(f"{state}  {mutant.file}:{mutant.line}  {mutant.what}", flush=True)
    return code != 0


if __name__ == "__main__":
    raise SystemExit(main())
