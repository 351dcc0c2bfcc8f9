"""Beside the numbers to call for somebody who is hurt at home: a quiet way to a guide, once."""

from collections.abc import Sequence

from actions.danger.help import DangerHelp
from actions.danger.kinds import Kind
from actions.procedures.also import ALSO, MOVING
from actions.procedures.parsing import MOVES, LifeEvent, life_events
from kit.wording import translated
from messages.neutral import OpenLink, Text

_WHEN_READY = (
    "手続きのことは、落ち着いてからで大丈夫です。必要になったら、下のボタンから順にご案内します。"
)
_POLICE = "tel:110"


def with_guide(message: Text, words: str, replies: Sequence[str | None], help: DangerHelp) -> Text:
    """Return the message with the guides of a divorce and a move, where `words` tell of them.

    Only where it names who helps against violence at home, and not twice: `replies` are what was
    answered before.
    """
    offered = translated(_WHEN_READY)
    if not _is_about_violence(message, help) or any(offered in (one or "") for one in replies):
        return message
    told = life_events(words)
    guides = [ALSO["divorce"]] if LifeEvent.divorce in told else []
    guides += [MOVING] if MOVES & set(told) else []
    if not guides:
        return message
    # The numbers to call stay first, the person last.
    *first, last = message.choices
    text = f"{message.text}\n\n{offered}"
    return message.model_copy(update={"text": text, "choices": (*first, *guides, last)})


def _is_about_violence(message: Text, help: DangerHelp) -> bool:
    others = {line.link for line in help.lines_of(help.help[Kind.fire])}
    lines = {line.link for line in help.lines_of(help.help[Kind.partner_violence])}
    ours = lines - others - {_POLICE}
    return any(isinstance(one, OpenLink) and one.url in ours for one in message.choices)
