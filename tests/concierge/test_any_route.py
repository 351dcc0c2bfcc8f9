"""Every route of the application, asked with what its description allows and with nonsense.

As schemathesis does: bodies and parameters are drawn from the OpenAPI description (that package is
none of the project's). No answer is a crash; where the description names answers, no other comes.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn_with
from hypothesis import strategies as st

from kit.db import Database
from kit.settings import Settings
from services.developers.accounts import DeveloperStore
from services.developers.rules import Scope
from services.opendata.routing import OpenStore
from tests.services.developers.world import World

SHORT, WHOLE = 400, 6000
PUBLIC = ("/open/v1", "/ngsi-v2", "/catalog.jsonld", "/developers/api/v1")
"""Where developers are told every answer."""
WITH_KEY = ("/developers/api/v1", "/ngsi-v2/subscriptions")
AWAY = {503, 504}
"""Rasa, LINE and the like are not there in this test."""
WORDS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "0", "-1", "1e9", "S-1", "城西", "2026-11-30", "9999-12-31", "near;x"]),
)
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
Operation = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class House:
    """The application, with the bearer of its packages and a developer's key."""

    http: httpx2.AsyncClient
    token: str
    key: str

    async def ask(self, method: str, path: str, **sent: Any) -> httpx2.Response:
        bearer = self.key if path.startswith(WITH_KEY) else self.token
        headers = {"Authorization": f"Bearer {bearer}"}
        async with asyncio.timeout(60):
            return await self.http.request(method, path, headers=headers, **sent)


@pytest.fixture
async def house(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    async def unlimited(*_arguments: Any, **_named: Any) -> int:
        return 1

    # What waits for another program would wait in vain, and long.
    away = {"rasa_timeout_seconds": 0.2, "action_deadline_seconds": 2.0}
    world = World(settings.model_copy(update=away))
    key = await world.developer(await world.staff(), scopes=[scope.value for scope in Scope])
    for store in (OpenStore, DeveloperStore):
        monkeypatch.setattr(store, "count", unlimited)
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    async with (
        world.app.router.lifespan_context(world.app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield House(client, settings.internal_token.get_secret_value(), key)


async def test_no_request_to_any_route_is_a_crash_or_gets_an_answer_that_is_not_described(
    house: House, whole: bool
) -> None:
    description = (await house.ask("GET", "/developers/openapi.json")).json()
    every = [
        (method, path, told)
        for path, methods in description["paths"].items()
        for method, told in methods.items()
    ]
    public = [one for one in every if one[1].startswith(PUBLIC)]
    assert len(public) > 25
    assert len(every) > 100
    every += public * 3
    faults = []
    for method, path, told, query, body in cases(every, description, WHOLE if whole else SHORT):
        sent = {} if body is None else {"json": body}
        answer = await house.ask(method, path, params=query, **sent)
        status = answer.status_code
        crashed = status >= 500 and status not in AWAY
        unknown = path.startswith(PUBLIC) and str(status) not in told["responses"]
        if crashed or unknown:
            faults.append((method, path, status, query, str(body)[:200]))
    assert not faults


def cases(every: list[Operation], description: dict[str, Any], many: int) -> list[tuple[Any, ...]]:
    """Draw requests, the same ones in every run; each operation has its share."""
    found: list[tuple[Any, ...]] = []
    number = iter(range(10**9))

    @drawn_with(
        max_examples=many,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def draw(data: st.DataObject) -> None:
        method, path, told = every[next(number) % len(every)]
        query = {}
        for one in told.get("parameters", []):
            value = data.draw(of(one["schema"], description) | WORDS)
            if one["in"] == "path":
                safe = "".join(c for c in str(value) if (c.isascii() and c.isalnum()) or c in "-_")
                path = path.replace(f"{{{one['name']}}}", safe or "x")
            elif one["in"] == "query" and (one.get("required") or data.draw(st.booleans())):
                query[one["name"]] = str(value)
        body = None
        content = told.get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None:
            fitting = of(content["schema"], description)
            body = data.draw(st.one_of(fitting, fitting, fitting, NONSENSE))
        found.append((method, path, told, query, body))

    draw()
    return found


def of(schema: dict[str, Any], description: dict[str, Any], depth: int = 0) -> st.SearchStrategy:
    """Return what fits a schema, nearly: bounds of length are kept, patterns are not."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return of(description["components"]["schemas"][name], description, depth + 1)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of(*(of(one, description, depth + 1) for one in schema[several]))
    match schema.get("type"):
        case "object":
            return _object(schema, description, depth)
        case "array":
            least = schema.get("minItems", 0)
            most = max(least, 0 if depth > 6 else min(3, schema.get("maxItems", 3)))
            item = of(schema.get("items", {}), description, depth + 1)
            return st.lists(item, min_size=least, max_size=most)
        case "integer":
            return st.integers(schema.get("minimum", -3), schema.get("maximum", 10**6))
        case "number":
            low, high = schema.get("minimum", -200), schema.get("maximum", 200)
            return st.floats(low, high, allow_nan=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "string":
            return _string(schema)
    return NONSENSE


def _string(schema: dict[str, Any]) -> st.SearchStrategy:
    made = {
        "date": st.dates().map(str),
        "date-time": st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()),
    }.get(schema.get("format", ""))
    if made is not None:
        return made
    if pattern := schema.get("pattern"):
        return st.from_regex(pattern, fullmatch=True).filter(lambda text: len(text) < 300)
    least = schema.get("minLength", 0)
    text = st.text(min_size=least, max_size=max(least, min(40, schema.get("maxLength", 40))))
    return text | WORDS.filter(lambda words: len(words) >= least)


def _object(schema: dict[str, Any], description: dict[str, Any], depth: int) -> st.SearchStrategy:
    needed = set(schema.get("required", ()))
    known = {name: of(one, description, depth + 1) for name, one in _known(schema, depth)}
    more = schema.get("additionalProperties")
    if not known and isinstance(more, dict):
        return st.dictionaries(WORDS, of(more, description, depth + 1), max_size=3)
    return st.fixed_dictionaries(
        {name: one for name, one in known.items() if name in needed},
        optional={name: one for name, one in known.items() if name not in needed},
    )


def _known(schema: dict[str, Any], depth: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the fields; deep down only those that have to be there."""
    needed = schema.get("required", ())
    fields = schema.get("properties", {}).items()
    return [(name, one) for name, one in fields if depth < 6 or name in needed]
