"""What the pages of staff accounts share: the package, the browser's session, forms, templates."""

from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request, Response

from auth.permissions import Permission
from auth.staff import StaffMember, check_form_token, cookie_name, require_staff
from identity.staff.container import StaffContainer
from identity.staff.logins import Entered, LoginOverError
from identity.staff.sessions import ABSOLUTE, StaffSession, Stage
from kit.console import redirect
from kit.container import part
from kit.forms import Fields, read_fields
from kit.settings import Settings
from kit.web import make_templates

TEMPLATES = make_templates(Path(__file__).parent / "templates")
CONSOLE = "/console/"
# Where each stage of a login goes on.
PAGE_OF = {
    Stage.guest: "/console/login",
    Stage.factor: "/console/login/code",
    Stage.enrol: "/console/enrol",
    Stage.password: "/console/password",
}


def room_of(request: Request) -> StaffContainer:
    """Return the parts that the application was given."""
    container = part(request, StaffContainer)
    return container


IdentityContainer = Annotated[StaffContainer, Depends(room_of)]
Form = Annotated[Fields, Depends(read_fields)]
Member = Annotated[StaffMember, Depends(require_staff())]
Administrator = Annotated[StaffMember, Depends(require_staff(Permission.staff_manage))]
Auditor = Annotated[StaffMember, Depends(require_staff(Permission.audit_read))]


async def current(request: Request, container: StaffContainer) -> StaffSession | None:
    """Return the browser's session at whatever stage, None for none."""
    return await container.sessions.read(request.cookies.get(cookie_name(part(request, Settings))))


async def at_stage(request: Request, container: StaffContainer, stage: Stage) -> StaffSession:
    """Return the session of a login under way. Raises LoginOverError, StaffFormRefusedError."""
    session = await current(request, container)
    if session is None or session.stage is not stage:
        raise LoginOverError
    await check_form_token(request, session.form_token)
    return session


def lead_on(request: Request, entered: Entered) -> Response:
    """Give the browser its new cookie and lead it to what comes next."""
    cookie, session = entered
    return with_cookie(request, redirect(PAGE_OF.get(session.stage, session.path)), cookie)


def with_cookie(request: Request, response: Response, cookie: str) -> Response:
    """Give the browser a session cookie."""
    settings = part(request, Settings)
    response.set_cookie(
        cookie_name(settings),
        cookie,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.public_base_url.startswith("https://"),
    )
    return response
