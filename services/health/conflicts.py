"""Where two sources tell differently of what must be one thing, and where they tell the same.

Nothing is chosen here: what agrees is shown once with both sources, what differs stays as it is
until a person of the desk has looked. Pure functions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from services.health.contract import Check, Entry, Growth, Source, Vaccination
from services.health.dates import parse_day

NEAR_DAYS = 6
"""No vaccine of the schedule is given again so soon: such a pair is one dose, told twice."""


@dataclass(frozen=True)
class Reconciled:
    """One entry, and every source that tells the same."""

    entry: Entry
    sources: tuple[Source, ...]


def reconciled(entries: Iterable[Entry]) -> list[Reconciled]:
    """Return entries in their order, those that tell the same of one dose as one.

    The one with the most details is kept; an entry that leaves a detail open contradicts nothing.
    """
    found: list[Reconciled] = []
    for entry in entries:
        place = next((n for n, one in enumerate(found) if _same_dose(one.entry, entry)), None)
        if place is None:
            found.append(Reconciled(entry, (entry.source,)))
            continue
        before = found[place]
        best = max((before.entry, entry), key=_details)
        sources = tuple(dict.fromkeys((*before.sources, entry.source)))
        found[place] = replace(before, entry=best, sources=sources)
    return found


def conflicts(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Return each pair of counting entries that differ about one thing.

    What a guardian measured at home contradicts nobody.
    """
    kept = [one.entry for one in reconciled(e for e in entries if e.ended_at is None)]
    return [pair for pair in combinations(kept, 2) if _differ(*pair)]


def _same_dose(one: Entry, other: Entry) -> bool:
    a, b = one.body, other.body
    if not (isinstance(a, Vaccination) and isinstance(b, Vaccination)):
        return False
    if one.source == other.source or (a.vaccine, a.date) != (b.vaccine, b.date):
        return False
    return not any(x and y and x != y for x, y in ((a.product, b.product), (a.lot, b.lot)))


def _details(entry: Entry) -> int:
    body = entry.body
    if not isinstance(body, Vaccination):
        return 0
    return sum(map(bool, (body.product, body.lot, body.place)))


def _differ(one: Entry, other: Entry) -> bool:
    a, b = one.body, other.body
    if one.source == other.source or Source.guardian in (one.source, other.source):
        return False
    if isinstance(a, Vaccination) and isinstance(b, Vaccination):
        return a.vaccine == b.vaccine and _near(a.date, b.date)
    if isinstance(a, Growth) and isinstance(b, Growth):
        return (a.measure, a.date) == (b.measure, b.date) and a.value != b.value
    if isinstance(a, Check) and isinstance(b, Check):
        return (a.name, a.date) == (b.name, b.date) and a.result != b.result
    return False


def _near(one: str, other: str) -> bool:
    first, second = parse_day(one), parse_day(other)
    if first is None or second is None:
        return one[:7] == other[:7]
    return abs((first - second).days) <= NEAR_DAYS
