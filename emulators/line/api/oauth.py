"""Channel access tokens. Bodies are form-encoded, errors in the OAuth shape, no bearer."""

from starlette.routing import Route

from emulators.line.access_tokens import SHORT_LIVED_SECONDS, STATELESS_SECONDS
from emulators.line.api.call import Answer, Call, line_route
from emulators.line.api.login_tokens import channel_token, oauth_error
from emulators.line.errors import Json
from emulators.line.web_pages import form


def routes() -> list[Route]:
    """Return the token endpoints."""
    return [
        line_route("POST", "/oauth2/v3/token", issue_stateless, bearer=False),
        line_route("POST", "/v2/oauth/accessToken", issue_short_lived, bearer=False),
        line_route("POST", "/v2/oauth/verify", verify, bearer=False),
        line_route("POST", "/v2/oauth/revoke", revoke, bearer=False),
    ]


async def issue_stateless(call: Call) -> Answer:
    """Give a token for 15 minutes to whoever knows the channel secret."""
    refusal = _refusal(call)
    if refusal:
        return refusal
    token = call.platform.access_tokens.stateless(call.platform.now())
    return _issued(token, STATELESS_SECONDS)


async def issue_short_lived(call: Call) -> Answer:
    """Give a token for 30 days."""
    refusal = _refusal(call)
    if refusal:
        return refusal
    token = call.platform.access_tokens.short_lived(call.platform.now())
    return _issued(token, SHORT_LIVED_SECONDS)


async def verify(call: Call) -> Answer:
    """Say how long a token still lives."""
    return channel_token(call, form(call).get("access_token", ""))


async def revoke(call: Call) -> Answer:
    """Drop a token; an unknown one is no error."""
    call.platform.access_tokens.revoke(form(call).get("access_token", ""))
    return Answer(b"")


def _refusal(call: Call) -> Answer | None:
    given = form(call)
    if given.get("grant_type") != "client_credentials":
        return oauth_error(call, "invalid_request", "some parameters missed or invalid")
    client_id, secret = given.get("client_id"), given.get("client_secret")
    if client_id is None or secret is None:
        return oauth_error(call, "invalid_request", "some parameters missed or invalid")
    if not call.platform.access_tokens.is_client(client_id, secret):
        return oauth_error(call, "invalid_client", "client_id or client_secret is wrong")
    return None


def _issued(token: str, seconds: int) -> Answer:
    body: Json = {"token_type": "Bearer", "access_token": token, "expires_in": seconds}
    return Answer(body)
