"""How a client proves who it is at the token endpoint: by its secret, or by a signed assertion.

The rules for assertions are those of RFC 7523 and OpenID Connect Core, section 9, with the
stricter ones that were agreed on since: one audience as a plain string, `jti` once only.
"""

import base64
import hmac
from typing import Any
from urllib.parse import unquote_plus

import httpx2

from emulators.jose.jws import Json, Parts, split
from emulators.jose.keys import is_signed_by
from emulators.openid.errors import invalid_client
from emulators.openid.profile import Client
from emulators.openid.provider import Provider
from emulators.openid.serve import Call
from kit.http import certificates

_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SKEW_SECONDS = 60
_LONGEST_ID = 255


async def authenticate(call: Call) -> Client:
    """Return the client that asks. Raises OAuthError `invalid_client`."""
    if "client_assertion" in call.form:
        return await _by_assertion(call)
    method, client_id, secret = _secret(call)
    client = _registered(call, client_id, method)
    if not hmac.compare_digest(secret.encode(), client.client_secret.encode()):
        raise invalid_client("the client secret is wrong")
    return client


def _secret(call: Call) -> tuple[str, str, str]:
    header = call.request.headers.get("authorization", "")
    scheme, _, packed = header.partition(" ")
    if scheme.lower() != "basic":
        client_id = call.form.get("client_id", "")
        return "client_secret_post", client_id, call.form.get("client_secret", "")
    try:
        pair = base64.b64decode(packed.strip(), validate=True).decode()
    except ValueError as error:
        raise invalid_client("the authorization header cannot be read") from error
    client_id, _, secret = pair.partition(":")
    return "client_secret_basic", unquote_plus(client_id), unquote_plus(secret)


def _registered(call: Call, client_id: object, method: str) -> Client:
    client = call.provider.clients.get(client_id) if isinstance(client_id, str) else None
    if client is None:
        raise invalid_client("the client is unknown")
    call.notes["client_id"] = client.client_id
    wanted = client.token_endpoint_auth_method
    if wanted != method:
        raise invalid_client(f"the client is registered for {wanted}")
    return client


async def _by_assertion(call: Call) -> Client:
    if call.form.get("client_assertion_type") != _BEARER:
        raise invalid_client(f"client_assertion_type must be {_BEARER}")
    try:
        assertion = split(call.form["client_assertion"])
    except ValueError as error:
        raise invalid_client("the client assertion is no signed token") from error
    call.notes["assertion"] = {"header": assertion.header, "claims": assertion.claims}
    client = _registered(call, assertion.claims.get("sub"), "private_key_jwt")
    if call.form.get("client_id", client.client_id) != client.client_id:
        raise invalid_client("client_id is not the one of the assertion")
    _check_claims(call.provider, client, assertion.claims)
    _check_signature(assertion, await _keys(client))
    _spend(call.provider, client, assertion.claims)
    return client


def _check_claims(provider: Provider, client: Client, claims: Json) -> None:
    now = provider.now().timestamp()
    end, longest = claims.get("exp"), provider.options.assertion_seconds
    checks = {
        "iss must be the client_id": claims.get("iss") == client.client_id,
        f"aud must be one text, of: {', '.join(_audiences(provider))}": claims.get("aud")
        in _audiences(provider),
        "exp must be a whole number": type(end) is int,
        "jti must be a text of at most 255 characters": _is_text(claims.get("jti")),
        "iat and nbf must be instants, at most 60 s ahead": all(
            name not in claims or _is_past(claims[name], now) for name in ("iat", "nbf")
        ),
    }
    for words, fine in checks.items():
        if not fine:
            raise invalid_client(words)
    if end <= now:  # type: ignore[operator]  # a whole number, as checked above
        raise invalid_client("the client assertion has expired")
    if end > now + longest:  # type: ignore[operator]
        raise invalid_client(f"exp may lie at most {longest} s ahead")


def _audiences(provider: Provider) -> tuple[str, ...]:
    known = {
        "issuer": (provider.issuer,),
        "token_endpoint": (provider.url(provider.profile.token),),
    }
    return known.get(provider.options.assertion_audience) or sum(known.values(), ())


def _check_signature(assertion: Parts, keys: list[Json]) -> None:
    if assertion.header.get("alg") != "ES256":
        raise invalid_client("the client assertion must be signed with ES256")
    kid = assertion.header.get("kid")
    fitting = [key for key in keys if key.get("kid") == kid] if kid is not None else keys
    if len(fitting) != 1:
        raise invalid_client("kid names none of the client's keys")
    if not is_signed_by(fitting[0], "ES256", assertion.signed, assertion.signature):
        raise invalid_client("the signature of the client assertion is wrong")


async def _keys(client: Client) -> list[Json]:
    return _as_keys(client.jwks if client.jwks is not None else await _fetched(client.jwks_uri))


async def _fetched(uri: str) -> Any:
    try:
        async with httpx2.AsyncClient(timeout=5, verify=certificates(), trust_env=False) as http:
            return (await http.get(uri)).raise_for_status().json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise invalid_client(f"the client's keys could not be read at {uri}") from error


def _as_keys(jwks: Any) -> list[Json]:
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


def _spend(provider: Provider, client: Client, claims: Json) -> None:
    """Take the assertion's id, once. Ids whose assertions have expired are forgotten."""
    now, mark = provider.now().timestamp(), (client.client_id, claims["jti"])
    provider.assertion_ids = {k: end for k, end in provider.assertion_ids.items() if end > now}
    if mark in provider.assertion_ids:
        raise invalid_client("the jti was used before")
    provider.assertion_ids[mark] = claims["exp"]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _is_past(value: object, now: float) -> bool:
    return type(value) in (int, float) and value <= now + _SKEW_SECONDS  # type: ignore[operator]
