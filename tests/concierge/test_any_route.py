"""Every route of the application, asked with what its description allows and with nonsense.

As schemathesis does: bodies and parameters are drawn from the OpenAPI description (that package is
none of the project's). No answer is a crash, and none comes that the description does not name;
developers are told each by its number. Pages are described nowhere: forms are drawn from the names
in the templates, and sent by somebody who is logged in everywhere.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn_with
from hypothesis import strategies as st

from identity.container import IdentityContainer
from identity.login.browser import form_token as browser_token
from kit.db import Database
from kit.guard import api_routes, is_internal
from kit.settings import ROOT, Settings
from services.developers.accounts import Accounts, DeveloperStore
from services.developers.rules import Scope
from services.opendata.routing import OpenStore
from tests.services.developers.world import World
from tests.support import form_token

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
IN_A_PATH = ("1", "0", "S-1", "x", "2027-04", "99999999999999999999", "%E5%9F%8E")
NO_VALUES = ("", "0", "-1", "1e9", "9" * 30, "城西", "2026-13-40", "<b>", "\u202e", "a\nb", "ａ１")
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
        if not is_described(status, told["responses"], exactly=path.startswith(PUBLIC)):
            faults.append((method, path, status, query, str(body)[:200]))
    assert not faults


def is_described(status: int, responses: dict[str, Any], *, exactly: bool) -> bool:
    """Tell whether an answer is one of those that the description names."""
    named = str(status) in responses
    return named or (not exactly and 400 <= status < 500 and "4XX" in responses)


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


# What would log somebody out, or lock them out, for all that follows; and a stream that never ends.
ENDS = re.compile(r"logout|/browsers|/delete|/links|password|second-factor|/staff|/console/events")
FIELD = re.compile(r'name="([a-z_][\w.-]*)"(?:[^<>]*? value="([^"{}]{1,40})")?')


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser that is logged in everywhere, and the token of each part's forms."""

    http: httpx2.AsyncClient
    tokens: dict[str, str]

    def token(self, path: str) -> str:
        return next((t for part, t in self.tokens.items() if path.startswith(part)), "")


async def everywhere(world: World) -> Visitor:
    """Log a supervisor, a citizen whose card was read just now, and a developer in."""
    staff = await world.staff()
    part = world.app.state.container.get
    identity, accounts = part(IdentityContainer), part(Accounts)
    _, session = await identity.sessions.start("ctz_1", "")
    proofs = dict.fromkeys(("line_at", "my_id_at", "card_at"), identity.clock())
    cookie, _ = await identity.sessions.renew(session.proven(**proofs))
    staff.cookies.set("identity", cookie)
    _, secret = await accounts.sign_up(
        "デモ自転車の会", "dev@example.jp", "空きを知らせます", "::1"
    )
    staff.cookies.set("developer", await accounts.log_in(secret, "::1"))
    own = browser_token(cookie)
    tokens = {"/my": own, "/identity": own}
    for part_of, page in (("/console", "/console/"), ("/developers", "/developers/account")):
        tokens[part_of] = form_token(await staff.get(page))
    return Visitor(staff, tokens)


def page_cases(routes: list[APIRoute], many: int) -> list[tuple[str, str, dict[str, str]]]:
    """Draw (method, path, fields) for pages; names and values of fields are those of templates."""
    known: dict[str, set[str]] = {}
    for template in sorted(ROOT.glob("*/**/templates/**/*.html")):
        for name, value in FIELD.findall(template.read_text("utf-8")):
            known.setdefault(name, set()).update({value} - {""})
    known.pop("form_token")
    rng, found = random.Random(19), []  # noqa: S311
    for number in range(many):
        route = routes[number % len(routes)]
        path = re.sub(r"\{\w+(:\w+)?\}", lambda _: rng.choice(IN_A_PATH), route.path_format)
        asked = [one.alias for one in route.dependant.query_params]
        names = rng.choices([*asked, *asked, *known], k=rng.randrange(9))
        fields = {name: rng.choice([*sorted(known.get(name, ())), *NO_VALUES]) for name in names}
        found.append((min(route.methods or {"GET"}), path, fields))
    return found


async def test_no_form_of_a_page_is_a_crash_whatever_is_in_it(
    settings: Settings, database: Database, whole: bool
) -> None:
    assert database
    world = World(settings.model_copy(update={"rasa_timeout_seconds": 0.2}))
    routes = [r for r in api_routes(world.app.routes) if not r.include_in_schema]
    routes = [r for r in routes if not ENDS.search(r.path_format) and not is_internal(r)]
    assert len(routes) > 100
    faults, answered = [], 0
    async with world.app.router.lifespan_context(world.app):
        visitor = await everywhere(world)
        transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
        cookies = visitor.http.cookies
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://test", cookies=cookies
        ) as http:
            for method, path, fields in page_cases(routes, WHOLE if whole else SHORT):
                token = {"form_token": visitor.token(path)}
                sent = {"params": fields} if method == "GET" else {"data": fields | token}
                status = (await http.request(method, path, **sent)).status_code
                answered += status in (200, 422)
                if status >= 500 and status not in AWAY:
                    faults.append((method, path, status, fields))
    assert not faults
    # Who is led to a login, or finds nothing, has tried nothing.
    assert answered > SHORT // 4
