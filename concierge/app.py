"""The web application of one city: every module's routes under their fixed paths."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from actions.module import MODULE as ACTIONS
from auth.modules import Modules
from concierge import kept
from concierge.container import make_container
from concierge.developers import router as developers_router
from concierge.front import answer_with_pages
from concierge.front import router as front_router
from concierge.installation import Installation
from concierge.modules import load_modules
from kit.clock import Clock, system_clock
from kit.container import Container, part
from kit.db import Database
from kit.errors import ConciergeError
from kit.guard import internal_routes, require_internal
from kit.http import internal_client
from kit.logging import configure_logging, get_logger
from kit.settings import Settings, get_settings
from kit.web import HERE as KIT
from kit.web import make_app, metrics_response

# What any route may answer beside what it says itself.
REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": 'Refused: `{"error": {"code", "message"}}` says why.'},
    503: {"description": "A part does not answer right now. Try again."},
    504: {"description": "It did not finish in time. Try again."},
}

# The address of the packages of one process among themselves; it is never resolved.
IN_PROCESS = "http://concierge.internal"

log = get_logger(__name__)

shell = APIRouter()


def make_web() -> ASGIApp:
    """Return the all-in-one web application (factory for uvicorn)."""
    return _of_every_city(build_web)


def make_action_server() -> ASGIApp:
    """Return the action server alone; it reaches the services over HTTP (factory for uvicorn)."""
    return _of_every_city(build_action_server)


def _of_every_city(build: Any) -> ASGIApp:
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)
    if not settings.is_demo and not settings.trusted_proxies:
        # Behind a proxy everybody has its address then, and one person's wrong logins lock all out.
        log.warning("trusted_proxies_are_empty", setting="TRUSTED_PROXIES")
    return Installation({one.city: build(one) for one in settings.cities})


def build_action_server(settings: Settings) -> FastAPI:
    """Assemble the actions alone."""
    app = _make_app(settings)
    app.state.container = make_container(settings, modules=Modules((ACTIONS,)))
    for router in ACTIONS.routers:
        app.include_router(router)
    return app


def build_web(
    settings: Settings, clock: Clock = system_clock, modules: Modules | None = None
) -> FastAPI:
    """Assemble every module into one application; packages reach each other in memory."""
    modules = load_modules() if modules is None else modules
    app = _make_app(settings)
    token = settings.internal_token.get_secret_value()
    internal = internal_client(IN_PROCESS, token, app=app)
    app.state.container = make_container(settings, internal, clock, modules)
    app.routes.extend(_routes(modules))
    answer_with_pages(app)
    if not settings.is_demo:
        app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """Return the description of what the outside may call, made once."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, routes=app.routes)
        for route in internal_routes(app.routes):
            for method in route.methods or ():
                found["paths"].get(route.path_format, {}).pop(method.lower(), None)
        found["paths"] = {path: told for path, told in found["paths"].items() if told}
        app.openapi_schema = found
    return app.openapi_schema


@cache
def _routes(modules: Modules) -> tuple[BaseRoute, ...]:
    """Return every route. All applications of a process share them: no route belongs to a city.

    FastAPI compiles a route when it is first looked at, a third of a second for all of them.
    """
    routes = APIRouter()
    for module in modules:
        routes.routes.extend(module.first_routes)
    routes.include_router(shell, responses=REFUSALS)
    for module in modules:
        for router in module.routers:
            routes.include_router(router, responses=REFUSALS)
        for path, folder in module.static.items():
            routes.mount(path, StaticFiles(directory=folder), name=path.strip("/"))
    routes.include_router(front_router, responses=REFUSALS)
    routes.include_router(kept.staff, responses=REFUSALS)
    routes.include_router(kept.citizens, responses=REFUSALS)
    routes.include_router(developers_router, responses=REFUSALS)
    routes.mount("/static/kit", StaticFiles(directory=KIT / "static"), name="static/kit")
    return tuple(routes.routes)


def _make_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        container: Container = app.state.container
        _compile(app)
        _make_ready(container)
        yield
        await container.close()

    title = f"Citizen concierge: {settings.city}"
    return make_app(title, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)


def _make_ready(container: Container) -> None:
    """Make what modules want made now. What a bad file prevents is refused to who asks for it."""
    for kind in (kind for module in container.get(Modules) for kind in module.at_start):
        try:
            container.get(kind)
        except ConciergeError as error:
            log.warning("not_made_at_start", part=kind.__name__, code=error.code)


def _compile(app: FastAPI) -> None:
    """Have every route compiled. A request that comes first would hold the loop for all of them."""
    nowhere = {"type": "http", "method": "GET", "path": "/-/-", "root_path": "", "headers": []}
    for route in app.routes:
        route.matches(nowhere)


@shell.get("/healthz", tags=["operations"])
async def healthz() -> dict[str, str]:
    """Tell that the process runs."""
    return {"status": "ok"}


@shell.get("/readyz", tags=["operations"])
async def readyz(request: Request) -> Response:
    """Tell whether requests can be served: 503 while the database does not answer."""
    checks: dict[str, Any] = {}
    try:
        await part(request, Database).ping()
        checks["database"] = "ok"
    except ConciergeError as error:
        checks["database"] = error.message
    ready = all(value == "ok" for value in checks.values())
    return JSONResponse({"ready": ready, "checks": checks}, status_code=200 if ready else 503)


@shell.get("/metrics", include_in_schema=False)
async def metrics(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> Response:
    """Return this process's metrics for Prometheus; in production for whoever has the bearer."""
    if not part(request, Settings).is_demo:
        await require_internal(request, authorization)
    return metrics_response()
