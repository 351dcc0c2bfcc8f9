"""The judgement: what a message tells of. Words first; another signal may join them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from actions.danger.kinds import Kind, most_pressing_first
from actions.danger.learned import learned
from actions.danger.vocabulary import kinds_by_words


class Signal(Protocol):
    """Something else that hears danger in a message."""

    def kinds_in(self, text: str, by_words: frozenset[Kind]) -> frozenset[Kind]:
        """Return the kinds that it hears, knowing what the words said. Never raises."""


class Judge:
    """Words and, where there are any, other signals: whichever hears danger is believed."""

    def __init__(self, signals: Sequence[Signal] = ()) -> None:
        """`signals` beside the words."""
        self._signals = signals

    def judge(self, text: str) -> tuple[Kind, ...]:
        """Return what a message tells of, most pressing first; empty for everyday matters."""
        found = kinds_by_words(text)
        for signal in self._signals:
            found |= signal.kinds_in(text, found)
        return most_pressing_first(found)


@lru_cache(maxsize=1)
def the_judge() -> Judge:
    """Return the judge of this process."""
    return Judge([learned()])
