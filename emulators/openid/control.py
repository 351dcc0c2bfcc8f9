"""The control API under `/emulator`: people, faults, keys, clock, journal, clients, forger."""

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.jose.jws import Json
from emulators.json_text import JsonAnswer
from emulators.openid.errors import ControlError
from emulators.openid.faults import AnyFault, IdToken
from emulators.openid.forgery import Forgery, forge
from emulators.openid.profile import Algorithm, Client
from emulators.openid.provider import Provider
from emulators.residents import register

_MAX_BODY_BYTES = 16 * 1024 * 1024
_FAULT: TypeAdapter[AnyFault] = TypeAdapter(AnyFault)
_Model = TypeVar("_Model", bound=BaseModel)
ControlHandler = Callable[[Provider, Request], Awaitable[Json]]


class _Rotation(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    algorithm: Algorithm = "ES256"
    keep_old: bool = True
    bits: int = Field(2048, ge=1024, le=4096)
    """Length of an RSA key."""


class _Clock(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    advance_seconds: float = Field(ge=-(10**8), le=10**8)


def routes() -> list[Route]:
    """Return what every stand-in can be told."""
    return [
        control_route("GET", "/health", health),
        control_route("GET", "/register", tell_register),
        control_route("GET", "/journal", journal),
        control_route("GET", "/faults", list_faults),
        control_route("POST", "/faults", add_fault),
        control_route("DELETE", "/faults", clear_faults),
        control_route("GET", "/keys", keys),
        control_route("POST", "/keys/rotate", rotate),
        control_route("POST", "/forge", make_forgery),
        control_route("GET", "/clients", list_clients),
        control_route("PUT", "/clients", put_client),
        control_route("GET", "/settings", settings),
        control_route("POST", "/settings", change_settings),
        control_route("GET", "/clock", tell_time),
        control_route("POST", "/clock", advance_clock),
        control_route("POST", "/reset", reset),
    ]


def control_route(method: str, path: str, handler: ControlHandler) -> Route:
    """Return a route under `/emulator`: JSON in, JSON out, errors that say what to do."""

    async def answer(request: Request) -> Response:
        try:
            # No password is asked, so a page from elsewhere must not play with it.
            if request.headers.get("sec-fetch-site") == "cross-site":
                raise ControlError(403, "Pages of other sites may not use the emulator.")
            body, status = await handler(request.app.state.provider, request), 200
        except ControlError as error:
            body = {"error": {"code": error.code, "message": error.message}}
            status = error.http_status
        return JsonAnswer(body, status, {"cache-control": "no-store"})

    return Route(f"/emulator{path}", answer, methods=[method])


async def read_object(request: Request) -> Json:
    """Return the JSON object of a request. Raises ControlError 400 or 413."""
    if int(request.headers.get("content-length") or 0) > _MAX_BODY_BYTES:
        raise ControlError(413, "The request body is too large. Send at most 16 MB.")
    try:
        found = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError) as error:
        raise ControlError(400, "The request body is no JSON.") from error
    if not isinstance(found, dict):
        raise ControlError(400, "Send a JSON object.")
    return found


def parsed(model: type[_Model], wanted: Json) -> _Model:
    """Return a checked model. Raises ControlError 400 that names the wrong fields."""
    try:
        return model.model_validate(wanted)
    except ValidationError as error:
        raise ControlError(400, _in_words(error)) from error


async def health(_provider: Provider, _request: Request) -> Json:
    """Say that the emulator answers."""
    return {"status": "ok"}


async def tell_register(_provider: Provider, _request: Request) -> Json:
    """Return the invented residents with their children, as a city's register has them."""
    return {"residents": register()}


async def journal(provider: Provider, request: Request) -> Json:
    """Return the requests after the number `after`."""
    after = request.query_params.get("after", "0")
    if not after.isdecimal():
        raise ControlError(400, "'after' must be a number.")
    return provider.journal.after(int(after))


async def list_faults(provider: Provider, _request: Request) -> Json:
    """Return the faults in force."""
    return {"faults": provider.faults.as_list()}


async def add_fault(provider: Provider, request: Request) -> Json:
    """Put one fault in force (see `faults`)."""
    try:
        fault = _FAULT.validate_python(await read_object(request))
    except ValidationError as error:
        raise ControlError(400, _in_words(error)) from error
    if isinstance(fault, IdToken):
        forge(fault.forgery, provider.keys)
    provider.faults.add(fault)
    return {"faults": provider.faults.as_list()}


async def clear_faults(provider: Provider, _request: Request) -> Json:
    """Remove every fault."""
    provider.faults.clear()
    return {"faults": []}


async def keys(provider: Provider, _request: Request) -> Json:
    """Return the published keys."""
    return provider.keys.jwks()


async def rotate(provider: Provider, request: Request) -> Json:
    """Sign with a new key from now on: `{algorithm?, keep_old?, bits?}`."""
    wanted = parsed(_Rotation, await read_object(request))
    provider.keys.rotate(wanted.algorithm, keep_old=wanted.keep_old, bits=wanted.bits)
    return provider.keys.jwks()


async def make_forgery(provider: Provider, request: Request) -> Json:
    """Return a token with any header and claims, signed by any key (see `forgery`)."""
    return {"token": forge(parsed(Forgery, await read_object(request)), provider.keys)}


async def list_clients(provider: Provider, _request: Request) -> Json:
    """Return the registered clients; secrets stay here."""
    return {"clients": [c.model_dump(exclude={"client_secret"}) for c in provider.clients.values()]}


async def put_client(provider: Provider, request: Request) -> Json:
    """Register a client, or replace the one with the same `client_id`."""
    client = parsed(Client, await read_object(request))
    for given, known in (
        (client.token_endpoint_auth_method, provider.profile.auth_methods),
        (client.id_token_signed_response_alg, provider.profile.algorithms),
    ):
        if given not in known:
            raise ControlError(400, f"{given} is not taken here; known: {', '.join(known)}.")
    provider.clients[client.client_id] = client
    return client.model_dump(exclude={"client_secret"})


async def settings(provider: Provider, _request: Request) -> Json:
    """Return every switch (see `profile.Options`)."""
    return provider.options.model_dump()


async def change_settings(provider: Provider, request: Request) -> Json:
    """Change the given switches."""
    wanted = provider.options.model_dump() | await read_object(request)
    for name, value in parsed(type(provider.options), wanted):
        setattr(provider.options, name, value)
    return provider.options.model_dump()


async def tell_time(provider: Provider, _request: Request) -> Json:
    """Return the emulator's present instant."""
    return {"now": provider.now().isoformat()}


async def advance_clock(provider: Provider, request: Request) -> Json:
    """Move the clock by `advance_seconds`, which may be negative."""
    provider.advance(parsed(_Clock, await read_object(request)).advance_seconds)
    return {"now": provider.now().isoformat()}


async def reset(provider: Provider, _request: Request) -> Json:
    """Forget everything but keys, clients and settings."""
    provider.reset()
    return {}


def _in_words(error: ValidationError) -> str:
    found = (f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors())
    return f"Correct this: {'; '.join(found)}."
