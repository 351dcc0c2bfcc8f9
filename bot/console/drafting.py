"""Writing an answer: `POST …/draft` puts words into the box, `POST …/reply` sends them.

Whatever is suggested or translated only comes into the box; a person reads it there and sends it.
"""

from dataclasses import replace

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from bot.console.desk_view import Sheet
from bot.console.talk_page import (
    PATH,
    Desk,
    Draft,
    Number,
    View,
    again,
    canned_replies,
    form_key,
    grip_of,
    talk_page,
)
from bot.console.tongues import language_of_talk
from bot.handoff import wording
from bot.handoff.desk import (
    LONGEST_REPLY,
    CitizenGoneError,
    FoundInReplyError,
    NotHeldError,
    Written,
)
from bot.handoff.translating import Translator
from kit.console import redirect
from kit.container import part
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from kit.forms import Fields, only, read_fields
from kit.wording import load_wording, spoken_in, translated
from messages.languages import Language
from services.faq.contract import FaqClient

_HITS = 3
NO_FAQ = "よくある質問を調べられませんでした。"
NOT_TRANSLATED = "いまは翻訳できません。やさしい日本語で書くか、少し時間をおいてお試しください。"
UNREAD = "訳文を読んで、チェックを入れてください。まだ送っていません。"

router = desk_router(PATH, Permission.conversations_read)


@router.post("/{handoff_id}/draft")
async def insert(request: Request, view: View, handoff_id: Number) -> Response:
    """Put a canned reply, an answer of the FAQ or a translation into what is being written."""
    fields = await read_fields(request)
    sheet = await view.open(request.state.member, handoff_id)
    before = _typed(fields)
    try:
        draft = await _inserted(request, sheet, fields, before)
    except (UnavailableError, NotFoundError):
        draft = replace(before, problem=NO_FAQ)
    return await talk_page(request, sheet, replace(draft, text=draft.text[:LONGEST_REPLY]))


async def _inserted(request: Request, sheet: Sheet, fields: Fields, draft: Draft) -> Draft:
    do, asked, faq = only(fields, "do"), only(fields, "q").strip(), part(request, FaqClient)
    if do == "canned":
        canned = await _canned(request, sheet.handoff.desk, only(fields, "canned"))
        return replace(draft, text=_added(draft.text, canned), searched=asked)
    if do == "translate":
        return await _translated(request, sheet, draft)
    if do.startswith("entry:"):
        entry = await faq.entry(do.removeprefix("entry:"))
        return replace(draft, text=_added(draft.text, entry.answer))
    if not asked:
        return draft
    hits = (await faq.search(asked, _HITS)).hits
    return replace(draft, searched=asked, hits=tuple(hit.entry for hit in hits))


async def _translated(request: Request, sheet: Sheet, draft: Draft) -> Draft:
    """Translate what was written; of a text that is a translation already, its original anew."""
    original, target = draft.original or draft.text, language_of_talk(sheet.entries, sheet.chosen)
    if target is None:
        return draft
    found = await part(request, Translator).translate(original, Language.ja, target)
    if found is None:
        return replace(draft, problem=NOT_TRANSLATED)
    with spoken_in(load_wording(target)):
        return replace(draft, text=f"{found}\n{translated(wording.MACHINE)}", original=original)


@router.post("/{handoff_id}/reply")
async def reply(request: Request, desk: Desk, view: View, handoff_id: Number) -> Response:
    """Send a reply, or say why not and keep what was written."""
    fields = await read_fields(request)
    draft, grip = _typed(fields), grip_of(handoff_id, fields)
    despite, is_machine = only(fields, "despite") == "yes", bool(draft.original)
    written = Written(draft.key, draft.text, despite=despite, is_machine=is_machine)
    try:
        if is_machine and only(fields, "read") != "yes":
            raise InvalidInputError(UNREAD)
        await desk.reply(request.state.member, grip, written)
    except FoundInReplyError as error:
        refused = replace(draft, found=tuple(error.found), status=error.status)
        return await again(request, view, handoff_id, refused)
    except (NotHeldError, CitizenGoneError, InvalidInputError) as error:
        refused = replace(draft, problem=error.message, status=error.status)
        return await again(request, view, handoff_id, refused)
    return redirect(f"{PATH}/{handoff_id}")


def _typed(fields: Fields) -> Draft:
    text, original = (only(fields, name).replace("\r\n", "\n") for name in ("text", "original"))
    return Draft(text=text, original=original[:LONGEST_REPLY], key=form_key(fields))


async def _canned(request: Request, desk: str, chosen: str) -> str:
    every = await canned_replies(request, desk)
    return next((reply.text for reply in every if reply.id == chosen), "")


def _added(text: str, more: str) -> str:
    return f"{text.rstrip()}\n{more}" if text.strip() else more
