"""Break each guard of some packages once, and demand that a test goes red: `make mutants`.

A guard is a condition that refuses, a comparison, a part of an `and` or `or`, a call whose result
nobody reads, a `raise`. Which tests reach which guard is found out first, and the quickest of those
are tried. Each mutant is a fork of one process that has everything imported: the broken function
gets its code there, no file is written.
"""

import ast
import builtins
import gc
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tools.mutant_servers import shared_servers

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("auth", "identity")
TESTS = (
    *("tests/auth", "tests/identity", "tests/services/residents", "tests/kit/test_web.py"),
    "tests/concierge/test_kept.py",
)
# Of the tests that reach a guard the quickest are tried, so long and so many.
MOST_SECONDS, MOST_TESTS = 15.0, 300
# Whatever takes that much longer than it did has no end.
PATIENCE, SLOWER = 20.0, 3.0
LONGEST_LOOK = 3600.0
# What only words things: a log line is no guard.
UNGUARDED = ("log.", "super()")
REACHED = "_reached_"
# The plainest first: whoever has not the time for all has seen those.
KINDS = ("never", "not raised", "negated", "left out of or", "left out of and", "skipped")
# A part that is left out shows where it alone decided: such tests are tried first.
TELLING = {"never": "+", "left out of or": "+", "left out of and": "-"}
NO_END, NOT_BROKEN, UNREACHED = -1, 100, 101
STATES = {
    **{0: "SURVIVED", 1: "killed", NO_END: "no end"},
    **{NOT_BROKEN: "SURVIVED (not broken)", UNREACHED: "SURVIVED (no test gets there)"},
}
LIVES = {0, NOT_BROKEN, UNREACHED}
Function = tuple[str, str, int]
"""(file, qualified name, first line)"""
Reached = dict[str, list[tuple[float, str]]]
"""By guard: the tests that get there, each with its seconds."""


@dataclass(frozen=True)
class Mutant:
    """One broken guard: `number` counts the places of a file at which something can be broken."""

    file: str
    number: int
    line: int
    what: str

    @property
    def key(self) -> str:
        """What names the guard while the same files are looked at."""
        return f"{self.file}#{self.number}"


class Breaker(ast.NodeTransformer):
    """Breaks the place of this number, and notes every place that it passes."""

    def __init__(self, target: int = -1) -> None:
        self.target, self.places = target, list[tuple[int, str]]()
        self.nodes = list[ast.AST]()

    def _is_it(self, node: ast.AST, what: str) -> bool:
        shown = f"{what}: {ast.unparse(node).splitlines()[0][:90]}"
        self.places.append((getattr(node, "lineno", 0), shown))
        self.nodes.append(node)
        return len(self.places) - 1 == self.target

    def visit_If(self, node: ast.If) -> ast.AST:
        refuses = isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue)
        if refuses and self._is_it(node.test, "never"):
            return ast.If(_unused(node.test, ast.Constant(False)), node.body, node.orelse)
        if not (refuses and isinstance(node.test, ast.Compare)):
            node.test = self.visit(node.test)
        # A refusal without its condition is the same as a condition that is never true.
        body = node.body[:-1] if isinstance(node.body[-1], ast.Raise | ast.Continue) else node.body
        node.body = [self.visit(part) for part in body] + node.body[len(body) :]
        node.orelse = [self.visit(part) for part in node.orelse]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return ast.UnaryOp(ast.Not(), node) if self._is_it(node, "negated") else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        what = f"left out of {'or' if isinstance(node.op, ast.Or) else 'and'}"
        for place, part in enumerate(node.values):
            if self._is_it(part, what):
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


class Marker(ast.NodeTransformer):
    """Has every guard of a file say that it is reached, and what came of it: `+` or `-`."""

    def __init__(self, file: str, nodes: list[ast.AST]) -> None:
        self.keys = {id(node): f"{file}#{number}" for number, node in enumerate(nodes)}

    def visit(self, node: ast.AST) -> Any:
        key = self.keys.get(id(node))
        node = self.generic_visit(node)
        if key is None:
            return node
        if isinstance(node, ast.expr):
            return ast.Call(ast.Name(REACHED, ast.Load()), [ast.Constant(key), node], [])
        told = ast.Call(ast.Name(REACHED, ast.Load()), [ast.Constant(key), ast.Constant(1)], [])
        return [ast.Expr(told), node]


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
    tree = ast.parse((ROOT / mutant.file).read_text())
    sound = _compiled(mutant.file, tree)
    broken = _compiled(mutant.file, Breaker(mutant.number).visit(tree))
    return {name: code for name, code in broken.items() if code != sound.get(name)}


def _compiled(file: str, tree: Any) -> dict[Function, CodeType]:
    code = compile(ast.fix_missing_locations(tree), str(ROOT / file), "exec")
    return {_name(one): one for one in _codes(code)}


def _name(code: CodeType) -> Function:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _living() -> dict[Function, list[FunctionType]]:
    """Return every function that there is by now."""
    found: dict[Function, list[FunctionType]] = {}
    for function in [o for o in gc.get_objects() if isinstance(o, FunctionType)]:
        found.setdefault(_name(function.__code__), []).append(function)
    return found


def _swap(living: dict[Function, list[FunctionType]], codes: dict[Function, CodeType]) -> bool:
    """Give functions their new code; False where none could take it."""
    swapped = False
    for name, code in codes.items():
        for function in living.get(name, ()):
            if len(code.co_freevars) == len(function.__code__.co_freevars):
                function.__code__, swapped = code, True
    return swapped


class Watch:
    """A plugin of pytest: which test reaches which guards, and how long it takes.

    A line of `out` is one test; what stands there already is not looked at again.
    """

    def __init__(self, out: Path) -> None:
        self.out, self.now, self.red = out, set[str](), False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        done, living = {test for test, _, _ in _seen(self.out)}, _living()
        items[:] = [item for item in items if item.nodeid not in done]
        setattr(builtins, REACHED, self._reached)
        for file in _files():
            breaker = Breaker()
            tree = breaker.visit(ast.parse(file.read_text()))
            name = str(file.relative_to(ROOT))
            _swap(living, _compiled(name, Marker(name, breaker.nodes).visit(tree)))

    def _reached(self, key: str, value: Any) -> Any:
        try:
            self.now.add(f"{key}{'+' if value else '-'}")
        except TypeError:
            # A condition for the database: it decides there, both ways.
            self.now |= {f"{key}+", f"{key}-"}
        return value

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.now, self.red, started = set(), False, time.perf_counter()
        result = yield
        if not self.red:
            with self.out.open("a") as out:
                seconds = time.perf_counter() - started
                print(json.dumps([item.nodeid, seconds, sorted(self.now)]), file=out)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.red = self.red or report.failed


class Trial:
    """A plugin of pytest that runs, in the place of the tests, mutant after mutant."""

    def __init__(self, chosen: list[Mutant], tests: Reached, red: Path, clean: Callable[[], Any]):
        self.chosen, self.tests, self.red, self.clean = chosen, tests, red, clean
        self.kills = Counter[str]()
        self.survivors = list[Mutant]()
        self.endless = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        # What is frozen is not told: the suite freezes what there is after the collection.
        gc.unfreeze()
        items, living = {item.nodeid: item for item in session.items}, _living()
        gc.freeze()
        for mutant in self.chosen:
            picked, seconds = self._pick(mutant)
            found = [items[test] for test in picked if test in items]

            def tried(mutant: Mutant = mutant, found: list[pytest.Item] = found) -> int:
                if not _swap(living, _functions(mutant)):
                    return NOT_BROKEN
                return self._run(session, found)

            code = _fork(tried, PATIENCE + SLOWER * seconds) if found else UNREACHED
            self._note(mutant, code)
        return True

    def _pick(self, mutant: Mutant) -> tuple[list[str], float]:
        """Return the tests to try: first where the guard decided, that are quick or have killed."""
        telling = TELLING.get(mutant.what.partition(":")[0], "+-")
        best: dict[str, tuple[bool, float, float]] = {}
        for sign in "+-":
            for seconds, test in self.tests.get(mutant.key + sign, ()):
                weight = (sign not in telling, seconds / (1 + self.kills[test]), seconds)
                best[test] = min(weight, best.get(test, weight))
        able = sorted((*weight, test) for test, weight in best.items())
        picked, total = list[str](), 0.0
        for _, _, seconds, test in able[:MOST_TESTS]:
            if picked and total + seconds > MOST_SECONDS:
                break
            picked.append(test)
            total += seconds
        return picked, total

    def _run(self, session: pytest.Session, items: list[pytest.Item]) -> int:
        """Run tests until one is red; 1 then."""
        try:
            for item, following in zip(items, [*items[1:], None], strict=True):
                if any(r.failed for r in runtestprotocol(item, log=False, nextitem=following)):
                    self.red.write_text(item.nodeid)
                    return 1
        finally:
            session._setupstate.teardown_exact(None)
        return 0

    def _note(self, mutant: Mutant, code: int) -> None:
        by = self.red.read_text() if code == 1 else ""
        self.kills[by] += 1
        if code in LIVES:
            self.survivors.append(mutant)
        self.endless += code == NO_END
        self.clean()
        told = f"{STATES.get(code, f'killed ({code})')}  {mutant.file}:{mutant.line}  {mutant.what}"
        print(f"{told}  by {by}" if by else told, flush=True)


def _seen(out: Path) -> list[tuple[str, float, list[str]]]:
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


def _files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def _fork(work: Callable[[], int], patience: float) -> int:
    """Return how a piece of work ended in a process of its own, NO_END when it did not."""
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
    until = time.monotonic() + patience
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.killpg(child, 9)
    os.waitpid(child, 0)
    return NO_END


def _pytest(plugin: object) -> int:
    usual = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-summary", *TESTS)
    return int(pytest.main(list(usual), plugins=[plugin]))


def main() -> int:
    """Try what the arguments begin (`auth/`, `auth/gate.py:46`), or everything; 1 below 95 %."""
    os.chdir(ROOT)
    asked = tuple(sys.argv[1:])
    every = [mutant for file in _files() for mutant in mutants(file)]
    every.sort(key=lambda mutant: KINDS.index(mutant.what.partition(":")[0]))
    chosen = [m for m in every if not asked or f"{m.file}:{m.line}".startswith(asked)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, shared_servers() as clean:
        seen = Path(os.environ.get("MUTANTS_SEEN", f"{folder}/seen"))
        # 5: nothing is left to be looked at.
        if _fork(lambda: _pytest(Watch(seen)), LONGEST_LOOK) not in (0, 1, 5):
            raise SystemExit("the tests cannot be run as they are")
        trial = Trial(chosen, _by_guard(_seen(seen)), Path(folder) / "red", clean)
        if chosen:
            _pytest(trial)
    lives, endless = len(trial.survivors), trial.endless
    killed = f"{len(chosen) - lives - endless} of {len(chosen)} killed"
    # A loop is as good as a red test, but a busy machine looks like one.
    print(f"{killed}, {endless} came to no end: try those again on a quiet machine")
    return 0 if lives <= len(chosen) * 0.05 else 1


def _by_guard(seen: list[tuple[str, float, list[str]]]) -> Reached:
    tests: Reached = {}
    for test, seconds, keys in seen:
        for key in keys:
            tests.setdefault(key, []).append((seconds, test))
    return tests


if __name__ == "__main__":
    raise SystemExit(main())
