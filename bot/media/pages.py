"""`/my/files/…`: files that staff sent, for whoever has the address: LINE, and the citizen."""

from fastapi import APIRouter, Request, Response

from bot.media.outgoing import PATH, SentFiles
from kit.clock import Clock
from kit.container import part

router = APIRouter(prefix=PATH, include_in_schema=False)

_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Robots-Tag": "noindex",
}


@router.get("/{token}")
async def file(request: Request, token: str) -> Response:
    """Hand out a picture to look at, or a document to save."""
    return await _answer(request, token, preview=False)


@router.get("/{token}/preview")
async def preview(request: Request, token: str) -> Response:
    """Hand out a picture in small, as LINE shows it in the talk."""
    return await _answer(request, token, preview=True)


async def _answer(request: Request, token: str, *, preview: bool) -> Response:
    found = await part(request, SentFiles).open(token, part(request, Clock)(), preview=preview)
    headers = dict(_HEADERS)
    if found.content_type == "application/pdf":
        headers["Content-Disposition"] = 'attachment; filename="document.pdf"'
    return Response(found.content, 200, headers, found.content_type)
