"""LIFF: the apps of the login channel, and opening one in a browser instead of in LINE."""

from urllib.parse import urlencode

from starlette.routing import Route

from emulators.line import ids
from emulators.line.api.call import Answer, Call, line_route
from emulators.line.api.login import redirect, usable_address
from emulators.line.errors import Json, LineError
from emulators.line.login.sessions import Grant
from emulators.line.web_pages import answers, page, problem, question

_APPS = "/liff/v1/apps"
_OPEN = "/liff/{liffId}"
_MOST_APPS = 30
_SIZES = ("compact", "tall", "full")
_SCOPES = ("openid", "profile", "email", "chat_message.write")
_TITLE = "アプリを開く"


def routes() -> list[Route]:
    """Return the server API and the page; the API's path is more specific and stands first."""
    return [
        line_route("GET", _APPS, list_apps),
        line_route("POST", _APPS, add),
        line_route("PUT", f"{_APPS}/{{liffId}}", change),
        line_route("DELETE", f"{_APPS}/{{liffId}}", remove),
        line_route("GET", _OPEN, ask, bearer=False),
        line_route("POST", _OPEN, enter, bearer=False),
        line_route("GET", f"{_OPEN}/{{rest:path}}", ask, bearer=False),
        line_route("POST", f"{_OPEN}/{{rest:path}}", enter, bearer=False),
    ]


async def list_apps(call: Call) -> Answer:
    """Return every app."""
    apps = call.platform.liff_apps
    if not apps:
        raise LineError(404, "not found", reason="the login channel has no LIFF app")
    return Answer({"apps": [{"liffId": liff_id, **app} for liff_id, app in apps.items()]})


async def add(call: Call) -> Answer:
    """Add an app."""
    body = call.json()
    _check_view(body.get("view"), complete=True)
    _check_scope(body)
    if len(call.platform.liff_apps) >= _MOST_APPS:
        raise LineError(400, "The maximum number of LIFF apps has been reached")
    liff_id = ids.liff_id(call.platform.login.channel_id)
    call.platform.liff_apps[liff_id] = {"scope": ["openid", "profile"], **body}
    return Answer({"liffId": liff_id})


async def change(call: Call) -> Answer:
    """Change an app; the view's properties one by one."""
    app = _app(call)
    body = call.json()
    _check_scope(body)
    if "view" in body:
        _check_view(body["view"], complete=False)
        body = body | {"view": app["view"] | body["view"]}
    app.update(body)
    return Answer(b"")


async def remove(call: Call) -> Answer:
    """Remove an app."""
    _app(call)
    del call.platform.liff_apps[call.param("liffId")]
    return Answer(b"")


async def ask(call: Call) -> Answer:
    """Ask who opens the app."""
    app = call.platform.liff_apps.get(call.param("liffId"))
    if app is None:
        return problem(call, _TITLE, "この LIFF ID のアプリはありません。")
    hidden = {"query": call.request.url.query}
    words = "LINE の中で開くかわりに、このブラウザで開きます。"
    return question(call, _TITLE, words, hidden=hidden, yes="開く", sends_away=True)


async def enter(call: Call) -> Answer:
    """Send the browser to the app, with tokens in the fragment as LINE's own browser does."""
    app = _app(call)
    given, platform = answers(call), call.platform
    person = platform.people.get(given.get("userId", ""))
    if given.get("choice") != "yes" or person is None:
        return page(_TITLE, "<p>開きませんでした。</p>")
    call.users = (person.user_id,)
    grant = Grant(person.user_id, tuple(app["scope"]), algorithm="ES256")
    session = platform.login.open(grant, platform.now())
    tokens = {"access_token": session.access_token, "client_id": platform.login.channel_id}
    if "openid" in grant.scope:
        tokens["id_token"] = platform.login.id_token(grant, person, platform.now())
    state = _state(call, given.get("query", ""))
    query = {"liff.state": state} if state else {}
    return redirect(app["view"]["url"], query, urlencode(tokens))


def _state(call: Call, query: str) -> str:
    """Return what stood behind the LIFF ID in the address, for `liff.state`."""
    rest = call.request.path_params.get("rest", "")
    return (f"/{rest}" if rest else "") + (f"?{query}" if query else "")


def _app(call: Call) -> Json:
    app = call.platform.liff_apps.get(call.param("liffId"))
    if app is None:
        raise LineError(404, "not found", reason="there is no LIFF app with this id")
    return app


def _check_view(view: object, *, complete: bool) -> None:
    found = view if isinstance(view, dict) else {}
    kind, url = found.get("type"), found.get("url")
    right = (kind in _SIZES or (kind is None and not complete)) and (
        (isinstance(url, str) and usable_address(url)) or (url is None and not complete)
    )
    if not right or not isinstance(view, dict):
        reason = "view.type is compact, tall or full; view.url is https, or http on this machine"
        raise LineError(400, "The request body has 1 error(s)", reason=reason)


def _check_scope(body: Json) -> None:
    scope = body.get("scope", [])
    if not isinstance(scope, list) or not all(word in _SCOPES for word in scope):
        reason = f"scope is a list of {', '.join(_SCOPES)}"
        raise LineError(400, "The request body has 1 error(s)", reason=reason)
