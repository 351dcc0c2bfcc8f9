"""Every internal route of the program, as the program itself lists them."""

import re
from ipaddress import ip_network

import pytest
from fastapi.routing import APIRoute
from structlog.testing import capture_logs

from concierge.app import build_web, make_web
from concierge.installation import Installation
from kit.guard import internal_routes
from kit.settings import Settings
from tests.kit.test_settings import SAFE
from tests.kit.test_web import Upload, ask


def plain_path(route: APIRoute) -> str:
    """Return an address of a route that has names in it."""
    return re.sub(r"\{[^}]*\}", "1", route.path_format)


async def test_what_a_proxy_brings_in_opens_no_internal_route_whatever_it_carries(
    settings: Settings,
) -> None:
    bearer = {"authorization": f"Bearer {settings.internal_token.get_secret_value()}"}
    body = b'{"cookie": "x"}'
    path = "/identity/internal/staff/members"
    proxied = settings.model_copy(update={"trusted_proxies": (ip_network("127.0.0.1/32"),)})
    for known, status in ((settings, 200), (proxied, 401)):
        app = build_web(known)
        assert (await ask(app, path, body, **bearer))[0] == status


async def test_metrics_are_for_the_bearer_in_production(settings: Settings) -> None:
    app = build_web(settings.model_copy(update={"environment": "production"}))
    bearer = {"authorization": f"Bearer {settings.internal_token.get_secret_value()}"}
    assert (await ask(app, "/metrics", b"", "GET"))[0] == 401
    assert (await ask(app, "/metrics", b"", "GET", **bearer))[0] == 200


def test_production_warns_when_it_knows_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    warned = []
    for proxies in ((), ("10.0.0.1",)):
        settings = Settings(**SAFE, trusted_proxies=proxies)
        monkeypatch.setattr("concierge.app.get_settings", lambda settings=settings: settings)
        monkeypatch.setattr("concierge.app.configure_logging", lambda *_: None)
        with capture_logs() as lines:
            make_web()
        warned.append([line["event"] for line in lines if line["log_level"] == "warning"])
    assert warned == [["trusted_proxies_are_empty"], []]


async def test_no_internal_route_reads_a_body_of_somebody_without_the_bearer(
    settings: Settings,
) -> None:
    app = build_web(settings)
    routes = list(internal_routes(app.routes))
    assert len(routes) > 30
    for route in routes:
        path = plain_path(route)
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
