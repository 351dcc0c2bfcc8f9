"""Live updates for the chat page, and the pictures it shows."""

import asyncio
import re
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from emulators.json_text import to_bytes
from emulators.line.control.common import answer_json
from emulators.line.errors import Json, LineError
from emulators.line.platform import Platform
from emulators.line.talk import Talk

# Proxies and sleeping laptops drop silent connections; a comment now and then keeps them open.
_KEEPALIVE_SECONDS = 15.0
_NUMBER = re.compile(r"[0-9]{1,15}")
# Anything else that people upload is offered as a download, so that it cannot run in this page.
_SHOWN = ("image/", "audio/", "video/")


def routes() -> list[Route]:
    """Return the stream and the files."""
    return [
        Route("/emulator/users/{chat_id}/stream", stream, methods=["GET"]),
        Route("/emulator/groups/{chat_id}/stream", stream, methods=["GET"]),
        Route("/emulator/content/{message_id}", content, methods=["GET"]),
        Route("/emulator/menus/{menu_id}/image", menu_image, methods=["GET"]),
    ]


async def stream(request: Request) -> Response:
    """Send a talk as server-sent events.

    `message` events carry the entry's number as their id, so a browser that reconnects with
    `Last-Event-ID` (or `?after=`) misses none and sees none twice. The others have no id:
    `loading`, `menu`, `unsend`, `edit`, `read`, `friend`; `close` ends the stream for good.
    """
    platform: Platform = request.app.state.platform
    chat = platform.chat(request.path_params["chat_id"])
    if chat is None:
        error = {"code": "emulator_refused", "message": "There is no such chat."}
        return answer_json({"error": error}, 404)
    given = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    after = int(given) if _NUMBER.fullmatch(given) else 0
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(chat.talk, after), 200, headers, "text/event-stream")


async def content(request: Request) -> Response:
    """Return a file that somebody sent."""
    platform: Platform = request.app.state.platform
    try:
        stored = platform.content.get(request.path_params["message_id"], platform.now())
    except LineError as error:
        return answer_json(error.body(), error.http_status)
    return _file(stored.data or b"", stored.media_type)


async def menu_image(request: Request) -> Response:
    """Return the image of a rich menu."""
    platform: Platform = request.app.state.platform
    try:
        menu = platform.menus.usable(request.path_params["menu_id"])
    except LineError as error:
        return answer_json(error.body(), error.http_status)
    return _file(menu.image or b"", menu.media_type)


async def _events(talk: Talk, after: int) -> AsyncIterator[str]:
    with talk.stream() as queue:
        # Both happen without a pause between them: what comes later is in the queue.
        backlog = talk.after(after)
        yield "retry: 1000\n\n"
        for entry in backlog:
            yield _event("message", entry)
        while True:
            try:
                async with asyncio.timeout(_KEEPALIVE_SECONDS):
                    kind, data = await queue.get()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if kind != "end":
                yield _event(kind, data)
            if kind in ("close", "end"):
                return


def _event(kind: str, data: Json) -> str:
    number = f"id: {data['seq']}\n" if kind == "message" else ""
    return f"{number}event: {kind}\ndata: {to_bytes(data).decode()}\n\n"


def _file(data: bytes, media_type: str) -> Response:
    headers = {"cache-control": "private, max-age=3600", "x-content-type-options": "nosniff"}
    if not media_type.startswith(_SHOWN):
        headers["content-disposition"] = "attachment"
    return Response(data, 200, headers, media_type=media_type)
