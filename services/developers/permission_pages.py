"""`/my/skills`: what skills from outside ask to see, and what they may see until it is ended."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from auth.citizens import CitizenRoute, CitizenVisit, require_citizen
from auth.levels import Level
from kit.console import redirect
from kit.container import part
from kit.errors import ConflictError, NotFoundError
from kit.forms import only, read_fields
from kit.settings import Settings
from kit.web import make_templates
from services.developers.contract import PAGE
from services.developers.permissions import Permissions
from services.developers.sharing import SHAREABLE

_DONE = {
    "given": "見せることにしました。答えは、LINEのトークに届きます。",
    "declined": "見せないことにしました。",
    "withdrawn": "見せるのをやめました。いまから、この機能は情報を見られません。",
    "changed": "この機能の内容が変わったため、まだ見せていません。いまの内容を確かめてください。",
}

_templates = make_templates(Path(__file__).parent / "templates")
router = APIRouter(include_in_schema=False, route_class=CitizenRoute)

AtLine = Annotated[CitizenVisit, Depends(require_citizen(Level.L1))]


@router.get(PAGE)
async def show(request: Request, visit: AtLine, done: str = "") -> Response:
    """Show what is asked for and what was given."""
    permissions = part(request, Permissions)
    asked = await permissions.asked(visit.citizen_id)
    given = await permissions.given(visit.citizen_id)
    return _page(request, visit, asked=asked, given=given, done=_DONE.get(done, ""))


@router.post(PAGE)
async def decide(request: Request, visit: AtLine) -> Response:
    """Let a skill see what the page has shown, decline, or end it."""
    fields, permissions = await read_fields(request), part(request, Permissions)
    skill_id, citizen_id = only(fields, "skill"), visit.citizen_id
    match only(fields, "do"):
        case "withdraw":
            await permissions.withdraw(citizen_id, skill_id, visit.level)
            return redirect(f"{PAGE}?done=withdrawn")
        case "give":
            return await _give(request, citizen_id, skill_id, fields.get("scope", ()))
    await permissions.decline(citizen_id, skill_id)
    return redirect(f"{PAGE}?done=declined")


async def _give(
    request: Request, citizen_id: str, skill_id: str, scopes: Sequence[str]
) -> Response:
    """Give it at the level that the skill needs: who has proven less is led there and back."""
    permissions = part(request, Permissions)
    offered = await permissions.offered(skill_id)
    if offered is None:
        return redirect(f"{PAGE}?done=changed")
    proven = await CitizenVisit.of(request, offered.manifest.level)
    try:
        await permissions.give(citizen_id, skill_id, list(scopes), proven.level)
    except (ConflictError, NotFoundError):
        return redirect(f"{PAGE}?done=changed")
    return redirect(f"{PAGE}?done=given")


def _page(request: Request, visit: CitizenVisit, **shown: Any) -> Response:
    settings = part(request, Settings)
    city = tomllib.loads((settings.city_dir / "city.toml").read_text(encoding="utf-8"))["name"]
    values = {
        "city": city,
        "path": PAGE,
        "form_token": visit.form_token,
        "titles": {scope: one.title for scope, one in SHAREABLE.items()},
        "zone": settings.timezone,
        **shown,
    }
    html = _templates.get_template("developers/my_skills.html").render(values)
    return HTMLResponse(html, 200, {"Cache-Control": "no-store"})
