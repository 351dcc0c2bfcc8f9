"""`/line/preferences` and `/line/announcements`: for other packages of this installation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from bot.broadcast.announcer import Announcer
from kit.container import part
from kit.guard import require_internal
from messages.announcements import (
    Announcement,
    AnnouncementResult,
    AnnouncementStatus,
    Audience,
    Preview,
)

router = APIRouter(prefix="/line", tags=["line"], dependencies=[Depends(require_internal)])


Key = Annotated[str, Path(min_length=1, max_length=200)]


def _announcer(request: Request) -> Announcer:
    announcer = part(request, Announcer)
    return announcer


TheAnnouncer = Annotated[Announcer, Depends(_announcer)]


@router.post("/announcements")
async def announce(new: Announcement, announcer: TheAnnouncer) -> AnnouncementResult:
    """Tell everybody whom it concerns; the same key is never sent twice."""
    return await announcer.announce(new)


@router.post("/announcement-previews")
async def preview(asked: Preview, announcer: TheAnnouncer) -> Audience:
    """How many an announcement would be for now."""
    return Audience(people=await announcer.preview(asked.segment, urgent=asked.urgent))


@router.get("/announcements/{key}")
async def announcement_status(key: Key, announcer: TheAnnouncer) -> AnnouncementStatus:
    """Where an announcement stands: recipients by state."""
    return await announcer.status(key)


@router.delete("/announcements/{key}")
async def stop_announcement(key: Key, announcer: TheAnnouncer) -> AnnouncementStatus:
    """Stop what was not sent yet."""
    return await announcer.stop(key)
