"""`/my/procedures/`: the papers of a citizen's life events, with what the register knows filled in.

They hold what the register has of a household and leave our pages, so the card is read within the
last minutes, and the register notes each look in the access log (scope `residents:export`).
"""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from auth.citizens import CitizenRoute, CitizenVisit, require_citizen
from auth.levels import Level
from kit.console import page, redirect
from kit.container import part
from kit.errors import NotFoundError
from kit.pdf import write_pdf
from kit.web import make_templates
from services.procedures import repository
from services.procedures.filling import known_of
from services.procedures.forms import TITLES, Known, Registered, paper
from services.procedures.guides import Guides, OpenList
from services.residents.contract import AUDIENCE, ActsFor, Relation, ResidentsClient

PATH = "/my/procedures"
_PEOPLE, _EXPORT = "residents:people:read", "residents:export"

_templates = make_templates(Path(__file__).parent / "templates")

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=CitizenRoute)

# The level that the register asks for what is taken out of it.
Visits = Annotated[CitizenVisit, Depends(require_citizen(Level.L3_FRESH))]


@router.get("/")
async def show(request: Request, visit: Visits) -> Response:
    """Show which papers there are for what the citizen is guided through."""
    guides = part(request, Guides)
    async with guides.database.transaction() as session:
        found = await _with_papers(guides, session, visit.citizen_id)
    people = await _people(request, visit)
    return page(
        _templates,
        "procedures/papers.html",
        city=guides.city_name,
        path=PATH,
        found=[(TITLES[one.event.form.kind], one) for one in found if one.event.form],
        is_known=bool(people),
    )


@router.get("/paper")
async def hand_out(request: Request, visit: Visits, guide: str = "") -> Response:
    """Hand out the paper of one guide; without one, lead to the page that offers them."""
    if not guide:
        return redirect(f"{PATH}/")
    guides = part(request, Guides)
    async with guides.database.transaction() as session:
        found = await _with_papers(guides, session, visit.citizen_id)
    opened = next((one for one in found if one.guide.id == guide), None)
    if opened is None:
        raise NotFoundError
    lines = paper(opened, guides.book, await _known(request, visit, opened))
    pdf = await asyncio.to_thread(write_pdf, [lines], opened.event.title)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="procedures-form.pdf"',
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _with_papers(
    guides: Guides, session: AsyncSession, citizen_id: str
) -> tuple[OpenList, ...]:
    """Return the citizen's lists of events that have a paper, the newest of each event."""
    newest: dict[str, Any] = {}
    for row in await repository.all_of_citizen(session, citizen_id):
        event = guides.book.events.get(row.event)
        if event is not None and event.form:
            newest.setdefault(row.event, row)
    return tuple(
        [
            await guides.opened(session, row, await guides.contents(session, row))
            for row in newest.values()
        ]
    )


async def _people(request: Request, visit: CitizenVisit) -> tuple[ActsFor, ...]:
    """Return those of the household for whom the citizen may act, the citizen first."""
    grant = await visit.grant(AUDIENCE, _PEOPLE)
    found = (await part(request, ResidentsClient).people(grant)).people
    return tuple(one for one in found if one.same_household or one.relation is Relation.self)


async def _known(request: Request, visit: CitizenVisit, opened: OpenList) -> Known:
    form, guides = opened.event.form, part(request, Guides)
    people = await _people(request, visit)
    if form is not None and form.kind == "bereavement":
        people = people[:1]
    household = tuple([await _registered(request, visit, one) for one in people])
    facts = known_of(opened.event, opened.contents.answers, opened.today)
    day: Any = facts.get(form.day) if form else None
    applicant = household[0] if household else Registered()
    return Known(guides.city_name, day, applicant, household)


async def _registered(request: Request, visit: CitizenVisit, one: ActsFor) -> Registered:
    grant = await visit.grant(AUDIENCE, _EXPORT)
    found = await part(request, ResidentsClient).export(grant, one.resident_id)
    return Registered(
        name=found.name,
        kana=found.kana,
        birthdate=found.birthdate,
        sex=found.sex,
        address=found.address,
        phone=found.contact.phone or "",
    )
