"""The city's life events: right by their examples, lists as an oracle finds them, few questions."""

import tomllib
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

import pytest

from kit.settings import Settings
from kit.tables import ImportReport
from services.procedures.deciding import open_questions
from services.procedures.events import Event, Guidebook
from services.procedures.households import Asked, ask_all, household_of, households
from services.procedures.listing import make_list
from services.procedures.reading import read_guidebook
from tests.services.procedures.oracle import expected

FOLDER = Settings(environment="test").city_dir / "procedures"
TODAY = date(2026, 11, 30)
HOUSEHOLDS, ALL_HOUSEHOLDS = 25, 2_000
"""An event; `make bench` tries all."""
EVENTS = sorted(file.stem for file in FOLDER.glob("*.toml") if file.stem not in ("desks", "items"))


@cache
def city() -> tuple[Guidebook, ImportReport]:
    report = ImportReport("procedures")
    return read_guidebook(FOLDER, report), report


@cache
def raw(key: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{key}.toml").read_text("utf-8"))


@cache
def asked(key: str, count: int = HOUSEHOLDS) -> list[tuple[dict[str, Any], Asked]]:
    event = city()[0].events[key]
    return [(known, ask_all(event, known, TODAY)) for known in households(event, count, TODAY)]


@pytest.fixture
def count(whole: bool) -> int:
    return ALL_HOUSEHOLDS if whole else HOUSEHOLDS


def test_every_file_is_right_and_every_example_gives_its_list() -> None:
    book, report = city()
    assert [str(problem) for problem in (*report.problems, *report.warnings)] == []
    assert set(book.events) == set(EVENTS)
    assert len(EVENTS) == 13


def _list(event: Event, known: dict[str, Any]) -> list[tuple[str, date | None]]:
    return [(row.procedure.key, row.due) for row in make_list(event, city()[0], known, TODAY)]


@pytest.mark.parametrize("key", EVENTS)
def test_a_list_is_what_the_oracle_finds_and_the_questions_asked_settle_it(
    key: str, count: int
) -> None:
    book = city()[0]
    event = book.events[key]
    for known, talk in asked(key, count):
        wanted = expected(event, raw(key), book, known, TODAY)
        assert _list(event, known) == wanted, known
        assert _list(event, talk.known) == wanted, (known, talk.names)


@pytest.mark.parametrize("key", EVENTS)
def test_few_questions_are_asked(key: str, count: int) -> None:
    numbers = sorted(len(talk.names) for _, talk in asked(key, count))
    assert median(numbers) <= 5
    assert quantiles(numbers, n=20)[-1] <= 9


@pytest.mark.parametrize("key", EVENTS)
def test_no_question_is_asked_that_can_change_nothing(key: str) -> None:
    """Sought by chance: two households that agree on all that was said, and differ in the list."""
    event, random = city()[0].events[key], Random(key)  # noqa: S311
    for known, talk in islice(asked(key), 4):
        for number, name in enumerate(talk.names):
            before = {one: known[one] for one in talk.names[:number]}
            assert _can_change(event, before, name, random), (name, before)


def _can_change(event: Event, before: dict[str, Any], name: str, random: Random) -> bool:
    for _ in range(400):
        one = household_of(event, TODAY, random)
        other = household_of(event, TODAY, random)
        if name not in one or name not in other:
            continue
        rest = {**one, **before}
        if _list(event, rest) != _list(event, {**rest, name: other[name]}):
            return True
    return False


@pytest.mark.parametrize("key", EVENTS)
def test_the_checker_sees_a_list_that_an_example_does_not_expect(key: str) -> None:
    event = city()[0].events[key]
    assert event.examples
    covered = {listed for example in event.examples for listed in example.list}
    assert covered == set(event.by_key)


def test_files_that_cannot_be_used_are_named_with_line_and_reason(tmp_path: Path) -> None:
    text = (FOLDER / "moving_in.toml").read_text("utf-8")
    for shared in ("desks.toml", "items.toml"):
        (tmp_path / shared).write_bytes((FOLDER / shared).read_bytes())
    for wrong, right, said in (
        ('desk = "no_such"', 'desk = "citizens"', "no desk"),
        ('when = "nobody_asked"', 'when = "true"', "not asked for"),
        ('when = "moved_on =="', 'when = "true"', "expected"),
        ('bring = ["spoon"', 'bring = ["identity"', "items.toml"),
        ('colour = "red"\nkey = "transfer_in"', 'key = "transfer_in"', "Extra inputs"),
        ('after = ["transfer_in"', 'after = ["address_protection"', "waits for itself"),
    ):
        changed = text.replace(right, wrong, 1)
        assert changed != text
        (tmp_path / "moving_in.toml").write_text(changed, "utf-8")
        report = ImportReport("procedures")
        book = read_guidebook(tmp_path, report)
        assert "moving_in" not in book.events
        problems = [problem for problem in report.problems if said in problem.reason]
        assert problems, (wrong, [str(one) for one in report.problems])
        assert problems[0].line > 1


def test_a_file_that_is_no_toml_is_refused_and_the_others_stay(tmp_path: Path) -> None:
    for file in FOLDER.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "divorce.toml").write_text("title = ", "utf-8")
    report = ImportReport("procedures")
    book = read_guidebook(tmp_path, report)
    assert set(book.events) == set(EVENTS) - {"divorce"}
    assert [problem.file for problem in report.problems] == ["divorce.toml"]


def test_nothing_is_asked_once_nothing_hangs_on_it() -> None:
    event = city()[0].events[EVENTS[0]]
    _, talk = asked(EVENTS[0])[0]
    assert open_questions(event, talk.known, frozenset(), TODAY) == ()
