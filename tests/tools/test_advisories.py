"""The locks against what is known of weaknesses in them."""

import tomllib
from datetime import date
from typing import Any

import pytest

from tools.advisories import FOLDER, LOCKS, main, problems, read_lock

TODAY = date(2026, 11, 30)
FLOOR = {"package": "thing", "fixed": "1.2.0", "ids": ["CVE-1"]}
ACCEPTED = {
    **{"lock": "rasa", "package": "thing", "version": "1.1.9", "fixed": "1.2.0"},
    **{"ids": ["CVE-1"], "reach": "none", "reason": "demanded", "until": date(2027, 5, 31)},
}


def found(version: str, *, accepted: list[Any] | None = None, today: date = TODAY) -> list[str]:
    locks = {"rasa": read_lock(f"other==9\nThing=={version} ; python_version > '3'\\\n  --hash=x")}
    return list(problems(locks, {"floor": [FLOOR], "accepted": accepted or []}, today))


def test_the_locks_hold_nothing_that_was_not_looked_at() -> None:
    assert main() == 0


def test_a_version_below_the_one_that_was_mended_is_named() -> None:
    assert found("1.2.0") == []
    assert found("1.10.0") == []
    assert found("1.1.9") == ["rasa: thing 1.1.9 has CVE-1; 1.2.0 has not"]


def test_an_accepted_version_passes_as_it_was_looked_at_and_no_other() -> None:
    assert found("1.1.9", accepted=[ACCEPTED]) == []
    assert "look at it again" in found("1.1.8", accepted=[ACCEPTED])[0]
    assert found("1.1.9", accepted=[ACCEPTED | {"ids": ["CVE-2"]}]), "for another weakness"
    assert found("1.1.9", accepted=[ACCEPTED | {"lock": "product"}]), "in another lock"


def test_an_acceptance_ends_with_its_day_and_with_a_mended_version() -> None:
    late = date(2027, 6, 1)
    assert "until 2027-05-31" in found("1.1.9", accepted=[ACCEPTED], today=late)[0]
    mended = ACCEPTED | {"version": "1.2.0"}
    assert "take its acceptance out" in found("1.2.0", accepted=[mended])[0]


@pytest.mark.parametrize("missing", ["reach", "reason", "until", "ids"])
def test_an_acceptance_without_reason_or_reach_is_none(missing: str) -> None:
    entry = {name: value for name, value in ACCEPTED.items() if name != missing}
    assert found("1.1.9", accepted=[entry])


def test_each_version_for_another_kind_of_machine_counts() -> None:
    locks = {"rasa": read_lock("thing==1.3 ; x\nthing==1.0 ; y\n")}
    assert len(list(problems(locks, {"floor": [FLOOR]}, TODAY))) == 1


def test_every_lock_is_read() -> None:
    known = tomllib.loads((FOLDER / "advisories.toml").read_text("utf-8"))
    assert {entry["lock"] for entry in known["accepted"]} <= set(LOCKS)
    for name in LOCKS:
        assert read_lock((FOLDER / f"{name}.txt").read_text("utf-8"))
