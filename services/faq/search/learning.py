"""What citizens' taps teach the ranking: which words lead to which entry (docs/decisions/0013).

For each pair of a word and an entry the votes are counted and shrunk towards nothing:
(helpful - wrong) / (helpful + wrong + SHRINKAGE). An entry's value for a question is the mean over
the question's words, each as heavy as it is rare; it lies between -1 and 1.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

# So many votes that agree are believed by half.
SHRINKAGE = 5
# Before a city has this many votes with words, chance speaks louder than its citizens.
ENOUGH = 200


@dataclass(frozen=True)
class Vote:
    """One citizen's newest opinion of one entry, with the words of their question."""

    entry_id: str
    terms: tuple[str, ...]
    helpful: bool


class Learned:
    """Values of entries for questions; none at all before there are ENOUGH votes."""

    def __init__(self, votes: Sequence[Vote] = ()) -> None:
        """Count. Each vote is another citizen or another entry, so nobody counts twice."""
        told = [vote for vote in votes if vote.terms]
        self.is_enough = len(told) >= ENOUGH
        balance: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for vote in told if self.is_enough else ():
            for term in vote.terms:
                balance[term][vote.entry_id] += 1 if vote.helpful else -1
                counts[term][vote.entry_id] += 1
        self._priors = {
            term: {name: n / (counts[term][name] + SHRINKAGE) for name, n in entries.items()}
            for term, entries in balance.items()
        }

    def values(self, terms: Collection[str], idf: Callable[[str], float]) -> dict[str, float]:
        """Return the value of every entry that votes speak of, for a question of these words."""
        weights = {term: idf(term) for term in terms}
        total = sum(weights.values())
        values: dict[str, float] = defaultdict(float)
        for term, weight in weights.items():
            for entry_id, prior in self._priors.get(term, {}).items():
                values[entry_id] += weight * prior / total
        return dict(values)


NOTHING_LEARNED = Learned()
