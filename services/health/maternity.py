"""A pregnancy as its record tells it: how far it is, what comes next, and when nothing does.

40w0d is the expected day of birth. Once a pregnancy has ended, however it did, and three weeks
after the expected day in any case, nothing is counted or told any more: silence does no harm.
The usual intervals of check-ups are the notice of 2015 (Ministry of Health, No. 226).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.health.contract import Allergy, Body, MaternalCheck, Pregnancy, PregnancyEnd
from services.health.contract import Vaccination as Dose
from services.health.forecast import next_lines
from services.health.lines import Line
from services.health.parsing import FileError, parse_child
from services.health.rules import RSV

WHOLE = timedelta(days=280)
AFTER_DUE = timedelta(days=21)
MATERNAL = (Pregnancy, PregnancyEnd, MaternalCheck)
"""What the pregnant person alone reads."""
_LATE_ENTRY = timedelta(days=90)
_FIRST_WEEKS, _LAST_WEEKS = 24, 36


@dataclass(frozen=True, slots=True)
class Course:
    """One pregnancy. `checks` are its check-ups, the oldest first."""

    due: date
    end: PregnancyEnd | None
    checks: tuple[MaternalCheck, ...]

    @property
    def start(self) -> date:
        """The day that counts as 0w0d."""
        return self.due - WHOLE

    def is_open(self, on: date) -> bool:
        """Whether anything may be said of it as something that goes on."""
        return self.end is None and self.start <= on <= self.due + AFTER_DUE

    def weeks(self, on: date) -> tuple[int, int]:
        """Weeks and days on a day."""
        return divmod((on - self.start).days, 7)


def courses(bodies: Iterable[Body]) -> list[Course]:
    """Return the pregnancies of a record in the order of writing, the latest first.

    Expected days nearer than a pregnancy can follow another are one pregnancy, dated anew.
    """
    kept, dues = list(bodies), list[date]()
    for body in kept:
        if isinstance(body, Pregnancy):
            dues = [due for due in dues if abs(due - body.due_date) > _LATE_ENTRY]
            dues.append(body.due_date)
    return [_course(due, kept) for due in sorted(dues, reverse=True)]


def _course(due: date, bodies: list[Body]) -> Course:
    def belongs(day: date, last: date) -> bool:
        return due - WHOLE <= day <= last

    ends = [b for b in bodies if isinstance(b, PregnancyEnd)]
    mine = [b for b in ends if belongs(b.date, due + _LATE_ENTRY)]
    end = mine[-1] if mine else None
    last = end.date if end else due + AFTER_DUE
    checks = [b for b in bodies if isinstance(b, MaternalCheck) and belongs(b.date, last)]
    return Course(due, end, tuple(sorted(checks, key=lambda check: check.date)))


def next_check(course: Course) -> date | None:
    """Return when the next check-up usually is, after the last; None before the first."""
    if not course.checks:
        return None
    last = course.checks[-1].date
    weeks, _ = course.weeks(last)
    gap = 4 if weeks < _FIRST_WEEKS else 2 if weeks < _LAST_WEEKS else 1
    return last + timedelta(weeks=gap)


def rsv(
    birth: date, sex: str | None, bodies: Iterable[Body], course: Course, on: date
) -> Line | None:
    """Return what the rules say of the RSV vaccine in a pregnancy; None where nothing can be."""
    kept = list(bodies)
    given = [b for b in kept if isinstance(b, Dose) and b.vaccine == RSV]
    conditions: list[object] = [{"code": "pregnant", "due_date": course.due.isoformat()}]
    if any(isinstance(b, Allergy) for b in kept):
        conditions.append("allergy")
    record = {
        "birth_date": birth.isoformat(),
        "sex": sex,
        "given": [{"vaccine": b.vaccine, "date": b.date} for b in given],
        "conditions": conditions,
    }
    try:
        return next_lines(parse_child(record), on)[-1]
    except FileError:
        return None
