"""Pages: one frame for all of them, which says that nothing here is a real service."""

from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from emulators.openid.errors import PageError
from emulators.openid.provider import Provider
from kit.web import make_templates

_HERE = Path(__file__).parent
# There is no form-action: the answer to a form may lead anywhere the client goes on to, and
# browsers hold every step of that way against the page that the form was on.
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
}


def templates(folder: Path) -> Environment:
    """Return the templates in a folder, with the common frame beside them."""
    return make_templates(folder, _HERE / "templates")


def page(provider: Provider, name: str, status: int = 200, **values: Any) -> Response:
    """Return a page made from a template."""
    content = provider.templates.get_template(name).render(**values)
    return HTMLResponse(content, status, _HEADERS)


def problem(provider: Provider, error: PageError) -> Response:
    """Return a page that says what is wrong and leads nowhere."""
    return page(provider, "stand_in/problem.html", error.http_status, message=error.message)


def files() -> Mount:
    """Return the route of the style sheet."""
    return Mount("/stand-in", StaticFiles(directory=_HERE / "static"))
