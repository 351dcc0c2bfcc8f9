"""`POST /line/webhook`: verify, store, answer 200. Nothing else happens before the answer."""

import hashlib
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from bot.line.channels import Channels
from bot.line.inbox import Inbox
from bot.line.signature import SignatureCheck
from kit.container import part
from kit.errors import InvalidInputError, PayloadTooLargeError, UnauthorizedError
from kit.settings import Settings
from kit.web import takes_bytes

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


@takes_bytes(HARD_LIMIT_BYTES)
async def receive_webhook(request: Request) -> Response:
    """Take LINE's webhook.

    200 once stored, 400 when the body ends early, 401 on a wrong signature, 413 when it is
    beyond all measure, 503 when storage is down.
    """
    settings = part(request, Settings)
    channels = part(request, Channels)
    inbox = part(request, Inbox)
    received = await _read(request, settings, channels)
    given = request.headers.getlist("x-line-signature")
    # Two signatures are no signature: which one counts is not for a proxy to decide.
    signers = received.signature.signers(given[0]) if len(given) == 1 else frozenset()
    if not signers:
        raise UnauthorizedError("The signature does not match the body.")
    if received.whole:
        await inbox.accept(received.head, signers)
    else:
        await inbox.keep_oversized(received.size, received.sha256, received.head, signers)
    return Response(status_code=200)


async def _read(request: Request, settings: Settings, channels: Channels) -> Received:
    signature = channels.signature_check()
    digest = hashlib.sha256()
    head = bytearray()
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > HARD_LIMIT_BYTES:
                raise PayloadTooLargeError
            signature.update(chunk)
            digest.update(chunk)
            head += chunk[: settings.webhook_max_bytes - len(head)]
    except ClientDisconnect as error:
        raise InvalidInputError("The body ends early.") from error
    return Received(bytes(head), size, digest.hexdigest(), signature)


# Without FastAPI's reading of parameters, which was a third of this route's cost: it has none.
webhook_route = Route("/line/webhook", receive_webhook, methods=["POST"])
