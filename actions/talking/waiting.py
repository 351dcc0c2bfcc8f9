"""Waiting for a person who answers in the talk: what it is about, the place, the hours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from actions.city import load_city
from actions.talking.menu import MENU
from bot.handoff.contract import (
    LEAVE,
    MESSAGE,
    QUEUE,
    CitizenOfTurn,
    HandoffClient,
    PersonWanted,
    Situation,
    Standing,
)
from kit.errors import NotFoundError, UnavailableError
from kit.logging import get_logger
from kit.wording import day_words, translated
from messages.neutral import Payload, Text

if TYPE_CHECKING:
    from actions.base import ActionContext, Turn

log = get_logger(__name__)

# Whoever says so does not want to wait any more.
_LEAVING = frozenset({"cancel", "deny", "start_over"})
# These say nothing of a matter and have an answer of their own.
_NO_MATTER = frozenset({"request_human", "greet", "thank", "help", "change_language"})
# To these the bot has no answer of its own that could help while somebody waits.
_UNANSWERED = frozenset(
    {"nlu_fallback", "out_of_scope", "affirm", "goodbye", "chitchat", "complain", "follow_up"}
)
_SURE = 0.7

_MENU = Payload(label="メニューを見る", payload="/help")


def whose(turn: Turn) -> CitizenOfTurn:
    """Return whose turn it is, for the people behind the bot."""
    return CitizenOfTurn(citizen_id=turn.citizen_id, turn_id=turn.turn_id or "none")


async def ask_for_person(turn: Turn, context: ActionContext) -> Standing | None:
    """Ask for a person who answers in the talk; None where nobody does, or nobody can be asked."""
    city = load_city(context.settings.city_dir)
    is_tapped = turn.text.startswith("/")
    words = " ".join(turn.earlier_words[:2]) if is_tapped else turn.text
    desks = tuple(desk.name for desk in city.desks_for(words))
    wanted = PersonWanted(
        **whose(turn).model_dump(), says_matter=bool(desks) and not is_tapped, desks=desks
    )
    try:
        return await context.client(HandoffClient).ask(wanted)
    except (NotFoundError, UnavailableError) as error:
        log.warning("person_not_asked", code=error.told_code)
        return None


async def takes_matter(turn: Turn, context: ActionContext) -> bool:
    """Take the citizen's words as what they want to speak to a person about, where that was asked.

    What the bot surely knows about it is answered besides. Returns whether this is all there is to
    say.
    """
    is_tap = turn.said.startswith("/")
    if not turn.handoff_asked or turn.answered or is_tap or turn.intent in _NO_MATTER:
        return False
    client = context.client(HandoffClient)
    try:
        if turn.intent in _LEAVING:
            await client.leave(whose(turn))
            turn.say(Text(text=LEFT, choices=MENU))
            return True
        desks = load_city(context.settings.city_dir).desks_for(turn.said)
        wanted = PersonWanted(
            **whose(turn).model_dump(), says_matter=True, desks=tuple(desk.name for desk in desks)
        )
        turn.say(standing_message(await client.tell_matter(wanted), _now(context)))
    except NotFoundError:
        # The question is not open any more.
        return False
    return turn.intent in _UNANSWERED or turn.confidence < _SURE


async def raise_alarm(turn: Turn, context: ActionContext) -> None:
    """Have a person see somebody in danger first. The numbers to call are said whatever happens."""
    try:
        await context.client(HandoffClient).raise_alarm(whose(turn))
    except (NotFoundError, UnavailableError) as error:
        log.warning("alarm_not_raised", code=error.told_code)


LEFT = "わかりました。ほかに知りたいことがあれば、いつでも送ってください。"


def standing_message(standing: Standing, now: datetime) -> Text:
    """Return what is told to somebody who asks for a person. `now` is local."""
    when = _when(standing.opens_at, now)
    match standing.situation:
        case Situation.asked:
            return _asked()
        case Situation.closed:
            return _closed(when)
        case Situation.left_message:
            return _left_message(standing.desk, when)
        case Situation.queued:
            return _queued(standing, when)


def with_phone(message: Text, phone: Text) -> Text:
    """Return the way in the talk, and after it the one by telephone."""
    choices = tuple(dict.fromkeys((*message.choices, *phone.choices)))
    return Text(text=f"{message.text}\n\n{phone.text}", choices=choices)


def _now(context: ActionContext) -> datetime:
    return context.clock().astimezone(context.settings.timezone)


def _asked() -> Text:
    return Text(
        text="職員がこのトークでお返事します。どのようなことについてか、ひとことで送ってください。"
        "\n住所や電話番号、マイナンバーは書かないでください。",
        choices=(
            Payload(label="このまま順番を待つ", payload=QUEUE),
            Payload(label="やめる", payload=LEAVE),
        ),
    )


def _closed(when: str) -> Text:
    lines = ["ただいまは、このトークでの職員の受付時間外です。"]
    if when:
        lines.append(translated("次の受付は{when}からです。", when=when))
    lines.append("伝言を残すと、開いてから職員がこのトークでお返事します。")
    return Text(text="\n".join(lines), choices=(Payload(label="伝言を残す", payload=MESSAGE),))


def _left_message(desk: str, when: str) -> Text:
    told = translated("伝言をお預かりしました。{desk}の職員が順番に読みます。", desk=desk)
    lines = [told, "お返事は、このトークでお送りします。"]
    if when:
        lines.append(translated("次の受付は{when}からです。", when=when))
    return Text(text="\n".join(lines), choices=(_MENU,))


def _queued(standing: Standing, when: str) -> Text:
    lines = [
        translated("{desk}の職員におつなぎします。", desk=standing.desk),
        translated("ただいま{place}番目です。", place=standing.place or 1),
        "順番が来たら、職員がこのトークでお返事します。お待ちのあいだも、質問を送れます。",
    ]
    if when:
        lines.append(translated("次の受付は{when}からです。", when=when))
    leave = Payload(label="順番待ちをやめる", payload=LEAVE)
    return Text(text="\n".join(lines), choices=(leave, _MENU))


def _when(opening: datetime | None, now: datetime) -> str:
    """Return when a desk opens next, empty while it is open."""
    if opening is None:
        return ""
    opening = opening.astimezone(now.tzinfo)
    day = translated("本日") if opening.date() == now.date() else day_words(opening.date())
    return f"{day} {opening.hour}:{opening.minute:02}"
