"""Garbage is hardly looked for while a program is read in, and as usual while it serves."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kit.garbage import started, starting


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the suite's own collector as it was."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_what_is_there_when_a_program_has_started_is_not_looked_at_again() -> None:
    starting()
    there = [[object()]]
    started()
    assert gc.get_threshold()[0] == 700
    # Frozen objects are of no generation.
    assert not any(one is there for one in gc.get_objects())
    fresh = [[object()]]
    assert any(one is fresh for one in gc.get_objects())


def test_the_program_is_read_in_without_looking() -> None:
    code = "import concierge, gc; print(gc.get_threshold()[0])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "100000\n"
