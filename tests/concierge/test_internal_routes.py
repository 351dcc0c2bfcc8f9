"""Every internal route of the program, as the program itself lists them."""

import pytest

from concierge.app import build_web
from concierge.installation import Installation
from kit.guard import internal_routes
from kit.settings import Settings
from tests.kit.test_web import Upload, ask


async def test_no_internal_route_reads_a_body_of_somebody_without_the_bearer(
    settings: Settings,
) -> None:
    app = build_web(settings)
    routes = list(internal_routes(app.routes))
    assert len(routes) > 30
    for route in routes:
        path = route.path_format.replace("{", "").replace("}", "")
        for method in route.methods:
            answer = await ask(app, path, Upload(100), method)
            assert answer == (401, 0), f"{method} {route.path}"


def test_production_describes_no_internal_route(settings: Settings) -> None:
    app = build_web(settings.model_copy(update={"environment": "production"}))
    described = app.openapi()["paths"]
    assert "/healthz" in described
    for route in internal_routes(app.routes):
        told = described.get(route.path_format, {})
        assert not {method.lower() for method in route.methods} & set(told), route.path


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("10.1.2.3", 200),
        ("city.example", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8000", 421),
    ],
)
async def test_a_name_that_is_not_ours_is_not_served(
    settings: Settings, host: str, status: int
) -> None:
    own = settings.model_copy(update={"public_base_url": "https://city.example"})
    installation = Installation({own.city: build_web(own)})
    assert (await ask(installation, "/healthz", b"", "GET", host=host))[0] == status
