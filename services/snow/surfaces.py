"""What vehicles measured of the roads, by section."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from services.snow import ground_repository
from services.snow.geometry import Id
from services.snow.network import REACH_M
from services.snow.roads import Road
from services.snow.roads_known import RoadsKnown
from services.snow.surface import Measurement

FRESH = timedelta(hours=6)
"""A surface that was measured longer ago is another one by now."""


@dataclass(frozen=True)
class Measured:
    """The newest measurement of a section."""

    road: Road
    time: datetime
    state: str
    surface_c: float | None
    roadside_cm: float | None

    @property
    def name(self) -> str:
        """What the road is called, else its section."""
        return str(self.road.properties.get("name") or self.road.section)


class Surfaces:
    """One instance a process."""

    def __init__(self, database: Database, clock: Clock, roads: RoadsKnown) -> None:
        """`roads` knows which section a place lies on."""
        self._database = database
        self._clock = clock
        self._roads = roads

    async def take(self, found: Iterable[Measurement]) -> tuple[int, int]:
        """Keep measurements; return how many were on a road of the city, and how many were new."""
        on_road = [
            (one, str(near[0].road.section))
            for one in found
            if (near := self._roads.near(one.place, REACH_M))
        ]
        async with self._database.transaction() as session:
            return len(on_road), await ground_repository.add_measurements(session, on_road)

    async def fresh(
        self, session: AsyncSession, sections: Collection[Id] | None = None
    ) -> list[Measured]:
        """Return what still holds, of these sections or of all, the newest first."""
        wanted = None if sections is None else [str(section) for section in sections]
        since = self._clock() - FRESH
        by_section = {str(road.section): road for road in self._roads.roads}
        return [
            Measured(by_section[row.section], row.time, row.state, row.surface_c, row.roadside_cm)
            for row in await ground_repository.newest_measurements(session, since, wanted)
            if row.section in by_section
        ]

    async def narrowest(self) -> list[Measured]:
        """Return the sections by the height of the snow beside them, the highest first."""
        async with self._database.transaction() as session:
            found = await self.fresh(session)
        deep = [one for one in found if one.roadside_cm is not None]
        return sorted(deep, key=lambda one: one.roadside_cm or 0.0, reverse=True)
