"""Several cities in one installation: each has an application of its own behind one address."""

import ipaddress
from collections.abc import Mapping
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kit.container import Container
from kit.http import CITY_HEADER
from kit.settings import Settings
from kit.web import error_body

_NOT_OURS = JSONResponse(error_body("unknown_host", "This is another host."), 421)


class Installation:
    """Hands each request to its city: by the host that was called, or as internal callers say.

    Which city that is opens nothing: each application knows its own tokens, channels and data only.
    """

    def __init__(self, apps: Mapping[str, FastAPI]) -> None:
        """`apps` by the city's name; the first serves what names no other."""
        self._apps = apps
        self._first = next(iter(apps))
        known = [_settings(app) for app in apps.values()]
        addresses = [x for s in known for x in (s.public_base_url, s.internal_base_url)]
        self._names = {"localhost", *(urlsplit(address).hostname for address in addresses)}
        self._by_host = {_host(app): name for name, app in apps.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or begin and end with the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] == "http" and not self._is_ours(scope):
            await _NOT_OURS(scope, receive, send)
            return
        app: ASGIApp = self._apps[self._city(scope)]
        await app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        """Tell whether a request names a host of ours, or none by name.

        A page elsewhere can have its own name lead to this machine (DNS rebinding); then the
        browser still sends that name.
        """
        host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
        return host in self._names or not _is_name(host)

    def _city(self, scope: Scope) -> str:
        headers: dict[bytes, str] = {
            name: value.decode("latin-1") for name, value in scope.get("headers", ())
        }
        named = headers.get(CITY_HEADER.lower().encode(), "")
        if named in self._apps:
            return named
        return self._by_host.get(headers.get(b"host", ""), self._first)

    async def _live(self, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            await receive()
            for app in self._apps.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _settings(app: FastAPI) -> Settings:
    container: Container = app.state.container
    return container.get(Settings)


def _host(app: FastAPI) -> str:
    return urlsplit(_settings(app).public_base_url).netloc


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False
