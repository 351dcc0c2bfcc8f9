"""The forecast: a line for each dose given, the next dose of every course, each dose planned.

Pure: a `Child` and a day in, lines out. The states and reason classes are those of the command
`concierge health forecast`; what was decided where the sources are silent is in
`docs/health-rules.md`.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from services.health.courses import Course, row_of
from services.health.dates import after_days
from services.health.judging import (
    ASK,
    VALID,
    History,
    Verdict,
    bars,
    gap_end,
    judge,
    judge_given,
    live_bar,
    other_family_begun,
    record,
)
from services.health.parsing import Child, Dose, check_possible
from services.health.pregnancy import Pregnancies, judge_pregnancies, rsv_rule, rsv_window
from services.health.rules import (
    CHILD_VACCINES,
    LIVE_GAP_DAYS,
    LIVE_KINDS,
    RSV,
    Rule,
    schedule,
)

SOON = timedelta(days=30)
ROTA_FIRST_LAST_DAY = 104
IN_GIVEN_ONLY = frozenset(("DPT-IPV", "Hib", "Mumps"))
_PLANNED_STATES = {True: "allowed", False: "refused"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the answer; `written` is the date of a dose given or planned.

    `steps` explains it: each rule that was looked at, with the first day on which it allows the
    dose. `rule` names version, row and source."""

    vaccine: str
    dose: int
    state: str
    earliest: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    latest: date | None = None
    reason: str | None = None
    rule: str = ""
    written: str | None = None
    steps: tuple[tuple[str, date], ...] = ()

    def printed(self) -> dict[str, object]:
        """The members in the order in which the command prints them."""
        head: dict[str, object] = {"vaccine": self.vaccine}
        if self.written is not None:
            head["date"] = self.written
        return head | {
            "dose": self.dose,
            "state": self.state,
            "earliest": _iso(self.earliest),
            "due_from": _iso(self.due_from),
            "due_to": _iso(self.due_to),
            "latest": _iso(self.latest),
            "reason": self.reason,
            "rule": self.rule,
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def rule_name(day: date, vaccine: str, rule: Rule | None) -> str:
    """Version in force on that day, vaccine, row, and where the row comes from."""
    version = schedule().version(day)
    row = rule.label if rule else "no dose to come" if vaccine in CHILD_VACCINES else "no row"
    return f"{version.name} {vaccine} {row} ({version.source})"


def _joined(reasons: tuple[str, ...] | list[str]) -> str | None:
    return ",".join(dict.fromkeys(reasons)) or None


def _given_line(verdict: Verdict) -> Line:
    dose = verdict.dose
    return Line(
        vaccine=dose.vaccine,
        written=dose.written,
        dose=verdict.number,
        state=verdict.state,
        earliest=verdict.earliest,
        latest=verdict.latest,
        reason=_joined(verdict.reasons),
        rule=rule_name(dose.day, dose.vaccine, verdict.rule),
    )


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


def _plain_state(on: date, due_from: date, due_to: date) -> str:
    if on < due_from:
        return "due_soon" if due_from - on <= SOON else "later"
    return "due" if on <= due_to else "overdue"


def _question(
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


def next_line(history: History, vaccine: str, on: date) -> Line:
    """The next dose of one vaccine as of a day."""
    course, child = history.course(vaccine), history.child
    rule = row_of(vaccine, course, child.birth, on, short=False)
    named = rule_name(on, vaccine, rule)
    if other_family_begun(history, vaccine):
        return _closed(vaccine, course, "not_eligible", "wrong_product", named)
    if rule is None:
        return Line(vaccine, len(course.counted), "complete", rule=named)
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
    state = _plain_state(on, due_from, due_to)
    question = _question(history, rule.vaccine, course, state, on)
    barring = [name for name, day in steps if on < day]
    return Line(
        vaccine=rule.vaccine,
        dose=len(course.counted) + 1,
        state=ASK if question else state,
        earliest=earliest,
        due_from=due_from,
        due_to=due_to,
        latest=latest,
        reason=_joined([*question, *barring]),
        rule=rule_name(on, rule.vaccine, rule),
        steps=tuple(steps),
    )


def _present(dues: tuple[date | None, ...], on: date) -> date | None:
    """The pregnancy that a line is about: the next due date to come, else the last one."""
    known = sorted(due for due in dues if due)
    coming = [due for due in known if due >= on]
    return coming[0] if coming else None if None in dues or not known else known[-1]


def _rsv_line(child: Child, due: date | None, pregnancies: Pregnancies, on: date) -> Line:
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
    state = _plain_state(on, earliest, latest)
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
        _joined([*question, *early, *programme]),
        named,
    )


def _live_after(history: History, dose: Dose) -> bool:
    """Whether another live vaccine stands in the record too soon after the planned day, or in a
    month that may be too near."""
    kind = LIVE_KINDS.get(dose.vaccine)
    if kind is None:
        return False
    return any(
        LIVE_KINDS[other.vaccine] != kind
        and other.day != dose.day
        and other.day > dose.day
        and other.first < after_days(dose.day, LIVE_GAP_DAYS)
        for other in history.lives
    )


def _planned_reasons(history: History, dose: Dose, verdict: Verdict) -> list[str]:
    """Everything that stands against giving the dose on that day."""
    if dose.vaccine in IN_GIVEN_ONLY:
        return ["unknown"]
    course, child = history.course(dose.vaccine), history.child
    reasons = list(verdict.reasons)
    if course.counted and dose.day < course.counted[-1].day:
        reasons.append("too_short")
    if verdict.reasons != ("duplicate",):
        state = "due" if verdict.state == VALID else ""
        reasons += _question(history, dose.vaccine, course, state, dose.day)
        reasons += ["condition"] if child.conditions else []
    if _live_after(history, dose):
        reasons.append("live_conflict")
    return reasons


def _planned_line(dose: Dose, verdict: Verdict, reasons: list[str]) -> Line:
    return Line(
        vaccine=dose.vaccine,
        written=dose.written,
        dose=verdict.number,
        state=_PLANNED_STATES[not reasons],
        earliest=verdict.earliest,
        latest=verdict.latest,
        reason=_joined(reasons),
        rule=rule_name(dose.day, dose.vaccine, verdict.rule),
    )


def _plan_rsv(pregnancies: Pregnancies, dose: Dose) -> tuple[Verdict, list[str]]:
    verdict = pregnancies.judge(dose)
    reasons = list(verdict.reasons)
    if any(code != "pregnant" for code in pregnancies.child.conditions):
        reasons.append("condition")
    return verdict, reasons


def planned_lines(
    history: History, pregnancies: Pregnancies, doses: tuple[Dose, ...]
) -> list[Line]:
    """Planned doses are judged in the order of their days; one that is allowed counts for those
    after it, so that two bookings cannot each be allowed and together be wrong."""
    lines: dict[int, Line] = {}
    trial = history.copy()
    for place in sorted(range(len(doses)), key=lambda place: doses[place].day):
        dose = doses[place]
        if dose.vaccine == RSV:
            verdict, reasons = _plan_rsv(pregnancies, dose)
        else:
            verdict = judge(trial, dose, given=False)
            reasons = _planned_reasons(trial, dose, verdict)
        lines[place] = _planned_line(dose, verdict, reasons)
        if not reasons and dose.vaccine == RSV:
            pregnancies.record(verdict)
        elif not reasons:
            record(trial, verdict)
    return [lines[place] for place in range(len(doses))]


def forecast(child: Child, on: date) -> list[Line]:
    """All lines as of that day: doses given in the order of the record, the next dose of each
    vaccine in the order of the schedule, doses planned in the order of the record.

    Raises `FileError` for a record that cannot be true."""
    check_possible(child, on)
    verdicts, history = judge_given(child)
    of_pregnancy, pregnancies = judge_pregnancies(child)
    verdicts.update(of_pregnancy)
    lines = [_given_line(verdicts[place]) for place in range(len(child.given))]
    lines += [next_line(history, vaccine, on) for vaccine in CHILD_VACCINES]
    if child.pregnancies:
        lines.append(_rsv_line(child, _present(child.pregnancies, on), pregnancies, on))
    if child.planned:
        lines += planned_lines(history, pregnancies, child.planned)
    return lines
