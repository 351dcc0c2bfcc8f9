"""SECURITY.md names tests that exist."""

import re

import pytest

from kit.settings import ROOT

PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def named() -> list[tuple[str, str]]:
    """Return (file, test) of all that stands in backticks; a bare file or test follows the last."""
    found, file = [], ""
    for told in re.findall(r"`((?:tests/[\w/]*)?(?:test_\w+\.py)?(?:::\w+)?)`", PAGE):
        path, _, test = told.partition("::")
        if not path and not test:
            continue
        if path:
            file = path if path.startswith("tests/") else f"{file.rpartition('/')[0]}/{path}"
        found.append((file, test))
    return found


def test_the_page_names_tests_in_every_part() -> None:
    assert len(named()) > 80


@pytest.mark.parametrize(("file", "test"), sorted(set(named())))
def test_each_test_that_the_page_names_exists(file: str, test: str) -> None:
    path = ROOT / file
    assert path.exists(), file
    if test:
        assert re.search(rf"def {test}\(", path.read_text(encoding="utf-8")), test


def test_every_chapter_of_the_standard_stands_there() -> None:
    chapters = [int(number) for number in re.findall(r"\| \*\*V(\d+)\*\*", PAGE)]
    assert chapters == list(range(1, 18))
