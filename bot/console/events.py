"""`/console/events`: server-sent events that tell a desk's pages what has changed."""

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from redis.exceptions import RedisError

from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from bot.console.talk_page import number_of
from bot.handoff.updates import Change, Updates
from kit.console import ConsoleRoute
from kit.container import part
from kit.errors import UnavailableError

router = APIRouter(include_in_schema=False, route_class=ConsoleRoute)
# A browser connects anew after this long, which asks again who it is.
LIFE_SECONDS = 300.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Reader = Annotated[StaffMember, Depends(require_staff(Permission.conversations_read))]


@router.get("/console/events")
async def events(
    request: Request, member: Reader, handoff_id: Annotated[str, Query(alias="id")] = ""
) -> StreamingResponse:
    """Tell which of the member's conversations have changed: `event: changed`, data `{"id": …}`.

    With an `id` everything of that one; otherwise whatever stands elsewhere in the queues.
    """
    number = number_of(handoff_id)

    def wants(change: Change) -> bool:
        is_shown = change.id == number if number else change.moved
        return is_shown and any(member.sees(desk) for desk in change.desks)

    stream = _stream(part(request, Updates), wants)
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


async def _stream(updates: Updates, wants: Callable[[Change], bool]) -> AsyncIterator[str]:
    ends_at = time.monotonic() + LIFE_SECONDS
    async with updates.listening(wants) as changes:
        yield "retry: 2000\n\n"
        async for changed in changes:
            if time.monotonic() > ends_at:
                return
            if changed is None:
                yield ": still here\n\n"
            else:
                yield f"event: changed\ndata: {json.dumps({'id': changed})}\n\n"
