"""`/console/broadcasts/`: the compose desk. Write, count, have a second person see it, watch."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from auth.permissions import Permission
from auth.staff import StaffMember, StaffNotAllowedError, require_staff
from bot.broadcast import afterwards, repository
from bot.broadcast.announcer import Announcer
from bot.broadcast.drafts import LONGEST_TEXT, BroadcastDesk, Written
from bot.broadcast.targets import How, NoTarget, Target, Targets
from bot.broadcast.trials import CODE_LIFE, Trials
from bot.sender.quota import QuotaReader
from kit.clock import Clock
from kit.console import ConsoleRoute, page, redirect
from kit.container import part
from kit.db import Database
from kit.errors import NotFoundError, UnavailableError
from kit.forms import Fields, only, read_fields
from kit.settings import Settings
from kit.spreadsheets import as_csv
from kit.web import make_templates
from messages.languages import Language
from messages.topics import Topic
from services.waste.contract import WasteClient

PATH = "/console/broadcasts"
router = APIRouter(prefix=PATH, include_in_schema=False, route_class=ConsoleRoute)
_templates = make_templates(Path(__file__).parent / "templates")

STATES = {
    "waiting": "承認待ち",
    "scheduled": "予約済み",
    "sent": "送信",
    "rejected": "取り下げ",
    "stopped": "途中で停止",
}
TEXT = f"日本語の文を、{LONGEST_TEXT}文字以内で入力してください。"
TOO_LONG = f"文は、{LONGEST_TEXT}文字以内にしてください。"
WHERE = "「市内全域」か、地区や範囲を選んでください。"
SEND_AT = "送る日時は、これからの日時にしてください。急ぐときは空欄にしてください。"
TOPIC = "緊急でないお知らせは、種類を1つ以上選んでください。"

_Member = Annotated[StaffMember, Depends(require_staff())]


async def _reader(member: _Member) -> StaffMember:
    """Those who write and those who approve."""
    if not (may_write(member) or may_approve(member)):
        raise StaffNotAllowedError
    return member


def may_write(member: StaffMember) -> bool:
    """Whether somebody may write."""
    return member.may(Permission.broadcast_prepare)


def may_approve(member: StaffMember) -> bool:
    """Whether somebody may let go what another wrote."""
    return member.may(Permission.broadcast_approve)


Reader = Annotated[StaffMember, Depends(_reader)]
Writer = Annotated[StaffMember, Depends(require_staff(Permission.broadcast_prepare))]
Approver = Annotated[StaffMember, Depends(require_staff(Permission.broadcast_approve))]


def _desk(request: Request) -> BroadcastDesk:
    desk = part(request, BroadcastDesk)
    return desk


Desk = Annotated[BroadcastDesk, Depends(_desk)]


@router.get("/")
async def overview(request: Request, member: Reader, desk: Desk) -> Response:
    """Show what waits for a second person, and what was sent."""
    async with part(request, Database).transaction() as session:
        others = await afterwards.automatic(session)
    drafts = await desk.listed()
    return _page(request, member, "broadcast/list.html", drafts=drafts, others=others)


@router.get("/report.csv")
async def report(request: Request, member: Reader, key: str = "") -> Response:
    """The report of one announcement afterwards, as a file: counts and times, nobody's name."""
    async with part(request, Database).transaction() as session:
        row = await repository.find_announcement(session, key)
        if row is None:
            raise NotFoundError
        table = await afterwards.report(session, row, part(request, Settings).timezone)
    said = {"Content-Disposition": 'attachment; filename="broadcast.csv"'}
    return Response(as_csv(table), media_type="text/csv; charset=utf-8", headers=said)


@router.post("/stop")
async def stop_announcement(request: Request, member: Reader) -> Response:
    """Stop an announcement that nobody here wrote: what was not sent of it is not sent."""
    key = only(await read_fields(request), "key")
    await part(request, Announcer).stop(key, member.name)
    return redirect(f"{PATH}/")


@router.get("/new")
async def new(request: Request, member: Writer, follows: str = "") -> Response:
    """Show an empty form; `follows` is the key of a broadcast that is corrected."""
    shown: Fields = {"where": [How.all] if follows else [], "follows": [follows]}
    return await _form(request, member, shown)


@router.post("/new")
async def write(request: Request, member: Writer, desk: Desk) -> Response:
    """Count whom it is for and show it as it will be read; with `propose`, hand it on."""
    fields = await read_fields(request)
    written = _read(fields, await _target(request, fields), _moment(request, fields))
    if isinstance(written, dict):
        return await _form(request, member, fields, problems=written)
    if only(fields, "propose"):
        draft_id = await desk.propose(written, member)
        return redirect(f"{PATH}/{draft_id}")
    tried = bool(only(fields, "trial"))
    if tried:
        await part(request, Trials).send(member.id, written.texts)
    people = await desk.count(written)
    return await _form(request, member, fields, written=written, people=people, tried=tried)


@router.get("/trial")
async def test_account(request: Request, member: Writer) -> Response:
    """Show whether one's own LINE is known, and how it becomes so."""
    is_paired = await part(request, Trials).is_paired(member.id)
    return _page(request, member, "broadcast/trial.html", is_paired=is_paired, code="")


@router.post("/trial")
async def pair(request: Request, member: Writer) -> Response:
    """Show a code to write into the city's talk; or, with `forget`, forget the LINE."""
    trials = part(request, Trials)
    if only(await read_fields(request), "forget"):
        await trials.unpair(member.id)
        return redirect(f"{PATH}/trial")
    shown = {"code": await trials.offer(member.id), "minutes": int(CODE_LIFE.total_seconds() // 60)}
    return _page(request, member, "broadcast/trial.html", is_paired=False, **shown)


@router.get("/{draft_id}")
async def show(request: Request, member: Reader, desk: Desk, draft_id: int) -> Response:
    """Show a draft, or how far its sending is."""
    draft = await desk.find(draft_id)
    return _page(
        request,
        member,
        "broadcast/draft.html",
        draft=draft,
        progress=await desk.progress(draft.key),
        own=draft.author_id == member.id,
        languages=Language,
    )


@router.post("/{draft_id}/approve")
async def approve(member: Approver, desk: Desk, draft_id: int) -> Response:
    """Let a draft of somebody else go."""
    await desk.approve(draft_id, member)
    return redirect(f"{PATH}/{draft_id}")


@router.post("/{draft_id}/override")
async def override(request: Request, member: Writer, desk: Desk, draft_id: int) -> Response:
    """Let an urgent draft go alone, with a reason that is kept."""
    await desk.override(draft_id, member, only(await read_fields(request), "reason"))
    return redirect(f"{PATH}/{draft_id}")


@router.post("/{draft_id}/reject")
async def reject(member: Reader, desk: Desk, draft_id: int) -> Response:
    """Put a draft away unsent."""
    await desk.reject(draft_id, member)
    return redirect(f"{PATH}/{draft_id}")


@router.post("/{draft_id}/stop")
async def stop(member: Reader, desk: Desk, draft_id: int) -> Response:
    """Stop what was not sent yet."""
    await desk.stop(draft_id, member)
    return redirect(f"{PATH}/{draft_id}")


async def _form(
    request: Request,
    member: StaffMember,
    shown: Fields,
    *,
    problems: dict[str, str] | None = None,
    written: Written | None = None,
    people: int | None = None,
    tried: bool = False,
) -> Response:
    quota = await part(request, QuotaReader).read() if written else None
    return _page(
        request,
        member,
        "broadcast/compose.html",
        422 if problems else 200,
        shown=shown,
        problems=problems or {},
        areas=await _areas(request),
        topics=Topic,
        languages=Language,
        written=written,
        people=people,
        quota=quota,
        rivers=await part(request, Targets).rivers(),
        is_paired=await part(request, Trials).is_paired(member.id) if written else False,
        tried=tried,
    )


async def _target(request: Request, fields: Fields) -> Target | NoTarget:
    """Find where it goes. A follow-up goes to the told, whatever the form says."""
    targets, where = part(request, Targets), only(fields, "where")
    if where == How.all or only(fields, "follows"):
        return Target((), "")
    if where == How.around:
        return await targets.around(only(fields, "centre"), only(fields, "metres"))
    if where == How.outline:
        return await targets.outline(only(fields, "corners"))
    if where == How.river:
        return await targets.river(only(fields, "river"))
    named = fields.get("area", ()) if where == How.some else ()
    chosen = tuple(area for area in await _areas(request) if area in named)
    return Target(chosen, "") if chosen else NoTarget("where", WHERE)


async def _areas(request: Request) -> tuple[str, ...]:
    try:
        return tuple((await part(request, WasteClient).areas()).areas)
    except UnavailableError:
        return ()


def _moment(request: Request, fields: Fields) -> datetime | str | None:
    """Return when it shall be sent, what has to be corrected about that, or None for at once."""
    given = only(fields, "send_at").strip()
    if not given:
        return None
    try:
        local = datetime.fromisoformat(given)
        at = local.replace(tzinfo=part(request, Settings).timezone).astimezone(UTC)
    except (ValueError, OverflowError):
        return SEND_AT
    return at if at > part(request, Clock)() else SEND_AT


def _read(
    fields: Fields, target: Target | NoTarget, send_at: datetime | str | None
) -> Written | dict[str, str]:
    """Return what was written, or what has to be corrected by field."""
    texts = {
        language: text
        for language in Language
        if (text := only(fields, f"text_{language.value}").replace("\r\n", "\n").strip())
    }
    urgent = only(fields, "urgent") == "on"
    topics = tuple(topic for topic in Topic if topic.value in fields.get("topic", ()))
    follows = only(fields, "follows") or None
    problems = {}
    if Language.ja not in texts:
        problems["text_ja"] = TEXT
    if any(len(text) > LONGEST_TEXT for text in texts.values()):
        problems["text_ja"] = TOO_LONG
    if isinstance(target, NoTarget):
        problems[target.field] = target.words
    if follows is None and not urgent and not topics:
        problems["topic"] = TOPIC
    if isinstance(send_at, str):
        problems["send_at"] = send_at
    if problems or isinstance(send_at, str) or isinstance(target, NoTarget):
        return problems
    return Written(texts, target.areas, target.words, topics, urgent, follows, send_at)


def _page(
    request: Request, member: StaffMember, name: str, status: int = 200, /, **shown: Any
) -> Response:
    values = {"path": PATH, "states": STATES, "zone": part(request, Settings).timezone, **shown}
    can = {"writes": may_write(member), "approves": may_approve(member)}
    return page(_templates, name, status, member=member, **can, **values)
