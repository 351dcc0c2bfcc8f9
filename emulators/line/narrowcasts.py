"""Whom a narrowcast reaches, and how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulators.line.audiences import Audiences
from emulators.line.errors import Json, LineError
from emulators.line.figures import Figures
from emulators.line.instants import timestamp
from emulators.line.people import Person

# In the order of growing, so that `gte` and `lt` can be compared.
_AGES = [f"age_{years}" for years in range(15, 75, 5)]
_PERIODS = [f"day_{days}" for days in (7, 30, 90, 180, 365)]
_MOST_RECIPIENT_OBJECTS = 10
TOO_FEW_RECIPIENTS, SMALL_AUDIENCE, FORBIDDEN_PART = 2, 4, 5


@dataclass
class Narrowcast:
    """One narrowcast on its way: waiting, sending, then succeeded or failed."""

    accepted: datetime
    phase: str = "waiting"
    completed: datetime | None = None
    target: int = 0
    success: int = 0
    error_code: int | None = None
    description: str = ""

    def fail(self, code: int, description: str, now: datetime) -> None:
        """End it without a delivery."""
        self.phase, self.completed = "failed", now
        self.error_code, self.description = code, description

    def succeed(self, target: int, success: int, now: datetime) -> None:
        """End it after the delivery."""
        self.phase, self.completed = "succeeded", now
        self.target, self.success = target, success

    def as_dict(self) -> Json:
        """Return the progress as LINE tells it."""
        told: Json = {"phase": self.phase, "acceptedTime": timestamp(self.accepted)}
        if self.completed:
            told["completedTime"] = timestamp(self.completed)
        if self.phase == "succeeded":
            failed = self.target - self.success
            told |= {"successCount": self.success, "failureCount": failed}
            told["targetCount"] = self.target
        if self.error_code is not None:
            told |= {"errorCode": self.error_code, "failedDescription": self.description}
        return told


class Chooser:
    """Evaluates `recipient` and `filter.demographic` for one person after another."""

    def __init__(self, audiences: Audiences, figures: Figures) -> None:
        self._audiences = audiences
        self._figures = figures
        self.smallest_audience: int | None = None
        """The size of the smallest audience that LINE built from clicks or impressions."""

    def recipient(self, wanted: Json | None) -> Callable[[Person], bool]:
        """Return a test for a recipient object. Raises LineError 400 for an unknown audience."""
        if wanted is None:
            return lambda _person: True
        if _count_of(wanted) > _MOST_RECIPIENT_OBJECTS:
            raise LineError(400, "Too many recipient objects", reason="10 at most")
        return _tested(wanted, self._members)

    def _members(self, wanted: Json) -> Callable[[Person], bool]:
        if wanted["type"] == "redelivery":
            sending = self._figures.sending(str(wanted.get("requestId")))
            if sending is None:
                raise LineError(400, f"Invalid request id: {wanted.get('requestId')}")
            people = frozenset(sending.people)
            return lambda person: person.user_id in people
        group_id = wanted.get("audienceGroupId")
        audience = self._audiences.find(group_id) if type(group_id) is int else None
        if audience is None or audience.status != "READY":
            reason = "" if audience is None else f"the audience is {audience.status}"
            raise LineError(400, f"Invalid audience group id: {group_id}", reason=reason)
        if audience.kind != "UPLOAD":
            sizes = (self.smallest_audience, len(audience.members))
            self.smallest_audience = min(size for size in sizes if size is not None)
        members = audience.members
        return lambda person: person.user_id in members


def demographic(wanted: Json | None) -> Callable[[Person], bool]:
    """Return a test for a demographic filter over the people's `traits`."""
    if wanted is None:
        return lambda _person: True
    return _tested(wanted, _trait)


def _tested(
    wanted: Json, leaf: Callable[[Json], Callable[[Person], bool]]
) -> Callable[[Person], bool]:
    if wanted["type"] != "operator":
        return leaf(wanted)
    if wanted.get("not") is not None:
        denied = _tested(wanted["not"], leaf)
        return lambda person: not denied(person)
    each = [_tested(part, leaf) for part in wanted.get("and") or wanted.get("or") or []]
    every = all if wanted.get("and") else any
    return lambda person: every(test(person) for test in each)


def _trait(wanted: Json) -> Callable[[Person], bool]:
    kind = wanted["type"]
    if "oneOf" in wanted:
        return lambda person: person.traits.get(kind) in wanted["oneOf"]
    scale = _AGES if kind == "age" else _PERIODS
    least = _place(scale, wanted.get("gte"), 0)
    most = _place(scale, wanted.get("lt"), len(scale))
    return lambda person: least <= _place(scale, person.traits.get(kind), -1) < most


def _place(scale: list[str], value: Any, default: int) -> int:
    return scale.index(value) if value in scale else default


def _count_of(wanted: Json) -> int:
    if wanted["type"] != "operator":
        return 1
    parts = [*(wanted.get("and") or []), *(wanted.get("or") or [])]
    return sum(map(_count_of, [*parts, *([wanted["not"]] if wanted.get("not") else [])]))
