"""The judgement: what a message tells of, by what was learned with the words as evidence."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from actions.danger.kinds import Kind, most_pressing_first
from actions.danger.learned import learned
from actions.danger.vocabulary import kinds_by_words

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_LONGEST = 3_000


class Signal(Protocol):
    """What hears danger in a message."""

    def kinds_in(
        self, text: str, by_words: frozenset[Kind], *, settled: bool = False
    ) -> frozenset[Kind]:
        """Return the kinds that it hears, knowing what the words said. Never raises.

        `settled`: the message answers our question, or a skill surely takes it.
        """

    def danger_in(self, text: str) -> float:
        """Return how far the message is from an everyday one, about 0 to 1. Never raises."""


class Judge:
    """Signals that weigh the words; without any, the words alone are believed."""

    def __init__(self, signals: Sequence[Signal] = ()) -> None:
        """`signals` are told what the words say."""
        self._signals = signals

    def judge(self, text: str, *, settled: bool = False) -> tuple[Kind, ...]:
        """Return what a message tells of, most pressing first; empty for everyday matters."""
        by_words = kinds_by_words(text)
        if not self._signals:
            return most_pressing_first(by_words)
        heard = self._heard(text, by_words, settled=settled)
        if by_words and not heard:
            # A question beside it must not drown the sentence that tells of danger.
            for sentence in _SENTENCE.findall(text[:_LONGEST]):
                if words := kinds_by_words(sentence):
                    heard |= self._heard(sentence, words)
        return most_pressing_first(heard)

    def by_words(self, text: str) -> frozenset[Kind]:
        """Return what the words alone say."""
        return kinds_by_words(text)

    def is_near(self, text: str, least: float) -> bool:
        """Tell whether a message is at least so far from an everyday one; never by words alone."""
        return any(signal.danger_in(text) >= least for signal in self._signals)

    def _heard(
        self, text: str, by_words: frozenset[Kind], *, settled: bool = False
    ) -> frozenset[Kind]:
        told = (signal.kinds_in(text, by_words, settled=settled) for signal in self._signals)
        return frozenset().union(*told)


@lru_cache(maxsize=1)
def the_judge() -> Judge:
    """Return the judge of this process."""
    return Judge([learned()])
