"""`/console/`: what staff see of the line: what was not served, what was sent, what is left."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from bot.console import repository
from bot.console.words import EVENT_WORDS, METHOD_WORDS, OUTBOUND_WORDS, failure_in_words
from bot.line.models import LineEvent
from bot.sender.models import Outbound
from bot.sender.quota import QuotaReader
from kit.console import ConsoleRoute, page
from kit.container import part
from kit.db import Database
from kit.settings import Settings
from kit.web import make_templates

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
_templates = make_templates(Path(__file__).parent / "templates")
Reader = Annotated[StaffMember, Depends(require_staff(Permission.metrics_read))]


@router.get("/")
async def overview(request: Request, member: Reader) -> HTMLResponse:
    """Show counts by state, the month's allowance, and the newest events that were not served."""
    database = part(request, Database)
    settings = part(request, Settings)
    quota = part(request, QuotaReader)
    async with database.transaction() as session:
        events = await repository.count_by_state(session, LineEvent)
        outbound = await repository.count_by_state(session, Outbound)
        trouble = await repository.recent_trouble(session)
    return page(
        _templates,
        "overview.html",
        member=member,
        events=[(word, events.get(state, 0)) for state, word in EVENT_WORDS.items()],
        outbound=[
            (state, OUTBOUND_WORDS[state], outbound.get(state, 0)) for state in OUTBOUND_WORDS
        ],
        quota=await quota.read(),
        trouble=trouble,
        event_words=EVENT_WORDS,
        zone=settings.timezone,
    )


@router.get("/deliveries")
async def deliveries(request: Request, member: Reader, state: str | None = None) -> HTMLResponse:
    """Show what became of each message that was sent: its state, way, attempts and reason."""
    database = part(request, Database)
    settings = part(request, Settings)
    chosen = state if state in OUTBOUND_WORDS else None
    async with database.transaction() as session:
        sends = await repository.recent_sends(session, frozenset({chosen}) if chosen else None)
    return page(
        _templates,
        "deliveries.html",
        member=member,
        sends=sends,
        chosen=chosen,
        state_words=OUTBOUND_WORDS,
        method_words=METHOD_WORDS,
        reason=failure_in_words,
        zone=settings.timezone,
    )
