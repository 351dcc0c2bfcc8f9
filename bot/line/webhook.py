"""`POST /line/webhook`: verify, store, answer 200. Nothing else happens before the answer."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from bot.line.inbox import Inbox
from bot.line.signature import SignatureCheck
from kit.errors import PayloadTooLargeError, UnauthorizedError
from kit.settings import Settings

router = APIRouter(prefix="/line", tags=["line"])

# LINE's own limit is far below. Beyond this even the signature is not worth computing.
HARD_LIMIT_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Received:
    """A request body: whole when it is small enough, otherwise only its head."""

    head: bytes
    size: int
    sha256: str
    signature: SignatureCheck

    @property
    def whole(self) -> bool:
        """Whether `head` is all of it."""
        return len(self.head) == self.size


@router.post("/webhook")
async def receive_webhook(
    request: Request, x_line_signature: Annotated[str | None, Header()] = None
) -> Response:
    """Take LINE's webhook. 200 once stored, 401 on a wrong signature, 503 when storage is down."""
    settings: Settings = request.app.state.settings
    inbox: Inbox = request.app.state.inbox
    received = await _read(request, settings)
    if not received.signature.matches(x_line_signature):
        raise UnauthorizedError("The signature does not match the body.")
    if received.whole:
        await inbox.accept(received.head)
    else:
        await inbox.keep_oversized(received.size, received.sha256, received.head)
    return Response(status_code=200)


async def _read(request: Request, settings: Settings) -> Received:
    secrets = [settings.line_channel_secret, settings.line_channel_secret_previous]
    signature = SignatureCheck([s.get_secret_value() for s in secrets if s is not None])
    digest = hashlib.sha256()
    head = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > HARD_LIMIT_BYTES:
            raise PayloadTooLargeError
        signature.update(chunk)
        digest.update(chunk)
        if size <= settings.webhook_max_bytes:
            head += chunk
    return Received(bytes(head), size, digest.hexdigest(), signature)
