"""Planned doses: allowed, or refused with every reason that stands against them."""

from services.health.dates import after_days
from services.health.judging import VALID, History, Verdict, judge, record
from services.health.lines import Line, joined, rule_name
from services.health.next_dose import open_questions
from services.health.parsing import Dose
from services.health.pregnancy import Pregnancies
from services.health.rules import LIVE_GAP_DAYS, LIVE_KINDS, RSV

IN_GIVEN_ONLY = frozenset(("DPT-IPV", "Hib", "Mumps"))
_PLANNED_STATES = {True: "allowed", False: "refused"}


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
        reasons += open_questions(history, dose.vaccine, course, state, dose.day)
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
        reason=joined(reasons),
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
