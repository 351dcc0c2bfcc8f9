"""The authorization request: what is checked, and how the browser goes back to the client."""

import re
from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse, Response

from emulators.jose.jws import Json
from emulators.openid.errors import PageError
from emulators.openid.faults import Callback
from emulators.openid.grants import Grant
from emulators.openid.interactions import Asked, Interaction
from emulators.openid.profile import Client
from emulators.openid.serve import Call

# Printable ASCII, 1 to 255, as the Digital Agency's reference says of `state` and `nonce`.
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_PROMPTS = frozenset({"none", "login", "consent", "select_account"})


def read(call: Call) -> Asked | Response:
    """Return the request, or the redirect that refuses it.

    Raises PageError while the client or its address is not known: then nobody is sent anywhere.
    """
    client, redirect_uri = _client(call)
    given = call.query
    asked = Asked(
        client,
        redirect_uri,
        tuple(given.get("scope", "").split()),
        given.get("state", ""),
        given.get("nonce", ""),
        given.get("code_challenge", ""),
        frozenset(given.get("prompt", "").split()),
        int(given["max_age"]) if given.get("max_age", "").isdecimal() else None,
        tuple(given.get("acr_values", "").split()),
        given.get("login_hint", ""),
    )
    for error, description, wrong in _problems(call, asked):
        if wrong:
            return refuse(call, asked, error, description)
    return asked


def grant(call: Call, interaction: Interaction, acr: str = "") -> Response:
    """End an interaction well: send the browser back with a code."""
    asked, provider = interaction.asked, call.provider
    provider.interactions.end(interaction)
    withheld = provider.options.withheld_scopes
    given = Grant(
        asked.client.client_id,
        interaction.person_id,
        tuple(scope for scope in asked.scope if scope not in withheld),
        asked.redirect_uri,
        asked.challenge,
        asked.nonce,
        interaction.auth_time,
        acr,
    )
    call.notes["person"] = given.person_id
    back = {"code": provider.grants.code(given, provider.now())}
    return send_back(call, asked, back | provider.callback_extras())


def deny(call: Call, interaction: Interaction, description: str) -> Response:
    """End an interaction without a result."""
    call.provider.interactions.end(interaction)
    return refuse(call, interaction.asked, "access_denied", description)


def refuse(call: Call, asked: Asked, error: str, description: str) -> Response:
    """Send the browser back with an error."""
    call.notes["reason"] = f"{error}: {description}"
    return send_back(call, asked, {"error": error, "error_description": description})


def send_back(call: Call, asked: Asked, values: dict[str, str]) -> Response:
    """Send the browser back to the client, with the faults that were ordered."""
    if asked.state:
        values = values | {"state": asked.state}
    if call.provider.options.issuer_in_callback:
        values = values | {"iss": call.provider.issuer}
    for fault in call.provider.faults.take(Callback, call.request.method, call.request.url.path):
        values = {k: v for k, v in (values | fault.set).items() if k not in fault.remove}
    mark = "&" if urlsplit(asked.redirect_uri).query else "?"
    target = f"{asked.redirect_uri}{mark}{urlencode(values)}"
    return RedirectResponse(target, 303, {"referrer-policy": "no-referrer"})


def _client(call: Call) -> tuple[Client, str]:
    for name in ("client_id", "redirect_uri"):
        if name in call.repeated:
            raise PageError(f"{name} が2回書かれています。")
    client = call.provider.clients.get(call.query.get("client_id", ""))
    if client is None:
        raise PageError("client_id が登録されていません。")
    redirect_uri = call.query.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise PageError("redirect_uri が、登録されたものと一致しません。")
    call.notes["client_id"] = client.client_id
    return client, redirect_uri


def _problems(call: Call, asked: Asked) -> list[tuple[str, str, bool]]:
    """Return (error, description, whether it is so), in the order in which they are told."""
    given, profile = call.query, call.provider.profile
    unknown = set(asked.scope) - set(profile.scopes)
    missing = [name for name in profile.required if not given.get(name)]
    unprintable = [n for n in ("state", "nonce") if not _PRINTABLE.fullmatch(given.get(n) or "-")]
    return [
        ("invalid_request", "a parameter stands twice", bool(call.repeated)),
        ("request_not_supported", "request objects are not taken", "request" in given),
        ("request_uri_not_supported", "request objects are not taken", "request_uri" in given),
        (
            "unsupported_response_type",
            "response_type must be code",
            given.get("response_type") != "code",
        ),
        (
            "invalid_request",
            "response_mode must be query",
            given.get("response_mode", "query") != "query",
        ),
        ("invalid_request", f"missing: {', '.join(missing)}", bool(missing)),
        (
            "invalid_request",
            "state and nonce are 1 to 255 printable ASCII characters",
            bool(unprintable),
        ),
        (
            "invalid_request",
            "code_challenge with code_challenge_method=S256 is required",
            not _has_challenge(given),
        ),
        ("invalid_scope", "scope must contain openid", "openid" not in asked.scope),
        ("invalid_scope", f"unknown: {', '.join(sorted(unknown))}", bool(unknown)),
        ("invalid_request", "prompt is unknown or none with others", not _is_prompt(asked.prompt)),
        (
            "invalid_request",
            "max_age is a number of seconds",
            "max_age" in given and asked.max_age is None,
        ),
        (
            "invalid_request",
            "acr_values holds an unknown value",
            bool(profile.acr_values) and not set(asked.acr_values) <= set(profile.acr_values),
        ),
    ]


def _has_challenge(given: Json) -> bool:
    fits = _CHALLENGE.fullmatch(given.get("code_challenge", ""))
    return bool(fits) and given.get("code_challenge_method") == "S256"


def _is_prompt(prompt: frozenset[str]) -> bool:
    return prompt <= _PROMPTS and (len(prompt) < 2 or "none" not in prompt)
