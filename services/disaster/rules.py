"""What may happen to messages and changes, and when a feed counts as silent. Pure."""

import hashlib
from datetime import datetime, timedelta

from kit.lifecycle import Lifecycle
from services.disaster.entries import Change

ACTUAL, DRILL = "actual", "drill"
"""Lanes: the state of the world, and the one that officers practise with."""

MESSAGE_STATES: Lifecycle = {
    "waiting": frozenset({"applied", "elsewhere", "gated", "refused"}),
    # Read once more from the kept bytes (`concierge disaster reprocess`).
    "applied": frozenset({"waiting"}),
    "elsewhere": frozenset({"waiting"}),
    "gated": frozenset({"waiting"}),
    "refused": frozenset({"waiting"}),
}
"""gated: an exercise or a test of the sender, kept and never applied; elsewhere: says nothing
about this city; refused: cannot be read."""

CHANGE_STATES: Lifecycle = {
    "pending": frozenset({"announced", "noted", "stale", "unmatched"}),
    "announced": frozenset(),
    "noted": frozenset(),
    "stale": frozenset(),
    # No registered area was found for it: staff decides whom it is for.
    "unmatched": frozenset(),
}

SILENT_AFTER = timedelta(minutes=15)
"""The agency's collective telegram comes every ten minutes, its feeds answer every minute."""

IRREGULAR = frozenset({"drill", "lalert", "cap"})
"""Ways by which something comes when something happens: their silence says nothing."""

STATE_DAYS = timedelta(days=7)
"""Messages of so many days are read to build the state, and older ones that something rests on."""


def change_key(change: Change, lane: str) -> str:
    """The same for the same change, however often it is worked out; different lanes differ."""
    said = (lane, change.area, change.hazard, change.kind, change.before, change.after)
    text = "|".join(map(str, (*said, change.reported_at.isoformat())))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def is_silent(heard_at: datetime | None, now: datetime) -> bool:
    """Whether nothing has been heard of the authorities for so long that one has to say so."""
    return heard_at is None or now - heard_at > SILENT_AFTER


CALL_STATES: Lifecycle = {
    "waiting": frozenset({"called", "reached", "passed_119", "safe"}),
    "called": frozenset({"called", "reached", "passed_119", "safe", "waiting"}),
    "reached": frozenset({"called", "passed_119", "safe", "waiting"}),
    "passed_119": frozenset({"reached", "safe", "waiting"}),
    "safe": frozenset({"waiting"}),
}
"""What staff noted last of somebody who needs help. called: without an answer. Every step leads
back to `waiting`, for a tap that was a mistake."""
OPEN_CALLS = frozenset({"waiting", "called", "reached"})
_CALL_ORDER = ("waiting", "called", "reached", "passed_119", "safe")
_ALIKE = timedelta(minutes=10)


def call_order(
    outcome: str, reported_at: datetime, people: int | None, now: datetime, *, later_safe: bool
) -> tuple[int, int, int]:
    """Who is called first: whom nobody reached, then who has waited longer, then the more people.

    Ten minutes more or less are alike. Who was said to be safe since comes after those who were
    not.
    """
    place = _CALL_ORDER.index("reached" if later_safe and outcome == "waiting" else outcome)
    return place, -int((now - reported_at) / _ALIKE), -(people or 1)
