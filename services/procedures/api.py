"""`/services/procedures`: JSON for actions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from kit.container import part
from kit.guard import require_internal
from services.procedures import contract
from services.procedures.guides import Guides
from services.procedures.service import Guiding

router = APIRouter(
    prefix="/services/procedures", tags=["procedures"], dependencies=[Depends(require_internal)]
)

GuideId = Annotated[str, Path(max_length=60)]


def get_guiding(request: Request) -> Guiding:
    """Return the use cases that the application was assembled with."""
    return Guiding(part(request, Guides))


TheGuiding = Annotated[Guiding, Depends(get_guiding)]


@router.get("/events")
async def events(request: Request) -> contract.Events:
    """The life events of the city."""
    found = part(request, Guides).book.events.values()
    return contract.Events(
        events=tuple(
            contract.EventInfo(key=event.key, title=event.title, facts=tuple(event.by_name))
            for event in found
        )
    )


@router.post("/guides")
async def begin(new: contract.NewGuide, guiding: TheGuiding) -> contract.Guide:
    """Begin an event."""
    return await guiding.begin(new)


@router.get("/guides")
async def latest(
    guiding: TheGuiding,
    citizen_id: Annotated[str, Query(max_length=60)],
    event: Annotated[str, Query(max_length=60)] = "",
) -> contract.Guide:
    """A citizen's latest guide."""
    return await guiding.latest(citizen_id, event)


@router.post("/guides/{guide_id}/answers")
async def answer(
    guide_id: GuideId, more: contract.MoreAnswers, guiding: TheGuiding
) -> contract.Guide:
    """Answers and corrections."""
    return await guiding.answer(guide_id, more)


@router.post("/guides/{guide_id}/wishes")
async def want(guide_id: GuideId, wanted: contract.Wanted, guiding: TheGuiding) -> contract.Guide:
    """Reminders, and whether it helped."""
    return await guiding.want(guide_id, wanted)
