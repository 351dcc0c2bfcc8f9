"""What one telegram says, in neutral words: facts about areas, and how they stand to others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Whether the world outside may be told: anything but `ACTUAL` is kept apart."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class InfoType(StrEnum):
    ISSUED = "issued"
    CORRECTED = "corrected"
    DELAYED = "delayed"
    CANCELLED = "cancelled"


# What levels and codes are compared by. A code that is not known ranks over an advisory and under
# a warning: it is shown, and it cannot hide a warning.
ADVISORY, UNKNOWN, WARNING, DANGER, SPECIAL = 2.0, 2.5, 3.0, 4.0, 5.0


@dataclass(frozen=True, slots=True)
class Fact:
    """One hazard in one area. `area`: 5, 7 (part of a city), 3 (coast, earthquake region) or 12
    digits (river section); `level` is the alert level 2–5 of hazards that have one."""

    area: str
    hazard: str
    kind_code: str
    active: bool
    level: int | None = None
    rank: float = 0.0
    name: str = ""
    # It only says that nothing is in force: kept where something else was said before.
    silent: bool = False
    # The telegram names no cities, only something wide that this one lies in.
    presumed: bool = False


@dataclass(frozen=True, slots=True)
class Telegram:
    """A telegram understood. `subject` names what a newer one of its kind replaces."""

    family: str
    subject: str
    status: Status
    info_type: InfoType
    office: str
    reported_at: datetime
    revision: tuple[object, ...]
    source: str
    facts: tuple[Fact, ...] = ()
    # (hazard, office) for which this telegram makes the legacy ones beside it unnecessary.
    covers: frozenset[tuple[str, str]] = frozenset()
    legacy: bool = False
    # Telegrams of one subject add up instead of replacing each other (震度速報, 緊急地震速報).
    adds_up: bool = False
    # Of facts with the same contest about one area only those of the highest standing count.
    contest: str = ""
    standing: int = 0
    # Ids that a cancellation is matched by where the subject is wider than one event (津波).
    event_ids: frozenset[str] = frozenset()
    # The happening of which this tells: a new one counts even where the state is the same.
    event: str = ""
    expires_at: datetime | None = None
    # Its end, once `expires_at` is reached, is worth telling (the telegram itself announced it).
    ends_on_time: bool = False
    # Who is to be credited: several offices issue river forecasts together.
    publishers: str = ""
    title: str = ""
    headline: str = ""
    # Names under which others speak of the same subject: its own, and those that it replaces (CAP).
    refers: tuple[str, ...] = ()
    # What it does not name any more was switched to something lower, which it does not say.
    switched_down: bool = False
