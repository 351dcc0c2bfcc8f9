"""`/console/`: what staff see of the line: what was not served, what was sent, what is left."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from auth.modules import ConsoleLink, Modules
from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from bot.console import repository
from bot.line.models import LineEvent
from bot.sender.models import Outbound
from bot.sender.outbox import MONTHLY_LIMIT
from bot.sender.quota import QuotaReader
from kit.console import ConsoleRoute, page
from kit.container import Container, part
from kit.db import Database
from kit.settings import Settings
from kit.web import make_templates

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
_templates = make_templates(Path(__file__).parent / "templates")
Reader = Annotated[StaffMember, Depends(require_staff(Permission.metrics_read))]

EVENT_WORDS = {
    "received": "回答待ち",
    "answered": "回答済み",
    "handed": "職員が対応",
    "failed": "回答できず（おわびを送信）",
    "recorded": "記録のみ",
    "unreadable": "読み取れず",
}
OUTBOUND_WORDS = {
    "held": "住民のタップ待ち",
    "pending": "送信待ち",
    "sending": "送信中",
    "accepted": "LINEが受付",
    "failed": "LINEが拒否",
    "dropped": "期限切れで取りやめ",
}


METHOD_WORDS = {None: "", "reply": "返信", "push": "プッシュ（配信数に数えます）"}
FAILURE_WORDS = {
    "400 Failed to send messages": "LINEに届けられない相手です",
    "400": "LINEが内容を受け付けませんでした",
    "403": "このアカウントでは使えない機能です",
    "413": "大きすぎて送れませんでした",
    "expired": "期限までに送れませんでした",
}


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
        links=await _links(request, member),
        events=[(word, events.get(state, 0)) for state, word in EVENT_WORDS.items()],
        outbound=[
            (state, OUTBOUND_WORDS[state], outbound.get(state, 0)) for state in OUTBOUND_WORDS
        ],
        quota=await quota.read(),
        trouble=trouble,
        event_words=EVENT_WORDS,
        zone=settings.timezone,
    )


async def _links(request: Request, member: StaffMember) -> list[tuple[ConsoleLink, int | None]]:
    """Return what every module has for this member of staff, with how much waits there."""
    modules, container = part(request, Modules), part(request, Container)
    links = [link for module in modules for link in module.console_links if link.is_for(member)]
    return [(link, None if link.count is None else await link.count(container)) for link in links]


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


def failure_in_words(failure: str | None) -> str:
    """Tell staff in their words why LINE did not take a message."""
    if failure is None:
        return ""
    if failure == MONTHLY_LIMIT:
        return "今月の配信数の上限に達しました"
    known = next((words for start, words in FAILURE_WORDS.items() if failure.startswith(start)), "")
    return f"{known}（{failure}）" if known else failure
