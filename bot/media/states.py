"""The lifecycle of a file that a citizen sent."""

from kit.lifecycle import Lifecycle

# Only `stored` has content; it ends when our retention does, or when the citizen takes it back.
MEDIA_STATES: Lifecycle = {
    "waiting": frozenset({"stored", "gone", "too_large", "failed", "unsent"}),
    "stored": frozenset({"unsent", "expired"}),
    # LINE has it no more.
    "gone": frozenset(),
    "too_large": frozenset(),
    "failed": frozenset(),
    # It lies on somebody else's server, from which nothing is ever fetched.
    "external": frozenset(),
    "unsent": frozenset(),
    "expired": frozenset(),
}
FIRST_STATES = frozenset({"waiting", "external"})
ERASABLE_STATES = frozenset(state for state, after in MEDIA_STATES.items() if "unsent" in after)
