"""What is known of the roads: the city's network, passages on it, and the weather entered."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.maps import Way
from kit.settings import Settings
from services.snow import contract, plough_repository
from services.snow.geojson import read_roads
from services.snow.geometry import Id, Place, distance_m, distance_to_line_m
from services.snow.network import REACH_M, Match, Network
from services.snow.roads import Road
from services.snow.slipperiness import Forecast, Level, Outlook, forecast

STALE = timedelta(hours=1)
"""Ploughs of which nothing was heard so long: nothing is claimed about now."""
OUTLOOK_HOLDS = timedelta(hours=18)
"""An outlook is of a day and the night that follows."""
_OTHERS = 3
_DRAWN = {"幹線": "main", "補助幹線": "middle"}
WALKED_M = 300.0
"""Farther from every road a place is not on the network."""
_DETOUR = 3.0


@dataclass(frozen=True)
class NearRoad:
    """A road near a place."""

    road: Road
    distance_m: float

    def said(self, name: str) -> str:
        """Return a text of the city's file, empty where there is none."""
        return str(self.road.properties.get(name) or "")


class RoadsKnown:
    """One instance a process; the network is read once."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Nothing is read before the first question."""
        self._database = database
        self._clock = clock
        self._file: Path = settings.city_dir / "snow" / "roads.geojson"
        self._roads: tuple[Road, ...] | None = None
        self._by_section: dict[Id, Road] = {}
        self._network: Network | None = None

    @property
    def roads(self) -> tuple[Road, ...]:
        """The city's sections; none where the city has no such file."""
        if self._roads is None:
            self._roads = tuple(read_roads(self._file)) if self._file.is_file() else ()
        return self._roads

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """The same as maps draw them."""
        return tuple(
            Way(road.line, _DRAWN.get(str(road.properties.get("road_class")), "small"))
            for road in self.roads
        )

    @property
    def demonstration(self) -> bool:
        """Whether the roads are invented."""
        return any(road.properties.get("demonstration") for road in self.roads[:1])

    @property
    def network(self) -> Network | None:
        """The same as a network, None where there is no road."""
        if self._network is None and self.roads:
            self._network = Network(self.roads)
            self._by_section = {road.section: road for road in self.roads}
        return self._network

    def near(self, place: Place, metres: float) -> list[NearRoad]:
        """Return the sections within so many metres of a place, nearest first."""
        if metres <= REACH_M and self.network is not None:
            by_id = self._by_section
            found = self.network.near(self.network.plane.xy(place))
            return [NearRoad(by_id[m.section.id], m.away) for m in found if m.away <= metres]
        measured = [NearRoad(road, distance_to_line_m(place, road.line)) for road in self.roads]
        return sorted(
            (near for near in measured if near.distance_m <= metres), key=lambda n: n.distance_m
        )

    def way(self, start: Place, end: Place) -> tuple[Place, ...]:
        """Return the shortest way by road from one place to another, none where none is known."""
        network, ends = self.network, [self._match(place) for place in (start, end)]
        if network is None or None in ends:
            return ()
        first, last = (match for match in ends if match is not None)
        limit = _DETOUR * distance_m(start, end) + WALKED_M
        metres, corners = network.route(first, last, limit)
        if not math.isfinite(metres):
            return ()
        return (start, *(network.plane.place(corner) for corner in corners), end)

    def _match(self, place: Place) -> Match | None:
        """Return the nearest spot on a road that somebody would walk to."""
        network, near = self.network, self.near(place, WALKED_M)[:1]
        if network is None or not near:
            return None
        section = next(s for s in network.sections if s.id == near[0].road.section)
        return network.match(section, network.plane.xy(place))

    async def passage_at(
        self, session: AsyncSession, places: Iterable[tuple[int, Place]]
    ) -> dict[int, datetime]:
        """Return when the road at each place was last cleared, by the place's key."""
        nearest = {key: near[0] for key, place in places if (near := self.near(place, REACH_M))}
        sections = {str(near.road.section) for near in nearest.values()}
        last = await plough_repository.last_passages(session, sections)
        return {
            key: last[section]
            for key, near in nearest.items()
            if (section := str(near.road.section)) in last
        }

    async def facts(self, question: contract.RoadQuestion) -> contract.RoadFacts:
        """Return what is known of the ploughing around a place; what is not known stays empty."""
        near = self.near(Place(question.lat, question.lon), question.radius_m)
        async with self._database.transaction() as session:
            heard = await plough_repository.newest_position(session)
            sections = {str(found.road.section) for found in near}
            last = await plough_repository.last_passages(session, sections)
        stale = heard is None or self._clock() - heard > STALE
        if not near:
            return contract.RoadFacts(has_road=False, ploughs_heard_at=heard, stale=stale)
        first = near[0]
        return contract.RoadFacts(
            has_road=True,
            road=first.said("name"),
            road_class=first.said("road_class"),
            plough_class=int(first.road.properties.get("plough_class") or 0),
            last_passage=last.get(str(first.road.section)),
            others=_others(near[1:], last, first.said("name")),
            ploughs_heard_at=heard,
            stale=stale,
            demonstration=bool(first.road.properties.get("demonstration")),
        )

    async def outlook(self, session: AsyncSession) -> tuple[Forecast, datetime] | None:
        """Return the level that the entered weather means, and when it was entered."""
        row = await plough_repository.newest_outlook(session, self._clock() - OUTLOOK_HOLDS)
        if row is None:
            return None
        told = Outlook(
            row.lowest_c, row.highest_c, row.snow_on_ground_cm, row.new_snow_cm, row.rain_mm
        )
        return forecast(told), row.at

    async def level(self, session: AsyncSession) -> Level:
        """Return how slippery it will be, the lowest where nobody entered anything."""
        told = await self.outlook(session)
        return Level.LOW if told is None else told[0].level


def _others(
    near: list[NearRoad], last: dict[str, datetime], but: str
) -> tuple[tuple[str, datetime], ...]:
    """Return other roads around with their latest passage, each name once."""
    named: dict[str, datetime] = {}
    for found in near:
        name, left = found.said("name"), last.get(str(found.road.section))
        if name and name != but and left is not None:
            named[name] = max(left, named.get(name, left))
    return tuple(named.items())[:_OTHERS]
