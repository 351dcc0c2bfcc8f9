"""`/line/preferences` and `/line/announcements`: for other rooms of this installation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from bot.contract import (
    Announcement,
    AnnouncementResult,
    AnnouncementStatus,
    PageLink,
    Preferences,
)
from bot.my.sessions import PageSessions
from bot.segments.announcer import Announcer
from bot.segments.preferences import PreferenceBook
from kit.http import require_internal

router = APIRouter(prefix="/line", tags=["line"], dependencies=[Depends(require_internal)])

CitizenId = Annotated[str, Path(min_length=1, max_length=100)]
Key = Annotated[str, Path(min_length=1, max_length=200)]


def get_book(request: Request) -> PreferenceBook:
    """Return the preferences that the application was assembled with."""
    book: PreferenceBook = request.app.state.preferences
    return book


def get_sessions(request: Request) -> PageSessions:
    """Return the page sessions that the application was assembled with."""
    sessions: PageSessions = request.app.state.page_sessions
    return sessions


def _announcer(request: Request) -> Announcer:
    announcer: Announcer = request.app.state.announcer
    return announcer


Book = Annotated[PreferenceBook, Depends(get_book)]
Sessions = Annotated[PageSessions, Depends(get_sessions)]
TheAnnouncer = Annotated[Announcer, Depends(_announcer)]


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


@router.post("/announcements")
async def announce(new: Announcement, announcer: TheAnnouncer) -> AnnouncementResult:
    """Tell everybody whom it concerns; the same key is never sent twice."""
    return await announcer.announce(new)


@router.get("/announcements/{key}")
async def announcement_status(key: Key, announcer: TheAnnouncer) -> AnnouncementStatus:
    """Where an announcement stands: recipients by state."""
    return await announcer.status(key)


@router.delete("/announcements/{key}")
async def stop_announcement(key: Key, announcer: TheAnnouncer) -> AnnouncementStatus:
    """Stop what was not sent yet."""
    return await announcer.stop(key)
