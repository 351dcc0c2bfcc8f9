"""`/services/developers`: what actions ask. Words come in bodies, so that no log holds them."""

from fastapi import APIRouter, Depends, Request

from kit.container import part
from kit.guard import require_internal
from services.developers.contract import Answer, Match, Question, Words
from services.developers.live import LiveSkills

router = APIRouter(
    prefix="/services/developers", tags=["developers"], dependencies=[Depends(require_internal)]
)


@router.post("/matches")
async def match(said: Words, request: Request) -> Match:
    """Return the live skill that a sentence means."""
    return await part(request, LiveSkills).match(said.words)


@router.post("/answers")
async def answer(question: Question, request: Request) -> Answer:
    """Call a live skill; without messages it did not answer in time or as agreed."""
    return await part(request, LiveSkills).ask(question)
