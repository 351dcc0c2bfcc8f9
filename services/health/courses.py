"""A child's course of one vaccine, and which row of the schedule its next dose comes under.

Most courses go down their rows one by one. PCV and Hib depend on the age at the first dose, HPV on
age and interval. On a day that belongs to two ages the longer series holds.
"""

from dataclasses import dataclass, field
from datetime import date

from services.health.dates import after_months, reach
from services.health.parsing import Dose
from services.health.rules import Rule, schedule


@dataclass(slots=True)
class Course:
    """What was given of one vaccine so far, in the order of days.

    `counted` are the valid doses; `uncounted` those that do not count or cannot be judged.
    `open_reasons` are of the last uncounted dose with no valid one after it.
    """

    counted: list[Dose] = field(default_factory=list)
    uncounted: list[Dose] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    open_reasons: tuple[str, ...] = ()
    month_only: bool = False

    def product(self) -> str | None:
        """The product of the last counted dose that names one."""
        named = [dose.product for dose in self.counted if dose.product]
        return named[-1] if named else None


def row_of(vaccine: str, course: Course, birth: date, day: date, *, short: bool) -> Rule | None:
    """The row for a dose on that day, None when the course is complete.

    `short` lets a dose that was given fall back on the row with the shorter gap (HPV: two doses
    less than five months apart make a course of three)."""
    if vaccine == "PCV":
        return _pcv(course.counted, birth, day)
    if vaccine == "Hib":
        return _hib(course.counted, birth, day)
    if vaccine == "HPV9":
        return _hpv(course.counted, birth, day, short=short)
    rows = schedule().rows[vaccine, ""]
    return rows[len(course.counted)] if len(course.counted) < len(rows) else None


def _row(vaccine: str, series: str, place: int = 0) -> Rule:
    return schedule().rows[vaccine, series][place]


def _pcv(counted: list[Dose], birth: date, day: date) -> Rule | None:
    if not counted:
        return _row("PCV", "start")
    first = counted[0].day
    if first <= reach(birth, 7):
        return _pcv_from_two_months(counted, birth, day)
    if first <= reach(birth, 12):
        return _pcv_from_seven_months(counted, birth, day)
    if first <= reach(birth, 24) and len(counted) < 2:
        return _row("PCV", "from 12m")
    return None


def _pcv_from_two_months(counted: list[Dose], birth: date, day: date) -> Rule | None:
    """Three initial doses and a booster; nothing initial after 24 months, and no third initial
    dose when the second came after 12 months. So the booster may be dose 2, 3 or 4."""
    one_year, two_years = reach(birth, 12), reach(birth, 24)
    given = len(counted)
    second_is_last = given >= 2 and counted[1].day > two_years
    third_is_last = given >= 3 and (counted[1].day > one_year or counted[2].day > two_years)
    if given >= 4 or second_is_last or third_is_last:
        return None
    initial = given == 1 or (given == 2 and counted[1].day <= one_year)
    if initial and day <= two_years:
        return _row("PCV", "initial from 2m")
    return _row("PCV", "booster from 2m")


def _pcv_from_seven_months(counted: list[Dose], birth: date, day: date) -> Rule | None:
    two_years = reach(birth, 24)
    if len(counted) >= 3 or (len(counted) == 2 and counted[1].day > two_years):
        return None
    if len(counted) == 1 and day <= two_years:
        return _row("PCV", "initial from 7m")
    return _row("PCV", "booster from 7m")


def _hib(counted: list[Dose], birth: date, day: date) -> Rule | None:
    """Given doses only are judged: a course that has begun with Hib goes on outside our lines."""
    if not counted:
        return _row("Hib", "start")
    one_year = reach(birth, 12)
    initials = [dose for dose in counted if dose.day <= one_year]
    wanted = 3 if counted[0].day <= reach(birth, 7) else 2
    if len(counted) > len(initials):
        return None
    if len(initials) >= wanted:
        return _row("Hib", "booster")
    return _row("Hib", "initial") if day <= one_year else _row("Hib", "early booster")


def _hpv(counted: list[Dose], birth: date, day: date, *, short: bool) -> Rule | None:
    if not counted:
        return _row("HPV9", "start")
    first = counted[0]
    fifth_month = after_months(first.day, 5)
    nine_valent = all(dose.product in (None, "HPV9") for dose in counted)
    two_doses = first.day <= reach(birth, 180) and nine_valent
    if len(counted) == 1:
        if two_doses and not (short and day < fifth_month):
            return _row("HPV9", "two doses")
        return _row("HPV9", "three doses")
    if len(counted) == 2 and not (two_doses and counted[1].day >= fifth_month):
        return _row("HPV9", "three doses", 1)
    return None
