"""What changes by the minute, as services tell it: each list holds what was just said, no more."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import jsonschema
import pytest

from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from services.disaster import shelters
from services.disaster.models import DisasterOrder
from services.nursery.importer import import_nursery
from services.snow.contract import NewReport

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
CITIZEN, WORDS = "ctz_secret", "山田の家の前がつらいです"


@pytest.fixture
async def http(settings: Settings, database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    today = datetime.now(settings.timezone).date()
    await import_nursery(database, settings.city_dir / "nursery", today)
    app = build_web(settings, lambda: NOON)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client


async def say(http: httpx2.AsyncClient, settings: Settings, database: Database) -> None:
    """Report a road, order an evacuation and open a shelter."""
    new = NewReport(
        key="line-1", citizen_id=CITIZEN, category="ice", lat=37.49481, lon=139.92981, words=WORDS
    )
    token = settings.internal_token.get_secret_value()
    filed = await http.post(
        "/services/snow/reports",
        json=new.model_dump(mode="json"),
        headers={"Authorization": f"Bearer {token}"},
    )
    assert filed.status_code == 200, filed.text
    async with database.transaction() as session:
        session.add(
            DisasterOrder(
                lane="actual",
                document_id="d",
                revision=1,
                place="門田地区",
                word="避難指示",
                level=4,
                districts=["門田"],
                whole_city=False,
                active=True,
                reported_at=NOON,
            )
        )
        await shelters.put(session, "門田小学校", "full", "test", NOON, capacity=200, people=200)


async def test_every_live_list_tells_what_was_said_and_nothing_of_who_said_it(
    http: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    await say(http, settings, database)
    description = (await http.get("/open/v1/openapi.json")).json()
    found: dict[str, list[dict[str, Any]]] = {}
    for name in ("reports", "alerts", "open-shelters", "vacancies", "rivers"):
        answer = await http.get(f"/open/v1/{name}")
        assert answer.status_code == 200, answer.text
        told = description["paths"][f"/open/v1/{name}"]["get"]["responses"]["200"]
        schema = told["content"]["application/json"]["schema"]
        body = {**schema, "components": description["components"]}
        jsonschema.Draft202012Validator(body).validate(answer.json())
        assert answer.json()["source"]["licence"].startswith("https://")
        assert CITIZEN not in answer.text
        assert WORDS not in answer.text
        found[name] = answer.json()["items"]
    [report] = found["reports"]
    assert (report["type"], report["open"], report["latitude"]) == ("ice", True, 37.4948)
    [alert] = found["alerts"]
    assert (alert["hazard"], alert["name"], alert["level"]) == ("order", "避難指示", 4)
    [shelter] = found["open-shelters"]
    assert (shelter["name"], shelter["state"]) == ("門田小学校", "full")
    assert found["vacancies"][0]["seats"] >= found["vacancies"][-1]["seats"]
    assert all(one["unit"] for one in found["rivers"])


async def test_live_lists_are_narrowed_by_what_their_descriptions_name(
    http: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    await say(http, settings, database)
    for query, count in (("open=true", 1), ("open=false", 0), ("type=ice", 1), ("type=x", 0)):
        assert (await http.get(f"/open/v1/reports?{query}")).json()["total"] == count, query
    every = (await http.get("/open/v1/vacancies?limit=500")).json()["items"]
    babies = (await http.get("/open/v1/vacancies?age=0&limit=500")).json()["items"]
    assert babies == [one for one in every if one["first_age"] == 0]
    assert 0 < len(babies) < len(every)


async def test_what_is_live_is_an_entity_too(
    http: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    await say(http, settings, database)
    asked = {"type": "service_requests", "options": "keyValues"}
    near = {"georel": "near;maxDistance:50", "geometry": "point", "coords": "37.4948,139.9298"}
    [report] = (await http.get("/ngsi-v2/entities", params={**asked, **near})).json()
    assert (report["status"], report["service_code"]) == ("open", "ice")
    assert (await http.get(f"/ngsi-v2/entities/{report['id']}")).json()["type"] == asked["type"]
    alerts = {"type": "Alert", "options": "keyValues", "q": "level==4"}
    [alert] = (await http.get("/ngsi-v2/entities", params=alerts)).json()
    assert alert["description"] == "避難指示"
    assert "location" not in alert
    assert (await http.get("/ngsi-v2/entities", params={**alerts, **near})).json() == []
    rivers = (await http.get("/ngsi-v2/entities?type=FloodMonitoring")).json()
    assert {one["name"]["type"] for one in rivers} == {"Text"}
