"""What is done with conversations besides talking: search, labels, a transcript to keep."""

from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from bot.console.desk_view import Sheet
from bot.console.talk_page import PATH, STATES, Desk, Number, View
from bot.console.transcript import Entry
from bot.handoff import search
from bot.handoff.labels import read_labels
from bot.handoff.service import Handoffs
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.db import Database
from kit.forms import only, read_fields
from kit.settings import Settings
from kit.spreadsheets import as_csv
from kit.web import make_templates

SIDES = {"citizen": "市民", "bot": "自動応答", "staff": "職員", "event": "できごと"}

router = desk_router(PATH, Permission.conversations_read)
_templates = make_templates(Path(__file__).parent / "templates")


@router.get("/search")
async def ask(request: Request) -> Response:
    """Show the empty form."""
    return _found(request)


@router.post("/search")
async def find(request: Request) -> Response:
    """Show what holds the words; they may be a name, so that they stand in no address."""
    asked = only(await read_fields(request), "q").strip()
    try:
        async with part(request, Database).transaction() as session:
            await search.take_in(session, part(request, Clock)())
            hits = await search.search(session, request.state.member.desks, asked)
    except (search.TooShortError, search.TooCommonError) as error:
        return _found(request, error.status, asked=asked, problem=error.message)
    return _found(request, asked=asked, hits=hits)


def _found(request: Request, status: int = 200, /, **shown: Any) -> Response:
    values = {"asked": "", "hits": None, "problem": "", "states": STATES, "most": search.FOUND}
    return _page(request, "search.html", status, **(values | shown))


@router.post("/{handoff_id}/labels")
async def label(request: Request, desk: Desk, handoff_id: Number) -> Response:
    """Keep the three labels."""
    fields = await read_fields(request)
    chosen = {name: only(fields, name) for name in ("theme", "quality", "follow_up")}
    labels = read_labels(chosen, part(request, Handoffs).plan.themes)
    await desk.label(request.state.member, handoff_id, labels)
    return redirect(f"{PATH}/{handoff_id}?done=labelled")


@router.get("/{handoff_id}/transcript")
async def transcript(request: Request, view: View, handoff_id: Number) -> Response:
    """Show the whole conversation as a sheet of paper; `notes=yes` adds what staff noted."""
    sheet = await view.whole(request.state.member, handoff_id, "print")
    with_notes = request.query_params.get("notes") == "yes"
    return _page(request, "transcript.html", sheet=sheet, sides=SIDES, with_notes=with_notes)


@router.get("/{handoff_id}/transcript.csv")
async def transcript_csv(request: Request, view: View, handoff_id: Number) -> Response:
    """Hand the whole conversation out as a table."""
    sheet = await view.whole(request.state.member, handoff_id, "csv")
    headers = {
        "Content-Disposition": f'attachment; filename="conversation-{handoff_id}.csv"',
        "Cache-Control": "no-store",
    }
    table = as_csv(_table(sheet, part(request, Settings)))
    return Response(table, 200, headers, "text/csv; charset=utf-8")


def _table(sheet: Sheet, settings: Settings) -> list[list[object]]:
    def local(at: datetime) -> str:
        return f"{at.astimezone(settings.timezone):%Y-%m-%d %H:%M:%S}"

    head: list[list[object]] = [["日時", "だれ", "名前", "内容", "状態"]]
    return head + [
        [local(entry.at), SIDES[entry.side], entry.who, _words(entry), entry.state]
        for entry in sheet.entries
    ]


def _words(entry: Entry) -> str:
    return "\n".join(part.text for part in entry.parts)


def _page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    zone = part(request, Settings).timezone
    values = {"member": request.state.member, "path": PATH, "zone": zone, **shown}
    return page(_templates, name, status, **values)
