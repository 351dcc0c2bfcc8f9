"""`/console/`: what waits for somebody; `/console/traffic` and `/console/deliveries`: the line."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from auth.modules import waiting_for
from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from bot.console import repository
from bot.console.words import (
    EVENT_WORDS,
    METHOD_WORDS,
    OUTBOUND_WORDS,
    age_in_words,
    failure_in_words,
)
from bot.sender.quota import QuotaReader
from kit.clock import Clock
from kit.console import ConsoleRoute, page
from kit.container import Container, part
from kit.db import Database
from kit.listing import Column, listed
from kit.settings import Settings
from kit.web import make_templates

COLUMNS = (
    Column[Any]("id", "番号", lambda row: row.id),
    Column[Any]("created", "作成", lambda row: row.created_at),
    Column[Any]("who", "相手"),
    Column[Any]("method", "方法"),
    Column[Any]("sent", "状態"),
    Column[Any]("tries", "試した回数", lambda row: row.reply_attempts + row.push_attempts),
    Column[Any]("reason", "理由"),
    Column[Any]("request", "LINEの受付番号"),
)
PERIOD = timedelta(days=30)
"""The inbox keeps words no longer; older counts would be of what nobody can look into."""

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
_templates = make_templates(Path(__file__).parent / "templates")
Anybody = Annotated[StaffMember, Depends(require_staff())]
Reader = Annotated[StaffMember, Depends(require_staff(Permission.metrics_read))]


@router.get("/")
async def home(request: Request, member: Anybody) -> HTMLResponse:
    """Show what waits for somebody, and the way to everything else that is theirs."""
    waiting = await waiting_for(part(request, Container), member)
    now = part(request, Clock)()
    return page(
        _templates,
        "home.html",
        member=member,
        waiting=[
            (line, age_in_words(now - line.oldest) if line.oldest else "") for line in waiting
        ],
        may_read=member.may(Permission.metrics_read),
    )


@router.get("/traffic")
async def traffic(request: Request, member: Reader) -> HTMLResponse:
    """Show counts by state, the month's allowance, and the newest events that were not served."""
    settings, since = part(request, Settings), part(request, Clock)() - PERIOD
    async with part(request, Database).transaction() as session:
        events = await repository.events_by_state(session, since)
        outbound = await repository.sends_by_state(session, since)
        trouble = await repository.recent_trouble(session)
    return page(
        _templates,
        "traffic.html",
        member=member,
        days=PERIOD.days,
        events=[(word, events.get(state, 0)) for state, word in EVENT_WORDS.items()],
        outbound=[
            (state, OUTBOUND_WORDS[state], outbound.get(state, 0)) for state in OUTBOUND_WORDS
        ],
        quota=await part(request, QuotaReader).read(),
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
        listing=listed(
            *(sends, COLUMNS, request.query_params, "/console/deliveries", lambda row: ""),
            state=chosen or "",
        ),
        most=repository.MOST_SENDS,
        chosen=chosen,
        state_words=OUTBOUND_WORDS,
        method_words=METHOD_WORDS,
        reason=failure_in_words,
        zone=settings.timezone,
    )
