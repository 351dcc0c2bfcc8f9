"""The browser's side of identity: its cookie, its session, and pages that say what went wrong.

Pages of ours behind a level depend on `needs(level)`; what the browser has not proven yet leads it
to the step-up page and back.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from auth.citizens import cookie_name
from auth.levels import ABSOLUTE, Level, StepUpNeededError, standing
from identity.container import IdentityContainer
from identity.login.sessions import Session, SessionEndedError
from identity.login.wording import ENDINGS
from kit.container import part
from kit.errors import ConciergeError
from kit.forms import read_fields
from kit.logging import get_logger
from kit.settings import Settings
from kit.web import make_templates

log = get_logger(__name__)

TEMPLATES = make_templates(Path(__file__).parent.parent / "templates")
STEP_UP = "/identity/step-up"
_RETURN_LIFE = timedelta(minutes=30)


class FormRefusedError(ConciergeError):
    """このページからの送信ではありませんでした。もう一度お試しください。"""

    status = 403
    code = "form_refused"


@dataclass(frozen=True)
class Visit:
    """A browser whose session has the level that a page needs."""

    session: Session
    level: Level
    form_token: str
    """To be carried by every form of the page (`take_form` checks it)."""

    @property
    def citizen_id(self) -> str:
        """Whose session it is."""
        return self.session.citizen_id


class PageRoute(APIRoute):
    """Says what went wrong as a page; a missing proof leads to the step-up page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the errors of the program turned into pages."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await handler(request)
            except StepUpNeededError as error:
                response = await _to_step_up(request, error)
            except ConciergeError as error:
                log.warning("identity_page_refused", code=error.code)
                response = trouble(request, error)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return handle


def room_of(request: Request) -> IdentityContainer:
    """Return the identity package that the application was assembled with."""
    container = part(request, IdentityContainer)
    return container


def needs(level: Level) -> Callable[[Request], Awaitable[Visit]]:
    """Return a FastAPI dependency: the visit of a browser that has this level.

    Raises SessionEndedError without a session that LINE knows, StepUpNeededError below the level;
    `PageRoute` turns both into pages. Forms of a page need the same level as the page.
    """

    async def dependency(request: Request) -> Visit:
        container = room_of(request)
        cookie = read_cookie(request)
        session = await container.sessions.read(cookie)
        if session is None or cookie is None or session.proofs.line_at is None:
            raise SessionEndedError
        level_now = standing(session.proofs, container.clock()).level
        if not level_now.suffices(level):
            raise StepUpNeededError(level)
        return Visit(session, level_now, form_token(cookie))

    return dependency


def read_cookie(request: Request) -> str | None:
    """Return the value of the session's cookie."""
    return request.cookies.get(cookie_name(part(request, Settings)))


def set_cookie(response: Response, settings: Settings, value: str) -> None:
    """Give the browser its session; `__Host-` binds it to this host over https alone."""
    response.set_cookie(
        cookie_name(settings),
        value,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.public_base_url.startswith("https://"),
    )


def form_token(cookie: str) -> str:
    """Return what proves that a form came from a page of this session."""
    return hashlib.sha256(f"form {cookie}".encode()).hexdigest()


async def take_form(request: Request) -> dict[str, str]:
    """Return a form's fields. Raises FormRefusedError unless a page of this session sent it."""
    fields = await read_form(request)
    cookie = read_cookie(request)
    given = fields.get("form_token", "")
    if cookie is None or not hmac.compare_digest(given.encode(), form_token(cookie).encode()):
        raise FormRefusedError
    return fields


async def read_form(request: Request) -> dict[str, str]:
    """Return a form's fields, of repeated ones the first. Raises FormRefusedError for one from
    another site, InvalidInputError and PayloadTooLargeError."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise FormRefusedError
    fields = await read_fields(request)
    return {name: values[0] for name, values in fields.items()}


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Render a page. Its forms may lead on to the providers, which browsers hold against it."""
    container = room_of(request)
    shown = {"city": container.city, "talk": container.settings.line_talk_url, **values}
    html = TEMPLATES.get_template(template).render(shown)
    targets = " ".join(sorted(container.form_targets))
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
        f"form-action 'self' {targets}; frame-ancestors 'none'"
    )
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy}
    return HTMLResponse(html, status, headers)


def trouble(request: Request, error: ConciergeError) -> Response:
    """Say on a page how a journey ended, or that something is away."""
    ending = ENDINGS.get(
        error.code, ENDINGS["unavailable" if error.status >= 500 else "refused_login"]
    )
    return page(request, "ended.html", error.status, ending=ending)


async def remember_page(container: IdentityContainer, session: Session, path: str) -> None:
    """Note where a browser goes on after a step-up; no address of it travels through a URL."""
    await container.store.put(f"return:{session.digest}", {"page": path}, _RETURN_LIFE)


async def remembered_page(container: IdentityContainer, session: Session) -> str | None:
    """Return what `remember_page` noted."""
    kept = await container.store.get(f"return:{session.digest}")
    return None if kept is None else str(kept["page"])


async def _to_step_up(request: Request, error: StepUpNeededError) -> Response:
    container = room_of(request)
    session = await container.sessions.read(read_cookie(request))
    if session is None:
        return trouble(request, SessionEndedError())
    await remember_page(container, session, request.url.path)
    return RedirectResponse(f"{STEP_UP}/{container.provider_for(error.needed)}", 303)
