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


def test_every_row_of_who_might_attack_names_a_test() -> None:
    rows = re.findall(
        r"^\| .* \|$", PAGE.partition("| who | wants |")[2].partition("\n\n")[0], re.M
    )
    assert len(rows) > 40
    assert [row for row in rows if "`tests/" not in row.rpartition(" | ")[2]] == []


# OWASP ASVS 5.0.0: how many sections each chapter has.
SECTIONS = (5, 4, 7, 4, 4, 8, 6, 4, 2, 7, 7, 3, 4, 3, 4, 5)


def test_every_section_of_the_standard_stands_there_once() -> None:
    table = PAGE.partition("## ASVS 5.0, level 2")[2]
    chapters = [int(number) for number in re.findall(r"\| \*\*V(\d+)\*\*", table)]
    assert chapters == list(range(1, 18))
    told = list[str]()
    for cell in re.findall(r"^\| (?:\*\*V\d+\*\* )?(\d[^|]*) \|", table, re.M):
        for first, last in re.findall(r"(\d+\.\d+)(?:–(\d+\.\d+))?", cell):
            chapter, _, number = first.partition(".")
            upto = last.partition(".")[2] or number
            told += [f"{chapter}.{n}" for n in range(int(number), int(upto) + 1)]
    every = [f"{c}.{n}" for c, most in enumerate(SECTIONS, 1) for n in range(1, most + 1)]
    assert sorted(told) == sorted(every)


def test_every_section_has_a_test_a_reason_or_an_open_risk() -> None:
    table = PAGE.partition("## ASVS 5.0, level 2")[2]
    rows = re.findall(r"^\| (?:\*\*V|\d)[^|]*\| ([^|]+) \| ?(.*) ?\|$", table, re.M)
    assert len(rows) > 40
    for how, where in rows:
        assert how in {"T", "R", "O", "–"}
        assert how != "T" or "`" in where, where
        assert how != "R" or where.strip(), where
