"""What every page of the console shares: errors as pages, the way to the login, rendering."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment

from kit.container import part
from kit.errors import ConciergeError, UnauthorizedError
from kit.logging import get_logger
from kit.web import make_templates

log = get_logger(__name__)

LOGIN_PATH = "/console/login"
KEPT = "/console/kept"
# The other errors speak to programs.
_WORDS = {
    400: "入力を読み取れませんでした。前の画面に戻り、確かめてください。",
    404: "この画面はありません。または、すでに取り消されています。",
    413: "一度に送れる量を超えています。短くして、もう一度送ってください。",
    503: "今は表示できません。少し時間をおいて、もう一度お試しください。",
}


class FormKeeper(ABC):
    """Keeps a form that came too late. The application has one."""

    @abstractmethod
    async def keep(self, request: Request, response: Response, owner: str = "") -> bool:
        """Keep a request's form and give the browser the way to it; False for what is not kept."""


class ConsoleRoute(APIRoute):
    """Leads who is not logged in to the login, and says what went wrong as a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the errors of the program turned into pages."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except UnauthorizedError:
                return await _to_login(request)
            except ConciergeError as error:
                log.warning("console_refused", code=error.code)
                words = _WORDS.get(error.status, error.message)
                return page(
                    _templates,
                    "kit/console_trouble.html",
                    error.status,
                    words=words,
                    # Who is logged in, where that was found out before the refusal.
                    member=getattr(request.state, "staff", None),
                )

        return handle


async def _to_login(request: Request) -> Response:
    """Lead to the login and from there back; a form that came too late waits there."""
    response = redirect(f"{LOGIN_PATH}?{urlencode({'to': KEPT})}")
    if request.method == "GET":
        return redirect(f"{LOGIN_PATH}?{urlencode({'to': request.url.path})}")
    is_kept = is_own_form(request) and await part(request, FormKeeper).keep(request, response)
    return response if is_kept else redirect(LOGIN_PATH)


def is_own_form(request: Request) -> bool:
    """Whether a page of ours sent a form, by what the browser says of it."""
    return request.method == "POST" and request.headers.get("sec-fetch-site") == "same-origin"


def redirect(path: str) -> Response:
    """Lead on with GET, whatever was sent."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})


def page(templates: Environment, name: str, status: int = 200, /, **shown: object) -> HTMLResponse:
    """Render a page of the console; none is kept by browsers or proxies."""
    html = templates.get_template(name).render(shown)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


_templates = make_templates(Path(__file__).parent / "templates")
