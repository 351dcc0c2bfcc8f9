"""Whatever is asked, the answer is one that the description names, and never a crash."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concierge.app import build_web
from kit.clock import system_clock
from kit.db import Database
from kit.settings import Settings
from services.facilities.importer import import_city as import_places
from services.opendata.routing import OpenStore
from services.waste.importer import import_city as import_waste

OPEN = ("/open/v1", "/ngsi-v2", "/catalog.jsonld", "/developers/api/v1")
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "0", "-1", "1", "501", "1e9", "城西", "flood", "shelter", "2026-11-30"]),
    st.sampled_from(["near;maxDistance:1e5", "near;minDistance:0", "point", "37.4,139.9", "inf,0"]),
    st.sampled_from(
        ["a==b;c!=d", "category==図書館", "name~=会津;;", "keyValues,count", "9999-12-31"]
    ),
)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@pytest.fixture
async def http(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    for load in (import_places, import_waste):
        await load(database, settings.city_dir, system_clock)

    async def unlimited(*_arguments: Any, **_named: Any) -> int:
        return 1

    monkeypatch.setattr(OpenStore, "count", unlimited)
    app = build_web(settings)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, told)
        for path, methods in description["paths"].items()
        if path.startswith(OPEN)
        for method, told in methods.items()
    ]


async def test_any_parameters_and_bodies_get_an_answer_that_is_described(
    http: httpx2.AsyncClient,
) -> None:
    described = operations((await http.get("/developers/openapi.json")).json())
    assert len(described) > 15

    for method, path, told, query, body in cases(described):
        sent = {} if body is None else {"json": body}
        answer = await http.request(method, path, params=query, **sent)
        assert str(answer.status_code) in told["responses"], (path, query, answer.text[:200])
        assert answer.status_code < 500 or answer.status_code == 503


def cases(described: list[tuple[str, str, dict[str, Any]]]) -> list[tuple[Any, ...]]:
    """Draw requests; the same ones in every run."""
    drawn: list[tuple[Any, ...]] = []

    @settings(
        max_examples=400,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation=st.sampled_from(described), data=st.data())
    def draw(operation: tuple[str, str, dict[str, Any]], data: st.DataObject) -> None:
        method, path, told = operation
        query: dict[str, str] = {}
        for one in told.get("parameters", []):
            value = data.draw(TEXTS)
            if one["in"] == "path":
                safe = "".join(c for c in value if c.isascii() and c.isalnum()) or "x"
                path = path.replace(f"{{{one['name']}}}", safe)
            elif one.get("required") or data.draw(st.booleans()):
                query[one["name"]] = value
        body = data.draw(BODIES) if "requestBody" in told else None
        drawn.append((method, path, told, query, body))

    draw()
    return drawn
