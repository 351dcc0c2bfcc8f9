"""Judging one dose after another: valid, not valid and why, or a question for a doctor."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from services.health.courses import Course, row_of
from services.health.dates import after_days
from services.health.parsing import Child, Dose
from services.health.rules import (
    CHILD_VACCINES,
    FAMILIES,
    LIVE_GAP_DAYS,
    LIVE_KINDS,
    MUMPS,
    RSV,
    Bound,
    Rule,
    schedule,
)

VALID, NOT_VALID, ASK = "valid", "not_valid", "ask"
JUDGED = frozenset((*CHILD_VACCINES, "DPT-IPV", "Hib", MUMPS))
# Twenty days are enough where a doctor finds it necessary, which a record does not say.
_HIB_DAYS_IF_NEEDED = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """`earliest` and `latest` bound the dose by its row; None where no row applies."""

    dose: Dose
    number: int
    state: str
    reasons: tuple[str, ...]
    rule: Rule | None
    earliest: date | None = None
    latest: date | None = None


@dataclass(slots=True)
class History:
    """All that was given up to a point, as far as it bears on the next dose.

    Unless `bounded`, verdicts leave out the first and last day: a due list has no use for them."""

    child: Child
    courses: dict[str, Course] = field(default_factory=dict)
    lives: list[Dose] = field(default_factory=list)
    begun: dict[str, str] = field(default_factory=dict)
    bounded: bool = True

    def course(self, vaccine: str) -> Course:
        found = self.courses.get(vaccine)
        if found is None:
            found = self.courses[vaccine] = Course()
        return found

    def copy(self) -> "History":
        """For trying a planned dose without changing what was given."""
        courses = {
            name: Course(
                list(course.counted),
                list(course.uncounted),
                set(course.days),
                course.open_reasons,
                course.month_only,
            )
            for name, course in self.courses.items()
        }
        return History(self.child, courses, list(self.lives), dict(self.begun))


def other_family_begun(history: History, vaccine: str) -> bool:
    """Whether a course of the other family or brand against the same diseases was begun."""
    family = FAMILIES.get(vaccine)
    return family is not None and history.begun.get(family[0], family[1]) != family[1]


def gap_end(rule: Rule, gap: Bound, base: str, course: Course) -> date | None:
    """The day a gap of this row gives, None before the dose that it counts from."""
    if not course.counted:
        return None
    return gap(course.counted[0 if base == "first" else -1].day)


def live_bar(history: History, vaccine: str, before: date | None = None) -> date | None:
    """First day that is far enough from every other injected live vaccine given (before a day).

    One of which only the month is known counts from the end of that month."""
    kind = LIVE_KINDS.get(vaccine)
    if kind is None:
        return None
    days = [
        dose.day
        for dose in history.lives
        if LIVE_KINDS[dose.vaccine] != kind and (before is None or dose.day < before)
    ]
    return after_days(max(days), LIVE_GAP_DAYS) if days else None


def _age_reasons(child: Child, rule: Rule, day: date) -> list[str]:
    reasons = []
    if day < rule.age_from(child.birth):
        reasons.append("too_young")
    if day > rule.age_to(child.birth):
        reasons.append("too_old")
    if rule.sex and child.sex not in (rule.sex, None):
        reasons.append("sex")
    if rule.born_from and child.birth < rule.born_from:
        reasons.append("not_in_programme")
    return reasons


def product_reasons(course: Course, dose: Dose) -> list[str]:
    """Why the named product is not the one to give, by its dates and the course it continues."""
    if dose.product is None or dose.vaccine not in ("PCV", "HPV9"):
        return []
    product = schedule().products[dose.vaccine, dose.product]
    begun = course.product()
    if product.given_from and dose.day < product.given_from:
        return ["not_in_programme"]
    if product.given_to and dose.day > product.given_to:
        return ["wrong_product", "not_in_programme"]
    if begun is not None and begun not in product.continues:
        return ["wrong_product"]
    late = product.begun_to is not None and dose.day > product.begun_to
    return ["wrong_product"] if late and not course.counted else []


def _unknown(dose: Dose) -> bool:
    named = dose.product is not None and dose.vaccine in ("PCV", "HPV9")
    return dose.vaccine not in JUDGED or (
        named and (dose.vaccine, dose.product) not in schedule().products
    )


def _gap_reasons(rule: Rule, course: Course, dose: Dose) -> tuple[list[str], bool]:
    """Reasons, and whether they are only a question.

    A gap that is kept from the last dose that counts, but not from one given since that does not
    count, is a question: the sources do not say from which of the two it runs."""
    if rule.gap is None:
        return [], False
    end = gap_end(rule, rule.gap, rule.gap_base, course)
    if end is not None and dose.day < end:
        needed = _HIB_DAYS_IF_NEEDED
        doctor = rule.vaccine == "Hib" and rule.series != "booster"
        may_be = doctor and dose.day >= after_days(course.counted[-1].day, needed)
        return ["too_short"], may_be
    since = [other.day for other in course.uncounted if rule.gap_base == "previous"]
    return (["too_short"], True) if since and dose.day < rule.gap(max(since)) else ([], False)


def _near_lives(history: History, dose: Dose) -> list[Dose]:
    """Other injected live vaccines that were or may have been given too short before this dose."""
    kind = LIVE_KINDS.get(dose.vaccine)
    if kind is None:
        return []
    return [
        other
        for other in history.lives
        if LIVE_KINDS[other.vaccine] != kind
        and other.first < dose.day < after_days(other.day, LIVE_GAP_DAYS)
    ]


def _live_reasons(near: list[Dose]) -> list[str]:
    return ["live_conflict"] if any(not other.month_only for other in near) else []


def _surplus(dose: Dose, course: Course, rule: Rule | None) -> Verdict:
    return Verdict(dose, len(course.counted) + 1, NOT_VALID, ("duplicate",), rule)


def judge(history: History, dose: Dose, *, given: bool = True) -> Verdict:
    """The verdict on one dose after all that the history holds."""
    if _unknown(dose):
        course = history.course(dose.vaccine)
        before = course.counted if dose.vaccine in JUDGED else course.uncounted
        return Verdict(dose, len(before) + 1, ASK, ("unknown",), None)
    course = history.course(dose.vaccine)
    number = len(course.counted) + 1
    if dose.month_only:
        return Verdict(dose, number, ASK, ("incomplete",), None)
    if dose.vaccine == MUMPS:
        return _mumps(history, course, dose)
    rule = row_of(dose.vaccine, course, history.child.birth, dose.day, short=given)
    if rule is None or dose.day in course.days:
        return _surplus(dose, course, rule)
    return _by_row(history, course, rule, dose)


def _mumps(history: History, course: Course, dose: Dose) -> Verdict:
    """Voluntary, so nothing is asked of it but its distance from the other live vaccines."""
    if dose.day in course.days:
        return _surplus(dose, course, None)
    reasons = tuple(_live_reasons(_near_lives(history, dose)))
    state = NOT_VALID if reasons else VALID
    return Verdict(dose, len(course.counted) + 1, state, reasons, None)


def _by_row(history: History, course: Course, rule: Rule, dose: Dose) -> Verdict:
    child = history.child
    gap_reasons, only_question = _gap_reasons(rule, course, dose)
    near = _near_lives(history, dose)
    firm = _age_reasons(child, rule, dose.day) + _live_reasons(near)
    firm += product_reasons(course, dose)
    if other_family_begun(history, dose.vaccine):
        firm.append("wrong_product")
    questions = gap_reasons if only_question else []
    if not only_question:
        firm = gap_reasons + firm
    if rule.sex and child.sex is None:
        questions = [*questions, "sex"]
    if any(other.month_only for other in near):
        questions = [*questions, "incomplete"]
    state = NOT_VALID if firm else ASK if questions else VALID
    first, last = None, None
    if history.bounded:
        first, last = earliest_by_rules(history, rule, course), rule.age_to(child.birth)
    reasons = tuple(dict.fromkeys(firm or questions))
    return Verdict(dose, len(course.counted) + 1, state, reasons, rule, first, last)


def bars(history: History, rule: Rule, course: Course) -> list[tuple[str, date]]:
    """Each rule that holds the next dose back, with the first day on which it no longer does."""
    found = [("too_young", rule.age_from(history.child.birth))]
    if rule.valid_from:
        found.append(("not_in_programme", rule.valid_from))
    if course.counted:
        found.append(("too_short", course.counted[-1].day + timedelta(days=1)))
    if rule.gap:
        end = gap_end(rule, rule.gap, rule.gap_base, course)
        if end is not None:
            found.append(("too_short", end))
    return found


def earliest_by_rules(history: History, rule: Rule, course: Course) -> date:
    """The first day by age and by the gaps of the course itself."""
    return max(day for _, day in bars(history, rule, course))


def record(history: History, verdict: Verdict) -> None:
    """Take a judged dose into the history."""
    dose = verdict.dose
    course = history.course(dose.vaccine)
    if dose.month_only:
        course.month_only = True
    else:
        course.days.add(dose.day)
    family = FAMILIES.get(dose.vaccine)
    if family is not None:
        history.begun.setdefault(*family)
    if dose.vaccine in LIVE_KINDS:
        history.lives.append(dose)
    if verdict.state == VALID:
        course.counted.append(dose)
        course.open_reasons = ()
    elif verdict.reasons != ("duplicate",):
        course.uncounted.append(dose)
        course.open_reasons = verdict.reasons


def judge_given(child: Child, *, bounded: bool = True) -> tuple[dict[int, Verdict], History]:
    """Verdicts by place in the record, whatever order it is in, and the history they make."""
    history = History(child, bounded=bounded)
    verdicts: dict[int, Verdict] = {}
    places = sorted(range(len(child.given)), key=lambda place: child.given[place].day)
    for place in places:
        dose = child.given[place]
        if dose.vaccine != RSV:
            verdicts[place] = judge(history, dose)
            record(history, verdicts[place])
    return verdicts, history
