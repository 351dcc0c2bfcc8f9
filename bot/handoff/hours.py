"""`city/<city>/handoff/desks.toml`, typed: which desks answer in the talk, and when.

Pure but for reading the file. All times are the city's own.
"""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

import jpholiday
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.handoff.labels import THEMES
from kit.errors import ConciergeError

FILE = "handoff/desks.toml"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Farther ahead nobody is told an opening.
LOOK_AHEAD_DAYS = 60

Period = Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]
MonthDay = Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$")]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9]+(-[0-9]+)*$")]


class DesksFileError(ConciergeError):
    """The city's handoff/desks.toml cannot be used. Correct the named place."""

    code = "bad_handoff_desks"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SpecialDay(_Part):
    """A day with hours of its own; without any the desk is closed. It wins over everything."""

    day: date
    hours: tuple[Period, ...] = ()


class Desk(_Part):
    """One desk that answers in the talk."""

    name: str = Field(min_length=1)
    phone: Phone | None = None
    hours: dict[str, tuple[Period, ...]]
    """Weekday (mon … sun) → its periods, a lunch break between them."""
    open_on_holidays: bool = False
    closed_from: MonthDay | None = None
    closed_to: MonthDay | None = None
    """The yearly closure, both days included; it may span the new year."""
    special: tuple[SpecialDay, ...] = ()

    @model_validator(mode="after")
    def _periods_are_periods(self) -> Self:
        unknown = set(self.hours) - set(WEEKDAYS)
        if unknown:
            raise ValueError(f"no weekday: {', '.join(sorted(unknown))}")
        for periods in (*self.hours.values(), *(day.hours for day in self.special)):
            spans = [_span(period) for period in periods]
            flat = [moment for span in spans for moment in span]
            if flat != sorted(set(flat)):
                raise ValueError(f"{self.name}: periods have to follow each other: {periods}")
        return self

    def periods(self, day: date) -> Sequence[tuple[time, time]]:
        """Return the periods of one day, earliest first; none when the desk is closed."""
        special = next((s for s in self.special if s.day == day), None)
        if special is not None:
            return [_span(period) for period in special.hours]
        if self._is_in_closure(day) or (jpholiday.is_holiday(day) and not self.open_on_holidays):
            return []
        return [_span(period) for period in self.hours.get(WEEKDAYS[day.weekday()], ())]

    def _is_in_closure(self, day: date) -> bool:
        if self.closed_from is None or self.closed_to is None:
            return False
        today = f"{day:%m-%d}"
        if self.closed_from <= self.closed_to:
            return self.closed_from <= today <= self.closed_to
        return today >= self.closed_from or today <= self.closed_to

    def is_open(self, now: datetime) -> bool:
        """Tell whether somebody answers now. `now` is local."""
        return any(start <= now.time() < end for start, end in self.periods(now.date()))

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when the desk opens next; None while it is open, or when it is not known."""
        if self.is_open(now):
            return None
        return next((opening for opening in self._openings(now) if opening > now), None)

    def _openings(self, now: datetime) -> Iterator[datetime]:
        for ahead in range(LOOK_AHEAD_DAYS):
            day = now.date() + timedelta(days=ahead)
            for start, _ in self.periods(day):
                yield datetime.combine(day, start, now.tzinfo)


class DeskPlan(_Part):
    """The whole file."""

    demonstration: bool
    general: str
    """The desk for whatever no other desk's matter is, and for danger."""
    lease_seconds: int = Field(ge=60, le=3600)
    """So long a person holds a conversation without a sign of life."""
    most_held: int = Field(ge=1, le=100)
    """Conversations that one person may hold at once."""
    desks: tuple[Desk, ...] = Field(min_length=1)
    themes: tuple[str, ...] = THEMES
    """What talks can be about, for the desks' labels."""
    residents: int | None = Field(default=None, ge=1)
    """How many people live in the city, for the share whom the talk reaches."""

    @model_validator(mode="after")
    def _general_is_a_desk(self) -> Self:
        names = [desk.name for desk in self.desks]
        if self.general not in names or len(set(names)) < len(names):
            raise ValueError("general has to be one of the desks, and each desk stands once")
        return self

    def desk(self, name: str) -> Desk | None:
        """Return the desk of that name, None where it does not answer in the talk."""
        return next((desk for desk in self.desks if desk.name == name), None)

    def choose(self, wanted: Sequence[str], now: datetime) -> Desk:
        """Return the desk for a matter: the first wanted one that answers in the talk.

        While it is closed the general desk takes its place, if that is open. `now` is local.
        """
        general = self.desk(self.general)
        assert general is not None  # noqa: S101  checked when the file was read
        found = next((desk for name in wanted if (desk := self.desk(name))), general)
        return general if not found.is_open(now) and general.is_open(now) else found


def _span(period: str) -> tuple[time, time]:
    start, _, end = period.partition("-")
    return time.fromisoformat(start), time.fromisoformat(end)


@lru_cache
def load_desk_plan(city_dir: Path) -> DeskPlan | None:
    """Read the file of a city, once in a process; None where the city has none.

    Raises DesksFileError.
    """
    try:
        told = tomllib.loads((city_dir / FILE).read_text(encoding="utf-8"))
        return DeskPlan.model_validate(told)
    except FileNotFoundError:
        return None
    except (OSError, ValidationError, tomllib.TOMLDecodeError) as error:
        raise DesksFileError(f"{FILE}: {error}") from error
