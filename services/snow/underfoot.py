"""How slippery it is around a place, along a way, or in the whole city: facts, nothing made up."""

import math
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.snow import contract, repository
from services.snow.geometry import Place, distance_to_line_m
from services.snow.lifecycle import Status
from services.snow.models import SnowReport
from services.snow.nearby import Offer
from services.snow.service import SnowService, offered
from services.snow.surface import STATES
from services.snow.surfaces import Measured, Surfaces

ICE = "ice"
_AROUND_M = 500.0
_ALONG_M = 50.0
_ROADS_AROUND_M = 150.0
"""So far around a place a measurement tells something of it."""
_ON_THE_WAY_M = 20.0
_SHOWN = 5


class Underfoot:
    """One instance a process."""

    def __init__(self, service: SnowService, surfaces: Surfaces) -> None:
        """The service knows the city, its kinds and its roads."""
        self._service = service
        self._surfaces = surfaces

    async def slippery(self, question: contract.SlipperyQuestion) -> contract.Slippery:
        """Return reports of ice, measurements, and what the entered weather means."""
        way, by_road = self._way(question)
        async with self._service.database.transaction() as session:
            shown = await self._reports(session, way)
            told = await self._service.roads.outlook(session)
            counts = await repository.counts(session, [row.id for row, _ in shown])
            measured = await self._measured(session, way)
        return contract.Slippery(
            level=told[0].level.value if told else "",
            reason=told[0].reason if told else "",
            entered_at=told[1] if told else None,
            reports=tuple(
                offered(row, Offer(row.id, far, Status(row.status)), counts.get(row.id, 1))
                for row, far in shown[:_SHOWN]
            ),
            count=len(shown),
            by_road=by_road,
            surfaces=tuple(map(_told, measured[:_SHOWN])),
            demonstration=any(one.road.properties.get("demonstration") for one in measured),
        )

    def _way(self, question: contract.SlipperyQuestion) -> tuple[tuple[Place, ...], bool]:
        """Return the line to look along, one place, or nothing for the city; and if by road."""
        if question.place is None:
            return (), False
        start = Place(question.place.lat, question.place.lon)
        if question.to is None:
            return (start,), False
        end = Place(question.to.lat, question.to.lon)
        way = self._service.roads.way(start, end)
        return (way, True) if way else ((start, end), False)

    async def _reports(
        self, session: AsyncSession, way: Sequence[Place]
    ) -> list[tuple[SnowReport, float]]:
        """Return open reports of ice: along a way in its order, around a place by distance."""
        service = self._service
        reach = _ALONG_M if len(way) > 1 else _AROUND_M
        box = repository.box_along(way, reach) if way else service.bounds.box
        since = service.clock() - service.kind(ICE).age
        rows = await repository.near(session, [ICE], box, since)
        line = way or (service.bounds.centre,)
        shown = [
            (row, distance_to_line_m(Place(row.lat, row.lon), line))
            for row in rows
            if row.reset_at is None
        ]
        if not way:
            return shown
        return sorted((one for one in shown if one[1] <= reach), key=lambda one: one[1])

    async def _measured(self, session: AsyncSession, way: Sequence[Place]) -> list[Measured]:
        if not way:
            return []
        found = await self._surfaces.fresh(session)
        return [one for one in found if one.state and _touches(one.road.line, way)]


def _touches(line: Sequence[Place], way: Sequence[Place]) -> bool:
    """Tell whether a section is near a place, or lies along a way."""
    if len(way) == 1:
        return distance_to_line_m(way[0], line) <= _ROADS_AROUND_M
    # Both ends: a road that only crosses the way is not gone along.
    return all(distance_to_line_m(end, way) <= _ON_THE_WAY_M for end in (line[0], line[-1]))


def _told(one: Measured) -> contract.Surface:
    celsius = None if one.surface_c is None else math.floor(one.surface_c + 0.5)
    return contract.Surface(
        road=one.name, state=STATES.get(one.state, ""), surface_c=celsius, at=one.time
    )
