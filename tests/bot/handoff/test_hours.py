"""Opening hours with lunch, holidays, year-end and days of their own."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.handoff.hours import Desk, DeskPlan, DesksFileError, SpecialDay, load_desk_plan
from kit.settings import ROOT

JST = ZoneInfo("Asia/Tokyo")
WEEK = ("mon", "tue", "wed", "thu", "fri")
DESK = Desk(
    name="市民課",
    hours=dict.fromkeys(WEEK, ("08:30-12:00", "13:00-17:15")),
    closed_from="12-29",
    closed_to="01-03",
    special=(
        SpecialDay(day=date(2027, 1, 16), hours=("09:00-12:00",)),
        SpecialDay(day=date(2026, 11, 25)),
    ),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24 08:29:59", "2026-11-24 08:30"),
        ("2026-11-24 08:30", None),
        ("2026-11-24 11:59:59", None),
        ("2026-11-24 12:00", "2026-11-24 13:00"),
        ("2026-11-24 13:00", None),
        # The next day is closed by a day of its own.
        ("2026-11-24 17:15", "2026-11-26 08:30"),
        # 文化の日, then a weekend.
        ("2026-11-03 10:00", "2026-11-04 08:30"),
        # 振替休日: 2027-03-21 is a Sunday and 春分の日.
        ("2027-03-20 10:00", "2027-03-23 08:30"),
        # The year's end: 2027-01-04 is a Monday.
        ("2026-12-28 18:00", "2027-01-04 08:30"),
        # A Saturday on which the desk opens.
        ("2027-01-15 18:00", "2027-01-16 09:00"),
        ("2027-01-16 09:30", None),
    ],
)
def test_the_next_opening(now: str, opens: str | None) -> None:
    assert DESK.next_opening(at(now)) == (None if opens is None else at(opens))


def test_a_desk_that_never_opens_promises_nothing() -> None:
    assert Desk(name="x", hours={}).next_opening(at("2026-11-24 10:00")) is None


@pytest.mark.parametrize(
    "hours", [{"mon": ("13:00-12:00",)}, {"mon": ("08:00-12:00", "11:00-13:00")}, {"day": ()}]
)
def test_periods_that_cannot_be_are_refused(hours: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match=r"weekday|follow each other"):
        Desk(name="x", hours=hours)


def test_a_matter_s_desk_answers_unless_only_the_general_one_is_open() -> None:
    late = Desk(name="税務課", hours={"tue": ("13:00-15:00",)})
    plan = DeskPlan(
        demonstration=True, general="市民課", lease_seconds=60, most_held=1, desks=(DESK, late)
    )
    assert plan.choose(["道路課", "税務課"], at("2026-11-24 13:30")) is late
    assert plan.choose(["税務課"], at("2026-11-24 10:00")) is DESK
    assert plan.choose(["税務課"], at("2026-11-24 12:30")) is late
    assert plan.choose(["道路課"], at("2026-11-24 20:00")) is DESK


def test_the_demo_city_s_file_is_sound_and_a_bad_one_says_where(tmp_path: Path) -> None:
    plan = load_desk_plan(ROOT / "city" / "aizuwakamatsu")
    assert plan is not None
    assert [desk.name for desk in plan.desks] == ["市民課", "税務課"]
    assert load_desk_plan(tmp_path) is None
    (tmp_path / "bad" / "handoff").mkdir(parents=True)
    (tmp_path / "bad" / "handoff" / "desks.toml").write_text("general = 1", encoding="utf-8")
    with pytest.raises(DesksFileError, match="general"):
        load_desk_plan(tmp_path / "bad")
