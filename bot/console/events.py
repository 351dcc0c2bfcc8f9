"""`/console/events`: server-sent events that tell a desk's pages what has changed."""

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from redis.exceptions import RedisError

from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from bot.handoff.updates import Updates
from kit.console import ConsoleRoute
from kit.container import part
from kit.errors import UnavailableError

router = APIRouter(include_in_schema=False, route_class=ConsoleRoute)
# A browser connects anew after this long, which asks again who it is.
LIFE_SECONDS = 300.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Reader = Annotated[StaffMember, Depends(require_staff(Permission.conversations_read))]


@router.get("/console/events")
async def events(request: Request, member: Reader) -> StreamingResponse:
    """Tell which of the member's conversations have changed: `event: changed`, data `{"id": …}`."""
    stream = _stream(part(request, Updates), member)
    try:
        # What cannot be listened to is a refusal, not an empty stream.
        first = await anext(stream)
    except RedisError as error:
        raise UnavailableError("There are no live updates now.") from error
    return StreamingResponse(_after(first, stream), 200, _HEADERS, "text/event-stream")


async def _after(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for told in rest:
        yield told


async def _stream(updates: Updates, member: StaffMember) -> AsyncIterator[str]:
    ends_at = time.monotonic() + LIFE_SECONDS
    async with updates.listening() as changes:
        yield "retry: 2000\n\n"
        async for change in changes:
            if time.monotonic() > ends_at:
                return
            if change is None:
                yield ": still here\n\n"
            elif any(member.sees(desk) for desk in change["desks"]):
                yield f"event: changed\ndata: {json.dumps({'id': change['id']})}\n\n"
