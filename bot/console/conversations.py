"""`/console/conversations/`: the desk's queues, and one conversation with everything done to it."""

from datetime import UTC, datetime

from fastapi import Request, Response

from auth.desks import desk_router
from auth.modules import Modules
from auth.permissions import Permission
from bot.console import keys
from bot.console.talk_page import (
    PATH,
    Desk,
    Draft,
    Number,
    View,
    again,
    age_of,
    desk_page,
    form_key,
    grip_of,
    number_of,
    talk_page,
)
from bot.console.transcript import about_words
from bot.handoff import reading, starting
from bot.handoff.desk import FoundInReplyError, NotHeldError, TakenByOtherError, Written
from bot.handoff.presence import Presence
from bot.handoff.typing import Typing
from kit.clock import Clock
from kit.console import redirect
from kit.container import part
from kit.db import Database
from kit.errors import ConciergeError, InvalidInputError
from kit.forms import only, read_fields
from messages.neutral import Payload

QUEUES = {
    "waiting": "待っている",
    "mine": "自分の担当",
    "watched": "課の対応中",
    "called": "自分あてのメモ",
    "closed": "終わった",
}

router = desk_router(PATH, Permission.conversations_read)


@router.get("/")
async def queues(request: Request, queue: str = "waiting") -> Response:
    """Show one queue: who waits longest first, danger before everything."""
    member, chosen = request.state.member, queue if queue in QUEUES else "waiting"
    async with part(request, Database).transaction() as session:
        rows = await reading.in_queue(session, chosen, member.desks, member.id)
        counts = await reading.counts(session, member.desks, member.id)
    now = part(request, Clock)()
    return desk_page(
        request,
        "conversations.html",
        queue=chosen,
        queues=QUEUES,
        views=[(k, f"{PATH}/?queue={k}", label, counts.get(k)) for k, label in QUEUES.items()],
        rows=[(found, about_words(raw), age_of(found, now)) for found, raw in rows],
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
    return await talk_page(request, sheet, Draft(), done=done, before=before, looking=looking)


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
        return desk_page(
            request, "taken.html", error.status, words=error.message, handoff_id=handoff_id
        )
    return redirect(f"{PATH}/{handoff_id}")


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
        grip, reason = grip_of(handoff_id, fields), only(fields, "reason")
        await desk.close(request.state.member, grip, reason, _then(request, only(fields, "then")))
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


def _then(request: Request, chosen: str) -> Payload | None:
    """Return the button of what the bot may begin after the talk."""
    title = starting.dialogues(part(request, Modules)).get(chosen)
    return None if title is None else Payload(label=title, payload=chosen)


def _never_written(error: ConciergeError) -> str:
    if isinstance(error, FoundInReplyError):
        return "マイナンバーは書けません。消してから、もう一度保存してください。"
    return error.message


def _instant(text: str) -> datetime | None:
    number = number_of(text)
    return datetime.fromtimestamp(number / 1_000_000, UTC) if 0 < number < 10**16 else None


_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}


def _picture_type(content: bytes) -> str | None:
    """Return what a picture is by its first bytes, None for what is none."""
    return next((kind for start, kind in _PICTURES.items() if content.startswith(start)), None)
