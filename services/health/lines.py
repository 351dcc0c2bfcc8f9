"""The lines of an answer, and how each names the rule that it comes from."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.health.judging import Verdict
from services.health.rules import CHILD_VACCINES, Rule, Version, schedule


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

    def explained(self) -> dict[str, object]:
        """The same with the steps: each rule, and the first day that it allows."""
        steps = [{"rule": name, "allows_from": _iso(day)} for name, day in self.steps]
        return self.printed() | {"steps": steps}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@lru_cache(maxsize=2000)
def _named(version: Version, vaccine: str, label: str | None) -> str:
    row = label or ("no dose to come" if vaccine in CHILD_VACCINES else "no row")
    return f"{version.name} {vaccine} {row} ({version.source})"


def rule_name(day: date, vaccine: str, rule: Rule | None) -> str:
    """Version in force on that day, vaccine, row, and where the row comes from."""
    return _named(schedule().version(day), vaccine, rule.label if rule else None)


def joined(reasons: tuple[str, ...] | list[str]) -> str | None:
    return ",".join(dict.fromkeys(reasons)) or None


def given_line(verdict: Verdict) -> Line:
    dose = verdict.dose
    return Line(
        vaccine=dose.vaccine,
        written=dose.written,
        dose=verdict.number,
        state=verdict.state,
        earliest=verdict.earliest,
        latest=verdict.latest,
        reason=joined(verdict.reasons),
        rule=rule_name(dose.day, dose.vaccine, verdict.rule),
    )
