"""The service over HTTP, on a real database with the demo city."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx2
import pytest
from pydantic import ValidationError
from sqlalchemy import event

from kit.db import Database
from kit.http import internal_client
from kit.settings import ROOT, Settings
from messages.hazards import Hazard
from services.facilities import repository
from services.facilities.api import router
from services.facilities.contract import FacilitiesClient, Kind, NearestQuery
from services.facilities.importer import import_city
from services.facilities.rules import Record
from services.facilities.service import FacilitiesService
from tests.support import bare_app

CITY = ROOT / "city" / "aizuwakamatsu"
STATION = {"latitude": 37.5081, "longitude": 139.9303}


def now() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
async def http(database: Database, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    app = bare_app(settings, "facilities")
    app.include_router(router)
    app.state.container.put(FacilitiesService, FacilitiesService(database, now, settings))
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        yield http


@pytest.fixture
async def client(http: httpx2.AsyncClient, database: Database) -> FacilitiesClient:
    assert (await import_city(database, CITY, now)).ok
    return FacilitiesClient(http)


async def test_the_nearest_sites_for_a_flood_are_designated_for_it(
    client: FacilitiesClient,
) -> None:
    query = NearestQuery(**STATION, kind=Kind.emergency_site, hazards=(Hazard.flood,))
    places = (await client.nearest(query)).places
    assert len(places) == 3
    assert all(Hazard.flood in place.hazards for place in places)
    distances = [place.distance_m or 0 for place in places]
    assert distances == sorted(distances)
    assert distances[0] < 1000


async def test_a_place_carries_its_way_its_map_and_its_source(client: FacilitiesClient) -> None:
    query = NearestQuery(**STATION, kind=Kind.emergency_site, limit=1)
    place = (await client.nearest(query)).places[0]
    assert place.name == "駅前公園"
    assert place.direction == "南"
    assert place.distance_m == pytest.approx(123, abs=2)
    assert place.walk_minutes == 2
    expected = f"https://www.google.com/maps/search/?api=1&query={place.latitude},{place.longitude}"
    assert place.map_url == expected
    assert "国土地理院" in place.credit


async def test_shelters_for_certain_people_are_not_offered_to_everybody(
    client: FacilitiesClient,
) -> None:
    query = NearestQuery(latitude=37.5148, longitude=139.9403, kind=Kind.shelter, limit=10)
    assert all(not place.accepts for place in (await client.nearest(query)).places)
    query = NearestQuery(latitude=37.5148, longitude=139.9403, kind=Kind.welfare_shelter)
    assert all(place.accepts for place in (await client.nearest(query)).places)


async def test_an_inland_city_has_no_site_for_a_tsunami(client: FacilitiesClient) -> None:
    query = NearestQuery(**STATION, kind=Kind.emergency_site, hazards=(Hazard.tsunami,))
    nearest = await client.nearest(query)
    assert (nearest.places, nearest.designated) == ((), False)


async def test_somebody_in_tokyo_is_told_that_it_is_too_far(client: FacilitiesClient) -> None:
    query = NearestQuery(latitude=35.68, longitude=139.76, kind=Kind.emergency_site)
    assert (await client.nearest(query)).outside_city


def test_positions_are_coarsened_before_they_leave() -> None:
    query = NearestQuery(latitude=37.508123456, longitude=139.930387654, kind=Kind.shelter)
    assert (query.latitude, query.longitude) == (37.5081, 139.9304)


@pytest.mark.parametrize("latitude", [91, -91, float("nan"), float("inf")])
def test_an_impossible_position_is_refused(latitude: float) -> None:
    with pytest.raises(ValidationError):
        NearestQuery(latitude=latitude, longitude=139.9, kind=Kind.shelter)


async def test_a_sentence_is_read_with_the_lists_in_hand(client: FacilitiesClient) -> None:
    reading = await client.read("川があふれそう！門田にいます、家の中に水が入ってきた")
    assert reading.hazards == (Hazard.flood,)
    assert reading.danger
    assert reading.origin is not None
    assert (reading.origin.name, reading.origin.approximate) == ("門田地区", True)


async def test_few_places_of_a_category_are_all_told(client: FacilitiesClient) -> None:
    reading = await client.read("プールは何時から")
    assert reading.category == "プール"
    assert [place.name for place in reading.category_places] == ["会津水泳場"]


async def test_many_places_of_a_category_are_only_counted(client: FacilitiesClient) -> None:
    reading = await client.read("近くのトイレ")
    assert reading.category_size > 20
    assert reading.category_places == ()


async def test_words_that_name_nothing_read_as_nothing(client: FacilitiesClient) -> None:
    reading = await client.read("あ" * 6000)
    assert (reading.category, reading.places, reading.origin) == ("", (), None)
    assert (await client.read("")).origin is None


async def test_only_categories_that_the_city_has_are_suggested(client: FacilitiesClient) -> None:
    suggestions = await client.suggestions()
    assert suggestions.categories[:3] == ("市役所", "支所・市民センター", "図書館")
    assert suggestions.landmarks[0] == "会津若松駅"
    assert len(suggestions.landmarks) == 6


async def test_before_the_first_import_there_is_nothing_and_no_error(
    http: httpx2.AsyncClient,
) -> None:
    client = FacilitiesClient(http)
    nearest = await client.nearest(NearestQuery(**STATION, kind=Kind.shelter))
    assert (nearest.places, nearest.outside_city) == ((), False)
    assert (await client.suggestions()).categories == ()


async def test_a_new_import_is_in_use_without_a_restart(
    client: FacilitiesClient, database: Database
) -> None:
    assert (await client.read("稽古堂")).places
    record = Record(Kind.facility, "1", "新しい図書館", 37.5, 139.93, categories=("図書館",))
    async with database.transaction() as session:
        await repository.replace(session, [record], datetime(2026, 11, 24, tzinfo=UTC))
    assert not (await client.read("稽古堂")).places
    assert (await client.read("図書館")).category_size == 1


async def test_an_answer_costs_one_short_query(
    client: FacilitiesClient, database: Database
) -> None:
    query = NearestQuery(**STATION, kind=Kind.shelter)
    await client.nearest(query)
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda *args: statements.append(args[2]),
    )
    await client.nearest(query)
    assert len(statements) == 1
    assert "facilities_import" in statements[0]


async def test_nobody_outside_may_ask(http: httpx2.AsyncClient) -> None:
    http.headers["Authorization"] = "Bearer wrong"
    for method, path in [("POST", "nearest"), ("POST", "readings"), ("GET", "suggestions")]:
        response = await http.request(method, f"/services/facilities/{path}", json={})
        assert response.status_code == 401
