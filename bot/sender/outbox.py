"""The outbox: rows written with what causes them, and sent after its commit."""

from kit.lifecycle import Lifecycle

# held waits for a reply token that the citizen gives by a tap; sending → sending is a repeated
# attempt; accepted, failed and dropped are the ends.
OUTBOUND_STATES: Lifecycle = {
    "held": frozenset({"pending", "dropped"}),
    "pending": frozenset({"sending", "dropped"}),
    "sending": frozenset({"sending", "accepted", "failed", "dropped"}),
    "accepted": frozenset(),
    "failed": frozenset(),
    "dropped": frozenset(),
}
OPEN_STATES = frozenset({"pending", "sending"})

# The reason of a push that the month's allowance did not cover; staff are told in words.
MONTHLY_LIMIT = "monthly limit"
