"""LINE Login: the consent page, tokens, their verification, and what they open."""

import re
from urllib.parse import urlencode, urlsplit

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.control.users import follow
from emulators.line.errors import LineError
from emulators.line.login.sessions import ISSUER, Grant, Session
from emulators.line.people import Person
from emulators.line.web_pages import answers, problem, question

_AUTHORIZE = "/oauth2/v2.1/authorize"
_SCOPES = frozenset({"openid", "profile", "email"})
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TITLE = "ログイン"


def routes() -> list[Route]:
    """Return the endpoints; the token endpoints stand in `login_tokens`."""
    return [
        line_route("GET", _AUTHORIZE, ask, bearer=False),
        line_route("POST", _AUTHORIZE, decide, bearer=False),
        line_route("GET", "/.well-known/openid-configuration", discovery, bearer=False),
        line_route("GET", "/oauth2/v2.1/certs", certs, bearer=False),
        line_route("GET", "/oauth2/v2.1/userinfo", userinfo, bearer=False),
        line_route("POST", "/oauth2/v2.1/userinfo", userinfo, bearer=False),
        line_route("GET", "/v2/profile", profile, bearer=False),
        line_route("GET", "/friendship/v1/status", friendship, bearer=False),
        line_route("POST", "/user/v1/deauthorize", deauthorize),
    ]


async def ask(call: Call) -> Answer:
    """Ask who signs in. A request that is wrong stays here: nobody is sent to a wrong place."""
    given = dict(call.request.query_params)
    wrong = _problem(call, given)
    if wrong:
        return problem(call, _TITLE, wrong)
    more = ""
    if given.get("bot_prompt") in ("normal", "aggressive"):
        more = (
            '<label><input type="checkbox" name="addFriend" value="yes" checked> '
            "アカウントを友だちに追加する</label>"
        )
    scopes = "・".join(given["scope"].split())
    words = f"ウェブサイトが次の情報を求めています: {scopes}"
    return question(
        call, _TITLE, words, hidden=given, yes="同意してログイン", more=more, sends_away=True
    )


async def decide(call: Call) -> Answer:
    """Send the browser back with a code, or with `access_denied`."""
    given = answers(call)
    wrong = _problem(call, given)
    if wrong:
        return problem(call, _TITLE, wrong)
    person = call.platform.people.get(given.get("userId", ""))
    back = {"state": given["state"]}
    if given.get("choice") != "yes" or person is None:
        denied = {"error": "access_denied", "error_description": "The user denied the request."}
        return redirect(given["redirect_uri"], denied | back)
    call.users = (person.user_id,)
    if given.get("bot_prompt") in ("normal", "aggressive"):
        back["friendship_status_changed"] = str(_befriended(call, person, given)).lower()
    grant = Grant(
        person.user_id,
        tuple(given["scope"].split()),
        given.get("nonce", ""),
        given["redirect_uri"],
        given.get("code_challenge", ""),
    )
    code = call.platform.login.code(grant, call.platform.now())
    return redirect(given["redirect_uri"], {"code": code} | back)


async def discovery(call: Call) -> Answer:
    """Return where everything is; the issuer keeps LINE's name, as in the ID tokens."""
    base = str(call.request.base_url).rstrip("/")
    return Answer(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{base}{_AUTHORIZE}",
            "token_endpoint": f"{base}/oauth2/v2.1/token",
            "revocation_endpoint": f"{base}/oauth2/v2.1/revoke",
            "userinfo_endpoint": f"{base}/oauth2/v2.1/userinfo",
            "jwks_uri": f"{base}/oauth2/v2.1/certs",
            "scopes_supported": sorted(_SCOPES),
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256", "HS256"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


async def certs(call: Call) -> Answer:
    """Return the key that verifies ES256."""
    return Answer(call.platform.login.signer.jwks())


async def profile(call: Call) -> Answer:
    """Return the profile of whoever the access token belongs to."""
    return Answer(_signed_in(call, "profile").profile())


async def userinfo(call: Call) -> Answer:
    """Return the same in OpenID's words."""
    person = _signed_in(call, "openid")
    return Answer({"sub": person.user_id, "name": person.display_name})


async def friendship(call: Call) -> Answer:
    """Say whether the person follows the linked account."""
    return Answer({"friendFlag": _signed_in(call, "profile").friend})


async def deauthorize(call: Call) -> Answer:
    """End everything a person agreed to; the bot's own bearer token asks for it."""
    token = call.json().get("userAccessToken")
    session = call.platform.login.find(token) if isinstance(token, str) else None
    if session is None:
        raise LineError(400, "invalid token", reason="nobody was given this access token")
    call.platform.login.close(user_id=session.grant.user_id)
    return Answer(b"", 204)


def redirect(uri: str, values: dict[str, str], fragment: str = "") -> Answer:
    """Return a redirect with values added to the address."""
    mark = "&" if urlsplit(uri).query else "?"
    query = f"{mark}{urlencode(values)}" if values else ""
    location = f"{uri}{query}{'#' + fragment if fragment else ''}"
    headers = {"location": location, "referrer-policy": "no-referrer"}
    return Answer(b"", 303, media_type="text/plain", headers=headers)


def usable_address(uri: str) -> bool:
    """Say whether an address may receive codes: https, or http on this machine."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or local) and not parts.fragment


def _problem(call: Call, given: dict[str, str]) -> str:
    """Return what is wrong with an authorization request, or nothing."""
    scopes = set(given.get("scope", "").split())
    challenge = given.get("code_challenge", "")
    checks = {
        "response_type must be code": given.get("response_type") == "code",
        "client_id is not the login channel": given.get("client_id")
        == call.platform.login.channel_id,
        "redirect_uri must be https, or http on this machine": usable_address(
            given.get("redirect_uri", "")
        ),
        "state is required": bool(given.get("state")),
        "scope must be some of openid, profile, email": bool(scopes) and scopes <= _SCOPES,
        "code_challenge must be S256 in 43 characters": not challenge
        or (given.get("code_challenge_method") == "S256" and bool(_CHALLENGE.fullmatch(challenge))),
    }
    return next((words for words, fine in checks.items() if not fine), "")


def _befriended(call: Call, person: Person, given: dict[str, str]) -> bool:
    if person.friend or given.get("addFriend") != "yes":
        return False
    follow(call.platform, person)
    return True


def _signed_in(call: Call, scope: str) -> Person:
    scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
    session = call.platform.login.find(token.strip()) if scheme.lower() == "bearer" else None
    person = _holder(call, session)
    if session is None or person is None:
        raise LineError(401, "The access token expired", reason="no living user access token")
    if scope not in session.grant.scope:
        raise LineError(403, "The access token lacks a permission", reason=f"scope {scope}")
    call.users = (person.user_id,)
    return person


def _holder(call: Call, session: Session | None) -> Person | None:
    if session is None or call.platform.now() >= session.access_end:
        return None
    return call.platform.people.get(session.grant.user_id)
