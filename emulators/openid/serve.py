"""What every request goes through: faults, parameters, errors, journal."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.jose.jws import Json
from emulators.json_text import JsonAnswer
from emulators.openid import pages
from emulators.openid.errors import OAuthError, PageError
from emulators.openid.faults import Change, Latency, Refusal
from emulators.openid.journal import without_secrets
from emulators.openid.provider import Provider

_MAX_BODY_BYTES = 64 * 1024
_NO_STORE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


@dataclass
class Call:
    """One request on its way through a handler. Of a repeated parameter the last is here."""

    provider: Provider
    request: Request
    query: dict[str, str]
    form: dict[str, str]
    repeated: frozenset[str]
    notes: Json = field(default_factory=dict)
    """What the journal shall say besides."""

    def cookie(self, name: str) -> str:
        """Return a cookie, or nothing."""
        return self.request.cookies.get(name, "")


Handler = Callable[[Call], Awaitable[Response]]


def route(method: str, path: str, handler: Handler) -> Route:
    """Return the route of an endpoint or a page."""

    async def answer(request: Request) -> Response:
        return await _serve(request, handler)

    return Route(path, answer, methods=[method])


async def _serve(request: Request, handler: Handler) -> Response:
    provider: Provider = request.app.state.provider
    where = (request.method, request.url.path)
    for wait in provider.faults.take(Latency, *where):
        await asyncio.sleep(wait.milliseconds / 1000)
    refusals = provider.faults.take(Refusal, *where)
    if refusals:
        call = Call(provider, request, dict(request.query_params), {}, frozenset())
        response = _ordered(refusals[0])
    else:
        call = await _read(provider, request)
        response = _changed(call, await _handled(call, handler))
    response.headers.update(_NO_STORE)
    _note(call, response, fault=bool(refusals))
    return response


async def _handled(call: Call, handler: Handler) -> Response:
    try:
        return await handler(call)
    except OAuthError as error:
        call.notes["reason"] = f"{error.error}: {error.message}"
        body = {"error": error.error, "error_description": error.message}
        return JsonAnswer(body, error.http_status, error.headers)
    except PageError as error:
        call.notes["reason"] = error.message
        return pages.problem(call.provider, error)


async def _read(provider: Provider, request: Request) -> Call:
    raw = b""
    async for chunk in request.stream():
        if len(raw) + len(chunk) > _MAX_BODY_BYTES:
            break
        raw += chunk
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = kind == "application/x-www-form-urlencoded"
    form = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True) if is_form else []
    query = parse_qsl(request.url.query, keep_blank_values=True)
    names = [name for name, _ in query] + [name for name, _ in form]
    repeated = frozenset(name for name in names if names.count(name) > 1)
    return Call(provider, request, dict(query), dict(form), repeated)


def _ordered(fault: Refusal) -> Response:
    return Response(fault.body, fault.status, media_type=fault.content_type)


def _changed(call: Call, response: Response) -> Response:
    """Apply the changes that were ordered to a JSON answer that is no refusal."""
    if response.status_code != 200 or response.media_type != "application/json":
        return response
    changes = call.provider.faults.take(Change, call.request.method, call.request.url.path)
    if not changes:
        return response
    body = json.loads(bytes(response.body))
    for change in changes:
        body = {k: v for k, v in (body | change.set).items() if k not in change.remove}
    return JsonAnswer(body)


def _note(call: Call, response: Response, *, fault: bool) -> None:
    call.provider.journal.add(
        at=call.provider.now().isoformat(),
        method=call.request.method,
        path=call.request.url.path,
        status=response.status_code,
        query=without_secrets(call.query),
        form=without_secrets(call.form),
        fault=fault,
        **call.notes,
    )


def own_page_only(call: Call) -> None:
    """Raise PageError for a form that another site sent."""
    if call.request.headers.get("sec-fetch-site") == "cross-site":
        raise PageError("ほかのサイトの画面からは操作できません。", 403)
