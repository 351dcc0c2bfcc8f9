"""`/console/conversations/{id}/start`: what staff start for a citizen, as a button in the talk."""

import secrets

from fastapi import Request, Response

from auth.desks import desk_router
from auth.modules import Modules
from auth.permissions import Permission
from bot.console.desk_view import Sheet
from bot.console.talk_page import PATH, Desk, Number, View, desk_page, form_key, grip_of
from bot.handoff import starting
from bot.handoff.desk import CitizenGoneError, NotHeldError
from bot.handoff.starting import Start
from identity.contract import IdentityClient
from kit.console import redirect
from kit.container import part
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from kit.forms import only, read_fields
from kit.settings import Settings

AWAY = "いまは本人確認と同意をお願いできません。少し時間をおいてお試しください。"
CHOOSE = "お願いすることを選んでください。"
NO_LOGIN = "この市では、このログインは使えません。"

router = desk_router(PATH, Permission.conversations_answer)


@router.get("/{handoff_id}/start")
async def ask(request: Request, view: View, handoff_id: Number) -> Response:
    """Show what may be started, and what the citizen has proven or agreed to already."""
    return await _page(request, await view.open(request.state.member, handoff_id))


@router.post("/{handoff_id}/start")
async def start(request: Request, desk: Desk, view: View, handoff_id: Number) -> Response:
    """Send the button, once for a form."""
    fields = await read_fields(request)
    member, grip = request.state.member, grip_of(handoff_id, fields)
    try:
        citizen_id = await desk.citizen_of(member, grip)
        chosen = starting.chosen(await _starts(request, citizen_id), only(fields, "start"))
        if chosen is None:
            raise InvalidInputError(CHOOSE)
        url = await _address(request, chosen, citizen_id)
        await desk.start(member, grip, form_key(fields), chosen, url)
    except (NotHeldError, CitizenGoneError, InvalidInputError, UnavailableError) as error:
        words = AWAY if isinstance(error, UnavailableError) else error.message
        sheet = await view.open(member, handoff_id)
        return await _page(request, sheet, words, error.status)
    return redirect(f"{PATH}/{handoff_id}?done=started")


async def _address(request: Request, chosen: Start, citizen_id: str) -> str:
    base = part(request, Settings).public_base_url
    try:
        return await starting.address_of(chosen, citizen_id, part(request, IdentityClient), base)
    except NotFoundError as error:
        raise InvalidInputError(NO_LOGIN) from error


async def _starts(request: Request, citizen_id: str) -> list[Start]:
    """Return everything that may be started. Raises UnavailableError."""
    identity, modules = part(request, IdentityClient), part(request, Modules)
    standing = await identity.standing(citizen_id)
    purposes = await identity.purposes(citizen_id)
    return [
        *starting.proofs(standing.level),
        *starting.consents(purposes),
        *starting.pages(modules),
    ]


async def _page(request: Request, sheet: Sheet, problem: str = "", status: int = 200) -> Response:
    member, found = request.state.member, sheet.handoff
    try:
        starts = await _starts(request, found.citizen_id)
    except UnavailableError:
        starts, problem = starting.pages(part(request, Modules)), problem or AWAY
        starts = [start for start in starts if start.level is None]
    groups = [
        (title, [start for start in starts if start.kind is kind])
        for kind, title in (
            (starting.Kind.proof, "本人確認をお願いする"),
            (starting.Kind.consent, "同意をお願いする"),
            (starting.Kind.page, "ページを案内する"),
        )
    ]
    return desk_page(
        request,
        "start.html",
        status,
        found=found,
        groups=[(title, these) for title, these in groups if these],
        is_mine=found.state == "held" and found.holder_id == member.id,
        problem=problem,
        key=secrets.token_urlsafe(12),
    )
