"""The lifecycle of a handoff: from the bot to a person, and back. Pure.

`bot` is where every conversation begins and ends. While one is `held` nothing but a person answers.
"""

from datetime import timedelta

from kit.lifecycle import Lifecycle

# held → held goes to a colleague; held → queued is a lease that ran out, or another desk;
# queued → queued is a change of desk or of urgency. wrap_up: the person is done, the bot answers.
HANDOFF_STATES: Lifecycle = {
    "offered": frozenset({"queued", "out_of_hours", "abandoned"}),
    "out_of_hours": frozenset({"offered", "queued", "abandoned"}),
    "queued": frozenset({"queued", "held", "abandoned"}),
    "held": frozenset({"held", "queued", "wrap_up"}),
    "wrap_up": frozenset({"bot"}),
    "bot": frozenset(),
    "abandoned": frozenset(),
}
OPEN_STATES = frozenset({"offered", "out_of_hours", "queued", "held"})
"""A citizen has at most one handoff in these."""

TALK, MESSAGE = "talk", "message"
"""What is waited for: a talk within hours, or the answer to a message left outside them."""

# What staff choose at the end; the keys are stored.
END_REASONS = {
    "answered": "回答できた",
    "guided": "窓口・電話を案内した",
    "forwarded_outside": "ほかの機関を案内した",
    "unresolved": "解決しなかった",
    "no_reply": "返事がなくなった",
    "left": "市民が終了した",
    "abuse": "不適切な内容",
}
ABANDONED_REASONS = {"left": "市民が取り消した", "silent": "返事がなかった", "erased": "消去された"}

RATINGS = {3: "満足", 2: "ふつう", 1: "不満"}
# So long after its end a conversation may still be rated, and is wrapped up.
WRAP_UP = timedelta(hours=24)
# So long the words after the question what it is about are taken as its answer.
ASKED_FOR = timedelta(minutes=15)
# An offer outside hours stands until the morning.
OFFERED_FOR = timedelta(hours=24)
