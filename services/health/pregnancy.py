"""The RSV vaccine for pregnant women: one dose a pregnancy, from 28w0d to 36w6d.

40w0d is the expected date of birth, so a window counts back from it. A dose belongs to the
pregnancy in which it was given; one that belongs to none of those stated cannot be judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.health.courses import Course
from services.health.judging import ASK, NOT_VALID, VALID, Verdict
from services.health.parsing import Child, Dose
from services.health.rules import RSV, Rule, schedule

_WHOLE = timedelta(days=280)
_AFTER_DUE = timedelta(days=21)


def rsv_rule() -> Rule:
    return schedule().rows[RSV, ""][0]


def rsv_window(due: date) -> tuple[date, date]:
    """First and last day for a pregnancy, not before the programme began."""
    rule = rsv_rule()
    first = rule.age_from(due)
    return max(first, rule.valid_from or first), rule.age_to(due)


def pregnancy_of(day: date, dues: Sequence[date | None]) -> date | None:
    """The due date of the pregnancy that the day falls into."""
    known = [due for due in dues if due and due - _WHOLE <= day <= due + _AFTER_DUE]
    return min(known) if known else None


@dataclass(slots=True)
class Pregnancies:
    """The courses of one woman, by due date."""

    child: Child
    courses: dict[date, Course]

    def judge(self, dose: Dose) -> Verdict:
        """The verdict on one dose; it is not taken into the course."""
        due = None if dose.month_only else pregnancy_of(dose.day, self.child.pregnancies)
        if due is None:
            return Verdict(dose, 1, ASK, ("incomplete",), rsv_rule())
        course = self.courses.setdefault(due, Course())
        if course.counted or dose.day in course.days:
            number = len(course.counted) + 1
            return Verdict(dose, number, NOT_VALID, ("duplicate",), rsv_rule())
        reasons = tuple(self._reasons(dose.day, due))
        state = NOT_VALID if reasons else VALID
        return Verdict(dose, 1, state, reasons, rsv_rule(), *rsv_window(due))

    def _reasons(self, day: date, due: date) -> list[str]:
        rule = rsv_rule()
        checks = {
            "too_young": day < rule.age_from(due),
            "too_old": day > rule.age_to(due),
            "not_in_programme": rule.valid_from is not None and day < rule.valid_from,
            "sex": self.child.sex == "male",
        }
        return [reason for reason, holds in checks.items() if holds]

    def record(self, verdict: Verdict) -> None:
        day = verdict.dose.day
        due = pregnancy_of(day, self.child.pregnancies)
        if due is None:
            return
        course = self.courses.setdefault(due, Course())
        course.month_only = course.month_only or verdict.dose.month_only
        course.days.add(day)
        if verdict.state == VALID:
            course.counted.append(verdict.dose)
            course.open_reasons = ()
        elif verdict.reasons != ("duplicate",):
            course.open_reasons = verdict.reasons


def judge_pregnancies(child: Child) -> tuple[dict[int, Verdict], Pregnancies]:
    """Verdicts on the RSV doses by place in the record, and the courses they make."""
    pregnancies = Pregnancies(child, {})
    verdicts: dict[int, Verdict] = {}
    for place in sorted(range(len(child.given)), key=lambda place: child.given[place].day):
        if child.given[place].vaccine == RSV:
            verdicts[place] = pregnancies.judge(child.given[place])
            pregnancies.record(verdicts[place])
    return verdicts, pregnancies
