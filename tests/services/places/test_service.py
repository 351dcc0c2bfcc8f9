"""The service over HTTP, with the demo city's own tables."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from pydantic import ValidationError

from auth.manifests import read_manifest
from kit.http import internal_client
from kit.settings import ROOT, Settings
from kit.tables import ImportRejectedError
from services.places.api import router
from services.places.contract import Kind, Need, PlacesClient
from services.places.service import PlacesService
from tests.support import bare_app

CITY = ROOT / "city" / "aizuwakamatsu"


@pytest.fixture(scope="module")
def service() -> PlacesService:
    return PlacesService.of_city(CITY)


@pytest.fixture
async def http(settings: Settings, service: PlacesService) -> AsyncIterator[httpx2.AsyncClient]:
    app = bare_app(settings, "places")
    app.include_router(router)
    app.state.container.put(PlacesService, service)
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        yield http


@pytest.fixture
def client(http: httpx2.AsyncClient) -> PlacesClient:
    return PlacesClient(http)


async def test_an_address_gives_its_district_and_a_point(client: PlacesClient) -> None:
    answer = await client.resolve("会津若松市材木町１－３－38です")
    assert answer.districts == ("城西",)
    assert answer.settled
    assert answer.whole
    assert answer.demonstration
    (place,) = answer.places
    assert (place.name, place.kind, place.need) == ("材木町1丁目", Kind.town, Need.nothing)
    assert place.position is not None
    assert place.position.latitude == pytest.approx(37.486, abs=0.005)


async def test_a_correction_is_told_as_one(client: PlacesClient) -> None:
    answer = await client.resolve("あ、ちがう　鶴城じゃなくて謹教でした")
    assert [place.name for place in answer.corrected_from] == ["鶴城"]
    assert answer.districts == ("謹教",)


async def test_an_unknown_name_comes_back_as_unknown(client: PlacesClient) -> None:
    answer = await client.resolve("喜多方市か南栄町です")
    assert answer.districts == ()
    assert [(name.text, name.elsewhere) for name in answer.unknown] == [
        ("喜多方市", "喜多方市"),
        ("南栄町", ""),
    ]
    assert not answer.settled


async def test_what_may_be_a_surname_is_a_place_once_it_was_asked_for(client: PlacesClient) -> None:
    assert not (await client.resolve("赤井です")).settled
    assert (await client.resolve("赤井です", asked=True)).settled


async def test_a_pin_gives_the_nearest_district(client: PlacesClient) -> None:
    answer = await client.nearest(37.5268, 139.9580)
    assert answer.districts == ("松長",)
    assert answer.name == "一箕町松長"
    assert (await client.nearest(35.68, 139.76)).districts == ()


async def test_long_texts_are_cut_and_strange_positions_refused(client: PlacesClient) -> None:
    assert (await client.resolve("謹教です。" + "あ" * 5000)).districts == ("謹教",)
    with pytest.raises(ValidationError):
        await client.nearest(100, 0)


async def test_strangers_are_turned_away(http: httpx2.AsyncClient) -> None:
    answer = await http.post(
        "/services/places/resolve", json={"text": "謹教"}, headers={"Authorization": "Bearer no"}
    )
    assert answer.status_code == 401


def test_a_city_without_a_table_is_known_by_its_districts(tmp_path: Path) -> None:
    service = PlacesService.of_city(tmp_path, ["東地区", "西1～2丁目"])
    assert service.resolve("西2丁目です").districts == ("西1～2丁目",)
    assert service.nearest(37.5, 139.9).districts == ()


def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "places").mkdir()
    with pytest.raises(ImportRejectedError, match=r"towns\.csv:0 \[\] the file is missing"):
        PlacesService.of_city(tmp_path)


def test_the_manifest_reads() -> None:
    assert read_manifest(ROOT / "services" / "places").demonstration
