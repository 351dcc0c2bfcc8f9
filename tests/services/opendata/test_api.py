"""The open data as a developer without any key reads it, over real services and their data."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import jsonschema
import pytest

from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from services.facilities.importer import import_city as import_places
from services.faq.importer import import_city as import_faq
from services.opendata.routing import PER_MINUTE
from services.waste.importer import import_city as import_waste

NOON = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
READS = [
    "/open/v1/waste/areas",
    "/open/v1/waste/days?area=城西",
    "/open/v1/waste/items?q=電池",
    "/open/v1/facilities?limit=3",
    "/open/v1/shelters?hazard=flood",
    "/open/v1/faq?limit=2",
]


@pytest.fixture
async def http(settings: Settings, database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    for load in (import_places, import_faq, import_waste):
        await load(database, settings.city_dir, lambda: NOON)
    app = build_web(settings, lambda: NOON)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://test"
        ) as client,
    ):
        yield client


def schema_of(description: dict[str, Any], path: str) -> dict[str, Any]:
    answer = description["paths"][path]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    return {**schema, "components": description["components"]}


async def test_every_list_is_what_its_description_says(http: httpx2.AsyncClient) -> None:
    description = (await http.get("/open/v1/openapi.json")).json()
    for path in READS:
        answer = await http.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.json()["items"], path
        schema = schema_of(description, path.partition("?")[0])
        jsonschema.Draft202012Validator(schema).validate(answer.json())


async def test_every_operation_tells_its_errors_and_every_field_has_a_type(
    http: httpx2.AsyncClient,
) -> None:
    description = (await http.get("/open/v1/openapi.json")).json()
    assert len(description["paths"]) == 12
    for path, methods in description["paths"].items():
        told = methods["get"]["responses"]
        assert {"200", "304", "404", "422", "429", "503"} <= set(told), path
        assert told["404"]["content"]["application/json"]["schema"]["$ref"].endswith("ErrorBody")
    for name, schema in description["components"]["schemas"].items():
        for field, told in schema.get("properties", {}).items():
            assert {"type", "$ref", "anyOf"} & set(told), f"{name}.{field}"


async def test_the_pages_of_a_list_hold_each_item_once(http: httpx2.AsyncClient) -> None:
    seen: list[str] = []
    path: str | None = "/open/v1/shelters?limit=100"
    while path:
        page = (await http.get(path)).json()
        seen += [item["id"] for item in page["items"]]
        path = page["next"]
    assert len(seen) == page["total"] == len(set(seen)) > 250


async def test_each_page_says_on_which_terms_the_data_may_be_used(
    http: httpx2.AsyncClient,
) -> None:
    shelters = (await http.get("/open/v1/shelters?limit=1")).json()["source"]
    assert "国土地理院" in shelters["credit"]
    assert shelters["demonstration"] is False
    assert (await http.get("/open/v1/waste/areas")).json()["source"]["demonstration"] is True


async def test_what_has_not_changed_is_not_sent_again(http: httpx2.AsyncClient) -> None:
    first = await http.get("/open/v1/faq")
    again = await http.get("/open/v1/faq", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await http.get("/open/v1/faq?limit=1", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


async def test_one_address_may_not_ask_without_end(http: httpx2.AsyncClient) -> None:
    for _ in range(PER_MINUTE):
        assert (await http.get("/open/v1/openapi.json")).status_code == 200
    refused = await http.get("/open/v1/openapi.json")
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    assert refused.json()["error"]["code"] == "too_many_requests"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/open/v1/faq/no-such-entry", 404, "not_found"),
        ("/open/v1/waste/days?area=どこにもない", 404, "not_found"),
        ("/open/v1/waste/days?area=城西&first=2026-01-01&last=2029-01-01", 400, "invalid_input"),
        ("/open/v1/waste/days", 422, "invalid_input"),
        ("/open/v1/shelters?hazard=dragons", 422, "invalid_input"),
        ("/open/v1/faq?limit=501", 422, "invalid_input"),
    ],
)
async def test_a_bad_question_gets_a_typed_error(
    http: httpx2.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_the_last_day_of_the_calendar_of_the_world_is_no_crash(
    http: httpx2.AsyncClient,
) -> None:
    answer = await http.get("/open/v1/waste/days?area=城西&first=9999-12-31")
    assert answer.status_code in (200, 400)


async def test_the_catalogue_links_only_to_what_answers(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/catalog.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    catalogue = answer.json()
    prefixes = set(catalogue["@context"])
    found = [d for s in catalogue["dcat:dataset"] for d in s["dcat:distribution"]]
    assert len(found) == 15
    for one in found:
        address = one["dcat:accessURL"]["@id"]
        assert one["dct:license"]["@id"].startswith("https://")
        query = {"area": "城西"} if address.endswith("/waste/days") else None
        path = address.removeprefix("http://127.0.0.1:8000")
        assert (await http.get(path, params=query)).status_code == 200, path
    for term in _terms(catalogue):
        assert term.startswith("@") or term.partition(":")[0] in prefixes, term


def _terms(value: Any) -> list[str]:
    if isinstance(value, list):
        return [term for one in value for term in _terms(one)]
    if not isinstance(value, dict):
        return []
    below = [term for name, one in value.items() if name != "@context" for term in _terms(one)]
    return [*value, *below]


async def test_entities_near_a_point_come_nearest_first(http: httpx2.AsyncClient) -> None:
    asked = {
        "type": "EvacuationSite",
        "georel": "near;maxDistance:1500",
        "geometry": "point",
        "coords": "37.4948,139.9298",
        "options": "keyValues,count",
        "limit": "5",
    }
    answer = await http.get("/ngsi-v2/entities", params=asked)
    found = answer.json()
    assert 0 < len(found) <= 5 <= int(answer.headers["fiware-total-count"])
    assert {one["type"] for one in found} == {"EvacuationSite"}
    assert found[0]["license"].startswith("https://")
    counts = []
    for georel in ("near;maxDistance:400", "near;maxDistance:1500", "near;minDistance:400"):
        answer = await http.get("/ngsi-v2/entities", params={**asked, "georel": georel})
        counts.append(int(answer.headers["fiware-total-count"]))
    close, around, beyond = counts
    assert 0 < close < around < beyond
    assert close + beyond == int(
        (await http.get("/ngsi-v2/entities?type=EvacuationSite&options=count")).headers[
            "fiware-total-count"
        ]
    )


async def test_an_entity_is_found_again_by_its_id_and_by_a_query(
    http: httpx2.AsyncClient,
) -> None:
    asked = {"q": "category==図書館;name~=会津", "attrs": "name,location"}
    [one, *_] = (await http.get("/ngsi-v2/entities", params=asked)).json()
    assert set(one) == {"id", "type", "name", "location"}
    again = (await http.get(f"/ngsi-v2/entities/{one['id']}")).json()
    assert again["name"] == one["name"]
    assert again["location"]["type"] == "geo:json"


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "name>>5"},
        {"georel": "near;maxDistance:5"},
        {"georel": "near", "geometry": "point", "coords": "1,2"},
        {"georel": "near;maxDistance:5", "geometry": "point", "coords": "91,0"},
        {"georel": "near;maxDistance:5", "geometry": "point", "coords": "nan,0"},
        {"georel": "within", "geometry": "polygon", "coords": "1,2"},
    ],
)
async def test_what_ngsi_asks_and_we_do_not_answer_is_said(
    http: httpx2.AsyncClient, asked: dict[str, str]
) -> None:
    answer = await http.get("/ngsi-v2/entities", params=asked)
    assert answer.status_code == 400
    assert answer.json()["error"] == "BadRequest"
    assert answer.json()["description"]


async def test_a_city_without_the_file_publishes_nothing(settings: Settings, tmp_path: Any) -> None:
    (tmp_path / settings.city).mkdir()
    app = build_web(settings.model_copy(update={"cities_dir": tmp_path}))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/open/v1/faq")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_published")
        assert (await client.get("/ngsi-v2/entities")).json() == []
