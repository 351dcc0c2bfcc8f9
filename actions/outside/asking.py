"""Asks a skill from outside for the citizen, and answers kindly where it does not.

No model is trained for these skills: a message reaches one by its declared sentences when nothing
of the city's own answered it, or by a button (docs/decisions/0021).
"""

import json
from typing import Any

from actions.base import ActionContext, Turn
from actions.city import load_city
from actions.identity.step_up import CANCEL, grant
from actions.talking.menu import HUMAN
from identity.contract import IdentityClient
from kit.errors import ConciergeError
from kit.logging import get_logger
from kit.wording import translated
from messages.neutral import Message, OpenLink, Payload, Text
from services.developers.contract import (
    LONGEST_WORDS,
    PAGE,
    Answer,
    Match,
    Question,
    SkillsClient,
    Wants,
)

log = get_logger(__name__)

_PREFIX = "/outside_skill{"
_SKILL = "skill"

SILENT = Text(
    text=(
        "いま、この機能から答えを受け取れませんでした。少し時間をおいて、もう一度お試しください。\n"
        "お急ぎのときは、職員におたずねください。"
    ),
    choices=(HUMAN,),
)


async def outside_match(context: ActionContext, turn: Turn) -> Match:
    """Return the skill that the citizen's words mean; none also where that cannot be told."""
    if turn.said.startswith("/") or not 0 < len(turn.said) <= LONGEST_WORDS:
        return Match()
    try:
        return await context.client(SkillsClient).match(turn.said)
    except ConciergeError as error:
        # These skills must never cost an answer of the city's own.
        log.warning("outside_skills_away", code=error.code)
        return Match()


def tapped(turn: Turn) -> tuple[str, dict[str, str]] | None:
    """Return (skill, slots) of a tapped button of a skill's, None for anything else."""
    if not turn.said.startswith(_PREFIX):
        return None
    try:
        values: Any = json.loads(turn.said[len(_PREFIX) - 1 :])
    except ValueError:
        return None
    told = {str(name): str(value) for name, value in values.items()}
    return told.pop(_SKILL, "")[:40], dict(list(told.items())[:5])


async def ask_outside(
    context: ActionContext, turn: Turn, skill_id: str, slots: dict[str, str] | None = None
) -> list[Message]:
    """Return what the skill says, with who offers it; else a kind answer of ours."""
    question = Question(
        skill_id=skill_id,
        citizen_id=turn.citizen_id,
        words="" if turn.said.startswith("/") else turn.said[:LONGEST_WORDS],
        language=turn.language,
        slots=slots or {},
    )
    try:
        answer = await context.client(SkillsClient).ask(question)
        if answer.wants is not None:
            grants = await _granted(context, turn, answer, answer.wants)
            if grants is None:
                return []
            again = question.model_copy(update={"grants": grants})
            answer = await context.client(SkillsClient).ask(again)
    except ConciergeError as error:
        log.warning("outside_skill_away", code=error.code)
        answer = Answer()
    if not answer.messages:
        return [SILENT]
    return [_credit(context, answer), *answer.messages]


async def _granted(
    context: ActionContext, turn: Turn, answer: Answer, wants: Wants
) -> dict[str, str] | None:
    """Return grants by scope; None where the citizen was led to our page or to a login first."""
    if not wants.agreed:
        turn.say(await _invitation(context, turn, answer, wants))
        return None
    grants: dict[str, str] = {}
    for needed in wants.grants:
        found = await grant(
            context, turn, needed.audience, (needed.scope,), wants.level, resume=wants.payload
        )
        if found is None:
            return None
        grants[needed.scope] = found
    return grants


async def _invitation(context: ActionContext, turn: Turn, answer: Answer, wants: Wants) -> Text:
    """Lead to the page on which the citizen decides what the skill may see."""
    url = await context.client(IdentityClient).one_time_link(
        turn.citizen_id, wants.level, page=PAGE
    )
    said = translated(
        "「{title}」（提供：{provider}）は、あなたの情報を見て答えます。何を見せるかを、ページで確かめて"
        "決めてください（リンクは10分有効）。見せると、このトークで続きをご案内します。",
        title=answer.title,
        provider=answer.provider,
    )
    return Text(text=said, choices=(OpenLink(label="内容を見て決める", url=url), CANCEL))


def offer(found: Match) -> Text:
    """Ask whether a skill was meant."""
    return Text(
        text=translated("「{one}」のことですか？", one=found.title),
        choices=(
            Payload(label=found.title, payload=found.payload),
            Payload(label="どれもちがう", payload="/help"),
            HUMAN,
        ),
    )


def _credit(context: ActionContext, answer: Answer) -> Text:
    """Say whose answer follows: the city passes it on and did not write it."""
    said = translated(
        "「{title}」の答えです（提供：{provider}）。", title=answer.title, provider=answer.provider
    )
    if not answer.demonstration:
        return Text(text=said)
    notice = translated(load_city(context.settings.city_dir).notices.answer)
    return Text(text=f"{said}\n{notice}")
