"""`/console/conversations/replies`: the canned replies that staff keep."""

from pathlib import Path
from typing import Any

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from bot.console.talk_page import PATH as CONVERSATIONS
from bot.console.talk_page import Number
from bot.handoff.own_replies import LONGEST_WORDS, NewReply, OwnReplies, ReplyRefusedError
from bot.handoff.replies import load_replies
from kit.console import page, redirect
from kit.container import part
from kit.forms import only, read_fields
from kit.settings import Settings
from kit.web import make_templates

PATH = f"{CONVERSATIONS}/replies"
DONE = {"added": "保存しました。", "removed": "消しました。"}

router = desk_router(PATH, Permission.conversations_answer)
_templates = make_templates(Path(__file__).parent / "templates")


@router.get("")
async def show(request: Request, done: str = "") -> Response:
    """Show them with an empty form."""
    return await _page(request, done=DONE.get(done, ""))


@router.post("")
async def add(request: Request) -> Response:
    """Keep one, for oneself or for a desk."""
    fields = await read_fields(request)
    typed = {name: only(fields, name).strip() for name in ("title", "words", "desk")}
    new = NewReply(typed["title"], typed["words"].replace("\r\n", "\n"), typed["desk"] or None)
    try:
        await part(request, OwnReplies).add(request.state.member, new)
    except ReplyRefusedError as error:
        problems = {error.field: error.message}
        return await _page(request, error.status, typed=typed, problems=problems)
    return redirect(f"{PATH}?done=added")


@router.post("/{handoff_id}/delete")
async def remove(request: Request, handoff_id: Number) -> Response:
    """Delete one."""
    await part(request, OwnReplies).remove(request.state.member, handoff_id)
    return redirect(f"{PATH}?done=removed")


async def _page(request: Request, status: int = 200, /, **shown: Any) -> Response:
    member = request.state.member
    city = load_replies(part(request, Settings).city_dir)
    values = {
        "member": member,
        "path": PATH,
        "up": CONVERSATIONS,
        "own": await part(request, OwnReplies).all_of(member, member.desks),
        "city": [reply for reply in city if reply.desk is None or member.sees(reply.desk)],
        "longest": LONGEST_WORDS,
        "typed": {"title": "", "words": "", "desk": ""},
        "problems": {},
        "done": "",
    }
    return page(_templates, "own_replies.html", status, **(values | shown))
