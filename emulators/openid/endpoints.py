"""The endpoints for programs: metadata, keys, tokens and UserInfo."""

import hashlib
import re

from starlette.responses import Response
from starlette.routing import Route

from emulators.jose.jws import Json, to_text
from emulators.json_text import JsonAnswer
from emulators.openid.client_auth import authenticate
from emulators.openid.errors import OAuthError, invalid_grant, invalid_token
from emulators.openid.faults import IdToken
from emulators.openid.forgery import Forgery, forge
from emulators.openid.grants import Grant, Tokens
from emulators.openid.profile import Client, Profile
from emulators.openid.serve import Call, route

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def routes(profile: Profile) -> list[Route]:
    """Return the endpoints at the profile's paths."""
    return [
        route("GET", f"{profile.issuer_path}/.well-known/openid-configuration", discovery),
        route("GET", profile.jwks, jwks),
        route("POST", profile.token, token),
        route("GET", profile.userinfo, userinfo),
        route("POST", profile.userinfo, userinfo),
    ]


async def discovery(call: Call) -> Response:
    """Return the metadata (OpenID Connect Discovery, section 3)."""
    provider, profile = call.provider, call.provider.profile
    found: Json = {
        "issuer": provider.issuer,
        "authorization_endpoint": provider.url(profile.authorize),
        "token_endpoint": provider.url(profile.token),
        "userinfo_endpoint": provider.url(profile.userinfo),
        "jwks_uri": provider.url(profile.jwks),
        "scopes_supported": list(profile.scopes),
        "claims_supported": ["sub", *(c for claims in profile.scopes.values() for c in claims)],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": [profile.subject_type],
        "id_token_signing_alg_values_supported": list(profile.algorithms),
        "token_endpoint_auth_methods_supported": list(profile.auth_methods),
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": provider.options.issuer_in_callback,
    }
    if profile.acr_values:
        found["acr_values_supported"] = list(profile.acr_values)
    if profile.end_session:
        found["end_session_endpoint"] = provider.url(profile.end_session)
    return JsonAnswer(found)


async def jwks(call: Call) -> Response:
    """Return the published keys."""
    return JsonAnswer(call.provider.keys.jwks())


async def token(call: Call) -> Response:
    """Exchange a code or a refresh token."""
    if "grant_type" not in call.form:
        raise OAuthError(400, "invalid_request", "Missing form parameter: grant_type")
    if call.query or call.repeated:
        words = "send every parameter once, in the form"
        raise OAuthError(400, "invalid_request", words)
    client = await authenticate(call)
    kind, given, provider = call.form["grant_type"], call.form, call.provider
    if kind == "authorization_code":
        verifier = given.get("code_verifier", "")
        if not _VERIFIER.fullmatch(verifier):
            raise invalid_grant("code_verifier is missing or has a wrong shape (RFC 7636, 4.1)")
        code, uri = given.get("code", ""), given.get("redirect_uri", "")
        issued = provider.grants.redeem(code, client.client_id, uri, verifier, provider.now())
    elif kind == "refresh_token":
        old = given.get("refresh_token", "")
        issued = provider.grants.refresh(old, client.client_id, provider.now())
    else:
        raise OAuthError(400, "unsupported_grant_type", "only codes and refresh tokens are taken")
    call.notes["person"] = issued.grant.person_id
    return JsonAnswer(_answer(call, client, issued))


async def userinfo(call: Call) -> Response:
    """Return the claims that the access token opens."""
    header = call.request.headers.get("authorization", "")
    scheme, _, access_token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise invalid_token("send the access token as a bearer header")
    grant = call.provider.grants.holder(access_token.strip(), call.provider.now())
    call.notes |= {"client_id": grant.client_id, "person": grant.person_id}
    return JsonAnswer({"sub": call.provider.subject(grant), **call.provider.claims(grant)})


def _answer(call: Call, client: Client, issued: Tokens) -> Json:
    scope = issued.grant.scope
    body: Json = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": call.provider.options.access_token_seconds,
        "scope": " ".join(scope),
        "id_token": _id_token(call, client, issued),
    }
    if "offline_access" in scope or "offline_access" not in call.provider.profile.scopes:
        body["refresh_token"] = issued.refresh_token
    return body


def _id_token(call: Call, client: Client, issued: Tokens) -> str:
    """Return the ID token, or the forged one that was ordered."""
    provider = call.provider
    claims = _claims(call, issued.grant)
    half = hashlib.sha256(issued.access_token.encode()).digest()[:16]
    claims["at_hash"] = to_text(half)
    orders = provider.faults.take(IdToken, call.request.method, call.request.url.path)
    wanted = orders[0].forgery if orders else Forgery()
    return forge(wanted, provider.keys, claims, client.id_token_signed_response_alg)


def _claims(call: Call, grant: Grant) -> Json:
    provider = call.provider
    now = provider.seconds_now()
    claims: Json = {
        "iss": provider.issuer,
        "sub": provider.subject(grant),
        "aud": grant.client_id,
        "iat": now,
        "exp": now + provider.options.id_token_seconds,
        **provider.authentication_claims(grant),
    }
    return claims | ({"nonce": grant.nonce} if grant.nonce else {})
