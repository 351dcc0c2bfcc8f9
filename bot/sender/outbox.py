"""The outbox: rows written with what causes them, and sent after its commit."""

from kit.lifecycle import Lifecycle

# sending → sending is a repeated attempt; accepted, failed and dropped are the ends.
OUTBOUND_STATES: Lifecycle = {
    "pending": frozenset({"sending", "dropped"}),
    "sending": frozenset({"sending", "accepted", "failed", "dropped"}),
    "accepted": frozenset(),
    "failed": frozenset(),
    "dropped": frozenset(),
}
OPEN_STATES = frozenset({"pending", "sending"})
