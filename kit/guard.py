"""The guard before internal paths: only other packages of this installation may call."""

import hmac
from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import Header, Request
from fastapi.routing import APIRoute
from starlette.types import Scope

from kit.addresses import comes_through
from kit.container import part
from kit.errors import UnauthorizedError
from kit.settings import Settings


def check_bearer(authorization: str | None, expected: str) -> None:
    """Raise UnauthorizedError unless the header carries exactly the expected bearer token."""
    scheme, _, given = (authorization or "").partition(" ")
    matches = hmac.compare_digest(given.strip().encode(), expected.encode())
    if scheme.lower() != "bearer" or not matches or not expected:
        raise UnauthorizedError


async def require_internal(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> None:
    """FastAPI dependency: only other packages of this installation may call.

    They call each other directly: what a proxy brings in comes from outside, whatever it carries.
    """
    settings = part(request, Settings)
    if comes_through(request, settings.trusted_proxies):
        raise UnauthorizedError
    check_bearer(authorization, settings.internal_token.get_secret_value())


async def check_internal(scope: Scope) -> None:
    """Raise UnauthorizedError where a request's route is internal and its bearer is not ours.

    For the shell (`kit.web`), before a byte of the body is read; a route is internal when
    `require_internal` is among its dependencies.
    """
    route = scope.get("route")
    if is_internal(route):
        request = Request(scope)
        await require_internal(request, request.headers.get("authorization"))


def is_internal(route: object) -> bool:
    """Tell whether a route is for other packages of this installation alone."""
    return isinstance(route, APIRoute) and any(
        needed.call is require_internal for needed in route.dependant.dependencies
    )


def internal_routes(routes: Iterable[object]) -> Iterator[APIRoute]:
    """Find every internal route, also of routers that were included."""
    return filter(is_internal, api_routes(routes))


def api_routes(routes: Iterable[object]) -> Iterator[APIRoute]:
    """Find every route, also of routers that were included."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from api_routes(included.routes)
