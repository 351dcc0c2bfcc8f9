"""Ploughs on the city's own roads: passages found, kept once, and what they mean for reports."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import select

from kit.db import Database
from services.snow.geometry import Place
from services.snow.models import SnowPassage, SnowReport
from services.snow.ploughs import Ploughs
from services.snow.roads import Road
from services.snow.tracks import Fix
from tests.services.snow.ploughed_hours import ploughed
from tests.services.snow.world import World

STEP = timedelta(seconds=5)


def driven(road: Road, start: datetime, vehicle: str = "p1") -> list[Fix]:
    """One way along a section and a little beyond it, at about 8 m a second, blade down."""
    first, last = road.line[0], road.line[-1]
    corners = [_beyond(road.line[1], first), *road.line, _beyond(road.line[-2], last)]
    places = [
        Place(a.lat + (b.lat - a.lat) * n / 6, a.lon + (b.lon - a.lon) * n / 6)
        for a, b in pairwise(corners)
        for n in range(6)
    ]
    return [Fix(vehicle, start + STEP * n, place, True) for n, place in enumerate(places)]


def _beyond(inside: Place, end: Place) -> Place:
    return Place(end.lat + (end.lat - inside.lat) / 3, end.lon + (end.lon - inside.lon) / 3)


async def passages(world: World) -> list[SnowPassage]:
    async with world.database.transaction() as session:
        return list(await session.scalars(select(SnowPassage).order_by(SnowPassage.left)))


def another(world: World) -> Ploughs:
    """The same work in a process that was just started."""
    return Ploughs(world.database, lambda: world.now, world.settings, world.service.roads)


async def test_a_drive_becomes_a_passage_once_whatever_process_follows(world: World) -> None:
    road = world.service.roads.roads[0]
    fixes = driven(road, world.now)
    half = len(fixes) // 2
    await world.ploughs.take(fixes[:half])
    world.later(minutes=1)
    await world.ploughs.follow()
    # The process dies; another goes on with what was kept.
    await world.ploughs.take(fixes[half:])
    world.later(minutes=15)
    second = another(world)
    await second.follow()
    found = [p for p in await passages(world) if p.section == str(road.section)]
    assert len(found) == 1
    began = fixes[0].time
    assert began <= found[0].entered < found[0].left <= fixes[-1].time
    await world.ploughs.follow()
    await second.follow()
    await another(world).follow()
    again = [p for p in await passages(world) if p.section == str(road.section)]
    assert [p.id for p in again] == [found[0].id]


async def test_a_lifted_blade_clears_nothing(world: World) -> None:
    road = world.service.roads.roads[0]
    fixes = [Fix(f.vehicle, f.time, f.place, False) for f in driven(road, world.now)]
    await world.ploughs.take(fixes)
    world.later(minutes=15)
    await world.ploughs.follow()
    assert await passages(world) == []


async def test_a_passage_ends_the_offer_of_what_lay_beside_it_before(world: World) -> None:
    road = world.service.roads.roads[0]
    here = (road.line[1].lat, road.line[1].lon)
    before = await world.file(at=here)
    lamp = await world.file(key="line-2", at=here, category="lamp")
    world.later(minutes=5)
    await world.ploughs.take(driven(road, world.now))
    world.later(minutes=15)
    await world.ploughs.follow()
    assert await world.offered(here) == []
    assert await world.offered(here, "lamp") == [lamp.number]
    after = await world.file(key="line-3", at=here)
    assert await world.offered(here) == [after.number]
    async with world.database.transaction() as session:
        rows = {r.id: r for r in await session.scalars(select(SnowReport))}
    assert rows[int(before.number[2:])].reset_at is not None
    told = await world.service.told(rows[int(before.number[2:])], "ctz_x")
    assert told.last_passage is not None


async def test_six_ploughs_are_told_right_whatever_process_dies_between(
    database: Database, tmp_path: Path
) -> None:
    hour = await ploughed(database, tmp_path, vehicles=6, seconds=720, restarts=3)
    assert hour.right > 50
    assert hour.missed <= hour.right * 0.02
    assert hour.extra <= hour.right * 0.02
