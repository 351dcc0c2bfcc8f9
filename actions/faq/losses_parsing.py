"""Which texts speak of births, and which of the loss of a child."""

import re

_BIRTHS = re.compile(
    r"妊娠|妊婦|出産|出生|分娩|産前|産後|新生児|赤ちゃん|母子健康手帳|母子手帳|里帰り|つわり"
)
_LOSS = re.compile(r"流産|死産")


def is_about_births(question: str, answer: str) -> bool:
    """Tell whether an entry is about births and has nothing for those who lost a child."""
    return _BIRTHS.search(question) is not None and _LOSS.search(question + answer) is None


def because_of_loss(words: str) -> str:
    """Return a search that says why it is asked."""
    return f"流産 {words}"
