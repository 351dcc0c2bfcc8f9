"""`/line/handoffs/…`: actions ask for a person on a citizen's behalf."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from bot.handoff.contract import CitizenOfTurn, PersonWanted, Standing
from bot.handoff.service import Handoffs
from kit.container import part
from kit.guard import require_internal

router = APIRouter(prefix="/line/handoffs", tags=["line"], dependencies=[Depends(require_internal)])


def _handoffs(request: Request) -> Handoffs:
    handoffs = part(request, Handoffs)
    return handoffs


All = Annotated[Handoffs, Depends(_handoffs)]


@router.post("/asked")
async def ask(wanted: PersonWanted, handoffs: All) -> Standing:
    """Ask for a person; whoever waits already keeps their place."""
    return await handoffs.ask(wanted)


@router.post("/matters")
async def tell_matter(wanted: PersonWanted, handoffs: All) -> Standing:
    """Say what it is about, after that was asked."""
    return await handoffs.tell_matter(wanted)


@router.post("/left", status_code=204)
async def leave(whose: CitizenOfTurn, handoffs: All) -> None:
    """Wait no longer."""
    await handoffs.leave(whose.citizen_id)


@router.post("/alarms", status_code=204)
async def raise_alarm(whose: CitizenOfTurn, handoffs: All) -> None:
    """Put somebody who tells of danger at the top of the queue."""
    await handoffs.raise_alarm(whose.citizen_id, whose.turn_id)
