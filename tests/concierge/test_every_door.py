"""Every route of the program, as the program lists them, tried by somebody without any login."""

import re
from collections.abc import Iterator

import httpx2

from concierge.app import build_web
from kit.guard import api_routes, internal_routes
from kit.settings import ROOT, Settings
from tests.concierge.test_internal_routes import plain_path

# What is for everybody: information of the city, the portal's front pages, and doors to knock at.
OPEN = frozenset({
    "/", "/my", "/my/", "/healthz", "/readyz", "/actions/health", "/catalog.jsonld",
    "/console/login", "/console/logout", "/identity/jwks.json",
    "/developers/", "/developers/changelog", "/developers/status",
    "/developers/api/v1/keys", "/developers/api/v1/sign-ups",
    "/developers/openapi.json", "/developers/quickstart", "/developers/reference",
    "/developers/sign-up", "/developers/skills-reference",
    "/services/health/fhir/metadata",
})  # fmt: skip
OPEN_BELOW = ("/disaster/", "/ngsi-v2/", "/nursery/", "/open/v1/", "/open311/v2/", "/snow/")
# For who stands before the machine, or has the bearer.
OPERATIONS = {"/healthz", "/readyz", "/actions/health"}
TO_A_LOGIN = (
    "/console/login",
    "/identity/ended/session_ended",
    "/identity/account",
    "/developers/",
)
REFUSED = {401, 403, 404, 410}


def is_open(path: str) -> bool:
    return path in OPEN or path.startswith(OPEN_BELOW)


def closed(settings: Settings) -> Iterator[tuple[str, str]]:
    """Find (method, path) of every route that is not for everybody."""
    routes = api_routes(build_web(settings).routes)
    for route in routes:
        if not is_open(route.path_format):
            yield from ((method, plain_path(route)) for method in sorted(route.methods or ()))


async def test_nobody_gets_through_any_door_that_is_not_for_everybody(settings: Settings) -> None:
    production = settings.model_copy(update={"environment": "production"})
    app, doors = build_web(production), list(closed(settings))
    assert len(doors) > 200
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        for method, path in doors:
            answer = await http.request(method, path, data={"x": "1"} if method == "POST" else None)
            told = f"{method} {path}: {answer.status_code}"
            if answer.status_code == 303:
                assert answer.headers["location"].startswith(TO_A_LOGIN), told
            else:
                assert answer.status_code in REFUSED, told


def test_the_guide_names_what_an_outer_server_lets_through(settings: Settings) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    [told] = re.findall(r"outer web server pass only (.+?), and name it", guide, re.S)
    let = tuple(path for path in re.findall(r"`([^`]+)`", told) if path != "/")
    app = build_web(settings)
    for route in api_routes(app.routes):
        if is_open(route.path_format) and route.path_format not in {*OPERATIONS, "/"}:
            assert route.path_format.startswith(let), route.path_format
    inside = {path for r in internal_routes(app.routes) if (path := r.path_format).startswith(let)}
    assert all(p.startswith(("/identity/internal/", "/services/health/fhir/")) for p in inside)
