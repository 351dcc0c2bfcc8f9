"""The web shell: one way to build a FastAPI application, its errors, headers and templates."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.errors import ConciergeError, NotFoundError, PayloadTooLargeError
from kit.guard import check_internal
from kit.logging import get_logger

log = get_logger(__name__)

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

HERE = Path(__file__).parent
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    # Browsers take it over https alone (RFC 6797, section 8.1).
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}

_SECURITY_HEADERS = tuple(
    (name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()
)

# From the first byte of a body to the last; files from LINE do not come this way.
BODY_SECONDS = 30.0

# More than any form or call between packages has. Routes that read a stream say so themselves.
MAX_BODY_BYTES = 512 * 1024

_requests = Counter("http_requests_total", "Answered requests", ["method", "route", "status"])
_seconds = Histogram("http_request_seconds", "Time to answer", ["route"])


def make_app(title: str, **kwargs: Any) -> FastAPI:
    """Return an application with the program's error envelope, headers, log context and metrics."""
    app = FastAPI(title=title, **kwargs)
    for kind in (ConciergeError, RequestValidationError, StarletteHTTPException, Exception):
        app.add_exception_handler(kind, answer_error)
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


def takes_bytes(limit: int) -> Callable[[Endpoint], Endpoint]:
    """Return a decorator for endpoints: their bodies have this limit in place of the usual one."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.max_body_bytes = limit  # type: ignore[attr-defined]
        return endpoint

    return mark


class SlowBodyError(ConciergeError):
    """The request's body did not come to its end in time."""

    status = 408
    code = "slow_body"


class _Body:
    """What comes in of one request's body: nothing before the guard, nothing beyond the limits."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._size = 0
        self._begun = False
        self._until: float | None = None

    async def __call__(self) -> Message:
        """Return the next message, or raise what the request is refused with."""
        try:
            if not self._begun:
                # By now the route is known, and nothing has been read.
                self._begun = True
                await check_internal(self._scope)
                self._check(_told_length(self._scope))
                self._until = asyncio.get_running_loop().time() + BODY_SECONDS
            message = await self._next()
            self._size += len(message.get("body", b""))
            self._check(self._size)
        except ConciergeError as error:
            raise RefusedBodyError(error) from error
        return message

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise SlowBodyError from error
        if not message.get("more_body", False):
            # What is waited for from now on is that the caller goes away.
            self._until = None
        return message

    def _check(self, size: int) -> None:
        limit = getattr(self._scope.get("endpoint"), "max_body_bytes", MAX_BODY_BYTES)
        if size > limit:
            raise PayloadTooLargeError


class RefusedBodyError(StarletteHTTPException):
    """A body that is not read (any further); FastAPI lets errors of this kind alone through."""

    def __init__(self, error: ConciergeError) -> None:
        """`error` is what is answered."""
        super().__init__(error.status, error.message)
        self.error = error


def _told_length(scope: Scope) -> int:
    told = Headers(scope=scope).get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0


class _Around:
    """Log context, metrics, limits and security headers around every request (plain ASGI)."""

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
                message["headers"] = _with_ours(message.get("headers", ()))
            await send(message)

        try:
            if "\x00" in scope["path"]:
                await _NUL_IN_PATH(scope, receive, send_with_headers)
            elif b"%00" in scope["query_string"]:
                await _NUL_IN_QUERY(scope, receive, send_with_headers)
            else:
                await self._app(scope, _Body(scope, receive), send_with_headers)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            _requests.labels(scope["method"], route, status).inc()
            _seconds.labels(route).observe(time.perf_counter() - started)


def add_headers(answer: Response) -> None:
    """Add the headers that browsers heed, where an answer has none of its own."""
    answer.raw_headers = _with_ours(answer.raw_headers)


def _with_ours(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    own = [*headers]
    there = {name.lower() for name, _ in own}
    return own + [pair for pair in _SECURITY_HEADERS if pair[0] not in there]


async def answer_error(_request: Request, error: Exception) -> Response:
    """Return the error envelope of whatever was raised."""
    match error:
        case ConciergeError():
            return _answer_known(error)
        case RequestValidationError():
            return _answer_invalid(error)
        case RefusedBodyError():
            return _answer_known(error.error)
        case StarletteHTTPException():
            return _answer_http(error)
        case _:
            return _answer_unknown(error)


def _answer_known(error: ConciergeError) -> Response:
    if error.status >= 500:
        log.warning("request_failed", code=error.code, exc_info=error)
    return JSONResponse(error_body(error.told_code, error.message), status_code=error.status)


def _answer_invalid(error: RequestValidationError) -> Response:
    # Only where and why, never the value: it may be personal, and so may an unknown name.
    details = [{"where": _place(e), "why": e["msg"]} for e in error.errors()]
    body = error_body("invalid_input", "Correct the named fields and send it again.", details)
    return JSONResponse(body, status_code=422)


def _place(fault: dict[str, Any]) -> list[str | int]:
    place = list(fault["loc"])
    return place[:-1] if fault["type"] == "extra_forbidden" else place


def _answer_http(error: StarletteHTTPException) -> Response:
    return JSONResponse(
        error_body(f"http_{error.status_code}", str(error.detail)),
        status_code=error.status_code,
        headers=error.headers,
    )


def _answer_unknown(error: Exception) -> Response:
    log.error("request_crashed", exc_info=error)
    # Nothing of ours is around what answers a crash.
    answer = JSONResponse(
        error_body("internal_error", "Something went wrong here. It has been noted."),
        status_code=500,
    )
    add_headers(answer)
    return answer


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
