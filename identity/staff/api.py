"""`/identity/internal/staff/…`: what other packages ask about staff."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from auth.staff import StaffAccess, StaffCookie, StaffIds, StaffMember, StaffNotAllowedError
from identity.staff.container import StaffContainer
from identity.staff.residents import record_access
from kit.container import part
from kit.guard import require_internal

router = APIRouter(
    prefix="/identity/internal/staff",
    include_in_schema=False,
    dependencies=[Depends(require_internal)],
)


def _container(request: Request) -> StaffContainer:
    container = part(request, StaffContainer)
    return container


IdentityContainer = Annotated[StaffContainer, Depends(_container)]


@router.post("/members")
async def member(asked: StaffCookie, container: IdentityContainer) -> StaffMember | None:
    """Tell who is logged in with a cookie, null for nobody."""
    return await container.logins.member(asked.cookie)


@router.post("/names")
async def names(asked: StaffIds, container: IdentityContainer) -> dict[str, str]:
    """Tell the names of accounts, for pages that show who did something."""
    return await container.accounts.names(asked.ids)


@router.post("/looks")
async def look(asked: StaffAccess, container: IdentityContainer) -> dict[str, Any] | None:
    """Note a look at a citizen's data, or say that it is not allowed; null for nobody."""
    member = await container.logins.member(asked.cookie)
    if member is None:
        return None
    try:
        async with container.database.transaction() as session:
            await record_access(session, member, asked, container.clock())
    except StaffNotAllowedError:
        return {"allowed": False}
    return {"allowed": True, "member": member}
