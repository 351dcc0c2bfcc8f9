"""Signing out at the client's wish (OpenID Connect RP-Initiated Logout 1.0)."""

from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from emulators.jose.jws import split
from emulators.jose.keys import is_signed_by
from emulators.my_id.provider import PROFILE, my_id
from emulators.my_id.sign_in import COOKIE
from emulators.openid import pages
from emulators.openid.errors import PageError
from emulators.openid.profile import Client
from emulators.openid.serve import Call, own_page_only, route


def routes() -> list[Route]:
    """Return the end-session endpoint."""
    return [
        route("GET", PROFILE.end_session, ask),
        route("POST", PROFILE.end_session, ask),
        route("POST", f"{PROFILE.end_session}/confirmed", confirmed),
    ]


async def ask(call: Call) -> Response:
    """Sign out at once when the client shows an ID token; else ask the person first."""
    given = call.query | call.form
    client = _client(call, given)
    target = given.get("post_logout_redirect_uri", "")
    if target and (client is None or target not in client.post_logout_redirect_uris):
        raise PageError("post_logout_redirect_uri が、登録されたものと一致しません。")
    if "id_token_hint" not in given:
        return pages.page(call.provider, "my_id/sign_out.html", given=given)
    return _signed_out(call, target, given.get("state", ""))


async def confirmed(call: Call) -> Response:
    """Sign out: the person has agreed. The request is checked once more."""
    own_page_only(call)
    client = _client(call, call.form)
    target = call.form.get("post_logout_redirect_uri", "")
    known = client is not None and target in client.post_logout_redirect_uris
    return _signed_out(call, target if known else "", call.form.get("state", ""))


def _signed_out(call: Call, target: str, state: str) -> Response:
    my_id(call.provider).sessions.pop(call.cookie(COOKIE), None)
    if target:
        mark = "&" if urlsplit(target).query else "?"
        address = f"{target}{mark}{urlencode({'state': state})}" if state else target
        response: Response = RedirectResponse(address, 303)
    else:
        response = pages.page(call.provider, "my_id/signed_out.html")
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def _client(call: Call, given: dict[str, str]) -> Client | None:
    """Return the client that asks, by the hint's audience or by `client_id`.

    Raises PageError for a hint that this provider did not sign; one that has expired is fine.
    """
    client_id = given.get("client_id")
    if "id_token_hint" in given:
        hinted = _audience(call, given["id_token_hint"])
        if client_id not in (None, hinted):
            raise PageError("client_id が id_token_hint のものと違います。")
        client_id = hinted
    return call.provider.clients.get(client_id or "")


def _audience(call: Call, hint: str) -> str:
    try:
        token = split(hint)
    except ValueError as error:
        raise PageError("id_token_hint がIDトークンではありません。") from error
    key = call.provider.keys.published(token.header.get("kid"))
    algorithm = str(token.header.get("alg"))
    if key is None or not is_signed_by(key, algorithm, token.signed, token.signature):
        raise PageError("id_token_hint は、ここで発行されたものではありません。")
    return str(token.claims.get("aud"))
