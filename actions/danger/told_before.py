"""What words mean beside what was told before them, and what only sounds like danger.

The rules stand in `words/after.toml`, which says how they are written.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from actions.danger.kinds import Kind, most_pressing_first
from actions.danger.vocabulary import WORDS

_NEVER = "(?!)"


@dataclass(frozen=True)
class Rule:
    """Takes one kind for another, where the words say so."""

    words: re.Pattern[str]
    unless: re.Pattern[str]
    hears: Kind | None
    means: Kind | None
    after: frozenset[Kind]

    def applies(self, said: str, kinds: Collection[Kind], earlier: Collection[Kind]) -> bool:
        """Tell whether it changes what was heard in folded words."""
        heard = self.hears is None or self.hears in kinds
        told = not self.after or bool(self.after.intersection(earlier))
        return heard and told and bool(self.words.search(said)) and not self.unless.search(said)


def in_context(said: str, kinds: Iterable[Kind], earlier: Collection[Kind]) -> tuple[Kind, ...]:
    """Return what folded words tell of, most pressing first. `earlier`: what was told lately."""
    words, meant = re.sub(r"\s+", "", said), set(kinds)
    for rule in _rules():
        if rule.applies(words, meant, earlier):
            meant = {kind for kind in {*meant - {rule.hears}, rule.means} if kind is not None}
    return most_pressing_first(frozenset(meant))


@lru_cache(maxsize=1)
def _rules() -> tuple[Rule, ...]:
    with (WORDS / "after.toml").open("rb") as file:
        return tuple(_rule(told) for told in tomllib.load(file)["rules"])


def _rule(told: dict[str, Any]) -> Rule:
    hears, means = told.get("hears"), told.get("means")
    return Rule(
        re.compile(told["words"]),
        re.compile(told.get("unless", _NEVER)),
        Kind(hears) if hears else None,
        Kind(means) if means else None,
        frozenset(map(Kind, told.get("after", ()))),
    )
