"""`/identity/internal/staff/…`: what other rooms ask about staff."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from auth.staff import StaffCookie, StaffLook, StaffMember, StaffNotAllowedError
from identity.staff.container import StaffRoom
from identity.staff.residents import note_look
from kit.http import require_internal

router = APIRouter(
    prefix="/identity/internal/staff",
    include_in_schema=False,
    dependencies=[Depends(require_internal)],
)


def _room(request: Request) -> StaffRoom:
    room: StaffRoom = request.app.state.staff
    return room


Room = Annotated[StaffRoom, Depends(_room)]


@router.post("/members")
async def member(asked: StaffCookie, room: Room) -> StaffMember | None:
    """Tell who is logged in with a cookie, null for nobody."""
    return await room.logins.member(asked.cookie)


@router.post("/looks")
async def look(asked: StaffLook, room: Room) -> dict[str, Any] | None:
    """Note a look at a citizen's data, or say that it is not allowed; null for nobody."""
    member = await room.logins.member(asked.cookie)
    if member is None:
        return None
    try:
        async with room.database.transaction() as session:
            await note_look(session, member, asked, room.clock())
    except StaffNotAllowedError:
        return {"allowed": False}
    return {"allowed": True, "member": member}
