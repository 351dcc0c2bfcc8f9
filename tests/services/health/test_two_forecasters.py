"""Two forecasters, written apart, say the same of every child.

`--whole` compares ten thousand (`make bench`); the suite takes a few hundred."""

import random
from datetime import date
from typing import Any

import pytest

from services.health.forecast import forecast
from services.health.lines import Line
from services.health.parsing import parse_child
from tests.services.health.births import random_record
from tests.services.health.second_forecaster import Second

BIRTHS, FEW, PARTS = 10_000, 800, 8


def _plain(line: Line) -> dict[str, Any]:
    plain: dict[str, Any] = {"vaccine": line.vaccine, "dose": line.dose, "state": line.state}
    plain["reason"] = set(filter(None, (line.reason or "").split(",")))
    if line.written is None:
        plain |= {name: getattr(line, name) for name in ("earliest", "latest")}
        plain |= {"due_from": line.due_from, "due_to": line.due_to}
    return plain


def _differences(record: dict[str, Any], on: date) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    first = [_plain(line) for line in forecast(parse_child(record), on)]
    second = Second(record).lines(on)
    assert len(first) == len(second)
    return [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]


@pytest.mark.parametrize("part", range(PARTS))
def test_two_forecasters_agree_on_random_births(part: int, whole: bool) -> None:
    chance = random.Random(part)  # noqa: S311
    for _ in range((BIRTHS if whole else FEW) // PARTS):
        record, on = random_record(chance)
        assert _differences(record, on) == [], (record, on)
