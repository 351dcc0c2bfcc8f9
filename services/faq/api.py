"""HTTP of the faq skill. Citizens' words come in bodies, so that no log holds them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from kit.http import require_internal
from services.faq.contract import Entry, SearchQuery, SearchResult
from services.faq.rules import ENTRY_ID
from services.faq.service import FaqService

router = APIRouter(prefix="/services/faq", tags=["faq"], dependencies=[Depends(require_internal)])


def _service(request: Request) -> FaqService:
    service: FaqService = request.app.state.faq
    return service


Service = Annotated[FaqService, Depends(_service)]


@router.post("/search")
async def search(query: SearchQuery, service: Service) -> SearchResult:
    """Return the entries that answer a sentence best, and how sure that is."""
    return await service.search(query.text, query.top)


@router.get("/entries/{entry_id}")
async def entry(
    entry_id: Annotated[str, Path(pattern=ENTRY_ID, max_length=50)], service: Service
) -> Entry:
    """Return one entry; 404 when there is none of that id."""
    return await service.entry(entry_id)


@router.get("/stale")
async def stale(service: Service) -> list[Entry]:
    """Return the entries whose review date has passed, longest overdue first."""
    return await service.stale()
