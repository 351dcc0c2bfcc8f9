"""`/my/settings`: a citizen's choice of what to hear, as a page that works without scripts."""

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from bot.preferences.api import Book, Sessions
from bot.preferences.contract import Preferences, QuietHours
from bot.preferences.forms import Problem, read_form
from bot.preferences.sessions import OPEN_PATH, SETTINGS_PATH, PageSessions, SessionExpiredError
from kit.container import part
from kit.errors import (
    ConciergeError,
    NotFoundError,
    UnavailableError,
)
from kit.forms import Fields, read_fields
from kit.logging import get_logger
from kit.settings import Settings
from kit.web import make_templates
from messages.hazards import WARNED
from messages.languages import Language
from messages.topics import Topic
from services.waste.contract import WasteClient

_templates = make_templates(Path(__file__).parent / "templates")

log = get_logger(__name__)

COOKIE = "my_session"
_QUIET_SUGGESTION = QuietHours(start=21, end=7)


class FormRefusedError(SessionExpiredError):
    """The form did not come from a page of this session. Open the page again."""

    status = 403
    code = "form_refused"


class _PageRoute(APIRoute):
    """Says what went wrong as a page, not as JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the errors of the program turned into pages."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except ConciergeError as error:
                return _trouble(request, error)

        return handle


router = APIRouter(include_in_schema=False, route_class=_PageRoute)

SessionCookie = Annotated[str | None, Cookie(alias=COOKIE)]


def _districts(request: Request) -> WasteClient:
    districts = part(request, WasteClient)
    return districts


Districts = Annotated[WasteClient, Depends(_districts)]


@router.get(SETTINGS_PATH)
async def show_settings(
    request: Request,
    sessions: Sessions,
    book: Book,
    districts: Districts,
    t: str | None = None,
    saved: str = "",
    my_session: SessionCookie = None,
) -> Response:
    """Show the form; a link from the chat first shows a button, for previews fetch links."""
    if t is not None:
        return await _ask(sessions, t, my_session)
    session = await sessions.find(my_session)
    chosen = await book.get(session.citizen_id)
    areas = await _areas(districts)
    return _form(chosen, areas, session.form_token, saved=bool(saved))


@router.post(OPEN_PATH)
async def open_settings(
    request: Request, sessions: Sessions, my_session: SessionCookie = None
) -> Response:
    """Use the link up: it becomes a session at the clean address."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise FormRefusedError
    token = "".join((await read_fields(request)).get("t", ()))
    return await _enter(part(request, Settings), sessions, token, my_session)


@router.post(SETTINGS_PATH)
async def save_settings(
    request: Request,
    sessions: Sessions,
    book: Book,
    districts: Districts,
    my_session: SessionCookie = None,
) -> Response:
    """Save the form, then show it again at the same address."""
    session = await sessions.find(my_session)
    fields = await read_fields(request)
    if not session.accepts("".join(fields.get("form_token", ()))):
        raise FormRefusedError
    before = await book.get(session.citizen_id)
    areas = await _areas(districts)
    read = read_form(fields, areas, before)
    if isinstance(read, Preferences):
        await book.put(session.citizen_id, read)
        return RedirectResponse(f"{SETTINGS_PATH}?saved=true", status_code=303)
    return _form(before, areas, session.form_token, fields=fields, problems=read)


async def _ask(sessions: PageSessions, token: str, session_id: str | None) -> Response:
    """Ask for a tap. A used link leads whoever used it to the page; for others it is over."""
    if not await sessions.is_link(token):
        await sessions.find(session_id)
        return _to_settings()
    page = _templates.get_template("open.html").render(token=token, path=OPEN_PATH)
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _to_settings() -> Response:
    return RedirectResponse(SETTINGS_PATH, status_code=303, headers={"Cache-Control": "no-store"})


async def _enter(
    settings: Settings, sessions: PageSessions, token: str, session_id: str | None
) -> Response:
    """Exchange the token. A second tap on the button still finds the session that it began."""
    response = _to_settings()
    try:
        session_id = await sessions.start(token)
    except SessionExpiredError:
        await sessions.find(session_id)
        return response
    response.set_cookie(
        COOKIE,
        session_id,
        max_age=settings.page_session_seconds,
        path="/my",
        httponly=True,
        samesite="lax",
        secure=settings.public_base_url.startswith("https://"),
    )
    return response


async def _areas(districts: WasteClient) -> Sequence[str]:
    """Return the city's districts, none while they are not to be had."""
    try:
        return (await districts.areas()).areas
    except UnavailableError:
        return ()


def _form(
    chosen: Preferences,
    areas: Sequence[str],
    form_token: str,
    *,
    saved: bool = False,
    fields: Fields | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    """Render the form with what is kept, or with what was just sent and has to be corrected."""
    shown = _as_fields(chosen) if fields is None else fields
    page = _templates.get_template("settings.html").render(
        shown=shown,
        areas=[*areas, *(area for area in chosen.areas if area not in areas)],
        areas_known=bool(areas),
        topics=Topic,
        hazards=WARNED,
        languages=Language,
        form_token=form_token,
        saved=saved,
        problems={problem.field: problem.text for problem in problems},
    )
    return HTMLResponse(page, 422 if problems else 200, {"Cache-Control": "no-store"})


def _as_fields(chosen: Preferences) -> Fields:
    quiet = chosen.quiet or _QUIET_SUGGESTION
    return {
        "area": chosen.areas,
        "topic": chosen.topics,
        "hazard": chosen.hazards,
        "warn_from": [str(chosen.warn_from)],
        "language": [chosen.language],
        "quiet": ["on"] if chosen.quiet else [],
        "quiet_start": [str(quiet.start)],
        "quiet_end": [str(quiet.end)],
    }


def _trouble(request: Request, error: ConciergeError) -> Response:
    """Say what to do next: a new link where the old one is over, else a little patience."""
    log.warning("page_refused", code=error.code)
    is_over = isinstance(error, SessionExpiredError | NotFoundError)
    page = _templates.get_template("expired.html" if is_over else "trouble.html")
    html = page.render(unsaved=request.method == "POST", talk=part(request, Settings).line_talk_url)
    return HTMLResponse(html, error.status, {"Cache-Control": "no-store"})
