"""`/`, `/my/`, and what answers a browser where nothing is or something went wrong: always a page.

Only the paths for programs answer with JSON (`kit.web`).
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from auth.modules import Modules
from auth.staff import StaffClient, StaffMember, cookie_name
from kit.console import page as console_page
from kit.container import part
from kit.errors import ConciergeError
from kit.settings import Settings
from kit.web import add_headers, answer_error, make_templates

MY = ("/my/", "/identity/")
# Where programs call: packages each other, developers, LINE, other systems and the operator.
FOR_PROGRAMS = (
    "/services/",
    "/line/",
    "/identity/internal/",
    "/identity/jwks.json",
    "/actions/",
    "/developers/api/",
    "/developers/openapi.json",
    "/open/",
    "/open311/",
    "/ngsi-v2/",
    "/catalog.jsonld",
    "/hooks/",
    "/healthz",
    "/readyz",
    "/metrics",
)
_WORDS = {
    403: ("このページは開けません", "このページを開く権限がないか、時間が過ぎています。"),
    404: ("このページはありません", "アドレスが変わったか、入力がちがうようです。"),
    405: ("このページは開けません", "この開き方はできません。トークからもう一度お試しください。"),
}
_REFUSED = ("受け付けられませんでした", "前の画面に戻り、入力を確かめてください。")
_OURS = (
    "表示できませんでした",
    "こちらの不具合です。記録しましたので、少し時間をおいて、もう一度お試しください。",
)

router = APIRouter(include_in_schema=False)
_templates = make_templates(Path(__file__).parent / "templates")


@router.get("/")
async def front(request: Request) -> Response:
    """Lead whoever opens the bare address to the talk and to what everybody may see."""
    pages = _pages(request)
    public = {path: title for path, title in pages.items() if not path.startswith(MY)}
    return _page(request, "front.html", pages=public)


@router.get("/my")
@router.get("/my/")
async def home(request: Request) -> Response:
    """Lead a citizen to their own pages; each asks for what has to be proven by itself."""
    own = {path: title for path, title in _pages(request).items() if path.startswith(MY)}
    return _page(request, "my.html", pages=own)


def answer_with_pages(app: FastAPI) -> None:
    """Answer browsers with pages where nothing is, or something is refused or went wrong."""
    for kind in (ConciergeError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _trouble)


async def _trouble(request: Request, error: Exception) -> Response:
    answer = await answer_error(request, error)
    path = request.url.path
    if path.startswith(FOR_PROGRAMS) or answer.status_code < 400:
        return answer
    title, words = _WORDS.get(answer.status_code, _OURS if answer.status_code >= 500 else _REFUSED)
    if path.startswith("/console"):
        name = "kit/console_trouble.html"
        member = await _member(request)
        page: Response = console_page(
            _templates, name, answer.status_code, words=words, member=member
        )
    else:
        page = _page(request, "trouble.html", answer.status_code, title=title, words=words)
    add_headers(page)
    return page


async def _member(request: Request) -> StaffMember | None:
    """Return who is logged in, where that can be found out."""
    if found := getattr(request.state, "staff", None):
        return cast(StaffMember, found)
    cookie = request.cookies.get(cookie_name(part(request, Settings)))
    try:
        return await part(request, StaffClient).member(cookie)
    except ConciergeError:
        return None


def _page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    settings = part(request, Settings)
    city = _city(settings.city_dir)
    values = {"city": city["name"], "desk": city["general_desk"], "talk": settings.line_talk_url}
    html = _templates.get_template(name).render(values | shown)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


def _pages(request: Request) -> Mapping[str, str]:
    modules = part(request, Modules)
    return {path: title for module in modules for path, title in module.pages.items()}


@lru_cache
def _city(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
