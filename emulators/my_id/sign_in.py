"""The pages: sign in, agree, and what the browser remembers of it."""

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from emulators.my_id.accounts import DEMO_PASSWORD
from emulators.my_id.provider import PROFILE, Session, my_id
from emulators.openid import authorize, pages
from emulators.openid.interactions import Asked, Interaction
from emulators.openid.serve import Call, own_page_only, route

COOKIE = "my_id_stand_in"
_WRONG = "IDかパスワードが違います。"
_LOCKED = "このアカウントはロックされています。パスワードの入力を続けて間違えると、ロックされます。"
_SCOPE_WORDS = {
    "openid": "この見本の中だけで使う番号（利用者の識別子）",
    "profile": "氏名・ユーザーID・使う言語",
    "email": "メールアドレス",
    "offline_access": "ログインしていない間の確認",
}


def routes() -> list[Route]:
    """Return the pages."""
    return [
        route("GET", "/", front),
        route("GET", PROFILE.authorize, ask),
        route("GET", "/interaction/{id}", show),
        route("POST", "/interaction/{id}/login", login),
        route("POST", "/interaction/{id}/switch", switch),
        route("POST", "/interaction/{id}/consent", consent),
        route("POST", "/interaction/{id}/cancel", cancel),
    ]


async def front(call: Call) -> Response:
    """Say what this is and who can sign in."""
    accounts = my_id(call.provider).accounts.values()
    return pages.page(call.provider, "my_id/front.html", accounts=accounts, password=DEMO_PASSWORD)


async def ask(call: Call) -> Response:
    """Take an authorization request: on to the pages, or straight back."""
    asked = authorize.read(call)
    if isinstance(asked, Response):
        return asked
    session = _session(call)
    if session is not None and _is_too_old(call, asked, session):
        session = None
    if "none" in asked.prompt:
        return _silently(call, asked, session)
    interaction = call.provider.interactions.begin(asked, call.provider.now())
    if session is not None and not asked.prompt & {"login", "select_account"}:
        _recognise(interaction, session)
        if _agreed(session, asked) and "consent" not in asked.prompt:
            return authorize.grant(call, interaction)
    return RedirectResponse(interaction.path, 303)


async def show(call: Call) -> Response:
    """Show the page that is next: sign in, or agree."""
    interaction = _interaction(call)
    provider = my_id(call.provider)
    if interaction.person_id:
        words = [_SCOPE_WORDS[scope] for scope in interaction.asked.scope]
        who = provider.accounts[interaction.person_id].name
        return pages.page(provider, "my_id/consent.html", it=interaction, who=who, words=words)
    chosen = call.query.get("as", interaction.asked.login_hint)
    return pages.page(
        provider,
        "my_id/login.html",
        it=interaction,
        problem=interaction.take_problem(),
        accounts=provider.accounts.values(),
        chosen=chosen,
        password=DEMO_PASSWORD,
    )


async def login(call: Call) -> Response:
    """Check user id and password."""
    interaction = _interaction(call)
    provider = my_id(call.provider)
    user_id = call.form.get("user_id", "").strip().lower()
    account = provider.accounts.get(user_id)
    most = provider.options.wrong_passwords_allowed
    interaction.person_id = ""
    if account is None or not account.is_opened_by(call.form.get("password", ""), most):
        interaction.problem = _LOCKED if account is not None and account.locked else _WRONG
        again = f"?as={user_id}" if account is not None else ""
        return RedirectResponse(f"{interaction.path}{again}", 303)
    cookie = provider.sign_in(user_id)
    _recognise(interaction, provider.sessions[cookie])
    response = RedirectResponse(interaction.path, 303)
    response.set_cookie(COOKIE, cookie, httponly=True, samesite="lax")
    return response


async def switch(call: Call) -> Response:
    """Forget who it was and ask again."""
    interaction = _interaction(call)
    interaction.person_id = ""
    return RedirectResponse(interaction.path, 303)


async def consent(call: Call) -> Response:
    """Send the browser back with a code, and remember the consent for this session."""
    interaction = _interaction(call)
    if not interaction.person_id:
        return RedirectResponse(interaction.path, 303)
    session = _session(call)
    if session is not None and session.user_id == interaction.person_id:
        session.agreed.add(_consent_of(interaction.asked))
    return authorize.grant(call, interaction)


async def cancel(call: Call) -> Response:
    """Send the browser back without a result."""
    return authorize.deny(call, _interaction(call), "The user cancelled.")


def _interaction(call: Call) -> Interaction:
    if call.request.method == "POST":
        own_page_only(call)
    provider = call.provider
    interaction_id: str = call.request.path_params["id"]
    seconds = provider.options.interaction_seconds
    interaction = provider.interactions.find(interaction_id, provider.now(), seconds)
    call.notes["client_id"] = interaction.asked.client.client_id
    return interaction


def _session(call: Call) -> Session | None:
    provider = my_id(call.provider)
    session = provider.sessions.get(call.cookie(COOKIE))
    return session if session is not None and session.user_id in provider.accounts else None


def _silently(call: Call, asked: Asked, session: Session | None) -> Response:
    """Answer `prompt=none`: no page may be shown."""
    if session is None:
        return authorize.refuse(call, asked, "login_required", "Nobody is signed in.")
    if not _agreed(session, asked):
        return authorize.refuse(call, asked, "consent_required", "The user has not agreed yet.")
    interaction = call.provider.interactions.begin(asked, call.provider.now())
    _recognise(interaction, session)
    return authorize.grant(call, interaction)


def _recognise(interaction: Interaction, session: Session) -> None:
    interaction.person_id, interaction.auth_time = session.user_id, session.auth_time


def _is_too_old(call: Call, asked: Asked, session: Session) -> bool:
    age = call.provider.seconds_now() - session.auth_time
    return asked.max_age is not None and age >= asked.max_age


def _agreed(session: Session, asked: Asked) -> bool:
    return _consent_of(asked) in session.agreed


def _consent_of(asked: Asked) -> tuple[str, tuple[str, ...]]:
    return asked.client.client_id, tuple(sorted(asked.scope))
