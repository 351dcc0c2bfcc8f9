"""`/my/health/export`: a handbook to take along, as a PDF and as a FHIR Bundle.

Both need the card within the last minutes, because what leaves the pages is beyond their reach.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from auth.citizens import CitizenRoute, CitizenVisit, require_citizen
from auth.levels import Level
from kit.container import part
from kit.errors import NotFoundError
from kit.settings import Settings
from services.health.contract import AUDIENCE
from services.health.fhir_api import taken_out
from services.health.handbook import Person
from services.health.photos import DiaryPhotos
from services.health.printed import handbook_pdf
from services.health.scopes import SCOPES
from services.health.visiting import PATH, Desk, city_name, desk_of

EXPORT = "health:record:export"

router = APIRouter(prefix=f"{PATH}/export", include_in_schema=False, route_class=CitizenRoute)

Visits = Annotated[CitizenVisit, Depends(require_citizen(Level(SCOPES[EXPORT].level)))]


async def _desk(request: Request, visit: Visits) -> Desk:
    return await desk_of(request, visit)


FreshDesk = Annotated[Desk, Depends(_desk)]


@router.get("")
async def export(desk: FreshDesk, child: str = "") -> Response:
    """Say what can be taken along."""
    person = desk.person(child)
    if person is None:
        return desk.which("export")
    kept = await part(desk.request, DiaryPhotos).of(desk.visit.citizen_id, person.id)
    return desk.child_page(person, "export", photos=sum(map(len, kept.values())))


@router.get("/pdf")
async def as_pdf(desk: FreshDesk, child: str = "") -> Response:
    """Everything that the pages show, for people."""
    person = _meant(desk, child)
    await note_export(desk)
    entries = await desk.entries(person)
    city = city_name(part(desk.request, Settings))
    document = await asyncio.to_thread(handbook_pdf, person, entries, desk.today, city)
    return to_keep(Response(document, media_type="application/pdf"), "handbook.pdf")


@router.get("/bundle")
async def as_bundle(desk: FreshDesk, child: str = "") -> Response:
    """What is exchanged between systems, as FHIR."""
    person = _meant(desk, child)
    await note_export(desk)
    return to_keep(await taken_out(desk.request, person.id, is_self=person.is_me), "handbook.json")


async def note_export(desk: Desk) -> None:
    """Have it in the access log before anything leaves: whoever gets the grant is there."""
    await desk.visit.grant(AUDIENCE, EXPORT)


def _meant(desk: Desk, child: str) -> Person:
    person = desk.person(child) if child else None
    if person is None:
        raise NotFoundError
    return person


def to_keep(answer: Response, name: str) -> Response:
    """Return an answer as a file that a browser saves under a name."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
