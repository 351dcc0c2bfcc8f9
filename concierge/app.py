"""The web application: packages mounted under their fixed paths."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from actions.base import ActionContext, Clients
from actions.server import make_executor
from actions.server import router as actions_router
from auth.citizens import CitizenClient
from auth.gate import Gate
from auth.jwks import RemoteKeys
from auth.staff import StaffClient
from auth.store import Store
from bot.broadcast.api import router as segments_router
from bot.citizens.api import router as accounts_router
from bot.console.pages import router as console_router
from bot.line.webhook import webhook_route
from bot.preferences.pages import router as my_router
from bot.retention.personal_data import router as line_personal_data_router
from bot.sender.notifications import router as notifications_router
from bot.turns.continuations import router as continuations_router
from concierge.container import WebParts, web_parts
from concierge.developers import router as developers_router
from identity.account.pages import router as account_router
from identity.api import internal as identity_internal_router
from identity.api import public as identity_keys_router
from identity.login.pages import router as identity_router
from identity.login.visits import router as visits_router
from identity.staff.account_pages import router as staff_account_router
from identity.staff.api import router as staff_api_router
from identity.staff.login_pages import router as staff_login_router
from identity.staff.staff_pages import router as staff_router
from kit.clock import Clock, system_clock
from kit.errors import ConciergeError
from kit.http import internal_client
from kit.logging import configure_logging
from kit.settings import ROOT, Settings, get_settings
from kit.web import HERE as KIT
from kit.web import make_app, metrics_response
from services.facilities.api import router as facilities_router
from services.faq.api import router as faq_router
from services.faq.console import router as faq_desk_router
from services.residents.api import router as residents_router
from services.residents.console import router as residents_desk_router
from services.residents.pages import router as contact_router
from services.residents.personal_data import router as residents_personal_data_router
from services.waste.api import router as waste_router
from services.waste.personal_data import router as waste_personal_data_router

BOT = ROOT / "bot"
# The address of the packages of one process among themselves; it is never resolved.
IN_PROCESS = "http://concierge.internal"

shell = APIRouter()


def make_web() -> FastAPI:
    """Return the all-in-one web application (factory for uvicorn)."""
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)
    return build_web(settings)


def make_action_server() -> FastAPI:
    """Return the action server alone; it reaches the services over HTTP (factory for uvicorn)."""
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)
    app = make_app(settings, "Citizen concierge: action server", docs_url=None, redoc_url=None)
    app.include_router(actions_router)
    _install_actions(app, settings, system_clock, settings.internal_base_url, in_process=False)
    return app


def build_web(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    """Assemble every package into one application."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with parts.jobs.open_async():
            yield
        await parts.identity.close()
        await parts.line_http.aclose()
        await parts.rasa_http.aclose()
        await parts.page_sessions.close()
        await parts.grants_used.close()
        await parts.staff.close()
        await parts.database.close()

    app = make_app(
        settings,
        "Citizen concierge",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/developers/openapi.json",
    )
    token = settings.internal_token.get_secret_value()
    parts = web_parts(settings, internal_client(IN_PROCESS, token, app=app), clock)
    _install_parts(app, parts, clock)
    # Routes are tried in this order: the one that everything waits for comes first.
    app.routes.append(webhook_route)
    for router in (
        shell,
        notifications_router,
        continuations_router,
        accounts_router,
        segments_router,
        my_router,
        identity_internal_router,
        visits_router,
        identity_keys_router,
        identity_router,
        account_router,
        line_personal_data_router,
        waste_personal_data_router,
        residents_personal_data_router,
        actions_router,
        waste_router,
        facilities_router,
        faq_router,
        faq_desk_router,
        residents_router,
        residents_desk_router,
        contact_router,
        console_router,
        staff_api_router,
        staff_login_router,
        staff_account_router,
        staff_router,
        developers_router,
    ):
        app.include_router(router)
    app.mount("/static/kit", StaticFiles(directory=KIT / "static"), name="kit-static")
    app.mount("/static/line", StaticFiles(directory=BOT / "static"), name="line-static")
    _install_actions(app, settings, clock, IN_PROCESS, in_process=True)
    _install_gate(app, settings, clock, parts.grants_used)
    return app


def _install_parts(app: FastAPI, parts: WebParts, clock: Clock) -> None:
    app.state.database = parts.database
    app.state.clock = clock
    app.state.channels = parts.channels
    app.state.inbox = parts.inbox
    app.state.notifier = parts.notifier
    app.state.quota = parts.quota
    app.state.preferences = parts.preferences
    app.state.announcer = parts.announcer
    app.state.page_sessions = parts.page_sessions
    app.state.accounts = parts.accounts
    app.state.continuations = parts.continuations
    app.state.identity = parts.identity
    app.state.personal_data = parts.personal_data
    app.state.waste = parts.waste
    app.state.facilities = parts.facilities
    app.state.faq = parts.faq
    app.state.faq_feedback = parts.faq_feedback
    app.state.faq_editor = parts.faq_editor
    app.state.residents = parts.residents
    app.state.residents_cases = parts.residents_cases
    app.state.staff = parts.staff


def _install_gate(app: FastAPI, settings: Settings, clock: Clock, used: Store) -> None:
    """Give the services the gate before personal records; it asks identity for its keys."""
    http = internal_client(IN_PROCESS, settings.internal_token.get_secret_value(), app=app)
    app.state.gate = Gate(RemoteKeys("/identity/jwks.json", http, clock), used, settings, clock)


def _install_actions(
    app: FastAPI, settings: Settings, clock: Clock, base_url: str, *, in_process: bool
) -> None:
    """Give the action server its executor; in one process the services are called in memory."""
    token = settings.internal_token.get_secret_value()
    http = internal_client(base_url, token, app=app if in_process else None)
    clients = Clients.over(http)
    app.state.districts = clients.waste
    app.state.staff_client = StaffClient(http)
    app.state.citizen_client = CitizenClient(http)
    app.state.residents_client = clients.residents
    app.state.executor = make_executor(ActionContext(clients, clock, settings))


@shell.get("/", include_in_schema=False)
async def root() -> Response:
    """Lead visitors of the bare address to the developers' page."""
    return RedirectResponse("/developers/")


@shell.get("/healthz", tags=["operations"])
async def healthz() -> dict[str, str]:
    """Tell that the process runs."""
    return {"status": "ok"}


@shell.get("/readyz", tags=["operations"])
async def readyz(request: Request) -> Response:
    """Tell whether requests can be served: 503 while the database does not answer."""
    checks: dict[str, Any] = {}
    try:
        await request.app.state.database.ping()
        checks["database"] = "ok"
    except ConciergeError as error:
        checks["database"] = error.message
    ready = all(value == "ok" for value in checks.values())
    return JSONResponse({"ready": ready, "checks": checks}, status_code=200 if ready else 503)


@shell.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Return this process's metrics for Prometheus."""
    return metrics_response()
