"""Six days of the agency's real entry log: what one prefecture would be told.

The log has no bodies, so each entry is given the grade that its headline names; when it came, for
which office and of which type is real.
"""

import json
import random
from collections import Counter
from datetime import datetime

import pytest

from services.disaster.facts import Telegram
from tests.services.disaster.builder import JMA, Told, at, landslide_notice, read, told, warning

_CITY = "0720200"
_LOG = JMA / "feeds" / "entries_20260729-0803.jsonl"
_TYPES = {"VPWW55": "大雨", "VPWW56": "土砂", "VPWW61": "その他注意報"}
_CODES = {
    "VPWW55": ("10", "03", "43"),
    "VPWW56": ("29", "09", "49"),
    "VPWW61": ("14", "14", "14"),
}


def log_of_prefecture() -> list[tuple[Telegram, bytes]]:
    """The entries of one prefecture as telegrams: understood, and as they come in."""
    entries = [json.loads(line) for line in _LOG.read_text("utf-8").splitlines()]
    bodies = [(entry, body) for entry in entries if (body := _body(entry)) is not None]
    return [(read(body, str(entry["id"])), body) for entry, body in bodies]


def _body(entry: dict[str, str]) -> bytes | None:
    name = entry["id"].rpartition("/")[2]
    _, _, family, office = name.removesuffix(".xml").split("_")
    if not office.startswith("07"):
        return None
    updated = datetime.fromisoformat(entry["updated"])
    minutes = (updated - at(0)).total_seconds() / 60
    text = entry["content"]
    if family == "VXWW50":
        said = {_CITY: "1" if "全警戒解除" in text else "3"}
        return landslide_notice(minutes, said, office="福島地方気象台")
    if family not in _TYPES:
        return None
    step = 2 if "厳重に警戒" in text else 1 if "警戒して" in text else 0
    status = "解除" if "解除します" in text else "継続"
    said_new = {_CITY: (_CODES[family][step], status)}
    return warning(_TYPES[family], minutes, said_new, office="福島地方気象台")


@pytest.fixture(scope="module")
def week() -> list[Telegram]:
    return [telegram for telegram, _ in log_of_prefecture()]


def _count(state: Told) -> Counter[object]:
    return Counter(change["hazard"] for change in state.changes if change["area"] == "07202")


def _last(state: Told) -> list[object]:
    return [(s["hazard"], s["level"], s["active"]) for s in state.lines if s["type"] == "state"]


def _real_changes(week: list[Telegram], hazard: str) -> int:
    """How often the grade of the new telegrams differs from the one before, counted by hand."""
    changes, before = 0, (False, 0.0)
    for telegram in sorted(week, key=lambda t: t.revision):
        fact = telegram.facts[0]
        if fact.hazard == hazard and not telegram.legacy:
            now = (fact.active, fact.rank if fact.active else 0.0)
            changes += now != before
            before = now
    return changes


def test_the_log_makes_one_change_for_each_real_one_and_none_for_repeats_or_legacy(
    week: list[Telegram],
) -> None:
    counted = _count(told(*week))
    assert len(week) > 40
    assert any(telegram.legacy for telegram in week)
    for hazard in ("rain", "landslide", "thunder"):
        assert counted[hazard] == _real_changes(week, hazard) > 0
    assert sum(counted.values()) < len(week) / 2


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_and_doubled_the_log_never_makes_more_changes(
    week: list[Telegram], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    files = sorted(week, key=lambda t: t.revision)
    for place in range(len(files)):
        if chance.random() < 0.1:
            other = min(len(files) - 1, place + chance.randint(1, 5))
            files[place], files[other] = files[other], files[place]
        if chance.random() < 0.1:
            files.insert(chance.randint(place, len(files)), files[place])
    for hazard, number in _count(told(*files)).items():
        assert number <= _real_changes(week, str(hazard))
    assert _last(told(*files)) == _last(told(*week))
