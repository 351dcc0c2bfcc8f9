"""`/console/account`: one's own sessions, password and recovery codes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from auth.staff import StaffLoginNeededError, StaffMember
from identity.login.devices import device_name
from identity.staff.container import StaffContainer
from identity.staff.logins import DifferentPasswordsError
from identity.staff.passwords import SHORTEST
from identity.staff.problems import FormProblemError
from identity.staff.sessions import StaffSession
from identity.staff.web import TEMPLATES, Form, IdentityContainer, Member, current, lead_on
from kit.addresses import client_address
from kit.console import ConsoleRoute, page, redirect
from kit.container import part
from kit.forms import only
from kit.settings import Settings

ACCOUNT = "/console/account"

router = APIRouter(prefix=ACCOUNT, include_in_schema=False, route_class=ConsoleRoute)


async def _session(request: Request, container: IdentityContainer) -> StaffSession:
    session = await current(request, container)
    if session is None:
        raise StaffLoginNeededError
    return session


Session = Annotated[StaffSession, Depends(_session)]


@router.get("")
async def show(
    request: Request, container: IdentityContainer, member: Member, session: Session, done: str = ""
) -> Response:
    """Show the account and where else it is logged in."""
    return await _account(request, container, member, session, done=done == "password")


@router.post("/password")
async def change_password(
    request: Request, container: IdentityContainer, member: Member, session: Session, fields: Form
) -> Response:
    """Change the password; every other session ends, this one gets a new id."""
    try:
        if only(fields, "password") != only(fields, "again"):
            raise DifferentPasswordsError
        cookie, renewed = await container.logins.change_password(
            session, only(fields, "current"), only(fields, "password"), client_address(request)
        )
    except FormProblemError as error:
        return await _account(request, container, member, session, {"password": error.message})
    return lead_on(request, (cookie, renewed.leading_to(f"{ACCOUNT}?done=password")))


@router.post("/codes")
async def new_codes(
    request: Request, container: IdentityContainer, member: Member, session: Session, fields: Form
) -> Response:
    """Make new recovery codes and show them, this once."""
    try:
        codes = await container.logins.new_recovery_codes(
            session, only(fields, "current"), client_address(request)
        )
    except FormProblemError as error:
        return await _account(request, container, member, session, {"codes": error.message})
    return page(TEMPLATES, "codes.html", codes=codes, onward=ACCOUNT, member=member)


@router.post("/sessions/end")
async def end_session(
    container: IdentityContainer, member: Member, session: Session, fields: Form
) -> Response:
    """End one of one's own sessions, or all the others."""
    chosen = only(fields, "session")
    for other in await container.sessions.of(member.id, session.epoch):
        if other.digest != session.digest and chosen in ("others", other.digest):
            await container.sessions.end(other)
    return redirect(ACCOUNT)


async def _account(
    request: Request,
    container: StaffContainer,
    member: StaffMember,
    session: StaffSession,
    problems: dict[str, str] | None = None,
    *,
    done: bool = False,
) -> Response:
    settings = part(request, Settings)
    account = await container.accounts.get(member.id)
    return page(
        TEMPLATES,
        "account.html",
        422 if problems else 200,
        member=member,
        account=account,
        sessions=await container.sessions.of(member.id, session.epoch),
        this=session.digest,
        named=device_name,
        problems=problems or {},
        done=done,
        shortest=SHORTEST,
        zone=settings.timezone,
    )
