"""HTTP of the faq skill. Citizens' words come in bodies, so that no log holds them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import AwareDatetime

from kit.container import part
from kit.guard import require_internal
from services.faq.contract import (
    Asked,
    Entry,
    Noted,
    Opinion,
    Opinions,
    SearchQuery,
    SearchResult,
)
from services.faq.feedback import FeedbackBook
from services.faq.rules import ENTRY_ID
from services.faq.service import FaqService

router = APIRouter(prefix="/services/faq", tags=["faq"], dependencies=[Depends(require_internal)])


def _service(request: Request) -> FaqService:
    service = part(request, FaqService)
    return service


Service = Annotated[FaqService, Depends(_service)]


def _book(request: Request) -> FeedbackBook:
    book = part(request, FeedbackBook)
    return book


Book = Annotated[FeedbackBook, Depends(_book)]


@router.post("/search")
async def search(query: SearchQuery, service: Service) -> SearchResult:
    """Return the entries that answer a sentence best, and how sure that is."""
    return await service.search(query.text, query.top, query.language)


@router.get("/entries/{entry_id}")
async def entry(
    entry_id: Annotated[str, Path(pattern=ENTRY_ID, max_length=50)], service: Service
) -> Entry:
    """Return one entry; 404 when there is none of that id."""
    return await service.entry(entry_id)


@router.get("/entries")
async def entries(service: Service) -> list[Entry]:
    """Return every entry in use, in the order of their ids."""
    return await service.entries()


@router.get("/stale")
async def stale(service: Service) -> list[Entry]:
    """Return the entries whose review date has passed, longest overdue first."""
    return await service.stale()


@router.post("/questions", status_code=201)
async def note(asked: Asked, book: Book) -> Noted:
    """Keep a question until its time is over; the same turn gives the same key."""
    return Noted(question=await book.note(asked))


@router.post("/opinions", status_code=204)
async def judge(opinion: Opinion, book: Book) -> None:
    """Take what a citizen tapped under an answer."""
    await book.judge(opinion)


@router.get("/opinions")
async def opinions(since: AwareDatetime, until: AwareDatetime, book: Book) -> Opinions:
    """How many citizens found an answer helpful or wrong in a period."""
    return await book.opinions(since, until)
