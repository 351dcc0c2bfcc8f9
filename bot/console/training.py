"""What the bot shall learn: one sentence at a time, without anything personal, exported for review.

Nothing here trains: whoever keeps the model reads the file, and decides.
"""

from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from auth.desks import desk_router
from auth.modules import Modules
from auth.permissions import Permission
from auth.staff import StaffMember
from bot.console.talk_page import PATH as CONVERSATIONS
from bot.console.talk_page import Number, View
from bot.handoff import audit
from bot.handoff.models import TrainingExample
from bot.handoff.writing import LABELS, Found, findings, masked
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.db import Database
from kit.errors import NotFoundError
from kit.forms import only, read_fields
from kit.settings import Settings
from kit.spreadsheets import as_csv
from kit.web import make_templates

REVIEW = f"{CONVERSATIONS}/training"
LONGEST = 300

router = desk_router(f"{CONVERSATIONS}/{{handoff_id}}/training", Permission.conversations_answer)
review = desk_router(REVIEW, Permission.faq_edit)
_templates = make_templates(Path(__file__).parent / "templates")


def _event_number(event_id: str) -> int:
    is_number = event_id.isascii() and event_id.isdigit() and len(event_id) < 18
    return int(event_id) if is_number else 0


Event = Annotated[int, Depends(_event_number)]


@router.get("/{event_id}")
async def ask(request: Request, view: View, handoff_id: Number, event_id: Event) -> Response:
    """Show the sentence with what is surely personal replaced."""
    _, words = await _sentence(request, view, handoff_id, event_id)
    return _form(request, handoff_id, {"words": masked(words)[:LONGEST], "intent": ""}, {})


@router.post("/{event_id}")
async def keep(request: Request, view: View, handoff_id: Number, event_id: Event) -> Response:
    """Keep the sentence with what it means."""
    desk, _ = await _sentence(request, view, handoff_id, event_id)
    fields = await read_fields(request)
    typed = {name: " ".join(only(fields, name).split()) for name in ("words", "intent")}
    problems = _problems(typed, _intents(request))
    if problems:
        return _form(request, handoff_id, typed, problems)
    member, now = request.state.member, part(request, Clock)()
    row = {"made_at": now, "made_by": member.name, "desk": desk, **typed}
    async with part(request, Database).transaction() as session:
        query = insert(TrainingExample).values(row)
        await session.execute(query.on_conflict_do_nothing(index_elements=["words"]))
        audit.record(session, "taught", handoff_id, member, now, intent=typed["intent"])
    return redirect(f"{CONVERSATIONS}/{handoff_id}?done=taught")


@review.get("")
async def listed(request: Request) -> Response:
    """Show the sentences of the member's desks."""
    rows = await _rows(request, request.state.member)
    zone = part(request, Settings).timezone
    return _page(request, "training.html", rows=rows, zone=zone, path=REVIEW, up=CONVERSATIONS)


@review.get(".csv")
async def download(request: Request) -> Response:
    """Hand them out for review."""
    rows = await _rows(request, request.state.member)
    table: list[list[object]] = [["intent", "words", "desk", "made_at"]]
    table += [[row.intent, row.words, row.desk, f"{row.made_at:%Y-%m-%d}"] for row in rows]
    headers = {
        "Content-Disposition": 'attachment; filename="training.csv"',
        "Cache-Control": "no-store",
    }
    return Response(as_csv(table), 200, headers, "text/csv; charset=utf-8")


@review.post("/{handoff_id}/delete")
async def remove(request: Request, handoff_id: Number) -> Response:
    """Take one out again."""
    desks = request.state.member.desks
    query = delete(TrainingExample).where(
        TrainingExample.id == handoff_id, TrainingExample.desk.in_(desks)
    )
    async with part(request, Database).transaction() as session:
        if await session.scalar(query.returning(TrainingExample.id)) is None:
            raise NotFoundError
    return redirect(REVIEW)


async def _rows(request: Request, member: StaffMember) -> list[TrainingExample]:
    query = select(TrainingExample).where(TrainingExample.desk.in_(member.desks))
    async with part(request, Database).statement() as session:
        order = (TrainingExample.intent, TrainingExample.id)
        return list(await session.scalars(query.order_by(*order)))


async def _sentence(
    request: Request, view: View, handoff_id: int, event_id: int
) -> tuple[str, str]:
    """Return the desk and the words of a citizen's message. Raises NotFoundError."""
    sheet = await view.open(request.state.member, handoff_id)
    for entry in sheet.entries:
        if entry.event_id == event_id:
            return sheet.handoff.desk, " ".join(said.text for said in entry.parts)
    raise NotFoundError


def _intents(request: Request) -> list[str]:
    modules = part(request, Modules)
    return sorted({i for module in modules if module.manifest for i in module.manifest.intents})


def _problems(typed: dict[str, str], intents: list[str]) -> dict[str, str]:
    found = {}
    personal = [kind for kind in findings(typed["words"]) if kind is not Found.placeholder]
    if not typed["words"]:
        found["words"] = "文を入力してください。"
    elif len(typed["words"]) > LONGEST:
        found["words"] = f"文は、{LONGEST}文字以内にしてください。"
    elif personal:
        kinds = "、".join(LABELS[kind] for kind in personal)
        found["words"] = f"{kinds}が残っています。〔　〕に書きかえてください。"
    if typed["intent"] not in intents:
        found["intent"] = "意味を選んでください。"
    return found


def _form(
    request: Request, handoff_id: int, typed: dict[str, str], problems: dict[str, str]
) -> Response:
    return _page(
        request,
        "teach.html",
        422 if problems else 200,
        typed=typed,
        problems=problems,
        intents=[(intent, intent) for intent in _intents(request)],
        back=f"{CONVERSATIONS}/{handoff_id}",
        here=request.url.path,
        longest=LONGEST,
    )


def _page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    return page(_templates, name, status, member=request.state.member, **shown)
