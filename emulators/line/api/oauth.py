"""Channel access tokens. Bodies are form-encoded, errors in the OAuth shape, no bearer."""

from urllib.parse import parse_qs

from starlette.routing import Route

from emulators.line.access_tokens import SHORT_LIVED_SECONDS, STATELESS_SECONDS
from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import Json


def routes() -> list[Route]:
    """Return the token endpoints."""
    return [
        line_route("POST", "/oauth2/v3/token", issue_stateless, bearer=False),
        line_route("POST", "/v2/oauth/accessToken", issue_short_lived, bearer=False),
        line_route("POST", "/v2/oauth/verify", verify, bearer=False),
        line_route("GET", "/oauth2/v2.1/verify", verify_by_query, bearer=False),
        line_route("POST", "/v2/oauth/revoke", revoke, bearer=False),
        line_route("POST", "/oauth2/v2.1/revoke", revoke, bearer=False),
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
    return _verified(call, _form(call).get("access_token", ""))


async def verify_by_query(call: Call) -> Answer:
    """Say how long a token still lives; the v2.1 form of the question."""
    return _verified(call, call.request.query_params.get("access_token", ""))


async def revoke(call: Call) -> Answer:
    """Drop a token; an unknown one is no error."""
    call.platform.access_tokens.revoke(_form(call).get("access_token", ""))
    return Answer(b"")


def _form(call: Call) -> dict[str, str]:
    fields = parse_qs(call.raw.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _refusal(call: Call) -> Answer | None:
    form = _form(call)
    if form.get("grant_type") != "client_credentials":
        return _oauth_error(call, "invalid_request", "some parameters missed or invalid")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if client_id is None or secret is None:
        return _oauth_error(call, "invalid_request", "some parameters missed or invalid")
    if not call.platform.access_tokens.is_client(client_id, secret):
        return _oauth_error(call, "invalid_client", "client_id or client_secret is wrong")
    return None


def _oauth_error(call: Call, error: str, description: str) -> Answer:
    call.notes.append(f"{error}: {description}")
    return Answer({"error": error, "error_description": description}, 400)


def _issued(token: str, seconds: int) -> Answer:
    body: Json = {"token_type": "Bearer", "access_token": token, "expires_in": seconds}
    return Answer(body)


def _verified(call: Call, token: str) -> Answer:
    left = call.platform.access_tokens.seconds_left(token, call.platform.now())
    if not left:
        return _oauth_error(call, "invalid_request", "The access token expired")
    channel_id = call.platform.channel.channel_id
    return Answer({"client_id": channel_id, "expires_in": left, "scope": "P CM"})
