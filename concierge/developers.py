"""`/developers/reference`: this installation's API, written from its own OpenAPI description."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from kit.web import make_templates

router = APIRouter(include_in_schema=False)
_templates = make_templates(Path(__file__).parent / "templates")


@router.get("/developers/openapi.json")
def openapi(request: Request) -> JSONResponse:
    """Return the description; in a thread, because making it takes most of a second."""
    return JSONResponse(request.app.openapi())


@router.get("/developers/reference")
def developers(request: Request) -> HTMLResponse:
    """List every path by package, with what it does, takes and answers; in a thread as well."""
    page = _templates.get_template("developers.html").render(
        packages=_rooms(request.app.openapi()), lang="en"
    )
    return HTMLResponse(page)


def _rooms(description: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    packages: dict[str, list[dict[str, str]]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            container = operation.get("tags", ["other"])[0]
            packages.setdefault(container, []).append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": operation.get("description") or operation.get("summary", ""),
                }
            )
    return packages
