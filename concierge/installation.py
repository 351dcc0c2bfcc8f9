"""Several cities in one installation: each has an application of its own behind one address."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from kit.container import Container
from kit.garbage import started
from kit.hosts import OwnHosts
from kit.http import CITY_HEADER
from kit.settings import Settings


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
        self._own = OwnHosts(self._serve, addresses)
        self._by_host = {_host(app): name for name, app in apps.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or begin and end with the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await self._own(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = self._apps[self._city(scope)]
        await app(scope, receive, send)

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
            started()
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _settings(app: FastAPI) -> Settings:
    container: Container = app.state.container
    return container.get(Settings)


def _host(app: FastAPI) -> str:
    return urlsplit(_settings(app).public_base_url).netloc
