"""`/line/preferences`: what a citizen wants to hear, and the link to their page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from bot.preferences.contract import PageLink, Preferences
from bot.preferences.service import PreferenceService
from bot.preferences.sessions import PageSessions
from kit.container import part
from kit.guard import require_internal

router = APIRouter(prefix="/line", tags=["line"], dependencies=[Depends(require_internal)])

CitizenId = Annotated[str, Path(min_length=1, max_length=100)]


def get_book(request: Request) -> PreferenceService:
    """Return the preferences that the application was assembled with."""
    book = part(request, PreferenceService)
    return book


def get_sessions(request: Request) -> PageSessions:
    """Return the page sessions that the application was assembled with."""
    sessions = part(request, PageSessions)
    return sessions


Book = Annotated[PreferenceService, Depends(get_book)]


Sessions = Annotated[PageSessions, Depends(get_sessions)]


@router.get("/preferences/{citizen_id}")
async def get_preferences(citizen_id: CitizenId, book: Book) -> Preferences:
    """What a citizen wants to hear, or what applies without a choice."""
    return await book.get(citizen_id)


@router.put("/preferences/{citizen_id}", status_code=204)
async def put_preferences(citizen_id: CitizenId, chosen: Preferences, book: Book) -> None:
    """Keep a citizen's whole choice."""
    await book.put(citizen_id, chosen)


@router.post("/preferences/{citizen_id}/link")
async def make_link(citizen_id: CitizenId, book: Book, sessions: Sessions) -> PageLink:
    """Make a link to the citizen's page of settings; it works once."""
    await book.get(citizen_id)
    return PageLink(url=await sessions.make_link(citizen_id))
