"""Who is on duty when. Pure functions.

A day's duty may go on past midnight, so at two in the morning the night before counts, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

EVENING = 17 * 60
DAY_MINUTES = 24 * 60
CHILDREN = "小児科"


class Kind(StrEnum):
    """What is on duty."""

    clinic = "clinic"
    night_centre = "night_centre"
    dentist = "dentist"
    pharmacy = "pharmacy"


class Part(StrEnum):
    """Which part of a day is asked about."""

    now = "now"
    day = "day"
    night = "night"


@dataclass(frozen=True)
class Duty:
    """One place on duty. `hours`: (beginning, end) in minutes after the day's midnight."""

    day: date
    kind: Kind
    departments: tuple[str, ...]
    name: str
    address: str
    phone: str
    hours: tuple[tuple[int, int], ...]
    note: str = ""

    def open_at(self, moment: datetime) -> bool:
        """Whether it is on duty at a local moment."""
        minutes = _minutes(self.day, moment)
        return any(start <= minutes < end for start, end in self.hours)

    def later(self, moment: datetime) -> bool:
        """Whether it opens (again) after a local moment."""
        return any(start > _minutes(self.day, moment) for start, _ in self.hours)

    @property
    def begins(self) -> datetime:
        """Its first local moment."""
        midnight = datetime.combine(self.day, time.min)
        return midnight + timedelta(minutes=self.hours[0][0])

    @property
    def at_night(self) -> bool:
        """Whether it is on duty in the evening or at night."""
        return any(end > EVENING for _, end in self.hours)


def _minutes(day: date, moment: datetime) -> int:
    midnight = datetime.combine(day, time.min)
    return int((moment.replace(tzinfo=None) - midnight).total_seconds() // 60)


@dataclass(frozen=True)
class Change:
    """What the desk changed on a day: a place that is not on duty after all, or one that is."""

    day: date
    name: str
    instead: Duty | None
    """None for a place that is closed."""


def changed(duties: Iterable[Duty], changes: Iterable[Change]) -> list[Duty]:
    """Return the duties with what the desk knows better."""
    known = list(changes)
    closed = {(change.day, change.name) for change in known if change.instead is None}
    kept = [duty for duty in duties if (duty.day, duty.name) not in closed]
    return kept + [change.instead for change in known if change.instead is not None]


def fits(duty: Duty, department: str) -> bool:
    """Whether a place on duty is one to go to with this; without a department pharmacies are not.

    A night centre that sees children serves for 小児科, and so on by its departments.
    """
    if not department:
        return duty.kind is not Kind.pharmacy and duty.kind is not Kind.dentist
    return department in duty.departments


def on_duty(
    duties: Iterable[Duty], day: date, part: Part, now: datetime, department: str
) -> tuple[Duty, ...]:
    """Return who is on duty: at this moment, or on a day, or in its evening and night."""
    fitting = [duty for duty in duties if fits(duty, department)]
    if part is Part.now:
        found = [duty for duty in fitting if duty.open_at(now)]
    else:
        found = [duty for duty in fitting if duty.day == day]
        if part is Part.night:
            found = [duty for duty in found if duty.at_night]
        if day == now.date():
            found = [duty for duty in found if duty.open_at(now) or duty.later(now)]
    return tuple(sorted(found, key=lambda duty: (duty.begins, duty.kind, duty.name)))


def next_on_duty(duties: Iterable[Duty], after: datetime, department: str) -> tuple[Duty, ...]:
    """Return who begins next after a local moment: those of the first day that has any."""
    moment = after.replace(tzinfo=None)
    coming = [
        duty
        for duty in duties
        if fits(duty, department) and (duty.later(moment) or duty.begins > moment)
    ]
    if not coming:
        return ()
    first = min(duty.day for duty in coming)
    return tuple(
        sorted((duty for duty in coming if duty.day == first), key=lambda duty: duty.begins)
    )
