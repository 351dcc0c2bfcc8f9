"""When a citizen has to prove more: the dialogue pauses, sends a link, and goes on by itself.

An action that needs a level asks for its grant here and simply returns when there is none: the
citizen has been told, and once they have proven it the same intent comes again as a new turn.
"""

from actions.base import ActionContext, Turn
from auth.levels import Level
from identity.contract import IdentityClient
from messages.neutral import OpenLink, Payload, Text

CANCEL = Payload(label="やめる", payload="/cancel")

_WHY = {
    Level.L1: "この先は、このLINEの持ち主だけにご案内します。",
    Level.L2: "この先は、My-IDでのログインが必要です。",
    Level.L3: "この先はご本人だけにお見せするため、マイナンバーカードで確認します。"
    "カードと4桁の暗証番号をご用意ください。",
    Level.L3_FRESH: "大切な手続きのため、マイナンバーカードでもう一度確認します。",
}
_BUTTON = {
    Level.L1: "LINEで確認",
    Level.L2: "My-IDでログイン",
    Level.L3: "カードで本人確認",
    Level.L3_FRESH: "カードで本人確認",
}


async def grant(
    context: ActionContext,
    turn: Turn,
    audience: str,
    scopes: tuple[str, ...],
    level: Level,
    *,
    resume: str | None = None,
) -> str | None:
    """Return a grant for one service; None when the citizen was sent a link to prove more.

    `resume` is the payload with which the dialogue goes on, by default the intent of this turn.
    """
    found = await context.client(IdentityClient).grant(turn.citizen_id, audience, scopes, level)
    if found is None:
        await ask(context, turn, level, resume=resume)
    return found


async def ask(
    context: ActionContext, turn: Turn, level: Level, *, resume: str | None = None
) -> None:
    """Send the link by which the citizen proves a level."""
    going_on = resume or _again(turn)
    url = await context.client(IdentityClient).one_time_link(
        turn.citizen_id, level, resume=going_on
    )
    turn.say(
        Text(
            text="\n".join(
                (_WHY[level], "終わると、このトークで続きをご案内します（リンクは10分有効）。")
            ),
            choices=(OpenLink(label=_BUTTON[level], url=url), CANCEL),
        )
    )


def _again(turn: Turn) -> str:
    return turn.text if turn.text.startswith("/") else f"/{turn.intent}"
