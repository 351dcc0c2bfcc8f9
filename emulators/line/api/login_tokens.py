"""Token endpoints of version 2.1, which LINE Login shares with channel access tokens."""

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import Json
from emulators.line.login.sessions import ACCESS_LIFETIME, ISSUER, Session
from emulators.line.web_pages import form


def routes() -> list[Route]:
    """Return the endpoints."""
    base = "/oauth2/v2.1"
    return [
        line_route("POST", f"{base}/token", token, bearer=False),
        line_route("POST", f"{base}/verify", verify_id_token, bearer=False),
        line_route("GET", f"{base}/verify", verify_access_token, bearer=False),
        line_route("POST", f"{base}/revoke", revoke, bearer=False),
    ]


def oauth_error(call: Call, error: str, description: str) -> Answer:
    """Return an error in OAuth's shape, with its reason in the journal."""
    call.notes.append(f"{error}: {description}")
    return Answer({"error": error, "error_description": description}, 400)


async def token(call: Call) -> Answer:
    """Exchange an authorization code, or refresh an access token."""
    given = form(call)
    login, now = call.platform.login, call.platform.now()
    kind = given.get("grant_type")
    if kind == "client_credentials":
        words = "channel access tokens by JWT assertion are not emulated; use /oauth2/v3/token"
        return oauth_error(call, "invalid_request", words)
    if kind not in ("authorization_code", "refresh_token"):
        return oauth_error(call, "unsupported_grant_type", "unsupported grant type")
    if not login.is_client(given.get("client_id", ""), given.get("client_secret", "")):
        return oauth_error(call, "invalid_client", "client_id or client_secret is wrong")
    if kind == "refresh_token":
        session = login.refresh(given.get("refresh_token", ""), now)
        return _issued(call, session or "invalid refresh token", with_id=False)
    verifier, uri = given.get("code_verifier", ""), given.get("redirect_uri", "")
    return _issued(call, login.redeem(given.get("code", ""), uri, verifier, now), with_id=True)


async def verify_id_token(call: Call) -> Answer:
    """Return an ID token's claims after checking signature, times, audience, nonce and person."""
    given = form(call)
    login = call.platform.login
    claims = login.signer.decode(given.get("id_token", ""))
    if claims is None:
        return oauth_error(call, "invalid_request", "Invalid IdToken.")
    checks = {
        "Invalid IdToken Issuer.": claims.get("iss") == ISSUER,
        "IdToken expired.": call.platform.now().timestamp() < claims.get("exp", 0),
        "Invalid IdToken Audience.": given.get("client_id") == claims.get("aud"),
        "Invalid IdToken Nonce.": given.get("nonce") in (None, claims.get("nonce")),
        "Invalid IdToken Subject Identifier.": given.get("user_id") in (None, claims.get("sub")),
    }
    for words, fine in checks.items():
        if not fine:
            return oauth_error(call, "invalid_request", words)
    call.users = (claims.get("sub", ""),)
    return Answer(claims)


async def verify_access_token(call: Call) -> Answer:
    """Say how long a token still lives, a user's or the channel's."""
    platform = call.platform
    given = call.request.query_params.get("access_token", "")
    session = platform.login.find(given)
    if session is not None:
        left = int((session.access_end - platform.now()).total_seconds())
        if left <= 0:
            return oauth_error(call, "invalid_request", "access token expired")
        scope = " ".join(session.grant.scope)
        client = platform.login.channel_id
        return Answer({"client_id": client, "expires_in": left, "scope": scope})
    return channel_token(call, given)


def channel_token(call: Call, given: str) -> Answer:
    """Say how long a channel access token still lives."""
    left = call.platform.access_tokens.seconds_left(given, call.platform.now())
    if not left:
        return oauth_error(call, "invalid_request", "The access token expired")
    channel_id = call.platform.channel.channel_id
    return Answer({"client_id": channel_id, "expires_in": left, "scope": "P CM"})


async def revoke(call: Call) -> Answer:
    """Drop a token of either kind; an unknown one is no error."""
    given = form(call).get("access_token", "")
    call.platform.access_tokens.revoke(given)
    if given:
        call.platform.login.close(access_token=given)
    return Answer(b"")


def _issued(call: Call, session: Session | str, *, with_id: bool) -> Answer:
    if isinstance(session, str):
        return oauth_error(call, "invalid_grant", session)
    grant, platform = session.grant, call.platform
    call.users = (grant.user_id,)
    body: Json = {
        "access_token": session.access_token,
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "refresh_token": session.refresh_token,
        "scope": " ".join(grant.scope),
        "token_type": "Bearer",
    }
    person = platform.people.get(grant.user_id)
    if with_id and person is not None and "openid" in grant.scope:
        body["id_token"] = platform.login.id_token(grant, person, platform.now())
    return Answer(body)
