"""`/console/staff/requests`: what waits for a second administrator."""

from fastapi import APIRouter, Request, Response

from auth.permissions import Role
from auth.staff import StaffMember
from identity.staff.accounts import Warrant
from identity.staff.container import StaffContainer
from identity.staff.problems import FormProblemError
from identity.staff.requests import What
from identity.staff.staff_pages import one_time
from identity.staff.web import TEMPLATES, Administrator, Form, IdentityContainer
from kit.console import ConsoleRoute, page, redirect
from kit.container import part
from kit.forms import only
from kit.settings import Settings

REQUESTS = "/console/staff/requests"

router = APIRouter(prefix=REQUESTS, include_in_schema=False, route_class=ConsoleRoute)


@router.get("")
async def show(request: Request, container: IdentityContainer, member: Administrator) -> Response:
    """List what waits."""
    return await _list(request, container, member)


@router.post("/{number}/approve")
async def approve(
    request: Request,
    container: IdentityContainer,
    member: Administrator,
    number: int,
    fields: Form,
) -> Response:
    """Do what another administrator asked for; a one-time password is shown this once."""
    warrant = Warrant(member.id, only(fields, "reason"))
    try:
        account, password = await container.approvals.approve(number, warrant)
    except FormProblemError as error:
        return await _list(request, container, member, error)
    if password is not None:
        return await one_time(container, member, account, password)
    return redirect(REQUESTS)


@router.post("/{number}/refuse")
async def refuse(
    request: Request,
    container: IdentityContainer,
    member: Administrator,
    number: int,
    fields: Form,
) -> Response:
    """Close a request without doing it; who asked may take it back so, too."""
    try:
        await container.approvals.refuse(number, Warrant(member.id, only(fields, "reason")))
    except FormProblemError as error:
        return await _list(request, container, member, error)
    return redirect(REQUESTS)


async def _list(
    request: Request,
    container: StaffContainer,
    member: StaffMember,
    problem: FormProblemError | None = None,
) -> Response:
    people = {account.id: account for account in await container.accounts.all()}
    return page(
        TEMPLATES,
        "requests.html",
        200 if problem is None else problem.status,
        member=member,
        requests=await container.approvals.waiting(),
        people=people,
        what=What,
        role=Role,
        problem="" if problem is None else problem.message,
        zone=part(request, Settings).timezone,
    )
