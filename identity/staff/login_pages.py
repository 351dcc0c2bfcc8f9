"""`/console/login` and the steps behind it, each a page that works without scripts."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from auth.staff import check_form_token, cookie_name
from identity.staff.container import StaffContainer
from identity.staff.logins import DifferentPasswordsError, WrongLoginError
from identity.staff.passwords import SHORTEST
from identity.staff.problems import FormProblemError
from identity.staff.second_factor import enrolment
from identity.staff.sessions import StaffSession, Stage
from identity.staff.single_sign_on import SingleSignOnFailedError
from identity.staff.web import (
    CONSOLE,
    PAGE_OF,
    TEMPLATES,
    Form,
    IdentityContainer,
    at_stage,
    current,
    lead_on,
    with_cookie,
)
from kit.addresses import client_address
from kit.console import KEPT, ConsoleRoute, page, redirect
from kit.container import part
from kit.errors import UnauthorizedError
from kit.forms import only
from kit.settings import Settings

# What an authenticator app shows beside the account.
APP_TITLE = "市民コンシェルジュ"
_OWN_PATH = re.compile(r"/console/[a-z0-9/_-]{0,200}")

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)


@router.get("/login")
async def show_login(request: Request, container: IdentityContainer, to: str = CONSOLE) -> Response:
    """Begin a login; `to` is where it leads."""
    session = await current(request, container)
    path = to if _OWN_PATH.fullmatch(to) else CONSOLE
    if await container.logins.account_of(session):
        return redirect(path)
    if session is not None and (session.stage, session.path) == (Stage.guest, path):
        return await _login(container, session)
    cookie, session = await container.sessions.start(request.headers.get("user-agent", ""), path)
    return with_cookie(request, await _login(container, session), cookie)


@router.post("/login")
async def log_in(request: Request, container: IdentityContainer, fields: Form) -> Response:
    """Check name and password."""
    session = await at_stage(request, container, Stage.guest)
    login, password = only(fields, "login"), only(fields, "password")
    try:
        entered = await container.logins.with_password(
            session, login, password, client_address(request)
        )
    except FormProblemError as error:
        return await _login(container, session, login, error)
    return lead_on(request, entered)


@router.get("/login/code")
async def show_code(request: Request, container: IdentityContainer) -> Response:
    """Ask for a code of the second factor."""
    return _code(await at_stage(request, container, Stage.factor))


@router.post("/login/code")
async def check_code(request: Request, container: IdentityContainer, fields: Form) -> Response:
    """Check a code of the app, or a recovery code."""
    session = await at_stage(request, container, Stage.factor)
    try:
        entered = await container.logins.with_code(
            session, only(fields, "code"), client_address(request)
        )
    except FormProblemError as error:
        return _code(session, error)
    return lead_on(request, entered)


@router.get("/enrol")
async def show_enrolment(request: Request, container: IdentityContainer) -> Response:
    """Show the secret for the authenticator app."""
    return await _enrol(container, await at_stage(request, container, Stage.enrol))


@router.post("/enrol")
async def enrol(request: Request, container: IdentityContainer, fields: Form) -> Response:
    """Check the first code; then show the recovery codes, this once."""
    session = await at_stage(request, container, Stage.enrol)
    try:
        entered, codes = await container.logins.enrol(
            session, only(fields, "code"), client_address(request)
        )
    except FormProblemError as error:
        return await _enrol(container, session, error)
    cookie, session = entered
    onward = PAGE_OF.get(session.stage, session.path)
    return with_cookie(request, page(TEMPLATES, "codes.html", codes=codes, onward=onward), cookie)


@router.get("/password")
async def show_first_password(request: Request, container: IdentityContainer) -> Response:
    """Ask for a password of their own."""
    return _first_password(await at_stage(request, container, Stage.password))


@router.post("/password")
async def set_first_password(
    request: Request, container: IdentityContainer, fields: Form
) -> Response:
    """Replace a one-time password."""
    session = await at_stage(request, container, Stage.password)
    if only(fields, "password") != only(fields, "again"):
        return _first_password(session, DifferentPasswordsError())
    try:
        entered = await container.logins.first_password(session, only(fields, "password"))
    except FormProblemError as error:
        return _first_password(session, error)
    return lead_on(request, entered)


@router.get("/sso/{provider}")
async def begin_single_sign_on(
    request: Request, container: IdentityContainer, provider: str
) -> Response:
    """Lead to the city's provider."""
    session = await at_stage(request, container, Stage.guest)
    return redirect(await container.single_sign_ons.begin(provider, session))


@router.get("/sso/{provider}/callback")
async def finish_single_sign_on(
    request: Request, container: IdentityContainer, provider: str
) -> Response:
    """Let in whom the provider vouched for."""
    session = await at_stage(request, container, Stage.guest)
    query = request.query_params.multi_items()
    try:
        staff_id = await container.single_sign_ons.finish(provider, query, session)
        entered = await container.logins.with_single_sign_on(session, staff_id)
    except (UnauthorizedError, WrongLoginError) as error:
        # The former are worded for citizens, the latter for passwords.
        raise SingleSignOnFailedError from error
    return lead_on(request, entered)


@router.get("/sso/{provider}/jwks.json")
async def keys(container: IdentityContainer, provider: str) -> dict[str, list[dict[str, Any]]]:
    """Publish the keys with which the console proves itself to a provider."""
    return await container.single_sign_ons.published_keys(provider)


@router.post("/logout")
async def log_out(request: Request, container: IdentityContainer) -> Response:
    """End this session."""
    session = await current(request, container)
    if session is not None:
        await check_form_token(request, session.form_token)
        await container.sessions.end(session)
    response = page(TEMPLATES, "goodbye.html")
    response.delete_cookie(
        cookie_name(part(request, Settings)),
        secure=part(request, Settings).public_base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return response


async def _login(
    container: StaffContainer,
    session: StaffSession,
    login: str = "",
    problem: FormProblemError | None = None,
) -> Response:
    return _form(
        "login.html",
        session,
        problem,
        login=login,
        kept=session.path == KEPT,
        providers=container.single_sign_ons.titles,
        orphaned=not await container.accounts.has_administrator(),
    )


def _code(session: StaffSession, problem: FormProblemError | None = None) -> Response:
    return _form("code.html", session, problem)


async def _enrol(
    container: StaffContainer, session: StaffSession, problem: FormProblemError | None = None
) -> Response:
    login, secret, session = await container.logins.offer_factor(session)
    return _form("enrol.html", session, problem, app=enrolment(secret, login, APP_TITLE))


def _first_password(session: StaffSession, problem: FormProblemError | None = None) -> Response:
    return _form("password.html", session, problem, shortest=SHORTEST)


def _form(
    name: str, session: StaffSession, problem: FormProblemError | None, **shown: object
) -> Response:
    status = 200 if problem is None else problem.status
    words = "" if problem is None else problem.message
    return page(TEMPLATES, name, status, form_token=session.form_token, problem=words, **shown)
