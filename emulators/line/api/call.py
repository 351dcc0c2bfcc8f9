"""What every call of LINE's API goes through: faults, bearer check, body, errors, journal."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from emulators.json_text import to_bytes
from emulators.line import ids
from emulators.line.errors import RATE_LIMITED, Json, LineError
from emulators.line.faults import Effect
from emulators.line.platform import Platform

MAX_BODY_BYTES = 2 * 1024 * 1024
_SERVER_ERROR = "The server is unable to handle the request."
_DRIPS = 10
_COMMON_HEADERS = {
    "server": "legy",
    "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass
class Call:
    """One request on its way through a handler."""

    platform: Platform
    request: Request
    request_id: str
    raw: bytes = b""
    users: tuple[str, ...] = ()
    """The people it concerns, for the journal."""
    notes: list[str] = field(default_factory=list)

    def param(self, name: str) -> str:
        """Return a value from the path."""
        value: str = self.request.path_params[name]
        return value

    def json(self) -> Json:
        """Return the body as an object. Raises LineError 400 or 415 in LINE's words."""
        content_type = self.request.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise LineError(415, f"The content type, {content_type or '-'}, is not supported")
        return parse_object(self.raw)


@dataclass
class Answer:
    """What a handler returns; a `body` of bytes is sent as it is."""

    body: Json | bytes = field(default_factory=dict)
    status: int = 200
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Awaitable[Answer]]


def parse_object(raw: bytes, *, half_characters: bool = False) -> Json:
    """Return the JSON object in `raw`. Raises LineError 400 with the place of the mistake."""
    line, column = 1, 1
    try:
        value: Any = json.loads(raw.decode(), parse_constant=_refuse_constant)
        # Half a surrogate pair is legal in JSON but can be neither counted nor sent on.
        if b"\\u" in raw and not half_characters:
            json.dumps(value, ensure_ascii=False).encode()
        if isinstance(value, dict):
            return value
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
    except (ValueError, RecursionError):
        line, column = 1, 1
    raise LineError(
        400,
        f"The request body could not be parsed as JSON (line: {line}, column: {column})",
    )


def line_route(method: str, path: str, handler: Handler, *, bearer: bool = True) -> Route:
    """Return the route of one of LINE's endpoints."""

    async def answer(request: Request) -> Response:
        return await _serve(request, handler, path, bearer)

    return Route(path, answer, methods=[method])


async def _serve(request: Request, handler: Handler, template: str, bearer: bool) -> Response:
    started = time.perf_counter()
    platform: Platform = request.app.state.platform
    call = Call(platform, request, ids.request_id())
    effect = platform.faults.on_call(request.method, request.url.path)
    if effect is not None:
        await _before(call, effect)
    if effect is not None and effect.reset:
        result, reason = Answer(b"", 500), "fault: connection_reset"
        drop_connection(request)
    elif effect is not None and effect.status is not None:
        result, reason = _injected(effect.status), f"fault: {effect.names[-1]}"
    else:
        result, reason = await _handle(call, handler, template, bearer)
    content = result.body if isinstance(result.body, bytes) else _encode(result.body)
    _note(call, template, result, content, reason, started)
    if effect is not None and effect.hold_ms is not None:
        await asyncio.sleep(effect.hold_ms / 1000)
        drop_connection(request)
    headers = {**_COMMON_HEADERS, **result.headers, "x-line-request-id": call.request_id}
    if effect is not None and effect.drip_ms is not None:
        drips = _drips(content, effect.drip_ms)
        return StreamingResponse(drips, result.status, headers, result.media_type)
    return Response(content, result.status, headers, media_type=result.media_type)


async def _handle(call: Call, handler: Handler, template: str, bearer: bool) -> tuple[Answer, str]:
    platform = call.platform
    platform.later.catch_up()
    try:
        if bearer:
            header = call.request.headers.get("authorization")
            platform.access_tokens.check(header, platform.now())
        platform.rate_limits.take(f"{call.request.method} {template}", platform.now())
        call.raw = await _read(call.request)
        return await handler(call), "; ".join(call.notes)
    except LineError as error:
        return Answer(error.body(), error.http_status, headers=error.headers), error.reason


async def _read(request: Request) -> bytes:
    too_large = LineError(413, "The request body is too large", reason="more than 2 MB")
    if int(request.headers.get("content-length") or 0) > MAX_BODY_BYTES:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise too_large
        chunks.append(chunk)
    return b"".join(chunks)


async def _drips(content: bytes, milliseconds: int) -> AsyncIterator[bytes]:
    """Send the headers and the first bytes at once, the rest slowly."""
    size = max(1, len(content) // _DRIPS)
    for start in range(0, len(content), size):
        yield content[start : start + size]
        await asyncio.sleep(milliseconds / 1000 / _DRIPS)


async def _before(call: Call, effect: Effect) -> None:
    for name in effect.names:
        call.platform.stats.faults[name] += 1
    if effect.delay_ms:
        await asyncio.sleep(effect.delay_ms / 1000)


def _injected(status: int) -> Answer:
    return Answer({"message": RATE_LIMITED if status == 429 else _SERVER_ERROR}, status)


def _note(
    call: Call, template: str, result: Answer, content: bytes, reason: str, started: float
) -> None:
    platform, request = call.platform, call.request
    at = platform.now().isoformat()
    platform.stats.calls[f"{request.method} {template}", result.status] += 1
    if result.status >= 400:
        platform.stats.refused(at, request.url.path, result.status, reason)
    # Access tokens are nobody else's business, not even in a journal.
    secret = "/oauth" in template
    query = f"?{request.url.query}" if request.url.query and not secret else ""
    platform.journal.add(
        "api",
        at,
        call.users,
        method=request.method,
        path=request.url.path + query,
        status=result.status,
        reason=reason,
        request_id=call.request_id,
        duration_ms=round((time.perf_counter() - started) * 1000, 1),
        request=call.raw if _is_text(request.headers.get("content-type", "")) else b"",
        response=content if _is_text(result.media_type) and not secret else b"",
    )


def drop_connection(request: Request) -> None:
    """Cut the TCP connection of this request, as far as the server lets us reach it."""
    cycle = getattr(request.receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is not None:
        transport.abort()


def _is_text(media_type: str) -> bool:
    return "json" in media_type


def _encode(body: Json) -> bytes:
    return to_bytes(body)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
