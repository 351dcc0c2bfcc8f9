"""The page of one conversation: what it shows, and what its forms share."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from auth.modules import Modules
from auth.permissions import Permission
from auth.staff import StaffMember
from bot.console import keys
from bot.console.desk_view import DeskView, Sheet
from bot.console.suggesting import Suggestions
from bot.console.tongues import NAMES, foreign_words, language_of_talk
from bot.console.words import age_in_words
from bot.handoff import audit, reading, starting
from bot.handoff.desk import LONGEST_REPLY, Grip, StaffDesk
from bot.handoff.labels import FOLLOW_UPS, QUALITIES
from bot.handoff.models import Handoff
from bot.handoff.own_replies import OwnReplies
from bot.handoff.presence import Looking
from bot.handoff.replies import Reply, load_replies, replies_for
from bot.handoff.rules import ABANDONED_REASONS, END_REASONS, RATINGS
from bot.handoff.service import Handoffs
from bot.handoff.translating import Translator
from bot.handoff.writing import LABELS, NEVER, Found
from kit.clock import Clock
from kit.console import page
from kit.container import part
from kit.forms import Fields, only
from kit.settings import Settings
from kit.web import make_templates
from services.faq.contract import Entry

PATH = "/console/conversations"
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
    "started": "手続きのボタンを送りました。",
}
ENDINGS = END_REASONS | ABANDONED_REASONS

_templates = make_templates(Path(__file__).parent / "templates")


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
    original: str = ""
    """The Japanese of a text that a machine has translated."""
    note: str = ""
    file_problem: str = ""
    status: int = 200
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))


async def again(request: Request, view: DeskView, handoff_id: int, draft: Draft) -> Response:
    """Show a conversation with what came of a form."""
    return await talk_page(request, await view.open(request.state.member, handoff_id), draft)


async def talk_page(
    request: Request,
    sheet: Sheet,
    draft: Draft,
    *,
    done: str = "",
    before: str = "",
    looking: Sequence[Looking] = (),
) -> Response:
    """Show one conversation."""
    member: StaffMember = request.state.member
    found, plan = sheet.handoff, part(request, Handoffs).plan
    now, translator = part(request, Clock)(), part(request, Translator)
    tongue = language_of_talk(sheet.entries, sheet.chosen)
    foreign = foreign_words(sheet.entries, sheet.chosen) if translator.is_there else {}
    may_answer = member.may(Permission.conversations_answer)
    is_mine = may_answer and found.state == "held" and found.holder_id == member.id
    may_take = may_answer and (
        found.state == "queued"
        or (found.state == "held" and not is_mine and member.may(Permission.conversations_assign))
    )
    return desk_page(
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
        age=age_of(found, now),
        state=STATES[found.state],
        ending=ENDINGS.get(found.end_reason or "", ""),
        rating=RATINGS.get(found.rating or 0, ""),
        endings=END_REASONS,
        desks=[desk.name for desk in plan.desks if desk.name != found.desk],
        replies=await canned_replies(request, found.desk),
        labels=LABELS,
        never=bool(NEVER.intersection(draft.found)),
        action_words=audit.WORDS,
        longest=LONGEST_REPLY,
        then=starting.dialogues(part(request, Modules)),
        suggested=await part(request, Suggestions).to(sheet.entries) if is_mine else (),
        translations=await translator.into_japanese(foreign.values()),
        foreign=foreign,
        tongue=NAMES.get(tongue) if translator.is_there and tongue else None,
        oldest=_microseconds(sheet.entries[0].at) if sheet.entries else "",
        shown=reading.SHOWN,
        keys=(*keys.AT_TALK, keys.HELP),
    )


def desk_page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    """Show a page of the desk."""
    member, zone = request.state.member, part(request, Settings).timezone
    return page(_templates, name, status, member=member, path=PATH, zone=zone, **shown)


async def canned_replies(request: Request, desk: str) -> list[Reply]:
    """Return the canned replies for a desk's conversation: everybody's, the desk's, one's own."""
    city = replies_for(load_replies(part(request, Settings).city_dir), desk)
    return city + await part(request, OwnReplies).for_desk(request.state.member, desk)


def grip_of(handoff_id: int, fields: Fields) -> Grip:
    """Return by what a form acts."""
    return Grip(handoff_id, number_of(only(fields, "fence")) if only(fields, "fence") else -1)


def form_key(fields: Fields) -> str:
    """Return the form's own key, by which it counts once."""
    return only(fields, "key")[:40] or secrets.token_urlsafe(12)


def age_of(found: Handoff, now: datetime) -> str:
    """Return how long somebody has waited, in the words of a desk."""
    since = found.queued_at or found.asked_at
    return age_in_words((found.ended_at or now) - since)


def _microseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1_000_000))
