"""What `make mutants` finds to break, and that it is broken and reached as it says."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tools import mutants
from tools.mutants import REACHED, Breaker, Marker

SOURCE = """
def enter(age, name, book):
    if age < 18 or not name:
        raise ValueError(name)
    if age > 99:
        book.append("old")
    book.append(name)
    return age >= 18 and name
"""


def places(target: int = -1) -> tuple[ast.Module, list[str]]:
    breaker = Breaker(target)
    tree = ast.fix_missing_locations(breaker.visit(ast.parse(SOURCE)))
    return tree, [what for _, what in breaker.places]


def entered(tree: ast.Module, *asked: Any, reached: Any = None) -> Any:
    known = {REACHED: reached}
    exec(compile(tree, "enter", "exec"), known)  # noqa: S102  our own text
    log: list[str] = []
    try:
        return known["enter"](*asked, log), log
    except ValueError:
        return "refused", log


def test_every_guard_is_found_by_the_program() -> None:
    assert places()[1] == [
        "never: age < 18 or not name",
        "left out of or: age < 18",
        "left out of or: not name",
        "negated: age > 99",
        "skipped: book.append('old')",
        "skipped: book.append(name)",
        "left out of and: age >= 18",
        "left out of and: name",
    ]


@pytest.mark.parametrize(
    ("what", "asked", "sound", "broken"),
    [
        ("never: age", (17, "a"), ("refused", []), (False, ["a"])),
        ("left out of or: age", (17, "a"), ("refused", []), (False, ["a"])),
        ("left out of or: not name", (18, ""), ("refused", []), ("", [""])),
        ("negated: age > 99", (20, "a"), ("a", ["a"]), ("a", ["old", "a"])),
        ("skipped: book.append(name)", (20, "a"), ("a", ["a"]), ("a", [])),
        ("left out of and: name", (20, "a"), ("a", ["a"]), (True, ["a"])),
    ],
)
def test_a_broken_guard_does_what_it_should_not(
    what: str, asked: tuple[Any, ...], sound: Any, broken: Any
) -> None:
    tree, found = places()
    [number] = [n for n, one in enumerate(found) if one.startswith(what)]
    assert entered(tree, *asked) == sound
    assert entered(places(number)[0], *asked) == broken


def test_a_guard_tells_that_it_was_reached_and_what_it_decided() -> None:
    breaker, seen = Breaker(), dict[str, Any]()
    tree = breaker.visit(ast.parse(SOURCE))
    marked = ast.fix_missing_locations(Marker("x", breaker.nodes).visit(tree))
    assert entered(marked, 17, "a", reached=lambda k, v: seen.setdefault(k, v)) == ("refused", [])
    assert seen == {"x#0": True, "x#1": True}


def test_the_guards_of_both_packages_are_all_looked_at() -> None:
    found = {
        mutant.file.split("/")[0] for file in mutants._files() for mutant in mutants.mutants(file)
    }
    assert found == {"auth", "identity"}
    assert not [file for file in mutants._files() if not Path(file).is_file()]
