"""Who is on duty: at each edge of the hours, across midnight, by department."""

from datetime import date, datetime

import pytest

from services.clinics.rules import Duty, Kind, Part, next_on_duty, on_duty

SUNDAY = date(2026, 11, 29)
MONDAY = date(2026, 11, 30)


def duty(
    name: str,
    *hours: tuple[int, int],
    day: date = SUNDAY,
    kind: Kind = Kind.clinic,
    departments: tuple[str, ...] = ("内科",),
) -> Duty:
    minutes = tuple((start * 60, end * 60) for start, end in hours)
    return Duty(day, kind, departments, name, "", "", minutes)


CLINIC = duty("昼", (9, 12), (13, 17))
NIGHT = duty("夜", (19, 31), kind=Kind.night_centre, departments=("内科", "小児科"))
DENTIST = duty("歯", (9, 12), kind=Kind.dentist, departments=("歯科",))
PHARMACY = duty("薬", (9, 18), kind=Kind.pharmacy, departments=("薬局",))
ALL = (CLINIC, NIGHT, DENTIST, PHARMACY)


def names(part: Part, at: str, department: str = "", day: date | None = None) -> list[str]:
    now = datetime.fromisoformat(f"2026-11-{at}")
    return [d.name for d in on_duty(ALL, day or now.date(), part, now, department)]


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("29T08:59", []),
        ("29T09:00", ["昼"]),
        ("29T11:59", ["昼"]),
        ("29T12:00", []),
        ("29T13:00", ["昼"]),
        ("29T17:00", []),
        ("29T19:00", ["夜"]),
        ("30T00:30", ["夜"]),
        ("30T06:59", ["夜"]),
        ("30T07:00", []),
    ],
)
def test_now_is_by_the_minute_and_goes_on_past_midnight(at: str, found: list[str]) -> None:
    assert names(Part.now, at) == found


def test_a_dentist_and_a_pharmacy_are_told_only_to_who_asks_for_them() -> None:
    assert names(Part.day, "29T08:00") == ["昼", "夜"]
    assert names(Part.day, "29T08:00", "歯科") == ["歯"]
    assert names(Part.day, "29T08:00", "薬局") == ["薬"]
    assert names(Part.day, "29T08:00", "小児科") == ["夜"]
    assert names(Part.day, "29T08:00", "眼科") == []


def test_of_today_what_is_over_is_left_out_and_the_night_is_the_evening_and_later() -> None:
    assert names(Part.day, "29T17:30") == ["夜"]
    assert names(Part.night, "29T10:00") == ["夜"]
    assert names(Part.night, "28T10:00", day=SUNDAY) == ["夜"]


def test_what_comes_next_is_the_first_day_that_has_any() -> None:
    later = (CLINIC, duty("翌日", (9, 17), day=MONDAY))
    after = [
        [d.name for d in next_on_duty(later, datetime.fromisoformat(f"2026-11-{at}"), "")]
        for at in ("28T10:00", "29T12:30", "29T20:00", "30T20:00")
    ]
    assert after == [["昼"], ["昼"], ["翌日"], []]
