"""`/console/kept` and `/my/kept`: what was sent too late is there again, and goes on by one tap."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from auth.citizens import KEPT as MY_KEPT
from auth.citizens import CitizenRoute, CitizenVisit, require_citizen
from auth.kept_forms import KeptForms
from auth.levels import Level
from auth.staff import StaffMember, require_staff
from kit.console import KEPT, ConsoleRoute, FormKeeper, page, redirect
from kit.container import part
from kit.web import make_templates

_templates = make_templates(Path(__file__).parent / "templates")
_Member = Annotated[StaffMember, Depends(require_staff())]
_Visit = Annotated[CitizenVisit, Depends(require_citizen(Level.L1))]

staff = APIRouter(include_in_schema=False, route_class=ConsoleRoute)
citizens = APIRouter(include_in_schema=False, route_class=CitizenRoute)


def _forms(request: Request) -> KeptForms:
    forms = part(request, FormKeeper)
    assert isinstance(forms, KeptForms)  # noqa: S101  the container provides it
    return forms


@staff.get(KEPT)
async def show_staff(request: Request, member: _Member) -> Response:
    """Show what is kept for whoever has logged in again."""
    return await _show(request, "", "/console/", KEPT, member.form_token, member=member)


@staff.post(KEPT)
async def drop_staff(request: Request, _member: _Member) -> Response:
    """Forget it."""
    return await _drop(request, "/console/")


@citizens.get(MY_KEPT)
async def show_citizen(request: Request, visit: _Visit) -> Response:
    """Show what is kept for the citizen who has proven more."""
    return await _show(request, visit.citizen_id, "/my/", MY_KEPT, visit.form_token)


@citizens.post(MY_KEPT)
async def drop_citizen(request: Request, _visit: _Visit) -> Response:
    """Forget it."""
    return await _drop(request, "/my/")


async def _show(
    request: Request, owner: str, home: str, here: str, form_token: str, **shown: Any
) -> Response:
    kept = await _forms(request).find(request, owner)
    values = {"kept": kept, "home": home, "here": here, "form_token": form_token}
    return page(_templates, "kept.html", **values, **shown)


async def _drop(request: Request, home: str) -> Response:
    response = redirect(home)
    await _forms(request).drop(request, response)
    return response
