"""Following ploughs while they drive: positions in, finished passages out. Pure.

All that a follower knows is its positions and what it told, so a restart loses nothing: build it
again from the stored positions and the stored passages of the last hours.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.snow.geometry import Id
from services.snow.network import Network
from services.snow.passages import Passage, follow
from services.snow.tracks import Fix

SETTLED = timedelta(seconds=130)
"""After so long no later position changes a passage: a silence is bridged for 60 s, and positions
up to 60 s apart are averaged."""

_MARGIN = timedelta(seconds=180)
_LONGEST = timedelta(hours=2)
_SAME = timedelta(seconds=30)


class Follower:
    """What one vehicle did lately."""

    def __init__(
        self, network: Network, fixes: Iterable[Fix] = (), told: Iterable[Passage] = ()
    ) -> None:
        """Go on from stored positions and from the passages that were told already."""
        self._network = network
        self._fixes: dict[datetime, Fix] = {fix.time: fix for fix in fixes}
        self._told: dict[Id, datetime] = {}
        for passage in told:
            self._tell(passage)
        self._since: datetime | None = None
        self.late = 0
        """Positions that came after what they belong to was settled."""

    def __len__(self) -> int:
        """Count the positions that are still needed."""
        return len(self._fixes)

    def add(self, fixes: Iterable[Fix]) -> None:
        """Take positions of this vehicle in, in any order; one of a known time is passed over."""
        for fix in fixes:
            if self._since is not None and fix.time < self._since:
                self.late += 1
            else:
                self._fixes.setdefault(fix.time, fix)

    def settle(self, *, everything: bool = False) -> list[Passage]:
        """Return passages that are final and were not told before, and forget what is not needed.

        `everything` also tells what a later position could still change.
        """
        if not self._fixes:
            return []
        newest = max(self._fixes)
        horizon = newest if everything else newest - SETTLED
        found, since = follow([self._fixes[time] for time in sorted(self._fixes)], self._network)
        fresh = [passage for passage in found if not self._knows(passage)]
        final = sorted(
            (passage for passage in fresh if passage.left <= horizon),
            key=lambda passage: passage.left,
        )
        for passage in final:
            self._tell(passage)
        waiting = [passage.entered for passage in fresh if passage.left > horizon]
        needed = min([horizon, *waiting, *([since] if since else [])])
        self._forget(max(needed - _MARGIN, newest - _LONGEST))
        return final

    def _knows(self, passage: Passage) -> bool:
        told = self._told.get(passage.section)
        return told is not None and passage.left <= told + _SAME

    def _tell(self, passage: Passage) -> None:
        known = self._told.get(passage.section, passage.left)
        self._told[passage.section] = max(known, passage.left)

    def _forget(self, before: datetime) -> None:
        self._since = before
        self._fixes = {time: fix for time, fix in self._fixes.items() if time >= before}
