"""`/console/disaster/`, `/console/shelters/`: what staff see and do."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from kit.clock import Clock
from kit.console import ConsoleRoute, page, redirect
from kit.container import part
from kit.db import Database
from kit.errors import InvalidInputError, UnavailableError
from kit.forms import Fields, only, read_fields
from kit.http import InternalClient
from kit.settings import Settings
from kit.web import make_templates
from services.disaster import repository, shelters, watch
from services.disaster.decision import ORDER
from services.disaster.models import DisasterChange
from services.disaster.names import HAZARDS
from services.disaster.pages import when
from services.disaster.rules import DRILL
from services.disaster.status import StatusService
from services.disaster.wording import kind_name
from services.sensors.contract import SensorsClient

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
_templates = make_templates(Path(__file__).parent / "templates")
_LISTED = 50
_MOST = 99_999

Reader = Annotated[StaffMember, Depends(require_staff(Permission.metrics_read))]
Desk = Annotated[StaffMember, Depends(require_staff(Permission.reports_handle))]

DECISIONS = {
    "pending": "これから判断",
    "announced": "送信",
    "noted": "送らない",
    "stale": "古いため送らない",
    "unmatched": "対象の地区がわからない（要確認）",
}
KINDS = {
    "started": "発表",
    "raised": "引き上げ",
    "lowered": "引き下げ",
    "ended": "解除",
    "retracted": "取り消し",
    "text": "訂正",
}
REASONS = {
    "only the wording was corrected": "文の訂正だけのため",
    "older than what may be sent": "発表から時間がたったため",
    "no rule tells of it": "知らせる決まりにあたらないため",
    "told a short while ago": "同じ内容を知らせたばかりのため",
    "nobody had been told of it": "先に知らせた人がいないため",
    "overtaken by a newer change": "より新しい変化があったため",
    "a drill is sent in a demonstration only": "訓練のため",
    "unmatched": "対象の地区名が、登録の地区と一致しません。"
    "配信の画面から、地区を選んで知らせてください。",
}
MESSAGE_WORDS = {
    "waiting": "処理待ち",
    "applied": "反映",
    "gated": "訓練・試験のため反映しない",
    "refused": "読み取れない",
}


@router.get("/disaster/")
async def overview(request: Request, member: Reader) -> Response:
    """Show the present state, what became of each change, and whether the feeds are heard."""
    settings, now = part(request, Settings), part(request, Clock)()
    known = await part(request, StatusService).situation()
    drill = await part(request, StatusService).situation(DRILL)
    async with part(request, Database).transaction() as session:
        feeds = await repository.feeds(session)
        changes = await repository.recent_changes(session, _LISTED)
        messages = await repository.recent_messages(session, _LISTED)
    return page(
        _templates,
        "disaster/overview.html",
        member=member,
        known=known,
        drill=drill.active,
        name=kind_name,
        feeds=[(feed, watch.is_silent(feed, now)) for feed in feeds],
        changes=[(change, change_name(change)) for change in changes],
        messages=messages,
        kinds=KINDS,
        decisions=DECISIONS,
        reasons=REASONS,
        message_words=MESSAGE_WORDS,
        when=lambda at: when(at, settings),
    )


def change_name(change: DisasterChange) -> str:
    """What a change is about, in words of staff."""
    if change.hazard == ORDER:
        return f"{change.entry['order']}（{change.area}）"
    return HAZARDS.get(change.hazard, change.hazard)


@router.get("/shelters/")
async def shelter_desk(request: Request, member: Desk, done: str = "") -> Response:
    """Show every shelter with the buttons that open, fill and close it."""
    settings = part(request, Settings)
    async with part(request, Database).transaction() as session:
        rows = await shelters.everything(session)
    return page(
        _templates,
        "disaster/shelters.html",
        member=member,
        rows=rows,
        dark=await _dark(request),
        states=shelters.STATES,
        done=done if done in shelters.STATES else "",
        when=lambda at: when(at, settings),
    )


async def _dark(request: Request) -> frozenset[str]:
    """The shelters whose sensor says that they have no power."""
    try:
        known = await SensorsClient(part(request, InternalClient)).power()
    except UnavailableError:
        return frozenset()
    return frozenset(one.shelter for one in known.shelters if not one.on)


@router.post("/shelters/")
async def change_shelter(request: Request, member: Desk) -> Response:
    """Open, fill or close a shelter; citizens are told so from now on."""
    fields = await read_fields(request)
    state, name = only(fields, "state"), only(fields, "name").strip()
    if not name or len(name) > 100:
        raise InvalidInputError
    async with part(request, Database).transaction() as session:
        await shelters.put(
            session,
            name,
            state,
            member.name,
            part(request, Clock)(),
            capacity=_number(fields, "capacity"),
            people=_number(fields, "people"),
        )
    return redirect(f"/console/shelters/?done={state}")


def _number(fields: Fields, name: str) -> int | None:
    text: Any = only(fields, name).strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > _MOST:
        raise InvalidInputError
    return int(text)
