"""One child's handbook as its pages show it: from the entries to the schedule and the charts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from kit.wording import date_words
from services.health.chart import Chart, growth_chart
from services.health.chart_words import KIND_WORDS, UNITS, Measured, age_words
from services.health.conflicts import Reconciled, reconciled
from services.health.contract import (
    VACCINES,
    Allergy,
    Birth,
    Body,
    Check,
    Entry,
    Growth,
    Source,
    Vaccination,
)
from services.health.forecast import forecast
from services.health.lines import Line
from services.health.parsing import Child, FileError, parse_child
from services.health.wording import line_words

SOURCES = {
    Source.health_centre: "保健センター",
    Source.clinic: "医療機関",
    Source.pharmacy: "薬局",
    Source.school: "学校",
    Source.guardian: "保護者",
}
STATES = {
    "overdue": "標準の時期を過ぎています",
    "due": "受ける時期です",
    "ask": "確認が必要です",
    "due_soon": "まもなくです",
    "later": "これからです",
}
"""State → what is said of a dose to come, the most pressing first."""
SCHEDULED = (Vaccination, Allergy)
"""What the schedule is made of."""
_OVER = ("complete", "too_late", "not_eligible")
_MEASURES = ("weight", "height", "head_circumference")

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Person:
    """Whose handbook it is."""

    id: str
    name: str
    birth: date
    sex: str | None
    """male, female, or None where the register does not say."""
    is_me: bool = False
    """Whether the visitor is that person."""


@dataclass(frozen=True, slots=True)
class NextDose:
    """A dose to come, in words."""

    name: str
    number: int
    state: str
    heading: str
    words: list[str]
    dates: list[tuple[str, str]]
    rule: str


@dataclass(frozen=True, slots=True)
class GivenDose:
    """A dose that was given, with what the rules say of it."""

    name: str
    number: int
    day: str
    entry: Entry
    body: Vaccination
    words: list[str]
    is_sound: bool
    sources: tuple[Source, ...]
    """Everybody who tells of it."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`next` by urgency; `over` what is complete, too late or not meant for this child."""

    next: list[NextDose]
    over: list[NextDose]
    given: list[GivenDose]
    version: str
    is_possible: bool
    """False where the record contradicts itself, and nothing can be forecast from it."""


def counting(entries: Iterable[Entry], kind: type[Kept]) -> list[tuple[Entry, Kept]]:
    """Return the entries of one kind that count."""
    return [
        (entry, entry.body)
        for entry in entries
        if entry.ended_at is None and isinstance(entry.body, kind)
    ]


def ended(entries: Iterable[Entry], kind: type[Kept]) -> list[tuple[Entry, Kept]]:
    """Return the entries of one kind that were corrected or withdrawn."""
    return [
        (entry, entry.body)
        for entry in entries
        if entry.ended_at is not None and isinstance(entry.body, kind)
    ]


def due_date(entries: Iterable[Entry]) -> date | None:
    """Return the expected day of birth, where it is known."""
    found = counting(entries, Birth)
    return found[-1][1].due_date if found else None


def child_of(birth: date, sex: str | None, bodies: Iterable[Body]) -> Child:
    """Return what the schedule is reckoned from. Raises FileError for a record that cannot be."""
    kept = list(bodies)
    doses = [body for body in kept if isinstance(body, Vaccination)]
    return parse_child(
        {
            "birth_date": birth.isoformat(),
            "sex": sex,
            "given": [
                {"vaccine": body.vaccine, "date": body.date, "product": body.product}
                for body in doses
            ],
            "conditions": ["allergy"] if any(isinstance(body, Allergy) for body in kept) else [],
        }
    )


def schedule_of(person: Person, entries: tuple[Entry, ...], on: date) -> Schedule:
    """Judge every dose that was given and forecast the next of every vaccine."""
    doses = _doses(entries)
    allergies = [body for _, body in counting(entries, Allergy)]
    bodies: list[Body] = [*(body for _, body in doses), *allergies]
    try:
        lines = forecast(child_of(person.birth, person.sex, bodies), on)
    except FileError:
        given = [_given(one, body, None) for one, body in doses]
        return Schedule([], [], given, "", is_possible=False)
    judged, coming = lines[: len(doses)], lines[len(doses) :]
    order = list(STATES)
    to_come = sorted(
        (line for line in coming if line.state in STATES),
        key=lambda line: (order.index(line.state), line.due_from or date.max),
    )
    given = [_given(one, body, line) for (one, body), line in zip(doses, judged, strict=True)]
    return Schedule(
        next=[_next(line) for line in to_come],
        over=[_next(line) for line in coming if line.state in _OVER],
        given=given,
        version=coming[0].rule.partition(" ")[0],
        is_possible=True,
    )


def given_doses(entries: tuple[Entry, ...]) -> list[GivenDose]:
    """Return what was given, the newest first, without judging it."""
    return [_given(one, body, None) for one, body in reversed(_doses(entries))]


def _doses(entries: Iterable[Entry]) -> list[tuple[Reconciled, Vaccination]]:
    """Return each dose that counts once, however many sources tell of it, the oldest first."""
    kept = reconciled(entry for entry, _ in counting(entries, Vaccination))
    doses = [(one, one.entry.body) for one in kept if isinstance(one.entry.body, Vaccination)]
    return sorted(doses, key=lambda found: found[1].date)


def _name(vaccine: str) -> str:
    return VACCINES.get(vaccine, vaccine)


def _next(line: Line) -> NextDose:
    dates = {
        "標準の時期": _period(line.due_from, line.due_to),
        "受けられる期間": _period(line.earliest, line.latest),
    }
    return NextDose(
        name=_name(line.vaccine),
        number=line.dose,
        state=line.state,
        heading=STATES.get(line.state, ""),
        words=line_words(line),
        dates=[(label, words) for label, words in dates.items() if words],
        rule=line.rule,
    )


def _period(start: date | None, end: date | None) -> str:
    if start is None and end is None:
        return ""
    return f"{_day(start)}～{_day(end)}" if start != end else _day(start)


def _day(day: date | None) -> str:
    return "" if day is None else date_words(day)


def _given(one: Reconciled, body: Vaccination, line: Line | None) -> GivenDose:
    dose = _dose_day(body.date)
    return GivenDose(
        name=_name(body.vaccine),
        number=0 if line is None else line.dose,
        day=dose,
        entry=one.entry,
        body=body,
        words=[] if line is None else line_words(line),
        is_sound=line is not None and line.state == "valid",
        sources=one.sources,
    )


def _dose_day(written: str) -> str:
    if len(written) == len("2026-11"):
        year, month = written.split("-")
        return f"{year}年{int(month)}月（日は不明）"
    return date_words(date.fromisoformat(written))


def charts_of(person: Person, entries: tuple[Entry, ...]) -> list[tuple[str, Chart]]:
    """Return a chart of each kind of measurement, weight first."""
    found = counting(entries, Growth)
    due = due_date(entries)
    return [
        (
            KIND_WORDS[kind],
            growth_chart(
                [Measured(b.date, float(b.value)) for _, b in found if b.measure == kind],
                kind=kind,
                sex=person.sex,
                birth=person.birth,
                due=due,
            ),
        )
        for kind in _MEASURES
    ]


def measured_words(body: Growth) -> str:
    """Return a measurement as it is read: `体重 9.86kg`."""
    return f"{KIND_WORDS[body.measure]} {body.value.normalize():f}{UNITS[body.measure]}"


def entry_words(entry: Entry) -> str:
    """Return what an entry tells in one line, for comparing it with another."""
    body = entry.body
    if isinstance(body, Vaccination):
        details = "・".join(filter(None, (body.product, body.lot, body.place)))
        return f"{_dose_day(body.date)}　{_name(body.vaccine)}" + (
            f"（{details}）" if details else ""
        )
    if isinstance(body, Growth):
        return f"{date_words(body.date)}　{measured_words(body)}"
    if isinstance(body, Check):
        return f"{date_words(body.date)}　{body.name}：{body.result}"
    return ""


def age_on(person: Person, day: date) -> str:
    """Return the age in words."""
    return age_words(person.birth, day)
