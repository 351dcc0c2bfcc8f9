"""`/console/nursery/rounds/…/letters`: the letters of a released round, to be printed in one go.

Each is a look at names and address, and noted with its reason before anything is opened.
"""

import asyncio

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from kit.console import redirect
from kit.container import part
from kit.errors import NotFoundError
from kit.forms import only, read_fields
from kit.pdf import Line, write_pdf
from kit.wording import date_words
from services.nursery.applications import Applications, Files
from services.nursery.console import PATH, good_reason, note_look
from services.nursery.contract import Application
from services.nursery.letters import letter
from services.nursery.public import city_name
from services.nursery.scopes import DESK
from services.residents.contract import ResidentsClient

IN_A_FILE = 100

router = desk_router(PATH, Permission.residents_tasks, DESK)


@router.post("/rounds/{round_id}/letters")
async def letters(request: Request, round_id: str) -> Response:
    """Give a hundred letters of a round as one PDF, each on its own sheet."""
    fields = await read_fields(request)
    reason, number = only(fields, "reason").strip(), only(fields, "number")
    if not good_reason(reason):
        return redirect(f"{PATH}/?done=reason")
    if not (number.isascii() and number.isdigit() and int(number[:6]) > 0):
        return redirect(f"{PATH}/?done=part")
    start = (int(number[:6]) - 1) * IN_A_FILE
    found = await part(request, Applications).released(round_id, start, IN_A_FILE)
    if not found:
        return redirect(f"{PATH}/?done=part")
    for citizen_id, _ in found:
        await note_look(request, citizen_id, reason)
    addresses = await _addresses(request, found)
    sheets = [_sheet(request, of, addresses) for _, of in found]
    title = found[0][1].round.title
    pdf = await asyncio.to_thread(write_pdf, sheets, f"{title} 通知書")
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="nursery-letters-{int(number[:6])}.pdf"',
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _addresses(request: Request, found: list[tuple[str, Application]]) -> dict[str, str]:
    """Return each eldest child's address by the register; who has moved away has none."""
    ids = {_eldest(of) for _, of in found}
    people = await part(request, ResidentsClient).listed(sorted(ids))
    return {person.resident_id: person.address for person in people}


def _eldest(of: Application) -> str:
    if of.submitted is None or not of.submitted.children:
        raise NotFoundError
    return of.submitted.children[0].person_id


def _sheet(request: Request, of: Application, addresses: dict[str, str]) -> list[Line]:
    settings = part(request, Files).settings
    day = "" if of.round.released_at is None else date_words(of.round.released_at.date())
    return letter(
        of,
        city_name(settings),
        DESK,
        day,
        demonstration=settings.is_demo,
        address=addresses.get(_eldest(of), ""),
    )
