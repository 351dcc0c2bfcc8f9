"""What every page of the portal shares: its cookie, and errors as pages."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from kit.console import page, redirect
from kit.errors import ConciergeError, UnauthorizedError
from kit.logging import get_logger
from kit.settings import Settings
from kit.web import make_templates

log = get_logger(__name__)

_WORDS = {
    403: "この操作はまだできません。市がアカウントを承認したあとに、お試しください。",
    404: "このページはありません。",
    409: "いまの状態では、この操作はできません。画面を開き直して、状態を確かめてください。",
    429: "操作の回数が多すぎます。しばらくおいて、もう一度お試しください。",
}
_LATER = "今は表示できません。少し時間をおいて、もう一度お試しください。"
_templates = make_templates(Path(__file__).parent / "templates")


class StalePageError(ConciergeError):
    """The form does not come from a page of this session."""

    status = 403
    code = "stale_page"


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; `__Host-` binds it to this host and to https."""
    is_safe = settings.public_base_url.startswith("https://")
    return "__Host-developer" if is_safe else "developer"


class PortalRoute(APIRoute):
    """Leads who is not logged in to the front page, and says what went wrong as a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the errors of the program turned into pages."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except UnauthorizedError:
                return redirect("/developers/")
            except ConciergeError as error:
                log.warning("portal_refused", code=error.code)
                words = _WORDS.get(error.status, _LATER)
                if isinstance(error, StalePageError):
                    words = "画面が古くなっています。開き直してから、もう一度操作してください。"
                shown = {"session": None, "path": "/developers", "words": words}
                return page(_templates, "developers/trouble.html", error.status, **shown)

        return handle
