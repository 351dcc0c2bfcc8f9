"""`/console/conversations/`: the desk's queues, and one conversation with everything done to it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from auth.staff import StaffMember
from bot.console import keys
from bot.console.desk_view import DeskView, Sheet
from bot.console.transcript import about_words
from bot.handoff import audit, reading
from bot.handoff.desk import (
    LONGEST_REPLY,
    CitizenGoneError,
    FoundInReplyError,
    Grip,
    NotHeldError,
    StaffDesk,
    TakenByOtherError,
    Written,
)
from bot.handoff.labels import FOLLOW_UPS, QUALITIES
from bot.handoff.models import Handoff
from bot.handoff.own_replies import OwnReplies
from bot.handoff.presence import Looking, Presence
from bot.handoff.replies import Reply, load_replies, replies_for
from bot.handoff.rules import ABANDONED_REASONS, END_REASONS, RATINGS
from bot.handoff.service import Handoffs
from bot.handoff.typing import Typing
from bot.handoff.writing import LABELS, NEVER, Found
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.db import Database
from kit.errors import ConciergeError, InvalidInputError, NotFoundError, UnavailableError
from kit.forms import Fields, only, read_fields
from kit.settings import Settings
from kit.web import make_templates
from services.faq.contract import Entry, FaqClient

PATH = "/console/conversations"
QUEUES = {
    "waiting": "待っている",
    "mine": "自分の担当",
    "watched": "課の対応中",
    "called": "自分あてのメモ",
    "closed": "終わった",
}
STATES = {
    "offered": "用件を確認中",
    "out_of_hours": "時間外",
    "queued": "待っている",
    "held": "対応中",
    "wrap_up": "終わった（自動応答に戻りました）",
    "bot": "終わった",
    "abandoned": "取りやめ",
}
DONE = {
    "noted": "メモを保存しました。",
    "labelled": "分類を保存しました。",
    "taught": "学習データにしました。",
}
ENDINGS = END_REASONS | ABANDONED_REASONS
_HITS = 3

_templates = make_templates(Path(__file__).parent / "templates")


router = desk_router(PATH, Permission.conversations_read)


def number_of(handoff_id: str) -> int:
    """Return a conversation's number, for any other text one that none has."""
    is_number = handoff_id.isascii() and handoff_id.isdigit() and len(handoff_id) < 18
    return int(handoff_id) if is_number else 0


def _desk(request: Request) -> StaffDesk:
    return part(request, StaffDesk)


def _view(request: Request) -> DeskView:
    return part(request, DeskView)


Number = Annotated[int, Depends(number_of)]
Desk = Annotated[StaffDesk, Depends(_desk)]
View = Annotated[DeskView, Depends(_view)]


@dataclass(frozen=True)
class Draft:
    """What stands in the forms of a conversation's page while it is not sent."""

    text: str = ""
    found: tuple[Found, ...] = ()
    problem: str = ""
    searched: str = ""
    hits: tuple[Entry, ...] = ()
    note: str = ""
    file_problem: str = ""
    status: int = 200
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))


@router.get("/")
async def queues(request: Request, queue: str = "waiting") -> Response:
    """Show one queue: who waits longest first, danger before everything."""
    member, chosen = request.state.member, queue if queue in QUEUES else "waiting"
    async with part(request, Database).transaction() as session:
        rows = await reading.in_queue(session, chosen, member.desks, member.id)
        counts = await reading.counts(session, member.desks, member.id)
    now = part(request, Clock)()
    return _page(
        request,
        "conversations.html",
        queue=chosen,
        queues=QUEUES,
        views=[(k, f"{PATH}/?queue={k}", label, counts.get(k)) for k, label in QUEUES.items()],
        rows=[(found, about_words(raw), _age(found, now)) for found, raw in rows],
        is_full=len(rows) == reading.LISTED,
        keys=(*keys.AT_LIST, keys.HELP),
        may_answer=member.may(Permission.conversations_answer),
        may_review=member.may(Permission.faq_edit),
    )


@router.get("/{handoff_id}")
async def show(
    request: Request, view: View, handoff_id: Number, before: str = "", done: str = ""
) -> Response:
    """Show one conversation."""
    sheet = await view.open(request.state.member, handoff_id, _instant(before))
    looking = await part(request, Presence).look(request.state.member, sheet.handoff)
    before = before if number_of(before) else ""
    return await _sheet(request, sheet, Draft(), done=done, before=before, looking=looking)


@router.get("/{handoff_id}/media/{media_id}")
async def file(request: Request, view: View, handoff_id: Number, media_id: str) -> Response:
    """Hand out a file of a citizen's: pictures to look at, anything else to save."""
    picture = await view.file(request.state.member, handoff_id, number_of(media_id))
    kind = _picture_type(picture.content) if picture.kind == "image" else None
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if kind is None:
        headers["Content-Disposition"] = 'attachment; filename="file"'
    return Response(picture.content, 200, headers, kind or "application/octet-stream")


@router.post("/{handoff_id}/take")
async def take(request: Request, desk: Desk, handoff_id: Number) -> Response:
    """Take a conversation; whoever comes second is told who was first."""
    fields = await read_fields(request)
    try:
        await desk.take(request.state.member, grip_of(handoff_id, fields))
    except TakenByOtherError as error:
        return _page(
            request, "taken.html", error.status, words=error.message, handoff_id=handoff_id
        )
    return redirect(f"{PATH}/{handoff_id}")


@router.post("/{handoff_id}/reply")
async def reply(request: Request, desk: Desk, view: View, handoff_id: Number) -> Response:
    """Send a reply, or say why not and keep what was written."""
    fields = await read_fields(request)
    text = only(fields, "text").replace("\r\n", "\n")
    written = Written(form_key(fields), text, despite=only(fields, "despite") == "yes")
    try:
        await desk.reply(request.state.member, grip_of(handoff_id, fields), written)
    except FoundInReplyError as error:
        draft = Draft(text=text, found=tuple(error.found), status=error.status, key=written.key)
        return await again(request, view, handoff_id, draft)
    except (NotHeldError, CitizenGoneError, InvalidInputError) as error:
        draft = Draft(text=text, problem=error.message, status=error.status, key=written.key)
        return await again(request, view, handoff_id, draft)
    return redirect(f"{PATH}/{handoff_id}")


@router.post("/{handoff_id}/draft")
async def insert(request: Request, view: View, handoff_id: Number) -> Response:
    """Put a canned reply or an answer of the FAQ into what is being written."""
    fields = await read_fields(request)
    text, do = only(fields, "text").replace("\r\n", "\n"), only(fields, "do")
    sheet = await view.open(request.state.member, handoff_id)
    faq, asked = part(request, FaqClient), only(fields, "q").strip()
    hits: tuple[Entry, ...] = ()
    try:
        if do == "canned":
            text = _added(text, await _canned(request, sheet.handoff.desk, only(fields, "canned")))
        elif do.startswith("entry:"):
            text, asked = _added(text, (await faq.entry(do.removeprefix("entry:"))).answer), ""
        elif asked:
            hits = tuple(hit.entry for hit in (await faq.search(asked, _HITS)).hits)
    except (UnavailableError, NotFoundError):
        draft = Draft(
            text=text, problem="よくある質問を調べられませんでした。", key=form_key(fields)
        )
        return await _sheet(request, sheet, draft)
    draft = Draft(text=text[:LONGEST_REPLY], searched=asked, hits=hits, key=form_key(fields))
    return await _sheet(request, sheet, draft)


@router.post("/{handoff_id}/notes")
async def note(request: Request, desk: Desk, view: View, handoff_id: Number) -> Response:
    """Note something for colleagues; the citizen never reads it in the talk."""
    fields = await read_fields(request)
    written = Written(form_key(fields), only(fields, "note").replace("\r\n", "\n"))
    try:
        await desk.note(request.state.member, handoff_id, written, only(fields, "mentioned"))
    except (FoundInReplyError, InvalidInputError) as error:
        words = _never_written(error)
        draft = Draft(note=written.text, problem=words, status=error.status)
        return await again(request, view, handoff_id, draft)
    return redirect(f"{PATH}/{handoff_id}?done=noted")


@router.post("/{handoff_id}/forward")
async def forward(request: Request, desk: Desk, view: View, handoff_id: Number) -> Response:
    """Give a conversation to another desk."""
    fields = await read_fields(request)
    written, to = Written(form_key(fields), only(fields, "note")), only(fields, "desk")
    try:
        await desk.forward(request.state.member, grip_of(handoff_id, fields), to, written)
    except (NotHeldError, FoundInReplyError, InvalidInputError) as error:
        words = _never_written(error)
        draft = Draft(problem=words, status=error.status, note=written.text)
        return await again(request, view, handoff_id, draft)
    return redirect(f"{PATH}/?queue=mine")


@router.post("/{handoff_id}/close")
async def close(request: Request, desk: Desk, view: View, handoff_id: Number) -> Response:
    """End a talk: the bot answers again."""
    fields = await read_fields(request)
    try:
        await desk.close(request.state.member, grip_of(handoff_id, fields), only(fields, "reason"))
    except (NotHeldError, InvalidInputError) as error:
        draft = Draft(problem=error.message, status=error.status)
        return await again(request, view, handoff_id, draft)
    return redirect(f"{PATH}/?queue=mine")


@router.post("/{handoff_id}/stay")
async def stay(request: Request, desk: Desk, handoff_id: Number) -> Response:
    """Take a sign of life of a page that holds a conversation: 204, or 409 when it is over."""
    grip = grip_of(handoff_id, await read_fields(request))
    return Response(status_code=204 if await desk.renew(request.state.member, grip) else 409)


@router.post("/{handoff_id}/typing")
async def typing(request: Request, handoff_id: Number) -> Response:
    """Take that somebody writes: 204, or 409 when the conversation is not theirs any more."""
    grip = grip_of(handoff_id, await read_fields(request))
    is_theirs = await part(request, Typing).tell(request.state.member, grip)
    return Response(status_code=204 if is_theirs else 409)


async def again(request: Request, view: DeskView, handoff_id: int, draft: Draft) -> Response:
    """Show a conversation with what came of a form."""
    return await _sheet(request, await view.open(request.state.member, handoff_id), draft)


async def _sheet(
    request: Request,
    sheet: Sheet,
    draft: Draft,
    *,
    done: str = "",
    before: str = "",
    looking: Sequence[Looking] = (),
) -> Response:
    member: StaffMember = request.state.member
    found, plan = sheet.handoff, part(request, Handoffs).plan
    now = part(request, Clock)()
    may_answer = member.may(Permission.conversations_answer)
    is_mine = may_answer and found.state == "held" and found.holder_id == member.id
    may_take = may_answer and (
        found.state == "queued"
        or (found.state == "held" and not is_mine and member.may(Permission.conversations_assign))
    )
    return _page(
        request,
        "conversation.html",
        draft.status,
        sheet=sheet,
        found=found,
        draft=draft,
        done=DONE.get(done, ""),
        looking=looking,
        may_teach=may_answer,
        themes=[(theme, theme) for theme in plan.themes],
        qualities=QUALITIES,
        follow_ups=FOLLOW_UPS,
        is_mine=is_mine,
        may_take=may_take,
        may_answer=may_answer,
        before=before,
        age=_age(found, now),
        state=STATES[found.state],
        ending=ENDINGS.get(found.end_reason or "", ""),
        rating=RATINGS.get(found.rating or 0, ""),
        endings=END_REASONS,
        desks=[desk.name for desk in plan.desks if desk.name != found.desk],
        replies=await _replies(request, found.desk),
        labels=LABELS,
        never=bool(NEVER.intersection(draft.found)),
        action_words=audit.WORDS,
        longest=LONGEST_REPLY,
        oldest=_microseconds(sheet.entries[0].at) if sheet.entries else "",
        shown=reading.SHOWN,
        keys=(*keys.AT_TALK, keys.HELP),
    )


def _page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    member, zone = request.state.member, part(request, Settings).timezone
    return page(_templates, name, status, member=member, path=PATH, zone=zone, **shown)


def _never_written(error: ConciergeError) -> str:
    if isinstance(error, FoundInReplyError):
        return "マイナンバーは書けません。消してから、もう一度保存してください。"
    return error.message


async def _replies(request: Request, desk: str) -> list[Reply]:
    """Return the canned replies for a desk's conversation: everybody's, the desk's, one's own."""
    city = replies_for(load_replies(part(request, Settings).city_dir), desk)
    return city + await part(request, OwnReplies).for_desk(request.state.member, desk)


async def _canned(request: Request, desk: str, chosen: str) -> str:
    every = await _replies(request, desk)
    return next((reply.text for reply in every if reply.id == chosen), "")


def _added(text: str, more: str) -> str:
    return f"{text.rstrip()}\n{more}" if text.strip() else more


def grip_of(handoff_id: int, fields: Fields) -> Grip:
    """Return by what a form acts."""
    return Grip(handoff_id, number_of(only(fields, "fence")) if only(fields, "fence") else -1)


def form_key(fields: Fields) -> str:
    """Return the form's own key, by which it counts once."""
    return only(fields, "key")[:40] or secrets.token_urlsafe(12)


def _age(found: Handoff, now: datetime) -> str:
    """Return how long somebody has waited, in the words of a desk."""
    since = found.queued_at or found.asked_at
    minutes = max(0, int(((found.ended_at or now) - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分"
    return f"{minutes // 60}時間" if minutes < 48 * 60 else f"{minutes // 1440}日"


def _instant(text: str) -> datetime | None:
    number = number_of(text)
    return datetime.fromtimestamp(number / 1_000_000, UTC) if 0 < number < 10**16 else None


def _microseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1_000_000))


_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}


def _picture_type(content: bytes) -> str | None:
    """Return what a picture is by its first bytes, None for what is none."""
    return next((kind for start, kind in _PICTURES.items() if content.startswith(start)), None)
