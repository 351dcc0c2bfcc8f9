"""Leaving a note: it is written by a job."""

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from kit.container import part
from kit.db import Database
from kit.guard import require_internal
from kit.jobs import NewJob, enqueue
from tests.concierge.sample.jobs import KEEP

router = APIRouter(prefix="/services/sample", dependencies=[Depends(require_internal)])


class Note(BaseModel):
    """A note to leave."""

    citizen_id: str
    words: str


@router.post("/notes", status_code=202)
async def leave(note: Note, request: Request) -> None:
    """Take a note."""
    async with part(request, Database).transaction() as session:
        await enqueue(session, NewJob(KEEP, note.model_dump()))
