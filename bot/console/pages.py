"""`/console/`: what staff see of the line today: what was not served, and whether it flows."""

import hmac
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from bot import repository
from bot.models import LineEvent, Outbound
from kit.db import Database
from kit.errors import UnauthorizedError
from kit.settings import Settings
from kit.web import make_templates

STAFF_USER = "staff"

router = APIRouter(prefix="/console", include_in_schema=False)
_templates = make_templates(Path(__file__).parent / "templates")
_basic = HTTPBasic(realm="console")

EVENT_WORDS = {
    "received": "回答待ち",
    "answered": "回答済み",
    "failed": "回答できず（おわびを送信）",
    "recorded": "記録のみ",
    "unreadable": "読み取れず",
}
OUTBOUND_WORDS = {
    "pending": "送信待ち",
    "sending": "送信中",
    "accepted": "LINEが受付",
    "failed": "LINEが拒否",
    "dropped": "期限切れで取りやめ",
}


def require_staff(
    request: Request, credentials: Annotated[HTTPBasicCredentials, Depends(_basic)]
) -> None:
    """Ask for the staff password. Raises UnauthorizedError."""
    settings: Settings = request.app.state.settings
    expected = settings.console_password.get_secret_value()
    is_user = hmac.compare_digest(credentials.username.encode(), STAFF_USER.encode())
    is_password = hmac.compare_digest(credentials.password.encode(), expected.encode())
    if not (is_user and is_password):
        raise UnauthorizedError("ユーザー名またはパスワードが違います。")


@router.get("/", dependencies=[Depends(require_staff)])
async def overview(request: Request) -> HTMLResponse:
    """Show counts by state, the newest unserved events and the newest refused sends."""
    database: Database = request.app.state.database
    settings: Settings = request.app.state.settings
    async with database.transaction() as session:
        events = await repository.count_by_state(session, LineEvent)
        outbound = await repository.count_by_state(session, Outbound)
        trouble = await repository.recent_trouble(session)
        failures = await repository.recent_failures(session)
    page = _templates.get_template("overview.html").render(
        events=[(EVENT_WORDS[state], events.get(state, 0)) for state in EVENT_WORDS],
        outbound=[(OUTBOUND_WORDS[state], outbound.get(state, 0)) for state in OUTBOUND_WORDS],
        trouble=trouble,
        failures=failures,
        event_words=EVENT_WORDS,
        zone=ZoneInfo(settings.city_timezone),
    )
    return HTMLResponse(page)
