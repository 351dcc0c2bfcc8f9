"""What every open path has: a limit by address, an ETag, and leave for scripts of other sites."""

import hashlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from auth.store import Store
from kit.addresses import client_address
from kit.clock import Clock
from kit.container import part
from kit.errors import TooManyRequestsError, UnavailableError
from kit.logging import get_logger
from kit.web import error_body

log = get_logger(__name__)

PER_MINUTE = 120
"""Requests of one address in one minute; a page of data holds up to 500 items."""
_MINUTE = timedelta(minutes=1)
_FRESH = "public, max-age=60"


class OpenStore(Store):
    """What counts the requests of the open paths."""


class OpenRoute(APIRoute):
    """A path that anybody may read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the limit before it and the ETag after it."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            left = await _left(request)
            if left < 0:
                body = error_body(TooManyRequestsError.code, TooManyRequestsError().message)
                response: Response = JSONResponse(body, 429, {"Retry-After": "60"})
            else:
                response = _tagged(request, await handler(request))
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["RateLimit-Limit"] = str(PER_MINUTE)
            response.headers["RateLimit-Remaining"] = str(max(0, left))
            return response

        return handle


async def _left(request: Request) -> int:
    """Count a request; return how many more its address may make in this minute."""
    minute = int(part(request, Clock)().timestamp() // 60)
    address = hashlib.sha256(client_address(request).encode()).hexdigest()[:32]
    try:
        made = await part(request, OpenStore).count(f"{minute}:{address}", _MINUTE)
    except UnavailableError:
        # The data is public: better unlimited for a moment than away.
        log.warning("open_data_without_limit")
        return PER_MINUTE
    return PER_MINUTE - made


def _tagged(request: Request, response: Response) -> Response:
    if response.status_code != 200:
        return response
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    kept = {"ETag": tag, "Cache-Control": _FRESH}
    if tag in [t.strip().removeprefix("W/") for t in _known(request)]:
        return Response(status_code=304, headers=kept)
    response.headers.update(kept)
    return response


def _known(request: Request) -> list[str]:
    return request.headers.get("if-none-match", "").split(",")
