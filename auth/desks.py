"""The console's pages of one desk: who is let in, and how the router is made."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from kit.console import ConsoleRoute
from kit.errors import NotFoundError


def desk_router(path: str, permission: Permission, desk: str | None = None) -> APIRouter:
    """Return a router for pages under `path`; `request.state.member` is who is let in.

    With a `desk`, members of other desks are answered as if nothing were here.
    """

    async def let_in(
        request: Request, member: Annotated[StaffMember, Depends(require_staff(permission))]
    ) -> None:
        if desk is not None and not member.sees(desk):
            raise NotFoundError
        request.state.member = member

    return APIRouter(
        prefix=path,
        include_in_schema=False,
        route_class=ConsoleRoute,
        dependencies=[Depends(let_in)],
    )
