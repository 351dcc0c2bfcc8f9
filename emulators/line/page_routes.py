"""The chat page: plain files, no build, and a policy that lets nothing foreign run."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FILES = Path(__file__).parent / "page"
# Pictures come from wherever the bot keeps them; scripts and styles only from here. The board
# shows this very page in frames, and nobody else may.
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data: blob: http: https:; media-src 'self' http: https:; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}


class _PageFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


def routes() -> list[Route | Mount]:
    """Return the page at `/`, several of it at `/board`, and their files under `/page`."""
    return [
        Route("/", _index, methods=["GET"]),
        Route("/board", _board, methods=["GET"]),
        Mount("/page", _PageFiles(directory=_FILES)),
    ]


async def _index(_request: Request) -> Response:
    return FileResponse(_FILES / "index.html", headers=_HEADERS)


async def _board(_request: Request) -> Response:
    return FileResponse(_FILES / "board.html", headers=_HEADERS)
