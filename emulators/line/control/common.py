"""What the control routes share: JSON in, JSON out, errors that say what to do."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.json_text import to_bytes
from emulators.line.api.call import parse_object
from emulators.line.errors import ControlError, Json, LineError
from emulators.line.platform import Platform

# A picture of 10 MB in base64, with room to spare.
_MAX_BODY_BYTES = 30 * 1024 * 1024

ControlHandler = Callable[[Platform, Request], Awaitable[Json]]


def control_route(
    method: str, path: str, handler: ControlHandler, *, recorded: bool = False
) -> Route:
    """Return a route under `/emulator`; a recorded one is a step of the scenario."""

    async def answer(request: Request) -> Response:
        platform: Platform = request.app.state.platform
        try:
            _refuse_foreign_pages(request)
            platform.later.catch_up()
            body = await handler(platform, request)
            if recorded:
                done = request.url.path.removeprefix("/emulator")
                platform.recorder.did(method, done, await read_object(request), body)
            return answer_json(body)
        except (ControlError, LineError) as error:
            body = {"error": {"code": error.code, "message": error.message}}
            return answer_json(body, error.http_status)

    return Route(f"/emulator{path}", answer, methods=[method])


def _refuse_foreign_pages(request: Request) -> None:
    # The emulator asks for no password, so a page from elsewhere must not play with it.
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise ControlError(403, "Pages of other sites may not use the emulator.")


def answer_json(body: Json, status: int = 200) -> Response:
    """Return compact JSON that no cache keeps."""
    content = to_bytes(body, default=list)
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(content, status, headers, media_type="application/json")


async def read_object(request: Request, *, half_characters: bool = False) -> Json:
    """Return the JSON object of a request; an empty body is an empty object.

    `half_characters`: a half of a surrogate pair is no mistake.
    """
    if int(request.headers.get("content-length") or 0) > _MAX_BODY_BYTES:
        raise ControlError(413, "The request body is too large. Send at most 30 MB.")
    raw = await request.body()
    return parse_object(raw, half_characters=half_characters) if raw else {}


def number(request: Request, name: str, default: float, most: float) -> float:
    """Return a number from the query, at most `most`. Raises ControlError 400."""
    given = request.query_params.get(name)
    if given is None or given == "":
        return default
    try:
        value = float(given)
    except ValueError as error:
        raise ControlError(400, f"'{name}' must be a number.") from error
    if not 0 <= value <= most:
        raise ControlError(400, f"'{name}' must be between 0 and {most:g}.")
    return value


def text(body: dict[str, Any], name: str, default: str | None = None) -> str:
    """Return a string of the body. Raises ControlError 400."""
    value = body.get(name, default)
    if not isinstance(value, str) or not value:
        raise ControlError(400, f"Send '{name}' as a text that is not empty.")
    return value


def flag(body: dict[str, Any], name: str, default: bool) -> bool:
    """Return a switch of the body. Raises ControlError 400."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise ControlError(400, f"Send '{name}' as true or false.")
    return value
