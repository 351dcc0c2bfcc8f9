"""The next dose of each course as of a day: its first and last day, usual period and state."""

from datetime import date, timedelta

from services.health.courses import Course, row_of
from services.health.dates import after_days
from services.health.judging import ASK, History, bars, gap_end, live_bar, other_family_begun
from services.health.lines import Line, joined, rule_name
from services.health.parsing import Child
from services.health.pregnancy import Pregnancies, rsv_rule, rsv_window
from services.health.rules import LIVE_GAP_DAYS, RSV, Rule

SOON = timedelta(days=30)
ROTA_FIRST_LAST_DAY = 104


def _standard(
    rule: Rule, course: Course, birth: date, earliest: date, latest: date
) -> tuple[date, date]:
    """The standard period: from the row's usual gap if it has one, else from its usual ages.

    A gap with no upper end leaves the period open to the last day. It begins within the days that
    the rules allow, and ends at the latest with them; it may have ended before it can begin."""
    first, last = None, None
    if rule.due_gap_from:
        first = gap_end(rule, rule.due_gap_from, rule.due_gap_base, course)
        if rule.due_gap_to:
            last = gap_end(rule, rule.due_gap_to, rule.due_gap_base, course)
    else:
        first = rule.due_from(birth) if rule.due_from else None
        last = rule.due_to(birth) if rule.due_to else None
    return min(max(first or earliest, earliest), latest), min(last or latest, latest)


def plain_state(on: date, due_from: date, due_to: date) -> str:
    if on < due_from:
        return "due_soon" if due_from - on <= SOON else "later"
    return "due" if on <= due_to else "overdue"


def open_questions(
    history: History, vaccine: str, course: Course, state: str, on: date
) -> tuple[str, ...]:
    """Why a person has to be asked before this line can be answered; empty when nobody has to."""
    reasons = list(course.open_reasons)
    if course.month_only:
        reasons.append("incomplete")
    if vaccine == "HPV9" and history.child.sex is None:
        reasons.append("sex")
    begun = bool(course.counted)
    advised = history.child.birth + timedelta(days=ROTA_FIRST_LAST_DAY)
    if vaccine.startswith("Rota") and not begun and on > advised:
        reasons.append("too_old")
    if history.child.conditions and state in ("due", "overdue"):
        reasons.append("condition")
    return tuple(reasons)


def _live_steps(history: History, vaccine: str, on: date) -> list[tuple[str, date]]:
    """Other live vaccines of the same day do not bar: the same day is allowed."""
    bar = live_bar(history, vaccine)
    if bar is None or bar == after_days(on, LIVE_GAP_DAYS):
        bar = live_bar(history, vaccine, before=on)
    return [("live_conflict", bar)] if bar else []


def _closed(vaccine: str, course: Course, state: str, reason: str | None, rule: str) -> Line:
    return Line(vaccine, len(course.counted) + 1, state, reason=reason, rule=rule)


def _full(vaccine: str, course: Course, rule: str) -> Line:
    """Nothing is to come, unless the record holds a dose that somebody has to look at."""
    doubts = [*course.open_reasons, *(["incomplete"] if course.month_only else [])]
    if doubts:
        return Line(vaccine, len(course.counted) + 1, ASK, reason=joined(doubts), rule=rule)
    return Line(vaccine, len(course.counted), "complete", rule=rule)


def next_line(history: History, vaccine: str, on: date) -> Line:
    """The next dose of one vaccine as of a day."""
    course, child = history.course(vaccine), history.child
    rule = row_of(vaccine, course, child.birth, on, short=False)
    named = rule_name(on, vaccine, rule)
    if other_family_begun(history, vaccine):
        return _closed(vaccine, course, "not_eligible", "wrong_product", named)
    if rule is None:
        return _full(vaccine, course, named)
    if rule.sex and child.sex not in (rule.sex, None):
        return _closed(vaccine, course, "not_eligible", "sex", named)
    steps = bars(history, rule, course) + _live_steps(history, vaccine, on)
    earliest, latest = max(day for _, day in steps), rule.age_to(child.birth)
    unknown = course.month_only or (bool(rule.sex) and child.sex is None)
    if not unknown and max(on, earliest) > latest:
        return _closed(vaccine, course, "too_late", "too_old", named)
    if rule.born_from and child.birth < rule.born_from:
        return _closed(vaccine, course, "not_eligible", "not_in_programme", named)
    return _open_line(history, course, rule, on, steps)


def _open_line(
    history: History, course: Course, rule: Rule, on: date, steps: list[tuple[str, date]]
) -> Line:
    earliest, latest = max(day for _, day in steps), rule.age_to(history.child.birth)
    due_from, due_to = _standard(rule, course, history.child.birth, earliest, latest)
    state = plain_state(on, due_from, due_to)
    question = open_questions(history, rule.vaccine, course, state, on)
    barring = [name for name, day in steps if on < day]
    return Line(
        vaccine=rule.vaccine,
        dose=len(course.counted) + 1,
        state=ASK if question else state,
        earliest=earliest,
        due_from=due_from,
        due_to=due_to,
        latest=latest,
        reason=joined([*question, *barring]),
        rule=rule_name(on, rule.vaccine, rule),
        steps=tuple(steps),
    )


def present_pregnancy(dues: tuple[date | None, ...], on: date) -> date | None:
    """The pregnancy that a line is about: the next due date to come, else the last one."""
    known = sorted(due for due in dues if due)
    coming = [due for due in known if due >= on]
    return coming[0] if coming else None if None in dues or not known else known[-1]


def rsv_line(child: Child, due: date | None, pregnancies: Pregnancies, on: date) -> Line:
    rule = rsv_rule()
    named = rule_name(on, RSV, rule)
    course = pregnancies.courses.get(due) if due else None
    course = course or Course()
    if child.sex == "male":
        return _closed(RSV, course, "not_eligible", "sex", named)
    if due is None:
        return Line(RSV, 1, ASK, reason="incomplete", rule=named)
    if course.counted:
        return Line(RSV, len(course.counted), "complete", rule=named)
    earliest, latest = rsv_window(due)
    if max(on, earliest) > latest and not course.month_only:
        return _closed(RSV, course, "too_late", "too_old", named)
    state = plain_state(on, earliest, latest)
    question = list(course.open_reasons)
    if state == "due" and any(code != "pregnant" for code in child.conditions):
        question.append("condition")
    early = [] if on >= rule.age_from(due) else ["too_young"]
    programme = [] if on >= (rule.valid_from or on) else ["not_in_programme"]
    return Line(
        RSV,
        1,
        ASK if question else state,
        earliest,
        earliest,
        latest,
        latest,
        joined([*question, *early, *programme]),
        named,
    )
