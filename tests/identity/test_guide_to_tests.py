"""The guide names, for every number and every conformance module, tests that exist."""

import ast
import re
from functools import cache

import pytest

from kit.settings import ROOT
from tests.identity.forgeries import FORGERIES

GUIDE = (ROOT / "docs" / "identity-tests.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`", GUIDE)))
HOW_MANY = {"RP": 19, "TOK": 23, "LINK": 19, "SESS": 6, "AZ": 6, "PRIV": 7, "CRYPT": 5}


@cache
def _functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_guide_names_tests() -> None:
    assert len(NAMED) > 80
    assert GUIDE.count("::") == len(re.findall(r"`[a-z_/]+\.py::test_[a-z0-9_]+`", GUIDE))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_named_test_exists(path: str, name: str) -> None:
    assert name in _functions(path)


def test_every_named_forgery_exists() -> None:
    cases = re.findall("“(.+?)”", GUIDE)
    assert len(cases) > 20
    assert set(cases) <= FORGERIES.keys()


@pytest.mark.parametrize("kind", HOW_MANY)
def test_every_number_has_a_row(kind: str) -> None:
    found = set()
    for row in re.findall(rf"^\| ({kind}-.+?) \|", GUIDE, re.M):
        numbers = [int(number) for number in re.findall(rf"{kind}-(\d+)", row)]
        found |= set(range(numbers[0], numbers[-1] + 1)) if "…" in row else set(numbers)
    assert found == set(range(1, HOW_MANY[kind] + 1))
