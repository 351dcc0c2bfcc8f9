"""What vehicles measure: taken in by section, told to who asks, along a way as well."""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from kit.settings import DEMO_PLOUGH_TOKEN
from services.snow.contract import Position, SlipperyQuestion
from services.snow.geometry import Place, distance_to_line_m
from services.snow.network import Network
from services.snow.position_forms import read_entries
from services.snow.roads import Road
from services.snow.surfaces import Surfaces
from tests.services.snow.ploughing import road
from tests.services.snow.world import MORNING, World

HEAD = {"Authorization": f"Bearer {DEMO_PLOUGH_TOKEN}"}
TIME = MORNING.isoformat()


@pytest.fixture
async def web(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


def middle(road: Road) -> Place:
    a, b = road.line[:2]
    return Place((a.lat + b.lat) / 2, (a.lon + b.lon) / 2)


def measured(road: Road, **values: object) -> dict[str, object]:
    at = middle(road)
    return {"vehicle": "t1", "time": TIME, "lat": at.lat, "lon": at.lon, **values}


async def test_measurements_are_kept_by_section_once(world: World, web: httpx2.AsyncClient) -> None:
    first, second = world.service.roads.roads[0], world.service.roads.roads[20]
    body = [
        measured(first, surface="ice", surface_c=-4.5, roadside_cm=80),
        measured(second, vehicle="t2", roadside_cm=120),
        {**measured(first, vehicle="t3", surface="ice"), "lat": 37.9, "lon": 139.2},
        measured(first, vehicle="t4"),
    ]
    for new in (2, 0):
        answer = await web.post("/hooks/surfaces", json=body, headers=HEAD)
        assert answer.status_code == 202
        told = answer.json()
        assert (told["received"], told["on_road"], told["new"]) == (3, 2, new)
        assert "measures nothing" in told["refused"][0]["why"]
    surfaces: Surfaces = world.app.state.container.get(Surfaces)
    assert [one.roadside_cm for one in await surfaces.narrowest()] == [120, 80]
    world.later(hours=7)
    assert await surfaces.narrowest() == []


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"surface_c": 40}, "40℃は冬の路面の温度として考えにくい値です。"),
        ({"surface": "lava"}, "surface is one of dry"),
        ({"roadside_cm": -1}, "roadside_cm is a number from 0 to 1000"),
    ],
)
async def test_what_cannot_be_measured_is_asked_about(
    world: World, web: httpx2.AsyncClient, values: dict[str, object], why: str
) -> None:
    body = [measured(world.service.roads.roads[0], **values)]
    answer = await web.post("/hooks/surfaces", json=body, headers=HEAD)
    assert answer.status_code == 400
    assert why in answer.json()["error"]["message"]
    assert (await web.post("/hooks/surfaces", json=body)).status_code == 401


async def test_a_measured_surface_is_told_around_a_place(
    world: World, web: httpx2.AsyncClient
) -> None:
    icy = world.service.roads.roads[0]
    body = [measured(icy, surface="ice", surface_c=-4.5)]
    await web.post("/hooks/surfaces", json=body, headers=HEAD)
    at = middle(icy)
    told = await world.client.slippery(SlipperyQuestion(place=Position(lat=at.lat, lon=at.lon)))
    assert [(one.state, one.surface_c) for one in told.surfaces] == [("凍っています", -4)]
    assert told.demonstration


async def test_ice_on_the_way_is_told_and_ice_beside_it_is_not(world: World) -> None:
    roads = world.service.roads
    start, end = roads.roads[0].line[0], roads.roads[12].line[-1]
    way = roads.way(start, end)
    assert len(way) > 2
    spot = way[len(way) // 2]
    beside = Place(spot.lat + 0.004, spot.lon + 0.004)
    assert distance_to_line_m(beside, way) > 100
    on_it = await world.file("line-1", at=(spot.lat, spot.lon))
    await world.file("line-2", at=(beside.lat, beside.lon))
    asked = SlipperyQuestion(
        place=Position(lat=start.lat, lon=start.lon), to=Position(lat=end.lat, lon=end.lon)
    )
    told = await world.client.slippery(asked)
    assert told.by_road
    assert [offer.number for offer in told.reports] == [on_it.number]
    far = asked.model_copy(update={"to": Position(lat=37.40, lon=139.93)})
    assert not (await world.client.slippery(far)).by_road


def test_a_way_follows_the_roads_and_not_the_crow() -> None:
    network = Network([road("A", (0, 0), (0, 200)), road("B", (0, 200), (200, 200))])
    first, last = network.sections
    begin, finish = first.ends[0], last.ends[1]
    start, end = network.match(first, begin), network.match(last, finish)
    metres, corners = network.route(start, end, 1000)
    assert metres == pytest.approx(400, abs=3)
    assert len(corners) >= 1


NATIVE = {"vehicle": "p1", "time": "2027-01-14T22:00:00+00:00", "lat": 37.5, "lon": 139.9}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([{**NATIVE, "plough_down": True}]),
        json.dumps({"positions": [{**NATIVE, "plough_down": True}]}),
        "vehicle,time,lat,lon,plough_down\np1,2027-01-14T22:00:00+00:00,37.5,139.9,true\n",
        json.dumps(
            {
                "subscriptionId": "x",
                "data": [
                    {
                        "id": "p1",
                        "type": "Vehicle",
                        "location": {
                            "type": "geo:json",
                            "value": {"type": "Point", "coordinates": [139.9, 37.5]},
                        },
                        "observationDateTime": {"type": "DateTime", "value": NATIVE["time"]},
                        "ploughDown": {"type": "Boolean", "value": True},
                    }
                ],
            }
        ),
        json.dumps(
            {
                "header": {"gtfsRealtimeVersion": "2.0"},
                "entity": [
                    {
                        "id": "1",
                        "vehicle": {
                            "vehicle": {"id": "p1"},
                            "position": {"latitude": 37.5, "longitude": 139.9},
                            "timestamp": "1799964000",
                            "ploughDown": True,
                        },
                    }
                ],
            }
        ),
    ],
    ids=["list", "object", "csv", "ngsi", "gtfs-rt"],
)
async def test_positions_come_in_every_usual_form(web: httpx2.AsyncClient, body: str) -> None:
    answer = await web.post("/hooks/ploughs", content=body.encode(), headers=HEAD)
    assert answer.json() == {"received": 1, "new": 1, "refused": []}
    [entry] = read_entries(body.encode())
    wanted = {**NATIVE, "plough_down": True}
    assert {name: entry[name] for name in wanted} == wanted
