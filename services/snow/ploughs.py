"""Positions of ploughs in, passages out: what the hook keeps, and what the worker makes of it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.settings import Settings
from services.snow import plough_repository, repository
from services.snow.categories import read_categories
from services.snow.following import Follower
from services.snow.geometry import Place, distance_to_line_m
from services.snow.nearby import PASSAGE_REACH_M
from services.snow.passages import Passage
from services.snow.roads_known import RoadsKnown
from services.snow.tracks import Fix

LOOK_BACK = timedelta(hours=2)
"""Older positions change nothing any more."""
_OVERLAP = 1000
_QUIET = timedelta(minutes=10)
"""After so long without a new position what is left of a track is told as well."""


class Ploughs:
    """One instance a process. All that it knows can be read again, so that a restart loses nothing.

    Two workers that follow the same ploughs find the same passages, which are kept once.
    """

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, roads: RoadsKnown
    ) -> None:
        """Nothing is read before the first tick."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._roads = roads
        self._followers: dict[str, Follower] = {}
        self._heard: dict[str, datetime] = {}
        self._told: list[Passage] = []
        self._after = 0

    async def take(self, fixes: Iterable[Fix]) -> int:
        """Keep positions as they come, in any order; return how many were new."""
        async with self._database.transaction() as session:
            return await plough_repository.add_positions(session, fixes)

    async def follow(self) -> None:
        """Compute passages from what came in since the last time."""
        if self._roads.network is None:
            return
        since = self._clock() - LOOK_BACK
        async with self._database.transaction() as session:
            if not self._after:
                self._told = await plough_repository.passages_since(session, since)
            await self._read(session, since)
            found = [passage for vehicle in list(self._followers) for passage in self._of(vehicle)]
            await plough_repository.add_passages(session, found)
            for passage in found:
                await self._reset(session, passage)

    async def _read(self, session: AsyncSession, since: datetime) -> None:
        # What was written before may become visible after what was written later.
        after = max(0, self._after - _OVERLAP)
        while True:
            fixes, last = await plough_repository.positions_after(session, after, since)
            if not fixes:
                break
            after = last
            self._add(fixes)
        self._after = max(self._after, after)

    def _add(self, fixes: Iterable[Fix]) -> None:
        by_vehicle: defaultdict[str, list[Fix]] = defaultdict(list)
        for fix in fixes:
            by_vehicle[str(fix.vehicle)].append(fix)
        network = self._roads.network
        for vehicle, theirs in by_vehicle.items():
            if vehicle not in self._followers and network is not None:
                told = [passage for passage in self._told if passage.vehicle == vehicle]
                self._followers[vehicle] = Follower(network, (), told)
            self._followers[vehicle].add(theirs)
            newest = max(fix.time for fix in theirs)
            self._heard[vehicle] = max(newest, self._heard.get(vehicle, newest))

    def _of(self, vehicle: str) -> list[Passage]:
        """Return what is final of one vehicle; of one that went quiet, everything."""
        quiet = self._clock() - self._heard[vehicle] > _QUIET
        found = self._followers[vehicle].settle(everything=quiet)
        if quiet:
            self._told = [p for p in self._told if p.left > self._clock() - LOOK_BACK]
            self._told.extend(found)
            del self._followers[vehicle], self._heard[vehicle]
        return found

    async def _reset(self, session: AsyncSession, passage: Passage) -> None:
        """Note which reports a plough has passed: they are no longer as they were reported."""
        line = next(r.line for r in self._roads.roads if str(r.section) == str(passage.section))
        categories = read_categories(self._settings.city_dir)
        codes = [kind.code for kind in categories.all if "passage" in kind.reset_by]
        rows = await repository.reset_in(
            session, codes, repository.box_along(line, PASSAGE_REACH_M), passage.left
        )
        passed = [
            row.id
            for row in rows
            if distance_to_line_m(Place(row.lat, row.lon), line) <= PASSAGE_REACH_M
        ]
        await repository.set_reset(session, passed, passage.left)
