"""The web shell: one way to build a FastAPI application, its errors, headers and templates."""

import os
import time
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.errors import ConciergeError, NotFoundError
from kit.logging import get_logger

log = get_logger(__name__)

HERE = Path(__file__).parent
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_requests = Counter("http_requests_total", "Answered requests", ["method", "route", "status"])
_seconds = Histogram("http_request_seconds", "Time to answer", ["route"])


def make_app(title: str, **kwargs: Any) -> FastAPI:
    """Return an application with the program's error envelope, headers, log context and metrics."""
    app = FastAPI(title=title, **kwargs)
    app.add_exception_handler(ConciergeError, _answer_known)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(StarletteHTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unknown)
    app.add_middleware(_Around)
    return app


def error_body(code: str, message: str, details: Any = None) -> dict[str, Any]:
    """Return the one error envelope: `{"error": {"code", "message", "details"?}}`."""
    error: dict[str, Any] = {"code": code, "message": message}
    if details is not None:
        error["details"] = details
    return {"error": error}


# PostgreSQL stores no NUL, so nothing of ours has one in its address.
_NUL_IN_PATH = JSONResponse(error_body(NotFoundError.code, NotFoundError().message), 404)
_NUL_IN_QUERY = JSONResponse(error_body("invalid_input", "The address holds a NUL."), 400)


class _Around:
    """Log context, metrics and security headers around every request (plain ASGI, for speed)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=os.urandom(8).hex())
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message))
            await send(message)

        try:
            if "\x00" in scope["path"]:
                await _NUL_IN_PATH(scope, receive, send_with_headers)
            elif b"%00" in scope["query_string"]:
                await _NUL_IN_QUERY(scope, receive, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            _requests.labels(scope["method"], route, status).inc()
            _seconds.labels(route).observe(time.perf_counter() - started)


def _add_headers(headers: MutableHeaders) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)


async def _answer_known(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ConciergeError)  # noqa: S101  registered for this class only
    if error.status >= 500:
        log.warning("request_failed", code=error.code, exc_info=error)
    return JSONResponse(error_body(error.told_code, error.message), status_code=error.status)


async def _answer_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class only
    # Only where and why, never the value: it may be personal, and so may an unknown name.
    details = [{"where": _place(e), "why": e["msg"]} for e in error.errors()]
    body = error_body("invalid_input", "Correct the named fields and send it again.", details)
    return JSONResponse(body, status_code=422)


def _place(fault: dict[str, Any]) -> list[str | int]:
    place = list(fault["loc"])
    return place[:-1] if fault["type"] == "extra_forbidden" else place


async def _answer_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101  registered for this class only
    return JSONResponse(
        error_body(f"http_{error.status_code}", str(error.detail)),
        status_code=error.status_code,
        headers=error.headers,
    )


async def _answer_unknown(_request: Request, error: Exception) -> Response:
    log.error("request_crashed", exc_info=error)
    return JSONResponse(
        error_body("internal_error", "Something went wrong here. It has been noted."),
        status_code=500,
    )


def metrics_response() -> Response:
    """Return this process's metrics in Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def make_templates(*folders: Path) -> Environment:
    """Return a Jinja environment that escapes everything and finds `kit/…` base templates."""
    return Environment(
        loader=FileSystemLoader([*folders, HERE / "templates"]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
