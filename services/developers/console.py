"""`/console/developers/`: who may offer skills, and which of them citizens reach."""

from pathlib import Path
from typing import Any

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from auth.staff import StaffNotAllowedError
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.forms import only, read_fields
from kit.settings import Settings
from kit.web import make_templates
from services.developers import repository
from services.developers.accounts import Accounts
from services.developers.pages import OUTCOMES, STATES
from services.developers.rules import DeveloperState, SkillState
from services.developers.skills import Skills

PATH = "/console/developers"
PEOPLE = {"waiting": "承認を待っています", "approved": "承認済み", "refused": "利用できません"}
_templates = make_templates(Path(__file__).parent / "templates")


router = desk_router(PATH, Permission.developers_manage)


@router.get("/")
async def overview(request: Request) -> Response:
    """Show developers and skills, what waits first."""
    async with part(request, Database).transaction() as session:
        people = await repository.developers(session)
        skills = await repository.all_skills(session)
    return _page(request, "console", people=people, skills=skills)


@router.post("/people/{developer_id}")
async def decide(request: Request, developer_id: str) -> Response:
    """Approve a developer for one of one's own desks, or refuse them."""
    fields, member = await read_fields(request), request.state.member
    state = only(fields, "state")
    desk = only(fields, "desk")
    if state not in ("approved", "refused"):
        raise InvalidInputError
    if state == "approved" and not member.sees(desk):
        raise StaffNotAllowedError
    await part(request, Accounts).decide(developer_id, DeveloperState(state), desk, member.name)
    if state == "refused":
        await _stop_skills(request, developer_id)
    return redirect(f"{PATH}/")


async def _stop_skills(request: Request, developer_id: str) -> None:
    """Disable what a refused developer offered; citizens are not served from it in any case."""
    async with part(request, Database).transaction() as session:
        skills = await repository.skills_of(session, developer_id)
    for one in skills:
        if one.state != SkillState.disabled:
            who = request.state.member.name
            await part(request, Skills).staff_step(one.id, SkillState.disabled, who)


@router.post("/people/{developer_id}/delete")
async def delete(request: Request, developer_id: str) -> Response:
    """Delete a refused developer with everything they offered."""
    await part(request, Accounts).delete(developer_id)
    return redirect(f"{PATH}/")


@router.get("/skills/{skill_id}")
async def skill(request: Request, skill_id: str) -> Response:
    """Show a skill with everything that a decision needs."""
    since = part(request, Clock)().replace(hour=0, minute=0, second=0, microsecond=0)
    async with part(request, Database).transaction() as session:
        found = await repository.skill(session, skill_id)
        if found is None:
            raise NotFoundError
        owner = await repository.developer(session, found.developer_id)
        steps = await repository.steps(session, skill_id)
        outcomes = await repository.outcomes(session, skill_id, since)
    return _page(
        request,
        "console_skill",
        skill=found,
        owner=owner,
        steps=steps,
        outcomes=outcomes,
        words=OUTCOMES,
        zone=part(request, Settings).timezone,
    )


@router.post("/skills/{skill_id}")
async def step(request: Request, skill_id: str) -> Response:
    """Approve a skill, put it before citizens, or disable it at once."""
    wanted = only(await read_fields(request), "state")
    if wanted not in ("approved", "live", "disabled"):
        raise InvalidInputError
    member = request.state.member
    await part(request, Skills).staff_step(skill_id, SkillState(wanted), member.name)
    return redirect(f"{PATH}/skills/{skill_id}")


def _page(request: Request, name: str, **shown: Any) -> Response:
    values = {
        "path": PATH,
        "member": request.state.member,
        "states": STATES,
        "people_states": PEOPLE,
    }
    return page(_templates, f"developers/{name}.html", **values, **shown)
