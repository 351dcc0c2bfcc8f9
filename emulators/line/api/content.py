"""Files that people sent (LINE serves them from its data host; here it is the same one)."""

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.content import Stored
from emulators.line.errors import LineError


def routes() -> list[Route]:
    """Return the content endpoints."""
    base = "/v2/bot/message/{messageId}/content"
    return [
        line_route("GET", base, content),
        line_route("GET", f"{base}/preview", preview),
        line_route("GET", f"{base}/transcoding", transcoding),
    ]


async def content(call: Call) -> Answer:
    """Return the file; 202 while a video or audio is being prepared."""
    stored = _stored(call)
    return _file(call, stored)


async def preview(call: Call) -> Answer:
    """Return a smaller picture; here it is the file itself."""
    stored = _stored(call)
    if stored.kind not in ("image", "video"):
        raise LineError(400, "The content can not be previewed")
    return _file(call, stored)


async def transcoding(call: Call) -> Answer:
    """Say whether a video or audio can be fetched."""
    stored = _stored(call)
    if stored.kind not in ("video", "audio"):
        raise LineError(400, "Transcoding status doesn't support this type of content")
    preparing = call.platform.now() < stored.ready
    return Answer({"status": "processing" if preparing else "succeeded"})


def _stored(call: Call) -> Stored:
    return call.platform.content.get(call.param("messageId"), call.platform.now())


def _file(call: Call, stored: Stored) -> Answer:
    if call.platform.now() < stored.ready:
        return Answer(b"", 202)
    return Answer(stored.data or b"", media_type=stored.media_type)
