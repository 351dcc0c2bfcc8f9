"""A pregnancy by its record: weeks, what comes next, and silence once it has ended."""

from datetime import date, timedelta

import pytest

from services.health.contract import Body, MaternalCheck, Pregnancy, PregnancyEnd, Vaccination
from services.health.maternity import courses, next_check, rsv
from services.health.reminders import maternal_stages
from services.health.rules import RSV

DUE = date(2027, 2, 20)
BORN = date(1994, 3, 1)
PREGNANT = Pregnancy(due_date=DUE)


def check(day: str) -> MaternalCheck:
    return MaternalCheck(date=date.fromisoformat(day))


def end(day: str, how: str = "untold") -> PregnancyEnd:
    return PregnancyEnd.model_validate({"date": day, "how": how})


def told(on: str, *more: Body) -> list[str]:
    """What a reminder would be of on a day, shortly."""
    bodies: list[Body] = [PREGNANT, *more]
    day = date.fromisoformat(on)
    course = courses(bodies)[0]
    found = maternal_stages(course, rsv(BORN, "female", bodies, course, day), day)
    return sorted(one.split(" ", 2)[2] for one in found)


@pytest.mark.parametrize(
    ("on", "weeks"), [("2026-05-16", (0, 0)), ("2026-11-28", (28, 0)), ("2027-02-20", (40, 0))]
)
def test_the_expected_day_is_forty_weeks(on: str, weeks: tuple[int, int]) -> None:
    assert courses([PREGNANT])[0].weeks(date.fromisoformat(on)) == weeks


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2026-11-27", "due_soon"),
        ("2026-11-28", "due"),
        ("2027-01-29", "due"),
        ("2027-01-30", "too_late"),
    ],
)
def test_the_rsv_vaccine_is_due_from_28w0d_to_36w6d(on: str, state: str) -> None:
    course = courses([PREGNANT])[0]
    line = rsv(BORN, "female", [PREGNANT], course, date.fromisoformat(on))
    assert line is not None
    assert line.state == state


@pytest.mark.parametrize(
    ("on", "stages"),
    [
        ("2026-11-13", []),
        ("2026-11-14", [f"{RSV} coming"]),
        ("2026-12-30", [f"{RSV} coming", f"{RSV} ending"]),
        ("2027-01-30", []),
    ],
)
def test_a_reminder_comes_two_weeks_before_and_again_before_the_last_day(
    on: str, stages: list[str]
) -> None:
    assert told(on) == stages


def test_nothing_is_told_after_the_dose() -> None:
    assert told("2026-12-30", Vaccination(vaccine=RSV, date="2026-12-01")) == []


@pytest.mark.parametrize("how", ["birth", "loss", "untold"])
def test_nothing_is_told_once_it_has_ended_however_it_did(how: str) -> None:
    missed = check("2026-11-01")
    assert told("2026-11-30", missed) != []
    assert told("2026-11-30", missed, end("2026-11-20", how)) == []
    course = courses([PREGNANT, end("2026-11-20", how)])[0]
    assert not course.is_open(date(2026, 11, 30))


def test_nothing_is_told_after_the_expected_day_and_the_record_closes_three_weeks_later() -> None:
    assert told("2027-02-21", check("2027-02-12")) == []
    course = courses([PREGNANT])[0]
    assert course.is_open(DUE + timedelta(days=21))
    assert not course.is_open(DUE + timedelta(days=22))


@pytest.mark.parametrize(
    ("last", "usual"),
    [
        ("2026-10-23", "2026-11-20"),  # 22w6d: four weeks
        ("2026-10-31", "2026-11-14"),  # 24w0d: two weeks
        ("2027-01-23", "2027-01-30"),  # 36w0d: one week
    ],
)
def test_check_ups_are_usual_every_four_two_and_one_weeks(last: str, usual: str) -> None:
    course = courses([PREGNANT, check(last)])[0]
    assert next_check(course) == date.fromisoformat(usual)
    assert next_check(courses([PREGNANT])[0]) is None


def test_a_missed_check_up_is_told_of_for_three_weeks_and_then_left_alone() -> None:
    # After 2026-11-01 the next is usual on 11-15.
    before = check("2026-11-01")
    days = {day: told(day, before) for day in ("2026-11-21", "2026-11-22", "2026-12-13")}
    assert days["2026-11-21"] == [f"{RSV} coming"]
    assert "check 2026-11-15" in days["2026-11-22"]
    assert "check 2026-11-15" in days["2026-12-13"]
    assert "check 2026-11-15" not in told("2026-12-14", before)


def test_an_expected_day_that_was_corrected_is_one_pregnancy_and_another_is_another() -> None:
    corrected = Pregnancy(due_date=DUE + timedelta(days=5))
    earlier = Pregnancy(due_date=date(2024, 6, 1))
    found = courses([earlier, PREGNANT, corrected, end("2024-06-03", "birth")])
    assert [course.due for course in found] == [corrected.due_date, earlier.due_date]
    assert [course.end is not None for course in found] == [False, True]
    assert courses([]) == []
