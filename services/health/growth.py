"""Where a weight, height or head circumference stands among the children of the 2023 survey.

Tables: こども家庭庁「令和5年乳幼児身体発育調査」, edited (`data/README.md`). A row of months is the
average over the whole interval, so a value is compared with the row of its age and the answer says
which row that was. Outside the 3rd and 97th percentiles the tables say no more than that.
"""

import math
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

from services.health.dates import parse_day
from services.health.growth_tables import EDITION, PERCENTILES, Row, rows

KINDS = ("weight", "height", "head_circumference")
FIRST_DAYS = 4
THIRTIETH_DAY = 30
_NORMAL = NormalDist()
_SCORES = tuple(_NORMAL.inv_cdf(percent / 100) for percent in PERCENTILES)
_POWERS = (10.0, 100.0, 1000.0)
# A small preterm baby is real, so a low value is a slip only where ten times it would be ordinary.
_ORDINARY = (0.9, 1.1)
_BELIEVABLE_HIGH, _BELIEVABLE_LOW = 2.5, 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """`percentile` is a number from 3 to 97, "<3" or ">97"; None with a `reason` when refused."""

    percentile: float | str | None
    reason: str | None = None
    note: str | None = None

    def printed(self) -> dict[str, object]:
        answer: dict[str, object] = {"percentile": self.percentile, "edition": EDITION}
        if self.reason:
            answer["reason"] = self.reason
        if self.note:
            answer["note"] = self.note
        return answer


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` in kg for weight, in cm for the others."""

    sex: str
    birth: date
    day: date
    kind: str
    value: float


def months_between(birth: date, day: date) -> int:
    """Completed months: n are complete on the same day n months on, or on the first of the next
    month where there is no such day."""
    months = (day.year - birth.year) * 12 + day.month - birth.month
    return months - (day.day < birth.day)


def row_for(sex: str, kind: str, birth: date, day: date) -> Row | None:
    """The row of the table for that age, None where the survey has none: from day 5 to day 29,
    between day 30 and one month, and after its last age."""
    days = (day - birth).days
    table = rows(sex, kind)
    if days <= FIRST_DAYS:
        return table.by_day.get(days)
    if days <= THIRTIETH_DAY:
        return table.by_day.get(days)
    months = months_between(birth, day)
    return next((row for row in table.bands if row.start <= months < row.end), None)


def _lms_percent(row: Row, value: float) -> float:
    ratio = value / row.median
    power = (ratio**row.skew - 1) / (row.skew * row.spread) if row.skew else None
    score = math.log(ratio) / row.spread if power is None else power
    return _NORMAL.cdf(score) * 100


def _raw_percent(row: Row, value: float) -> float:
    """Between two printed percentiles, in a straight line of standard scores."""
    points = row.values
    place = max(index for index in range(len(points) - 1) if points[index] <= value)
    share = (value - points[place]) / (points[place + 1] - points[place])
    return _NORMAL.cdf(_SCORES[place] + share * (_SCORES[place + 1] - _SCORES[place])) * 100


def percent_in(row: Row, value: float) -> float | str:
    """The percentile to one decimal, or that it lies outside the printed ones."""
    if value < row.values[0]:
        return "<3"
    if value > row.values[-1]:
        return ">97"
    percent = _lms_percent(row, value) if row.fitted else _raw_percent(row, value)
    return round(min(max(percent, PERCENTILES[0]), PERCENTILES[-1]), 1)


def _ordinary(row: Row, value: float) -> bool:
    return row.values[0] * _ORDINARY[0] <= value <= row.values[-1] * _ORDINARY[1]


def slip(row: Row, value: float) -> str | None:
    """`unit` for grams, millimetres, metres or a slipped decimal point, `value` for a number that
    no child has, None for one to be believed."""
    low, high = row.values[0], row.values[-1]
    too_high = value > high * _BELIEVABLE_HIGH
    if too_high:
        near = any(low * 0.3 <= value / power <= high * _BELIEVABLE_HIGH for power in _POWERS)
        return "unit" if near else "value"
    if value < low * 0.5 and any(_ordinary(row, value * power) for power in _POWERS):
        return "unit"
    return "value" if value < low * _BELIEVABLE_LOW else None


def _note(row: Row) -> str | None:
    if row.end <= row.start:
        return None
    return f"compared with the average of the band from {row.start} to under {row.end} months"


def standing(measure: Measure) -> Answer:
    """The answer for a measurement that is well formed."""
    if measure.day < measure.birth:
        return Answer(None, "date")
    row = row_for(measure.sex, measure.kind, measure.birth, measure.day)
    if row is None:
        return Answer(None, "no_reference")
    wrong = slip(row, measure.value)
    if wrong:
        return Answer(None, wrong)
    return Answer(percent_in(row, measure.value), note=_note(row))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def percentile_of(data: object) -> Answer:
    """The answer for MEASURE.json: `{sex, birth_date, date, kind, value}`."""
    fields = data if isinstance(data, dict) else {}
    if fields.get("kind") not in KINDS:
        return Answer(None, "kind")
    if fields.get("sex") not in ("male", "female"):
        return Answer(None, "sex")
    birth, day = parse_day(fields.get("birth_date")), parse_day(fields.get("date"))
    if birth is None or day is None:
        return Answer(None, "date")
    number = _number(fields.get("value"))
    if number is None:
        return Answer(None, "value")
    return standing(Measure(fields["sex"], birth, day, fields["kind"], number))


@dataclass(frozen=True, slots=True)
class BothAges:
    """The age by the birthday, and from the expected date of birth for a child born early."""

    chronological: Answer
    corrected: Answer | None


def corrected_birth(birth: date, due: date | None) -> date | None:
    """The expected date of birth when the child was born before 37 weeks, else None."""
    if due is None or (due - birth).days <= 21:
        return None
    return due


def at_both_ages(measure: Measure, due: date | None) -> BothAges:
    """Vaccination goes by the chronological age alone; growth is shown at both."""
    start = corrected_birth(measure.birth, due)
    if start is None:
        return BothAges(standing(measure), None)
    moved = Measure(measure.sex, start, measure.day, measure.kind, measure.value)
    before = measure.day < start
    return BothAges(standing(measure), Answer(None, "no_reference") if before else standing(moved))
